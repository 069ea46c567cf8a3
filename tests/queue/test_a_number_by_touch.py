"""A number in a real browser: taken at the terminal, called on the screen, served at a window, all on one machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kiosk.clock import BEIJING, FixedClock
from kiosk.hall import pins
from tests.building import terminal_app, terminal_home, terminal_settings
from tests.served import served

PIN = "480917"
SETTINGS = terminal_settings(
    queue_letter="A", hall_pin_hash=pins.hashed(PIN), help_phone="0635-0000000", printer="none"
)
PICTURES = os.environ.get("QUEUE_PICTURES")
"""Folder for pictures of the screens, for somebody who looks at them."""


class Hall:
    """A served terminal with three browsers: the citizen's, the screen's, a window's."""

    def __init__(self, url: str, clock: FixedClock, chromium: Browser, stack: ExitStack) -> None:
        self.url, self.clock = url, clock
        self.complaints: list[str] = []
        self.citizen = self._browser(chromium, stack, 1080, 1920)
        self.screen = self._browser(chromium, stack, 1920, 1080)
        self.staff = self._browser(chromium, stack, 1280, 900)

    def _browser(self, chromium: Browser, stack: ExitStack, width: int, height: int) -> Page:
        context: BrowserContext = chromium.new_context(
            viewport={"width": width, "height": height}, service_workers="block"
        )
        stack.callback(context.close)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def take(self) -> str:
        self.citizen.goto(f"{self.url}/queue/")
        look(self.citizen, "start")
        self.citizen.locator("button.queue-topic").first.click()
        look(self.citizen, "ticket")
        number = self.citizen.locator(".number-value").inner_text()
        self.citizen.locator(".head-leave button").click()
        return number

    def sign_in(self) -> None:
        self.staff.goto(f"{self.url}/queue/window/3")
        self.staff.locator("input[name=pin]").fill(PIN)
        self.staff.get_by_role("button", name="打开").click()
        self.staff.wait_for_url("**/queue/window/3")

    def press(self, words: str) -> None:
        self.staff.get_by_role("button", name=words).first.click()
        self.staff.wait_for_load_state()


def look(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


@pytest.fixture
def hall(tmp_path: Path, chromium: Browser) -> Iterator[Hall]:
    clock = FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING))
    with ExitStack() as stack:
        terminal_home(tmp_path, clock, SETTINGS)

        def make(port: int) -> Flask:
            return terminal_app(tmp_path, clock, replace(SETTINGS, port=port))

        yield Hall(stack.enter_context(served(make)), clock, chromium, stack)


def test_a_number_is_called_and_served_with_one_tap_for_each_citizen(hall: Hall) -> None:
    hall.screen.goto(f"{hall.url}/queue/screen")
    look(hall.screen, "screen-empty")
    assert (hall.take(), hall.take(), hall.take()) == ("A001", "A002", "A003")
    hall.sign_in()
    look(hall.staff, "window-closed")
    hall.press("开窗口")
    hall.press("下一位")
    expect(hall.staff.locator(".queue-number")).to_have_text("A001")
    expect(hall.screen.locator("[data-large]")).to_be_visible()
    expect(hall.screen.locator("[data-large] .calls-window")).to_have_text("请到3号窗口")
    look(hall.screen, "screen-call")
    look(hall.staff, "window-called")
    where = hall.staff.locator("[data-digit]").evaluate_all("all => all.map(each => each.offsetTop)")
    expect(hall.screen.locator("[data-rows] li")).to_have_text(["A001→3号窗口"], timeout=15_000)
    with hall.staff.expect_response("**/window/3/now"):
        hall.clock.advance(100)
    hall.staff.keyboard.press("1")
    expect(hall.staff.locator(".queue-number")).to_have_text("A002")
    now = hall.staff.locator("[data-digit]").evaluate_all("all => all.map(each => each.offsetTop)")
    assert now == where, "buttons never move"
    expect(hall.screen.locator("[data-rows] li").first).to_have_text("A002→3号窗口", timeout=15_000)
    expect(hall.screen.locator("[data-large]")).to_be_hidden(timeout=15_000)
    look(hall.screen, "screen-rows")
    text = hall.screen.locator("main").inner_text()
    assert "办事咨询" not in text, "no topic is on the screen"
    hall.staff.goto(f"{hall.url}/queue/overview")
    look(hall.staff, "overview")
    expect(hall.staff.locator(".queue-overview")).to_contain_text("A003")
    hall.screen.goto(f"{hall.url}/queue/screen?far")
    look(hall.screen, "screen-far")
    assert hall.complaints == []


def test_screen_and_window_say_when_the_data_is_old(hall: Hall) -> None:
    hall.sign_in()
    hall.screen.goto(f"{hall.url}/queue/screen")
    for page in (hall.screen, hall.staff):
        page.route("**/now*", lambda route: route.abort())
    expect(hall.staff.locator("[data-age]")).to_contain_text("没有更新", timeout=15_000)
    expect(hall.screen.locator("[data-lost]")).to_be_visible(timeout=20_000)
    look(hall.screen, "screen-lost")
    look(hall.staff, "window-old")


@pytest.mark.parametrize(
    ("hour", "picture", "words"),
    [(20, "closed", "现在不在取号时间"), (17, "none-left", "今天的号取完了")],
)
def test_the_closed_hall_says_when_it_opens(hall: Hall, hour: int, picture: str, words: str) -> None:
    hall.clock.moment = hall.clock.moment.replace(hour=hour, minute=20)
    if picture == "none-left":
        hall.sign_in()
        hall.press("开窗口")
        for _ in range(2):
            hall.take()
    hall.citizen.goto(f"{hall.url}/queue/")
    look(hall.citizen, picture)
    expect(hall.citizen.locator("h1")).to_have_text(words)
    hall.citizen.get_by_role("link", name="回首页", exact=True).click()
    expect(hall.citizen).to_have_url(f"{hall.url}/")
    look(hall.citizen, "home")
