"""Papers photographed by the camera of a machine in a hall, in a browser whose camera shows a moving picture."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import KIOSK, Console, a_context
from tests.building import terminal_settings
from tests.conftest import ENGINES, FLAGS
from tests.journeys.story import ADDED, ANSWERS
from tests.pages import Visitor
from tests.world import World

pytestmark = pytest.mark.browser

A_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A machine that has a camera above a tray."""
    with World(tmp_path_factory.mktemp("hall"), terminal_settings(document_camera=True)) as world:
        world.make()
        world.start("web")
        yield world


def at_the_papers(hall: World) -> Visitor:
    """Somebody who asks in another's name and photographs the mandate."""
    visitor = Visitor(hall.terminal_url)
    visitor.open("/request/")
    visitor.submit("/request/")
    for name, fields in ANSWERS.items():
        if name == "paper":
            break
        visitor.submit(f"/request/{name}", **fields, **({"behalf": "another"} if name == "who" else {}))
        if name == "who":
            visitor.submit("/request/agent", **ADDED["agent"])
    visitor.submit("/request/papers", papers="here")
    return visitor


def in_browser(page: Page, hall: World) -> None:
    """Gives the visit to the browser."""
    cookie = at_the_papers(hall).http.cookies["visit"]
    page.context.add_cookies([{"name": "visit", "value": cookie, "url": hall.terminal_url}])
    page.goto(hall.terminal_url + "/request/files")


def test_a_photograph_is_taken_again_and_then_used(
    playwright: Playwright, hall: World, chromium: object
) -> None:
    path = next(found for name in ENGINES if (found := shutil.which(name)))
    browser, console = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *A_CAMERA]), Console()
    page = a_context(browser, KIOSK, console).new_page()
    in_browser(page, hall)
    take, use = page.get_by_role("button", name="拍下来"), page.get_by_role("button", name="就用这张")
    expect(take).to_be_visible()
    expect(use).to_be_hidden()
    take.tap()
    page.get_by_role("button", name="重拍").tap()
    take.tap()
    use.tap()
    expect(page.get_by_text("收下了，已加密。")).to_be_visible()
    assert page.locator(".paper-picture").evaluate("(one) => one.naturalWidth") > 100
    page.get_by_role("link", name="够了，下一步").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("回执怎么给您？")
    browser.close()
    assert console.complaints == []


def test_without_a_camera_the_page_says_so_and_leads_to_the_window(kiosk: Page, hall: World) -> None:
    in_browser(kiosk, hall)
    expect(kiosk.get_by_text("没有找到能用的摄像头")).to_be_visible()
    kiosk.get_by_role("link", name="换一种交法").tap()
    kiosk.get_by_text("把纸质的交到窗口").tap()
    kiosk.get_by_role("button", name="下一步").tap()
    expect(kiosk.get_by_role("heading", level=1)).to_have_text("回执怎么给您？")
