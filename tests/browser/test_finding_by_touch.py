"""From the start page by touch alone: my village's subsidies, how to get something done, two versions."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import KIOSK, LANDSCAPE, PHONE, Console, a_context
from tests.world import World

pytestmark = pytest.mark.browser

LEAST_TARGET_PX = 60
SMALL_TARGETS = """least => [...document.querySelectorAll('main a[href], main button, main summary')]
  .filter(e => !e.closest('.result, .prose, .next-list, .crumbs, .panel-source, .passage-paper'))
  .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < least - 0.5 || box.height < least - 0.5))
  .map(([words, box]) => `${words} ${box.width}x${box.height}`)"""
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
PAGES = (
    "/browse",
    "/browse/by/audience",
    "/browse/by/topic",
    "/browse/by/event?of=养老",
    "/browse/village",
    "/browse/village?township=柳林镇&village=样例东村",
    "/browse/guide",
    "/documents/sample:guide-002",
    "/documents/sample:policy-004/compare/sample:policy-005",
)


def tap(page: Page, words: str) -> None:
    """Touches the first link that says this."""
    page.get_by_role("link", name=words).first.tap()


def test_a_villager_asks_whether_the_subsidy_was_paid(kiosk: Page, county: World) -> None:
    kiosk.goto(county.terminal_url)
    tap(kiosk, "补贴发了没有")
    tap(kiosk, "辛集镇")
    tap(kiosk, "样例北村")
    first = kiosk.locator(".payment").first
    expect(first).to_contain_text("农村危房改造补助")
    expect(first).to_contain_text("还没有发")
    expect(first).to_contain_text("电话")
    tap(kiosk, "2025年")
    expect(kiosk.locator(".payment").first).to_contain_text("2025年6月27日到账")


def test_somebody_finds_out_how_to_get_something_done(kiosk: Page, county: World) -> None:
    kiosk.goto(county.terminal_url)
    tap(kiosk, "事情怎么办")
    tap(kiosk, "养老")
    tap(kiosk, "办理老年人优待证")
    expect(kiosk.get_by_role("heading", name="要带什么")).to_be_visible()
    expect(kiosk.locator(".checklist li").first).to_contain_text("身份证")
    expect(kiosk.locator(".window-phone").first).to_be_visible()


def test_an_older_person_looks_at_what_concerns_them_and_compares_two_versions(
    kiosk: Page, county: World
) -> None:
    kiosk.goto(county.terminal_url)
    tap(kiosk, "查文件政策")
    tap(kiosk, "我是")
    tap(kiosk, "老人")
    expect(kiosk.get_by_role("heading", name="办事指南")).to_be_visible()
    kiosk.get_by_role("link", name="冠县高龄老人津贴发放办法").first.tap()
    tap(kiosk, "逐段对照")
    expect(kiosk.locator(".versions ins").first).to_be_visible()
    expect(kiosk.locator(".versions del").first).to_be_visible()


def faults_at(
    chromium: Browser, url: str, shape: dict[str, int], paths: Iterable[str]
) -> tuple[dict[str, object], list[str]]:
    """What is too small to touch or wider than a screen of this shape, by page; what the browser complained about."""
    console = Console()
    context = a_context(chromium, shape, console)
    page = context.new_page()
    faults: dict[str, object] = {}
    for path in paths:
        page.goto(url + path)
        faults[f"{path} targets"] = page.evaluate(SMALL_TARGETS, LEAST_TARGET_PX)
        faults[f"{path} sideways"] = max(0, page.evaluate(SIDEWAYS))
    context.close()
    return {what: found for what, found in faults.items() if found}, console.complaints


@pytest.mark.parametrize("shape", [KIOSK, LANDSCAPE, PHONE], ids=["kiosk", "landscape", "phone"])
def test_every_way_can_be_touched_and_none_is_wider_than_the_screen(
    chromium: Browser, county: World, shape: dict[str, int]
) -> None:
    assert faults_at(chromium, county.terminal_url, shape, PAGES) == ({}, [])
