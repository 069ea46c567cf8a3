"""The whole story in a real browser: search, open, request, receipt with its QR, hub gone and back, desk, status."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys.story import Promised, an_id_number, confirm_receipt, sign_in
from tests.pages import Visitor
from tests.world import CLERK, PASSWORD, World, eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium(whole_chromium: Browser) -> Browser:
    """This journey is made in the browser that terminals run."""
    return whole_chromium


def tap(page: Page, words: str) -> None:
    """Presses a button or link by its words."""
    page.get_by_role("button", name=words).or_(page.get_by_role("link", name=words)).first.tap()


def choose(page: Page, words: str) -> None:
    page.get_by_text(words, exact=True).first.tap()
    tap(page, "下一步")


def ask_for_information(page: Page, county: World, wanted: str) -> Promised:
    """A request from the start page to the receipt, by touch."""
    page.goto(county.terminal_url)
    page.get_by_role("link", name="申请信息公开").first.tap()
    tap(page, "开始填写")
    page.get_by_label("您想要什么信息？").fill(wanted)
    tap(page, "下一步")
    page.locator("label.choice").first.tap()
    tap(page, "下一步")
    choose(page, "纸面")
    choose(page, "自己到办理机关领取")
    choose(page, "个人（公民）")
    page.get_by_label("您叫什么名字？").fill("张样例")
    tap(page, "下一步")
    page.get_by_label("您的证件号码是多少？").fill(an_id_number())
    tap(page, "下一步")
    page.get_by_label("电话").fill("0635-0000009")
    tap(page, "下一步")
    choose(page, "打印一张")
    expect(page.get_by_role("heading", name="请核对")).to_be_visible()
    tap(page, "提交申请")
    expect(page.get_by_text("收到了").first).to_be_visible()
    values = page.locator(".number-value").all_inner_texts()
    return Promised(values[0].strip(), values[1].strip())


def test_the_story(kiosk: Page, county: World) -> None:
    kiosk.goto(county.terminal_url)
    box = kiosk.get_by_role("searchbox")
    box.fill("高龄")
    expect(kiosk.locator(".results a").first).to_be_visible()
    tap(kiosk, "查一查")
    kiosk.locator("main a[href^='/documents/']").first.tap()
    expect(kiosk.get_by_role("heading", level=1)).to_contain_text("（示例）")

    first = ask_for_information(kiosk, county, "示例镇2025年道路维修的招标结果")
    paper = county.paper_of(first.number)
    codes = zxingcpp.read_barcodes(Image.open(paper.with_suffix(".png")))
    assert first.number in codes[0].text
    text = paper.read_text("utf-8")
    assert first.code in text
    assert "张样例" not in text
    expect(kiosk.get_by_text("打印好了")).to_be_visible()
    tap(kiosk, "拿到了，我用完了")
    expect(kiosk.get_by_role("heading", level=1)).to_have_text("您想查什么、办什么？")

    county.stop("hub")
    try:
        second = ask_for_information(kiosk, county, "示例村2025年修路的花费")
        tap(kiosk, "我用完了")
        expect(kiosk.get_by_role("heading", level=1)).to_have_text("您想查什么、办什么？")
    finally:
        county.start("hub")

    desk = Visitor(county.hub_url)
    sign_in(desk, CLERK, PASSWORD)
    for promise in (first, second):
        eventually(
            lambda number=promise.number: number in desk.open("/desk/requests").text, "both on the desk"
        )
    confirm_receipt(desk, first.number)
    desk.submit("/register")

    def status_of_the_first() -> bool:
        kiosk.goto(county.terminal_url + "/progress")
        kiosk.get_by_label("回执上的编号").fill(first.number)
        kiosk.get_by_label("查询码").fill(first.code)
        tap(kiosk, "查进度")
        expect(kiosk.get_by_role("heading", name="办理进度")).to_be_visible()
        return kiosk.get_by_text("已登记").count() > 0

    eventually(status_of_the_first, "the status on the terminal")
