"""A publisher teaches the search a word at the desk, and a citizen who says that word finds what was meant."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.browser.everything import PUBLISHER, Everything
from tests.browser.test_by_every_hand import DESK, a_hand, sign_in
from tests.pages import PATIENCE_S, Visitor
from tests.world import eventually

pytestmark = pytest.mark.browser
SAID, MEANT = "嗷嗷粮", "最低生活保障"


def test_a_word_added_at_the_desk_is_understood_at_the_terminal(
    chromium: Browser, everything: Everything
) -> None:
    citizen = Visitor(everything.url("kiosk"))

    def first_title() -> str:
        answer = requests.get(f"{citizen.base}/api/v1/search", params={"q": SAID}, timeout=PATIENCE_S)
        found = answer.json()["results"]
        return found[0]["title"] if found else ""

    assert MEANT not in first_title()
    for clerk in a_hand(chromium, "no JavaScript", DESK):
        base = everything.url("desk")
        sign_in(clerk, base, PUBLISHER)
        clerk.page.goto(base + "/desk/catalogue/words")
        clerk.write("日常说法", SAID)
        clerk.write("正式名称（几个之间用顿号隔开，最贴切的在前）", MEANT)
        clerk.press("保存")
        expect(clerk.page.get_by_role("status")).to_contain_text(SAID)
        clerk.page.goto(f"{base}/desk/catalogue/words?q={SAID}")
        expect(clerk.page.locator("main")).to_contain_text("已审核")
    eventually(lambda: MEANT in first_title(), "what was meant at the terminal")
    assert MEANT in citizen.open(f"/search?q={SAID}").text
