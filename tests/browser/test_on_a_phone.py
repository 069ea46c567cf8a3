"""The public pages in a phone's browser: the share sheet where there is one, and nothing where there is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import PHONE, Console, a_context
from tests.building import terminal_settings
from tests.journeys.story import hand_in
from tests.pages import Visitor
from tests.world import World, eventually

pytestmark = pytest.mark.browser

SHEET = """
  window.shared = [];
  navigator.canShare = () => true;
  navigator.share = async (what) => {
    const files = await Promise.all((what.files ?? []).map(async (file) =>
      [file.name, file.type, [...new Uint8Array(await file.slice(0, 4).arrayBuffer())]]));
    window.shared.push({ files, url: what.url ?? "", title: what.title ?? "" });
  };
"""
NO_SHEET = "delete Navigator.prototype.share; delete Navigator.prototype.canShare;"
PNG = [0x89, 0x50, 0x4E, 0x47]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A public station, with the address under which it is known."""
    with World(tmp_path_factory.mktemp("web"), terminal_settings(channel="web")) as world:
        world.make()
        world.learn_port()
        world.tell_terminal(public_url=world.terminal_url)
        world.start("web", "agent")
        reader = Visitor(world.terminal_url)
        eventually(lambda: "缩小范围" in reader.open("/search?q=低保").text, "the index is built")
        yield world


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    console = Console()
    context = a_context(chromium, PHONE, console)
    yield context
    context.close()
    assert console.complaints == []


def with_a_receipt(context: BrowserContext, station: World) -> str:
    """Hands in a request and gives its visit to the browser; returns the number."""
    visitor = Visitor(station.terminal_url)
    number = hand_in(visitor, paper="none").number
    context.add_cookies(
        [{"name": "visit", "value": visitor.http.cookies["visit"], "url": station.terminal_url}]
    )
    return number


def test_the_receipt_goes_through_the_phones_own_share_sheet(phone: BrowserContext, station: World) -> None:
    number = with_a_receipt(phone, station)
    page = phone.new_page()
    page.add_init_script(SHEET)
    page.goto(station.terminal_url + "/request/receipt")
    page.locator("[data-share] button").tap()
    page.wait_for_function("() => window.shared.length === 1")
    (shared,) = page.evaluate("window.shared")
    assert shared["files"] == [[f"{number}.png", "image/png", PNG]]
    assert shared["url"] == "", "the address of a receipt leads nobody else to it"
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert page.evaluate("caches.keys()") == []


def test_a_public_page_is_shared_by_its_address_and_a_personal_one_is_not(
    phone: BrowserContext, station: World
) -> None:
    page = phone.new_page()
    page.add_init_script(SHEET)
    page.goto(station.terminal_url + "/browse/policy")
    page.locator("[data-share-page]").tap()
    (shared,) = page.evaluate("window.shared")
    assert shared["url"] == station.terminal_url + "/browse/policy"
    page.goto(station.terminal_url + "/progress")
    assert (
        page.locator("[data-share-page]").get_attribute("data-share-page")
        == station.terminal_url + "/progress"
    )
    page.goto(station.terminal_url + "/search?q=低保")
    assert page.locator("[data-share-page]").count() == 0


def test_a_browser_without_a_share_sheet_shows_no_such_button(phone: BrowserContext, station: World) -> None:
    with_a_receipt(phone, station)
    page = phone.new_page()
    page.add_init_script(NO_SHEET)
    page.goto(station.terminal_url + "/request/receipt")
    expect(page.get_by_text("存成图片")).to_be_visible()
    expect(page.locator("[data-share]")).to_be_hidden()
    page.goto(station.terminal_url + "/browse/policy")
    expect(page.locator("[data-share-page]")).to_be_hidden()


@pytest.mark.parametrize("list_of", ["/search?q=低保怎么申请", "/browse/policy"])
def test_what_was_found_begins_on_the_first_screen_and_choices_unfold(
    phone: BrowserContext, station: World, list_of: str
) -> None:
    page = phone.new_page()
    page.goto(station.terminal_url + list_of)
    first, choices = page.locator(".result").first, page.locator(".sifted-by .chip").first
    expect(first).to_be_in_viewport()
    expect(choices).to_be_hidden()
    page.get_by_text("缩小范围").tap()
    choices.tap()
    expect(page.locator(".chip-on")).to_be_visible()
    expect(first).to_be_in_viewport()
