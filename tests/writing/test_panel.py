"""The panel under a finger: whole journeys by touch only, on standing and lying screens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.writing import hands
from tests.writing.conftest import LANDSCAPE, PHONE, PORTRAIT, Finger

pytestmark = pytest.mark.browser

BOTH_SHAPES = pytest.mark.parametrize(
    "finger", [PORTRAIT, LANDSCAPE], ids=["standing", "lying"], indirect=True
)
LEAST_KEY_PX, LEAST_CANDIDATE_PX, LEAST_TYPE_PX = 88, 60, 28
KEYS_IN_SIGHT = """() => [...document.querySelectorAll('.writing button, .writing canvas')]
  .map((key) => [key.textContent.trim(), key.getBoundingClientRect()])
  .filter(([, box]) => box.width)
  .map(([words, box]) => ({ words, width: box.width, height: box.height,
    inside: box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight }))"""
TYPE_SIZES = """() => [...document.querySelectorAll('.writing *')]
  .filter((one) => one.offsetParent && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => !one.closest('.visually-hidden') && one.getBoundingClientRect().width > 1)
  .map((one) => parseFloat(getComputedStyle(one).fontSize))"""
COVERED = """(field) => { const box = field.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.bottom - 8);
  return top !== field; }"""


@BOTH_SHAPES
def test_a_wish_is_written_in_pinyin(finger: Finger, terminal_url: str) -> None:
    page = finger.page
    page.goto(terminal_url + "/ask/what")
    field = page.locator("#wanted")
    expect(field).to_be_focused()
    finger.keys("nongcundibaoshenqingtiaojian")
    finger.candidate("农村低保申请条件")
    expect(field).to_have_value("农村低保申请条件")
    expect(field).to_be_focused()
    assert not field.evaluate(COVERED)
    page.get_by_role("button", name="下一步").tap()
    expect(page.locator("#answer")).to_contain_text("农村低保申请条件")


def test_a_part_is_chosen_and_writing_goes_on_with_the_rest(finger: Finger, terminal_url: str) -> None:
    finger.page.goto(terminal_url + "/ask/what")
    finger.keys("zhongliangbutie")
    finger.candidate("种粮")
    expect(finger.page.locator("[data-typed]")).to_have_text("butie")
    finger.candidate("补贴")
    expect(finger.page.locator("#wanted")).to_have_value("种粮补贴")


def test_letters_nobody_chose_from_are_not_lost_without_a_word(finger: Finger, terminal_url: str) -> None:
    page = finger.page
    page.goto(terminal_url + "/ask/what")
    finger.keys("dibao")
    expect(page.locator(".writing-candidate:visible").first).to_have_text("低保")
    page.get_by_role("button", name="下一步").tap()
    expect(page.locator("[data-note]")).to_have_text("点上面的字，才算写进去")
    finger.key("空格")
    expect(page.locator("#wanted")).to_have_value("低保")


@BOTH_SHAPES
def test_an_address_in_the_county_is_written_by_hand(finger: Finger, terminal_url: str) -> None:
    folder = hands.folder()
    if folder is None:
        pytest.skip("kanjivg is not installed: pip install -r requirements-dev.txt")
    page = finger.page
    page.goto(terminal_url + "/ask/contact")
    page.locator("#address").tap()
    for character, following in (("冠", "县"), ("柳", "林镇")):
        strokes = hands.drawing(character, folder)
        assert strokes
        finger.draw(strokes)
        finger.candidate(character)
        finger.candidate(following)
    expect(page.locator("#address")).to_have_value("冠县柳林镇")


def test_a_stroke_is_taken_back_and_a_character_begun_anew(finger: Finger, terminal_url: str) -> None:
    page = finger.page
    page.goto(terminal_url + "/ask/contact")
    page.locator("#address").tap()
    finger.draw([[(0.1, 0.5), (0.9, 0.5)], [(0.5, 0.1), (0.5, 0.9)]])
    first = page.locator(".writing-candidate:visible").first
    expect(first).to_have_text("十")
    finger.key("退一笔")
    expect(first).to_have_text("一")
    finger.key("重写")
    expect(page.locator(".writing-candidate:visible")).to_have_count(0)


@BOTH_SHAPES
def test_an_identity_number_with_a_wrong_check_digit_is_put_right(finger: Finger, terminal_url: str) -> None:
    page = finger.page
    page.goto(terminal_url + "/ask/identity")
    parts = page.locator(".writing-id-part")
    finger.keys("372525")
    expect(parts.nth(0)).to_have_class("writing-id-part is-full")
    expect(parts.nth(1)).to_have_class("writing-id-part is-now")
    finger.keys("19460101")
    expect(page.locator("[data-state]")).to_contain_text("出生：1946年1月1日")
    finger.keys("1239")
    expect(page.locator("[data-state]")).to_contain_text("18位都填好了")
    page.get_by_role("button", name="下一步").tap()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.tap()
    finger.key("删除")
    finger.keys("0")
    expect(page.locator("#number")).to_have_value("372525194601011230")
    page.get_by_role("button", name="下一步").tap()
    expect(page.locator("#answer")).to_contain_text("372525194601011230")


def test_the_number_pad_takes_no_nineteenth_place_and_an_x_only_last(
    finger: Finger, terminal_url: str
) -> None:
    page = finger.page
    page.goto(terminal_url + "/ask/identity")
    finger.keys("X37252519460101123X9")
    expect(page.locator("#number")).to_have_value("37252519460101123X")


def test_a_passport_is_written_with_letters(finger: Finger, terminal_url: str) -> None:
    page = finger.page
    page.goto(terminal_url + "/ask/identity")
    page.get_by_text("护照").tap()
    finger.key("大写")
    finger.page.locator('[data-pad="latin"] [data-letter="e"]').tap()
    finger.keys("123")
    expect(page.locator("#number")).to_have_value("E123")


def test_a_telephone_opens_digits_and_an_email_letters(finger: Finger, terminal_url: str) -> None:
    page = finger.page
    page.goto(terminal_url + "/ask/contact")
    page.locator("#phone").tap()
    finger.keys("0635")
    page.locator("#email").tap()
    finger.keys("li@a.cn")
    expect(page.locator("#phone")).to_have_value("0635")
    expect(page.locator("#email")).to_have_value("li@a.cn")


def test_chips_write_whole_words_and_the_fields_own_come_first(finger: Finger, terminal_url: str) -> None:
    page = finger.page
    page.goto(terminal_url + "/ask/contact")
    page.locator("#address").tap()
    finger.way("words")
    finger.key("桑阿镇")
    expect(page.locator("#address")).to_have_value("桑阿镇")
    finger.key("清空")
    expect(page.locator("#address")).to_have_value("")


def test_the_panel_is_put_away_and_comes_back_with_a_touch(finger: Finger, terminal_url: str) -> None:
    page = finger.page
    page.goto(terminal_url + "/ask/what")
    panel = page.locator("[data-writing-panel]")
    finger.page.locator('[data-key="away"]').tap()
    expect(panel).to_be_hidden()
    page.locator("#wanted").tap()
    expect(panel).to_be_visible()


@BOTH_SHAPES
def test_every_key_is_large_enough_readable_and_within_the_screen(finger: Finger, terminal_url: str) -> None:
    page = finger.page
    page.goto(terminal_url + "/ask/contact")
    page.locator("#address").tap()
    for way in ("pinyin", "hand", "digits", "latin", "words"):
        finger.way(way)
        if way == "pinyin":
            finger.keys("xian")
            expect(page.locator(".writing-candidate:visible").first).to_have_text("县")
        seen = page.evaluate(KEYS_IN_SIGHT)
        assert len(seen) > 10
        outside = [key for key in seen if not key["inside"]]
        assert way == "pinyin" or not outside, outside
        small = [
            key for key in seen if key["height"] < LEAST_CANDIDATE_PX or key["width"] < LEAST_CANDIDATE_PX
        ]
        assert not small, small
        assert min(page.evaluate(TYPE_SIZES)) >= LEAST_TYPE_PX
    heights = page.locator('[data-pad="pinyin"] .writing-key').evaluate_all(
        "keys => keys.map((key) => key.className)"
    )
    assert heights


def test_letter_keys_are_eighty_eight_pixels_and_more(finger: Finger, terminal_url: str) -> None:
    finger.page.goto(terminal_url + "/ask/what")
    boxes = finger.page.locator('[data-pad="pinyin"] .writing-key').evaluate_all(
        "keys => keys.map((key) => key.getBoundingClientRect()).map(({width, height}) => [width, height])"
    )
    assert min(height for _, height in boxes) >= LEAST_KEY_PX
    assert min(width for width, _ in boxes) >= LEAST_KEY_PX - 4


def test_nothing_written_is_kept_in_the_browser(finger: Finger, terminal_url: str) -> None:
    page = finger.page
    page.goto(terminal_url + "/ask/what")
    finger.keys("dibao")
    finger.candidate("低保")
    kept = page.evaluate("() => [localStorage.length, sessionStorage.length]")
    assert kept == [0, 0]
    assert all(
        "dibao" not in entry
        for entry in page.evaluate("() => performance.getEntries().map((one) => one.name)")
    )


def test_an_english_page_writes_letters_first(finger: Finger, terminal_url: str) -> None:
    page = finger.page
    page.goto(terminal_url + "/?lang=en")
    page.goto(terminal_url + "/ask/what")
    finger.keys("land")
    expect(page.locator("#wanted")).to_have_value("land")


@pytest.mark.parametrize("finger", [PHONE], indirect=True)
def test_a_phone_keeps_its_own_keyboard(finger: Finger, web_url: str) -> None:
    page = finger.page
    page.goto(web_url + "/ask/contact")
    assert page.locator(".writing").count() == 0
    assert page.locator("#phone").get_attribute("inputmode") == "tel"


def test_without_scripts_an_attached_keyboard_still_writes(chromium: Browser, terminal_url: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(terminal_url + "/ask/what")
    expect(page.locator("[data-writing-panel]")).to_be_hidden()
    page.locator("#wanted").fill("低保")
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#answer")).to_contain_text("低保")
    context.close()
