"""Somebody reads a document, finds something wrong and says so: by touch, with the writing panel, and offline."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Console, a_context
from tests.world import World

pytestmark = pytest.mark.browser


def test_a_problem_is_told_in_three_touches_and_the_way_goes_on(kiosk: Page, county: World) -> None:
    kiosk.goto(f"{county.terminal_url}/documents/sample:policy-001")
    kiosk.get_by_role("link", name="这一页有问题").tap()
    kiosk.get_by_text("链接或附件打不开").tap()
    kiosk.get_by_role("button", name="报告问题").tap()
    expect(kiosk.get_by_role("heading", name="谢谢您")).to_be_visible()
    kiosk.get_by_role("link", name="接着看").tap()
    expect(kiosk.get_by_role("heading", name="冠县城乡居民最低生活保障工作办法")).to_be_visible()


def test_nothing_chosen_says_what_is_missing_and_keeps_what_was_written(kiosk: Page, county: World) -> None:
    kiosk.goto(f"{county.terminal_url}/documents/sample:fee-001/problem")
    kiosk.locator("#words").fill("标准和窗口贴的不一样")
    kiosk.get_by_role("button", name="报告问题").tap()
    expect(kiosk.locator(".error-summary")).to_contain_text("请选一样")
    expect(kiosk.locator("#words")).to_have_value("标准和窗口贴的不一样")


def test_the_writing_panel_opens_for_the_sentence(kiosk: Page, county: World) -> None:
    kiosk.goto(f"{county.terminal_url}/documents/sample:fee-001/problem")
    kiosk.locator("#words").tap()
    expect(kiosk.locator("[data-writing-panel]")).to_be_visible()
    expect(kiosk.get_by_role("button", name="报告问题")).to_be_in_viewport()


def test_a_phone_without_scripts_does_the_same(chromium: Browser, county: World) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{county.terminal_url}/documents/sample:policy-001/problem")
    page.get_by_label("已经过时").check()
    page.get_by_role("button", name="报告问题").click()
    expect(page.get_by_role("heading", name="谢谢您")).to_be_visible()
    context.close()


def test_the_pages_fit_a_phone(chromium: Browser, county: World) -> None:
    context = a_context(chromium, PHONE, Console())
    page = context.new_page()
    for path in ("problem", "problem/thanks"):
        page.goto(f"{county.terminal_url}/documents/{quote('sample:policy-001')}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    context.close()
