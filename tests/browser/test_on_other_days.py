"""
Pages that tell dates, on the days on which they look different: our own rules hold on each (rules.js, strained too).

Terminal and hub are applications of this process whose clock stands where it is put; axe and the other rules of all
pages are those of checks.py. The days are those of config/workdays: 2026 is announced, the years after it are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from nacl.public import PrivateKey
from playwright.sync_api import Browser, Page

from kiosk import db
from kiosk.app.replication.device_keys import DEVICE_KEY_FILE
from kiosk.clock import BEIJING, FixedClock
from kiosk.disclosure import cases
from kiosk.intake.models import KeptSubmission
from kiosk.workdays import load_calendar
from sync.wire import signing
from tests.browser.checks import (
    ARRIVED,
    DENSE,
    LANGUAGES,
    VIEWPORTS,
    Checks,
    Complaints,
    measuring,
    narrow,
    wear_out,
)
from tests.building import a_terminal, terminal_settings
from tests.hub import PASSWORD, Hub, build_hub
from tests.journeys.story import Promised, confirm_receipt, hand_in, sign_in
from tests.pages import PATIENCE_S, Visitor
from tests.served import served
from tests.terminals import link

pytestmark = pytest.mark.browser

CERTAIN, NEAR_THE_END, UNANNOUNCED = "", "next-year-not-announced", "year-not-announced"
DAYS = {
    "an ordinary day": (date(2026, 11, 23), CERTAIN),
    "a holiday": (date(2026, 10, 1), CERTAIN),
    "a Saturday that is worked": (date(2026, 10, 10), CERTAIN),
    "a deadline near the year's end": (date(2026, 12, 3), NEAR_THE_END),
    "a deadline in a year that is not announced": (date(2026, 12, 10), UNANNOUNCED),
    "the last day of the year": (date(2026, 12, 31), UNANNOUNCED),
    "29 February": (date(2028, 2, 29), UNANNOUNCED),
}
"""Each with why a reply date that is counted from it may still move."""
IN_EVERY_LANGUAGE = {"an ordinary day", "a deadline in a year that is not announced"}
CALENDAR = load_calendar()
CLERK = "lina"


def morning(day: date) -> datetime:
    """Half past nine in Beijing."""
    return datetime.combine(day, time(9, 30), BEIJING).astimezone(UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(morning(date(2026, 10, 1)))


class Looking:
    """A browser that measures pages of one place."""

    def __init__(self, page: Page, place: str) -> None:
        self.page, self.place = page, place
        self.complaints = Complaints()
        self.complaints.listen(page)
        self.faults: dict[str, list[str]] = {}

    def look(self, visitor: Visitor, path: str, name: str) -> None:
        """Opens a page as this visitor, at every size and viewport of the place."""
        self.page.context.clear_cookies()
        self.page.context.add_cookies(
            [
                {"name": each.name, "value": each.value or "", "url": visitor.base}
                for each in visitor.http.cookies
            ]
        )
        answer = self.page.goto(visitor.base + path)
        assert answer
        assert answer.ok, name
        assert visitor.base + path == self.page.url, name
        checks = Checks(self.page, self.place, f"{path} on {name}")
        self.page.evaluate(ARRIVED)
        is_strained = self.place in DENSE or self.page.get_attribute("html", "lang") == "zh-CN"
        for at, shape in enumerate(VIEWPORTS[self.place]):
            checks.take(shape)
            checks.measure_sizes()
            if at == 0 and is_strained:
                wear_out(checks)
        if is_strained and self.place != "kiosk":
            narrow(checks)
        checks.note("browser", list(self.complaints))
        self.complaints.clear()
        self.faults |= checks.faults


@pytest.fixture
def looking(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Looking]:
    place = request.param
    context = measuring(chromium, place)
    yield Looking(context.new_page(), place)
    context.close()


@pytest.fixture
def terminal_url(tmp_path: Path, clock: FixedClock, looking: Looking) -> Iterator[str]:
    """A terminal that is enrolled, of the place that is looked at."""
    settings = terminal_settings(
        channel="web" if looking.place == "web" else "kiosk",
        printer="none" if looking.place == "web" else "tcp://127.0.0.1:9",
        runtime_dir=str(tmp_path / "memory"),
    )
    with ExitStack() as opened:

        def make(port: int) -> Flask:
            app = opened.enter_context(a_terminal(tmp_path, clock, replace(settings, port=port)))
            (tmp_path / DEVICE_KEY_FILE).write_text(signing.new_seed().hex())
            link(clock, seal_key=bytes(PrivateKey.generate().public_key))
            return app

        with served(make) as url:
            yield url


def speaking(url: str, lang: str) -> Visitor:
    visitor = Visitor(url)
    if lang != "zh":
        visitor.http.post(url + "/settings", data={"lang": lang, "next": "/"}, timeout=PATIENCE_S)
    return visitor


def register(promised: Promised, day: date) -> None:
    """What the hub says of a request once a clerk has registered it."""
    with db.writing(db.store):
        told = CALENDAR.after(day, 20).as_dict()
        KeptSubmission.update(state="registered", detail=told).where(
            KeptSubmission.number == promised.number
        ).execute(db.store)


@pytest.mark.parametrize("looking", ["kiosk", "web"], indirect=True)
def test_a_receipt_and_its_progress_are_read_on_every_kind_of_day(
    terminal_url: str, clock: FixedClock, looking: Looking
) -> None:
    for name, (day, why) in DAYS.items():
        clock.moment = morning(day)
        for lang in LANGUAGES if name in IN_EVERY_LANGUAGE else LANGUAGES[:1]:
            visitor = speaking(terminal_url, lang)
            promised = hand_in(visitor, paper="none")
            if lang == "zh":
                assert ("暂定" in visitor.page.text) == bool(why), name
            looking.look(visitor, "/request/receipt", f"{name} {lang}")
            register(promised, day)
            visitor.open("/progress")
            visitor.submit("/progress", number=promised.number, code=promised.code)
            if lang == "zh":
                assert ("暂定" in visitor.page.text) == bool(why), name
            looking.look(visitor, "/progress/seen", f"{name} {lang}")
    assert looking.faults == {}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[Hub, str]]:
    """A hub with a clerk, and where its desk is."""
    with ExitStack() as opened:
        made: list[Hub] = []

        def make(port: int) -> Flask:
            made.append(build_hub(tmp_path, port=port))
            opened.callback(db.store.close)
            return made[0].app

        with served(make) as url:
            made[0].add_account(CLERK)
            yield made[0], url


@pytest.mark.parametrize("looking", ["desk"], indirect=True)
def test_a_case_is_read_on_every_kind_of_day_and_until_after_its_last(
    hub: tuple[Hub, str], looking: Looking
) -> None:
    county, url = hub
    for name, (day, why) in DAYS.items():
        county.clock.moment = morning(day)
        number = county.take_in()
        for lang in LANGUAGES if name in IN_EVERY_LANGUAGE else LANGUAGES[:1]:
            due = CALENDAR.after(day, 20).day
            last = ((due, "its last day"), (due + timedelta(days=1), "the day after")) if not why else ()
            for at, state in ((day, name), *last):
                county.clock.moment = morning(at)
                desk = a_clerk(url, lang)
                case = desk.open(f"/desk/requests/{number}")
                if not cases.case(number).received_on:
                    confirm_receipt(desk, number, day)
                    case = desk.submit("/register")
                if lang == "zh":
                    assert ("暂定" in case.text) == bool(why), name
                looking.look(desk, f"/desk/requests/{number}", f"{name}, {state} {lang}")
                looking.look(desk, "/desk/requests", f"{name}, {state} {lang}")
    assert looking.faults == {}


def a_clerk(url: str, lang: str) -> Visitor:
    """The desk, signed in, in this language."""
    desk = Visitor(url)
    if lang != "zh":
        desk.open("/desk/sign-in")
        desk.submit("/desk/language", lang=lang)
    sign_in(desk, CLERK, PASSWORD)
    return desk
