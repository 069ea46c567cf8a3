"""A paper waits as long as it was said to, by steady time, and no longer than the visit that ordered it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk import db, side_lists
from kiosk.app import bounds
from kiosk.app.printing import _Shop
from kiosk.clock import FixedClock
from kiosk.hall import actions as hall
from kiosk.hall import pins
from kiosk.hall.pins import Member, Roster
from kiosk.web import context
from printers.device.replies import Health, Status
from printers.paper.document import Big, Slip
from printers.spooler import spool
from printers.spooler.queue import Queue
from printers.spooler.spool import PrintJobState
from sync.terminal import held_lists
from tests.intake.county import TOKEN, Citizen, County, a_county
from tests.intake.test_kinds import BOOKINGS, REQUESTS, track
from tests.intake.test_promises import FORMS

MEMBER = Member("1024", "王示例", pins.hashed("480917"))


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with a_county(tmp_path, [REQUESTS, BOOKINGS]) as made:
        yield made


@pytest.fixture
def printer(county: County) -> Queue:
    """What the printer's worker asks, on this clock; the printer itself is out of paper."""

    wired = context.of(county.citizen.client.application)
    shop = _Shop(wired.home, wired.settings, county.clock, threading.Event(), None)  # type: ignore[arg-type]
    queue = Queue(shop.writing, shop.boot_key().open, county.clock.now, steady=shop.steady())
    queue.note(Status(Health.BAD, "paper-out"))
    return queue


def hands_in(county: County) -> tuple[str, str]:
    county.citizen.fill_in("book", FORMS["book"])
    return county.citizen.hand_in("book")


def states() -> list[str]:
    return [job for (job,) in db.store.execute_sql("SELECT state FROM print_job ORDER BY id").fetchall()]


def look_at_it(county: County, minutes: int) -> None:
    """The page stays open, and looks for its paper by itself."""
    for _ in range(minutes * 2):
        county.clock.advance(30)
        county.citizen.client.get("/book/receipt/paper")


CLOCKS: dict[str, Callable[[FixedClock], None]] = {
    "back by an hour": lambda clock: setattr(clock, "moment", clock.moment - timedelta(hours=1)),
    "back by years": lambda clock: setattr(clock, "moment", clock.moment.replace(year=1970)),
    "ahead": lambda clock: setattr(clock, "moment", clock.moment + timedelta(days=400)),
    "not set": lambda clock: None,
    "another boot": lambda clock: (setattr(clock, "boot", "boot-2"), setattr(clock, "steady", 5.0))[0],
}


@pytest.mark.parametrize("change", CLOCKS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_nothing_whose_time_is_over_comes_to_life_again(
    county: County, printer: Queue, change: str, when: str
) -> None:
    """However the clock is set, before the worker looks or after it."""
    hands_in(county)
    look_at_it(county, 9)
    assert printer.next(), "it is still awaited"
    look_at_it(county, 2)
    if when == "after":
        assert printer.next() is None
    CLOCKS[change](county.clock)
    assert printer.steady
    started = replace(printer, steady=replace(printer.steady, boot_id=county.clock.boot_id()))
    assert started.next() is None
    assert states() == ["cancelled"]
    assert db.store.execute_sql("SELECT secret FROM print_job").fetchone() == (None,)


@pytest.mark.parametrize("change", ["back by an hour", "back by years", "ahead"])
def test_a_clock_that_is_set_takes_no_paper_away(county: County, printer: Queue, change: str) -> None:
    hands_in(county)
    CLOCKS[change](county.clock)
    job = printer.next()
    assert job
    assert printer.claim(job)


@pytest.mark.parametrize("way", ["left", "idle page", "attract", "silence"])
def test_the_receipt_of_a_visit_that_is_over_never_comes_out(
    county: County, printer: Queue, way: str
) -> None:
    hands_in(county)
    assert "就不打了" in county.citizen.open("/book/receipt"), "said before one leaves"
    match way:
        case "left":
            county.citizen.client.post("/leave")
        case "idle page":
            county.citizen.client.get("/left")
        case "attract":
            county.citizen.client.get("/attract")
        case "silence":
            wired = context.of(county.citizen.client.application)
            county.clock.advance(bounds.visit_life_s(wired.settings) + 1)
    if way != "silence":
        assert states() == ["cancelled"], "at once, whatever the printer does"
    assert printer.next() is None
    assert states() == ["cancelled"]


def test_every_paper_of_a_visit_ends_with_it_and_a_paper_of_the_hall_does_not(
    county: County, printer: Queue
) -> None:
    number, code = hands_in(county)
    track(county, number, code)
    page = county.citizen.client.get("/progress/print").text
    token, key = TOKEN.search(page), page.partition('name="key" value="')[2][:32]
    assert token
    county.citizen.client.post("/progress/print", data={"csrf_token": token[1], "key": key, "size": "usual"})
    paper = Slip("self-test", "试", (Big("试", "纸"),))
    hall.print_for_hall(paper, key="a" * 32, kind="self-test", by="hall", minutes=10, clock=county.clock)
    assert states() == ["queued"] * 3
    county.citizen.client.post("/leave")
    assert states() == ["cancelled", "cancelled", "queued"]
    job = printer.next()
    assert job
    assert job.kind == "self-test"


def test_a_copy_ends_with_its_visit_too(county: County, printer: Queue) -> None:
    hands_in(county)
    job = printer.next()
    assert job
    printer.claim(job)
    printer.step(job, PrintJobState.UNCERTAIN, "paper-out")
    token = county.citizen.token("/book/receipt")
    county.citizen.client.post("/book/receipt/again", data={"csrf_token": token})
    assert states() == ["superseded", "queued"]
    county.citizen.client.post("/leave")
    assert printer.next() is None
    assert states() == ["superseded", "cancelled"]


def test_a_visit_that_goes_on_under_another_name_still_awaits_its_paper(
    county: County, printer: Queue
) -> None:
    with db.writing(db.store):
        content = Roster((MEMBER,), b"k" * 32).body()
        held_lists.keep(db.store, side_lists.HALL_STAFF, content, county.clock.now())
    hands_in(county)
    county.citizen.send("/assist", number=MEMBER.number, pin="480917")
    county.clock.advance(60)
    assert printer.next()
    county.citizen.client.post("/leave")
    assert states() == ["cancelled"]


def test_the_next_visitor_waits_for_nobody_elses_paper(county: County, printer: Queue) -> None:
    """Someone else at the same screen, whose own paper comes."""
    hands_in(county)
    county.citizen.client.post("/leave")
    other = Citizen(county.citizen.client.application.test_client())
    other.fill_in("book", FORMS["book"])
    number, _code = other.hand_in("book")
    job = printer.next()
    assert job
    assert number in spool.job(db.store, job.id).slip
