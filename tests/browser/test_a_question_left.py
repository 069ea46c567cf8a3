"""A question is left at the terminal by touch, answered at the desk, read, and found by everybody in the library."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk import db
from kiosk.machine import homes
from kiosk.staff import actions as staff
from tests.browser.test_the_story import choose, tap
from tests.clocks import CLOCK
from tests.journeys.story import Promised, sign_in
from tests.pages import Visitor
from tests.world import CLERK, PASSWORD, World, eventually

pytestmark = pytest.mark.browser
ASKED = "俺娘住院花的钱，俺是张样例，出院以后还能报销不？"
ANSWER = "可以报销。出院后一年内，带发票、出院记录和社保卡到县医保大厅。"
PUBLIC = ("出院以后还能报销住院费吗？", "可以。出院后一年内，带发票、出院记录和社保卡到县医保大厅办理。")
PUBLISHER = "zhao.fabu"


@pytest.fixture(scope="module")
def chromium(whole_chromium: Browser) -> Browser:
    """This journey is made in the browser that terminals run."""
    return whole_chromium


def leave(page: Page, county: World) -> Promised:
    """From the start page to the receipt, by touch."""
    page.goto(county.terminal_url)
    page.get_by_role("link", name="咨询留言").first.tap()
    tap(page, "开始填写")
    page.locator("label.choice").first.tap()
    tap(page, "下一步")
    page.get_by_label("您想问什么？").fill(ASKED)
    tap(page, "下一步")
    page.get_by_label("怎么称呼您").fill("张样例")
    tap(page, "下一步")
    choose(page, "可以，去掉个人信息再公开")
    choose(page, "打印一张")
    expect(page.get_by_role("heading", name="请核对")).to_be_visible()
    tap(page, "提交留言")
    expect(page.get_by_text("2026年11月30日").first).to_be_visible()
    values = page.locator(".number-value").all_inner_texts()
    return Promised(values[0].strip(), values[1].strip())


def test_a_question_left_offline_is_answered_and_ends_in_the_library(kiosk: Page, county: World) -> None:
    county.stop("hub")
    try:
        promise = leave(kiosk, county)
        assert "咨询留言回执" in county.paper_of(promise.number).read_text("utf-8")
        tap(kiosk, "我用完了")
    finally:
        county.start("hub")
    desk = Visitor(county.hub_url)
    sign_in(desk, CLERK, PASSWORD)
    case = f"/desk/inquiries/{promise.number}"
    eventually(lambda: promise.number in desk.open("/desk/inquiries").text, "the question at the desk")
    assert "住院" not in desk.open(case).text, "nothing is shown before it is opened"
    assert "出院以后还能报销不" in desk.submit("/open").text
    desk.submit("/answer", text=ANSWER, act="send")

    def answer_is_ready() -> bool:
        kiosk.goto(county.terminal_url + "/progress")
        kiosk.get_by_label("回执上的编号").fill(promise.number)
        kiosk.get_by_label("查询码").fill(promise.code)
        tap(kiosk, "查进度")
        expect(kiosk.get_by_role("heading", name="办理进度")).to_be_visible()
        return kiosk.get_by_text("答复做好了").count() > 0

    eventually(answer_is_ready, "the answer at the terminal")
    tap(kiosk, "看答复")
    tap(kiosk, "打开答复")
    expect(kiosk.get_by_text("可以报销。出院后一年内")).to_be_visible()
    tap(kiosk, "打印")
    tap(kiosk, "打印")
    expect(kiosk.get_by_text("打印好了").first).to_be_visible(timeout=60_000)
    paper = eventually(
        lambda: [each for each in county.papers.glob("*.txt") if "出院记录" in each.read_text("utf-8")],
        "the answer on paper",
    )
    assert "张样例" not in paper[0].read_text("utf-8")
    tap(kiosk, "我用完了")

    publish(county, desk, case)

    def is_found() -> bool:
        kiosk.goto(county.terminal_url + "/search?q=出院报销")
        return kiosk.get_by_text("出院以后还能报销住院费吗").count() > 0

    eventually(is_found, "the answer in the library")
    kiosk.get_by_text("出院以后还能报销住院费吗").first.tap()
    expect(kiosk.get_by_text("县医保大厅办理").first).to_be_visible()
    assert "张样例" not in kiosk.content()


def publish(county: World, desk: Visitor, case: str) -> None:
    """The clerk proposes the answer without persons; another person publishes it."""
    desk.open(f"{case}/propose")
    named = desk.submit("/propose", expect=422, question=ASKED, answer=ANSWER)
    assert "必须去掉" in named.text
    desk.submit("/propose", question=PUBLIC[0], answer=PUBLIC[1])
    database = homes.open_hub(county.hub_home, CLOCK)
    with db.writing(database):
        staff.add_account(PUBLISHER, "publisher", PASSWORD, CLOCK.now())
    database.close()
    publisher = Visitor(county.hub_url)
    sign_in(publisher, PUBLISHER, PASSWORD)
    page = publisher.open("/desk/catalogue")
    entry = next(href for words, href in page.links if "出院以后还能报销" in words)
    publisher.open(entry)
    publisher.submit("/approve", attribute="proactive")
