"""Attachments by touch alone: opened, turned, enlarged, in every shape of screen, and with JavaScript or without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import KIOSK, LANDSCAPE, PHONE
from tests.browser.test_finding_by_touch import faults_at, tap
from tests.pages import Visitor
from tests.world import World, eventually

pytestmark = pytest.mark.browser

GUIDE = "/documents/sample:guide-001"
FORM = f"{GUIDE}/attachments/1"
DRAWN = "picture => picture.complete && picture.naturalWidth"


@pytest.fixture(autouse=True)
def files(county: World) -> None:
    """The files have come down."""
    visitor = Visitor(county.terminal_url)
    eventually(lambda: "尚未传到本机" not in visitor.open(FORM).text, "the files arrive")


def test_somebody_reads_a_blank_form_page_by_page(kiosk: Page, county: World) -> None:
    kiosk.goto(county.terminal_url + GUIDE)
    tap(kiosk, "低保申请表")
    picture = kiosk.locator(".leaf-picture")
    expect(picture).to_be_visible()
    assert picture.evaluate(DRAWN) > 1_000
    tap(kiosk, "下一页")
    expect(kiosk.locator(".pager").first).to_contain_text("第2页，共2页")
    tap(kiosk, "放大")
    frame = kiosk.locator(".leaf")
    assert frame.evaluate("leaf => leaf.scrollWidth > 1.9 * leaf.clientWidth")
    assert picture.evaluate(DRAWN) > 2_000
    kiosk.get_by_text("看这一页的文字").tap()
    expect(kiosk.locator(".leaf-words")).to_contain_text("家庭收入和财产")
    tap(kiosk, "缩小")
    assert not frame.evaluate("leaf => leaf.scrollWidth > leaf.clientWidth")
    tap(kiosk, "回到正文")
    expect(kiosk.get_by_role("heading", name="要带什么")).to_be_visible()


@pytest.mark.parametrize("shape", [KIOSK, LANDSCAPE, PHONE], ids=["kiosk", "landscape", "phone"])
def test_targets_are_large_and_nothing_is_wider_than_the_screen(
    chromium: Browser, county: World, shape: dict[str, int]
) -> None:
    paths = (FORM, f"{FORM}?page=2&zoom=2", "/documents/sample:reading-003/attachments/1", GUIDE)
    assert faults_at(chromium, county.terminal_url, shape, paths) == ({}, [])


def test_without_javascript_every_page_of_it_is_reached_by_links(county: World) -> None:
    visitor = Visitor(county.terminal_url)
    page = visitor.open(GUIDE)
    href = next(href for words, href in page.links if words == "低保申请表（示例）")
    page = visitor.open(href)
    following = next(href for words, href in page.links if words == "下一页")
    page = visitor.open(following)
    assert "第2页，共2页" in page.text
    assert any(words == "上一页" for words, _href in page.links)
    assert "家庭收入和财产" in page.text
