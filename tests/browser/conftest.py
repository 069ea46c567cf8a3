"""A citizen at the machine: a fresh browser context of a kiosk's shape that fails on any console error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.everything import Everything

KIOSK = {"width": 1080, "height": 1920}
LANDSCAPE = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}


@dataclass
class Console:
    """What the browser complained of."""

    complaints: list[str] = field(default_factory=list)


def a_context(chromium: Browser, shape: dict[str, int], console: Console) -> BrowserContext:
    """A context whose pages report errors and refused content to `console`."""
    context = chromium.new_context(
        viewport={"width": shape["width"], "height": shape["height"]}, has_touch=True, reduced_motion="reduce"
    )

    def listen(page: Page) -> None:
        page.on("console", lambda said: said.type == "error" and console.complaints.append(said.text))
        page.on("pageerror", lambda error: console.complaints.append(str(error)))

    context.on("page", listen)
    return context


@pytest.fixture(scope="session")
def everything_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    """A county with everything that pages can show; it rests between the files that use it."""
    world = Everything(tmp_path_factory.mktemp("everything"))
    try:
        world.start()
        world.rest()
        yield world
    finally:
        world.end()


@pytest.fixture(scope="module")
def everything(everything_of_the_run: Everything) -> Iterator[Everything]:
    """A running county with everything that pages can show, shared by the checks of all pages."""
    everything_of_the_run.go_on()
    yield everything_of_the_run
    everything_of_the_run.rest()


@pytest.fixture
def kiosk(chromium: Browser) -> Iterator[Page]:
    """A page at 1080x1920 with touch; ends with no complaint in the console."""
    console = Console()
    context = a_context(chromium, KIOSK, console)
    yield context.new_page()
    context.close()
    expected = [text for text in console.complaints if "422" not in text]
    assert expected == []
