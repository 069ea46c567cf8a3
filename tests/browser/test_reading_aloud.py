"""A page is heard: Chromium plays shipped recordings, marks what it reads, and falls silent when somebody touches."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import KIOSK, Console, a_context
from tests.browser.test_the_story import ask_for_information
from tests.world import World

pytestmark = pytest.mark.browser

LISTEN = """() => {
  const real = window.Audio;
  window.heard = [];
  window.Audio = class extends real { constructor(...given) { super(...given); window.heard.push(this); } };
}"""
SOUNDING = "() => window.heard.some((one) => !one.paused && one.currentTime > 0.05)"
AFTER_A_SHAKING_HAND = "since => performance.now() > since + 1000"
"""A second press within this time, by the page's own clock, counts as the first one's echo."""
SILENT = "() => window.heard.every((one) => one.paused)"


@pytest.fixture
def ear(chromium: Browser) -> Iterator[Page]:
    """A kiosk's page whose players can be looked at; ends with no complaint in the console."""
    console = Console()
    context = a_context(chromium, KIOSK, console)
    context.add_init_script(f"({LISTEN})()")
    yield context.new_page()
    context.close()
    assert console.complaints == []


def test_a_page_is_heard_and_marked_and_stops_at_a_touch(county: World, ear: Page) -> None:
    ear.goto(f"{county.terminal_url}/help")
    button = ear.locator("[data-speech]")
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 60
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    ear.wait_for_function(SOUNDING)
    assert button.get_attribute("aria-pressed") == "true"
    assert button.inner_text() == "停止朗读"
    assert ear.locator(".speaking").inner_text() == "工作人员就在大厅里"
    ear.wait_for_function("() => document.querySelector('.speaking')?.tagName !== 'H1'")
    for control in ear.locator(".speech-strip button").all():
        shape = control.bounding_box()
        assert shape is not None
        assert min(shape["width"], shape["height"]) >= 60
    ear.locator("main h1").click()
    ear.wait_for_function(SILENT)
    assert ear.locator(".speaking").count() == 0
    assert button.get_attribute("aria-pressed") == "false"
    assert not ear.locator(".speech-strip").is_visible()


def test_pause_volume_and_keys(county: World, ear: Page) -> None:
    ear.goto(f"{county.terminal_url}/help")
    ear.locator("[data-speech]").focus()
    ear.keyboard.press("Enter")
    ear.wait_for_function(SOUNDING)
    ear.locator("[data-pause]").click()
    ear.wait_for_function(SILENT)
    assert ear.locator("[data-pause]").inner_text() == "接着读"
    ear.wait_for_function(AFTER_A_SHAKING_HAND, arg=ear.evaluate("performance.now()"))
    ear.locator("[data-pause]").click()
    ear.wait_for_function(SOUNDING)
    louder = "() => window.heard[0].volume"
    before = ear.evaluate(louder)
    with ear.expect_response("**/settings"):
        ear.locator("[data-louder]").click()
    assert ear.evaluate(louder) > before
    ear.goto(f"{county.terminal_url}/")
    assert ear.locator("[data-speech]").get_attribute("data-volume") == "4"
    assert ear.evaluate(SILENT)


def test_leaving_is_silent(county: World, ear: Page) -> None:
    ear.goto(f"{county.terminal_url}/help")
    ear.locator("[data-speech]").click()
    ear.wait_for_function(SOUNDING)
    ear.locator(".head-leave button").first.click()
    ear.wait_for_url(f"{county.terminal_url}/**")
    assert ear.evaluate(SILENT)
    assert ear.locator("[data-speech]").get_attribute("data-volume") == "3"


def test_a_receipt_tells_its_number_only_to_earphones(county: World, ear: Page) -> None:
    asked: list[str] = []
    ear.on("request", lambda request: asked.append(request.url) if ".opus" in request.url else None)
    promised = ask_for_information(ear, county, "示例镇2026年道路维修的招标结果")
    button = ear.locator("[data-speech]")
    clips = button.get_attribute("value")
    alphabet = ear.locator("[data-private][data-alphabet]").get_attribute("data-alphabet")
    assert clips
    assert alphabet
    spelt = ear.locator("[data-spell]").first.get_attribute("data-spell")
    assert spelt
    assert not set(spelt.split(".")) & set(clips.split(".")) - {alphabet.split(".")[0]}
    button.click()
    ear.wait_for_function(SOUNDING)
    ear.locator("[data-private][data-alphabet]").click()
    ear.wait_for_function(SOUNDING)
    ear.wait_for_function("() => document.querySelector('.speaking[data-spell]')")
    ear.wait_for_function("(keys) => window.heard.length > keys", arg=len(alphabet.split(".")))
    assert not any(promised.number in url or promised.code in url for url in asked)
    single = [url for url in asked if url.count(".") == url.replace(".opus", "").count(".") + 1]
    fetched = {url.rsplit("/", 1)[1].removesuffix(".opus") for url in single}
    assert set(alphabet.split(".")) <= fetched, "all are fetched, so that no request tells which are spelt"
