"""The gallery as an application whose visits are kept as on a real terminal, and as a server for the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page

from kiosk.clock import FixedClock
from kiosk.web.session import SealedSessions
from tests import building
from tests.served import served
from tools.gallery import gallery_app

BLOCKED = "Service Worker registration blocked by Playwright"
"""These tests ask the server each time; the worker has a test of its own."""


@pytest.fixture
def terminal_app(tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    """The terminal's own pages with sessions kept on disk as in the hall."""
    app = gallery_app()
    store = building.station(tmp_path)
    app.session_interface = SealedSessions(clock=clock, cookie="visit", life_s=120, is_secure=False)
    yield app
    store.close()


@pytest.fixture
def visitor(terminal_app: Flask) -> FlaskClient:
    """One browser without JavaScript."""
    return terminal_app.test_client()


@pytest.fixture(scope="module")
def gallery_url() -> Iterator[str]:
    """The gallery, served."""
    with served(lambda port: gallery_app(port=port)) as url:
        yield url


class Screen:
    """A page in a browser of a given size; remembers what the browser complained about."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.url = url
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and BLOCKED not in text:
            self.complaints.append(text)

    def open(self, path: str) -> Page:
        """Loads a page and all that belongs to it."""
        self.page.goto(self.url + path)
        return self.page


@pytest.fixture
def screen(chromium: Browser, gallery_url: str, request: pytest.FixtureRequest) -> Iterator[Screen]:
    """A touch screen; parametrize indirectly with (width, height), default the portrait kiosk."""
    width, height = getattr(request, "param", (1080, 1920))
    context = chromium.new_context(
        viewport={"width": width, "height": height}, has_touch=True, service_workers="block"
    )
    seen = Screen(context, gallery_url)
    yield seen
    context.close()
