"""A clerk sets up the second factor and signs in with it; each of its pages holds to the rules of all pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kiosk import db
from kiosk.staff.entry import factors
from kiosk.web import context
from tests.browser.checks import Checks, Complaints, look_at, measuring
from tests.hub import PASSWORD, Hub, build_hub
from tests.served import served

pytestmark = pytest.mark.browser


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[Hub, str]]:
    """A hub that asks for the second factor, with a clerk and two administrators, and its address."""
    made: list[Hub] = []

    def make(port: int):  # type: ignore[no-untyped-def]
        hub = build_hub(tmp_path, port=port)
        whole = context.of(hub.app)
        context.give(hub.app, replace(whole, settings=replace(whole.settings, second_factor=True)))  # type: ignore[arg-type]
        for name, role in (("lina", "clerk"), ("qian", "admin"), ("sun", "admin")):
            hub.add_account(name, role)
        made.append(hub)
        return hub.app

    with served(make) as address:
        yield made[0], address
    db.real(db.store).close_all()


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/desk/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")


def send_code(page: Page, code: str) -> None:
    page.fill("#code", code)
    page.click("main button[type=submit]")


def test_a_clerk_sets_it_up_and_signs_in_with_it(hub: tuple[Hub, str], chromium: Browser) -> None:
    (county, address), complaints, faults = hub, Complaints(), dict[str, list[str]]()
    page = (browser := measuring(chromium, "desk", with_axe=True)).new_page()
    complaints.listen(page)

    def look(name: str) -> None:
        checks = Checks(page, "desk", name)
        look_at(checks, "zh")
        faults.update(checks.faults)

    sign_in(page, address, "lina")
    look("set up")
    secret = page.locator("main strong").inner_text().replace(" ", "")
    send_code(page, "000000")
    look("set up, wrong")
    send_code(page, factors.code_at(secret, county.clock.now().timestamp()))
    look("recovery codes")
    page.click("main a.button")
    assert page.url.endswith("/desk/requests")
    page.goto(f"{address}/desk/password")
    look("own sessions")
    page.click("header .desk-who form[action='/desk/sign-out'] button")
    county.clock.advance(60)
    sign_in(page, address, "lina")
    send_code(page, "000000")
    look("code, wrong")
    send_code(page, factors.code_at(secret, county.clock.now().timestamp()))
    assert page.url.endswith("/desk/requests")
    browser.close()
    assert not faults
    assert not complaints
