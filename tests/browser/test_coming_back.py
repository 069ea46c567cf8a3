"""While the server is away the screen says so, and comes back by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import KIOSK, Console, a_context
from tests.world import World

pytestmark = pytest.mark.browser

KEPT = """async () => (await Promise.all((await caches.keys()).map(async (name) =>
  (await (await caches.open(name)).keys()).map((kept) => new URL(kept.url).pathname)))).flat().sort()"""
READY = "async () => Boolean(await navigator.serviceWorker.ready)"
ONLY = [
    "/offline",
    "/static/js/offline.js",
    "/static/sheets/attract.css",
]


def test_a_dead_server_is_announced_and_the_start_page_returns_by_itself(
    chromium: Browser, county: World
) -> None:
    context = a_context(chromium, KIOSK, Console())
    page = context.new_page()
    page.goto(county.terminal_url + "/")
    assert page.evaluate(READY)
    page.goto(county.terminal_url + "/request/")
    page.get_by_role("button", name="开始填写").click()
    page.locator("#wanted").fill("清水镇征地补偿")
    page.get_by_role("button", name="下一步").click()
    page.locator(".head-leave button").click()  # Clear-Site-Data names cache and cookies
    expect(page.locator("h1")).to_have_text("您想查什么、办什么？")
    assert page.evaluate(KEPT) == ONLY

    county.kill("web")
    page.locator(".bar-help").click()
    expect(page.locator("h1")).to_have_text("机器正在恢复，请稍等")
    expect(page.locator(".seal")).to_have_css("background-color", "rgb(156, 35, 24)")

    county.start("web")
    expect(page.locator("h1")).to_have_text("您想查什么、办什么？")
    context.close()
