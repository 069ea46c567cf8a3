"""A document under the finger: a touched passage shows what can be done with it; long texts have ways across."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import KIOSK
from tests.world import World

pytestmark = pytest.mark.browser

POLICY = "/documents/sample:policy-001"


def test_a_touched_passage_can_be_printed_and_only_that_one_offers_it(kiosk: Page, county: World) -> None:
    kiosk.goto(f"{county.terminal_url}{POLICY}")
    passages = kiosk.locator(".passage")
    fourth = passages.filter(has_text="第四条")
    before = kiosk.evaluate("document.documentElement.scrollHeight")
    expect(fourth.locator(".passage-paper")).to_have_css("position", "absolute")

    fourth.locator("p").first.tap()
    expect(fourth.locator(".passage-paper")).to_have_css("position", "static")
    assert kiosk.evaluate("document.documentElement.scrollHeight") < before + 200

    fifth = passages.filter(has_text="第五条")
    fifth.locator("p").first.tap()
    expect(fourth.locator(".passage-paper")).to_have_css("position", "absolute")
    fifth.get_by_role("link", name="打印这一段").tap()
    expect(kiosk.get_by_role("heading", name="要打印这一段吗？")).to_be_visible()


def test_a_key_reaches_what_can_be_done_with_a_passage(kiosk: Page, county: World) -> None:
    kiosk.goto(f"{county.terminal_url}{POLICY}")
    link = kiosk.locator(".passage-paper a").first
    link.focus()
    expect(kiosk.locator(".passage-paper").first).to_have_css("position", "static")


def test_without_javascript_every_passage_can_be_printed(chromium: Browser, county: World) -> None:
    context = chromium.new_context(viewport=KIOSK, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{county.terminal_url}{POLICY}")
    links = page.get_by_role("link", name="打印这一段")
    assert links.count() == page.locator(".passage").count()
    assert all(links.nth(at).bounding_box()["height"] >= 60 for at in range(links.count()))  # type: ignore[index]
    context.close()


def test_the_official_explanation_is_one_touch_from_the_top(kiosk: Page, county: World) -> None:
    kiosk.goto(f"{county.terminal_url}{POLICY}")
    text, explanation = kiosk.locator("#text"), kiosk.locator("#explanation")
    assert text.bounding_box()["y"] < 1920  # type: ignore[index]
    kiosk.get_by_role("link", name="官方解读", exact=True).tap()
    expect(explanation).to_be_in_viewport()
