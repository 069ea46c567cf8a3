"""Every journey by touch alone, by keyboard alone, and without JavaScript: the same steps, three hands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import KIOSK, Console
from tests.browser.everything import CLERK, PUBLISHER, SECOND_PUBLISHER, Everything
from tests.browser.hands import Finger, Hand, Keyboard, Mouse
from tests.journeys.story import MONDAY, an_id_number
from tests.pages import Visitor
from tests.world import PASSWORD, eventually

pytestmark = pytest.mark.browser

DESK = {"width": 1366, "height": 768}
HANDS = {"touch": Finger, "keyboard": Keyboard, "no JavaScript": Mouse}
START = "您想查什么、办什么？"


@pytest.fixture(params=HANDS)
def hand(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Hand]:
    """One of the three, at the kiosk; the browser may complain of nothing."""
    yield from a_hand(chromium, request.param, KIOSK)


@pytest.fixture(params=HANDS)
def clerk(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Hand]:
    """One of the three, at the desk."""
    yield from a_hand(chromium, request.param, DESK)


def a_hand(chromium: Browser, kind: str, shape: dict[str, int]) -> Iterator[Hand]:
    console = Console()
    context = chromium.new_context(
        viewport={"width": shape["width"], "height": shape["height"]},
        has_touch=kind == "touch",
        java_script_enabled=kind != "no JavaScript",
        reduced_motion="reduce",
        service_workers="block",
    )
    page = context.new_page()
    page.on("pageerror", lambda error: console.complaints.append(str(error)))
    made: Any = HANDS[kind](page)
    yield made
    context.close()
    assert console.complaints == []
    assert getattr(made, "faults", []) == []


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def ask_for_information(hand: Hand, base: str) -> tuple[str, str]:
    """A request from the start page to the receipt; number and query code as the screen shows them."""
    hand.page.goto(base)
    hand.press("申请信息公开")
    hand.press("开始填写")
    hand.write("您想要什么信息？", "补贴标准", pinyin="butiebiaozhun")
    hand.press("下一步")
    hand.choose("冠县人民政府办公室")
    hand.press("下一步")
    hand.choose("纸面")
    hand.press("下一步")
    hand.choose("自己到办理机关领取")
    hand.press("下一步")
    hand.choose("个人（公民）")
    hand.press("下一步")
    hand.write("您叫什么名字？", "张", pinyin="zhang")
    hand.press("下一步")
    hand.write("您的证件号码是多少？", an_id_number())
    hand.press("下一步")
    hand.write("电话", "0635-0000009")
    hand.press("下一步")
    hand.choose("不要纸")
    hand.press("下一步")
    heading(hand.page, "请核对")
    hand.press("提交申请")
    heading(hand.page, "请记下编号和查询码")
    number, code = hand.page.locator(".number-value").all_inner_texts()
    return number.strip(), code.strip()


def test_a_request_is_made_followed_and_left(hand: Hand, everything: Everything) -> None:
    base = everything.url("kiosk")
    number, code = ask_for_information(hand, base)
    hand.press("记好了，我用完了")
    heading(hand.page, START)
    hand.press("查我的进度")
    hand.write("回执上的编号", number)
    hand.write("查询码", code.replace(" ", ""))
    hand.press("查进度")
    heading(hand.page, "办理进度")
    expect(hand.page.locator("main")).to_contain_text(number)
    hand.press("看完了")
    heading(hand.page, START)
    hand.page.goto(base + "/progress/seen")
    expect(hand.page).to_have_url(re.compile(r"/progress$"))


def test_a_document_is_searched_and_opened(hand: Hand, everything: Everything) -> None:
    hand.page.goto(everything.url("kiosk"))
    hand.write("查", "高龄", pinyin="gaoling")
    hand.press("查一查")
    heading(hand.page, "高龄")
    hand.press("领取高龄老人津贴")
    heading(hand.page, "领取高龄老人津贴")


def test_a_villager_sees_whether_the_subsidy_was_paid(hand: Hand, everything: Everything) -> None:
    hand.page.goto(everything.url("kiosk"))
    hand.press("补贴发了没有")
    hand.press("辛集镇")
    hand.press("样例北村")
    heading(hand.page, "样例北村")
    expect(hand.page.locator(".payment").first).to_be_visible()


def test_a_wrong_answer_leads_back_to_its_field(hand: Hand, everything: Everything) -> None:
    hand.page.goto(everything.url("kiosk") + "/progress")
    hand.press("查进度")
    summary = hand.page.locator("[data-error-summary]").first
    expect(summary).to_be_visible()
    hand.press(summary.get_by_role("link").first.inner_text())
    if isinstance(hand, Mouse):
        expect(hand.page).to_have_url(re.compile("#number$"))
    else:
        expect(hand.page.locator("#number")).to_be_focused()


def sign_in(clerk: Hand, base: str, name: str) -> None:
    clerk.page.goto(base + "/desk/sign-in")
    clerk.write("账号", name)
    clerk.write("密码", PASSWORD)
    clerk.press("登录")
    expect(clerk.page.get_by_role("button", name="退出")).to_be_visible()


def test_a_clerk_opens_confirms_and_registers_a_request(clerk: Hand, everything: Everything) -> None:
    number = everything.hand_in()
    sign_in(clerk, everything.url("desk"), CLERK)

    def is_there() -> bool:
        clerk.page.reload()
        return clerk.page.get_by_role("link", name=number).count() > 0

    eventually(is_there, "the request on the desk")
    clerk.press(number)
    clerk.press("打开")
    expect(clerk.page.locator("main")).to_contain_text("张样例")
    clerk.page.go_back()
    clerk.press("确认收到日期")
    clerk.page.locator("#on").fill(MONDAY.isoformat())  # each browser has a way of its own to type a date
    clerk.press("先看期限是哪一天")
    expect(clerk.page.locator("main")).to_contain_text("2026年12月21日")
    clerk.press("确认收到")
    clerk.press("登记")
    expect(clerk.page.locator("main")).to_contain_text("办理中")


def test_a_publisher_writes_and_another_one_publishes(
    clerk: Hand, everything: Everything, request: pytest.FixtureRequest
) -> None:
    base, title = everything.url("desk"), f"关于示例的公告（{type(clerk).__name__}）"
    sign_in(clerk, base, PUBLISHER)
    clerk.page.goto(base + "/desk/catalogue")
    clerk.press("新增内容")
    clerk.press("政策问答")
    clerk.choose("主动公开")
    clerk.write("标题", title)
    clerk.write("正文", "第一条 这是样例。")
    clerk.press("保存，送审核")
    heading(clerk.page, title)
    clerk.press("退出")
    heading(clerk.page, "登录")
    sign_in(clerk, base, SECOND_PUBLISHER)
    clerk.page.goto(base + "/desk/catalogue")
    clerk.press(title)
    heading(clerk.page, title)
    doc_id = clerk.page.url.rpartition("/entries/")[2]
    clerk.choose("主动公开")
    clerk.press("通过")
    expect(clerk.page.locator("main")).to_contain_text("已发布")
    citizen = Visitor(everything.url("kiosk"))
    shown = f"{citizen.base}/documents/{doc_id}"
    eventually(lambda: citizen.http.get(shown).status_code == 200, "the document at the terminal")
    assert title in citizen.open(f"/documents/{doc_id}").title
