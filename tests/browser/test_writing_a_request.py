"""A whole request on a kiosk with nothing but a finger: pinyin, handwriting and digits through the panel itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import KIOSK, Console, a_context
from tests.browser.test_the_story import choose, tap
from tests.journeys.story import an_id_number
from tests.world import World, answers, eventually
from tests.writing import hands
from tests.writing.conftest import Finger

pytestmark = pytest.mark.browser

WISH = "农村低保申请条件"
NUMBER = an_id_number()
WRONG = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")


@pytest.fixture
def finger(chromium: Browser, county: World) -> Iterator[Finger]:
    """A finger at a standing kiosk, once the agent has unpacked the words of the panel."""
    console = Console()
    context = a_context(chromium, KIOSK, console)
    eventually(lambda: answers(county.terminal_url + "/healthz"), "the terminal answers")
    yield Finger(context.new_page(), console.complaints)
    context.close()
    assert [text for text in console.complaints if "422" not in text] == []


def write(finger: Finger, *parts: tuple[str, str]) -> None:
    """Draws a character and takes the one that follows it from the candidates, for each part."""
    folder = hands.folder()
    assert folder
    for character, following in parts:
        strokes = hands.drawing(character, folder)
        assert strokes
        finger.draw(strokes)
        finger.candidate(character)
        if following:
            finger.candidate(following)


def test_a_search_is_written_in_pinyin_on_the_start_page(finger: Finger, county: World) -> None:
    page = finger.page
    page.goto(county.terminal_url)
    page.get_by_role("searchbox").tap()
    finger.keys("nongcundibaoshenqingtiaojian")
    finger.candidate(WISH)
    expect(page.get_by_role("searchbox")).to_have_value(WISH)
    expect(page.locator("#live-results a").first).to_be_visible()
    page.get_by_role("button", name="查一查").tap()
    expect(page.locator("h1")).to_contain_text(WISH)
    assert page.locator(".results a").count() > 0


def test_a_request_is_written_by_finger_alone_and_a_wrong_number_is_put_right(
    finger: Finger, county: World
) -> None:
    if hands.folder() is None:
        pytest.skip("kanjivg is not installed: pip install -r requirements-dev.txt")
    page = finger.page
    page.goto(county.terminal_url + "/request/")
    tap(page, "开始填写")
    expect(page.locator("#wanted")).to_be_focused()
    finger.keys("nongcundibaoshenqingtiaojian")
    finger.candidate(WISH)
    expect(page.locator("#wanted")).to_have_value(WISH)
    tap(page, "下一步")
    page.locator("label.choice").first.tap()
    tap(page, "下一步")
    choose(page, "纸面")
    choose(page, "邮寄给我")
    choose(page, "个人（公民）")

    write(finger, ("王", ""), ("一", ""))
    expect(page.locator("#name")).to_have_value("王一")
    tap(page, "下一步")

    finger.keys(WRONG)
    tap(page, "下一步")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_contain_text("身份证号码的最后一位对不上，多半是有一位填错了")
    summary.get_by_role("link").first.tap()
    expect(page.locator("#number")).to_be_focused()
    finger.key("删除")
    finger.keys(NUMBER[-1])
    expect(page.locator("#number")).to_have_value(NUMBER)
    tap(page, "下一步")

    page.locator("#address").tap()
    write(finger, ("冠", "县"), ("柳", "林镇"))
    expect(page.locator("#address")).to_have_value("冠县柳林镇")
    page.locator("#phone").tap()
    finger.keys("0635")
    tap(page, "下一步")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_contain_text("电话号码只有数字")
    page.locator("#phone").tap()
    finger.keys("8888")
    tap(page, "下一步")
    choose(page, "不要纸，我自己记下编号和查询码")
    rows = page.locator("main")
    for words in (WISH, "王一", "冠县柳林镇", "06358888"):
        expect(rows).to_contain_text(words)
    expect(rows).not_to_contain_text(NUMBER)
    tap(page, "提交申请")
    expect(page.locator("h1")).to_have_text("请记下编号和查询码")
