"""Deadlines of made-up cases in made-up years, against a table and a loop that knows nothing but lists of days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk.disclosure.course import replay
from kiosk.disclosure.days.day_count import day_count
from kiosk.disclosure.events import CaseAct, CaseEvent, Said
from kiosk.workdays import Source, WorkCalendar, Year, calendar_of

OFF = (
    "2027-12-31", "2028-01-03", "2028-01-24", "2028-01-25", "2028-01-26", "2028-01-27", "2028-01-28", "2028-03-01",
    "2028-05-01", "2028-05-02",
)  # fmt: skip
"""Weekdays that a made-up notice of 2028 lets off, one of them in the December before."""
WORKED = ("2027-12-25", "2028-01-22", "2028-02-05", "2028-02-26", "2028-04-29")
"""Weekend days on which they are made up for."""
NONE: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Vector:
    """
    What happened to one request, and its deadline written down by hand.

    Args:
        away: The days on which a third party was asked and answered. longer: Working days of the extension.
        is_sure: Whether no coming notice can move the date.
    """

    name: str
    received: str
    due: str
    away: tuple[str, str] | None = None
    longer: int = 0
    is_sure: bool = True


VECTORS = (
    Vector("over the end of a year, with a day off of the next notice", "2027-12-20", "2028-01-18"),
    Vector("received on the Saturday that is worked in December", "2027-12-25", "2028-01-31"),
    Vector("received on the last day of the year", "2027-12-31", "2028-02-04"),
    Vector("over 29 February and the day off after it", "2028-02-10", "2028-03-09"),
    Vector("ends on 29 February", "2028-02-03", "2028-02-29"),
    Vector("received on 29 February", "2028-02-29", "2028-03-29"),
    Vector("received on a Saturday that is worked", "2028-02-26", "2028-03-27"),
    Vector("ends on a Saturday that is worked", "2028-04-03", "2028-04-29"),
    Vector("ends on the last day that the next notice leaves alone", "2028-11-27", "2028-12-25"),
    Vector("ends where the next notice may reach", "2028-11-29", "2028-12-27", is_sure=False),
    Vector("into a year without a notice", "2028-12-15", "2029-01-12", is_sure=False),
    Vector("wholly in a year without a notice", "2029-02-12", "2029-03-12", is_sure=False),
    Vector("suspended over a holiday", "2028-01-17", "2028-02-22", ("2028-01-20", "2028-01-31")),
    Vector("extended by 20 days", "2028-02-10", "2028-04-06", longer=20),
    Vector("suspended over 29 February, then extended", "2028-02-21", "2028-04-12", ("2028-02-24", "2028-03-06"), 10),
    Vector(
        "suspended and extended over the end of a year", "2027-12-13", "2028-02-15", ("2027-12-24", "2028-01-05"), 15
    ),
)  # fmt: skip


def calendar() -> WorkCalendar:
    """The two announced years as the product knows them."""
    source = (Source("a made-up notice", "", None),)
    return calendar_of([Year(2027, NONE, NONE, source), Year(2028, _days(OFF), _days(WORKED), source)])


def _days(days: tuple[str, ...]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, days))


def worked_after(day: date) -> Iterator[date]:
    """The worked days after a day, from the two lists and the names of the days alone."""
    while True:
        day += timedelta(days=1)
        if str(day) in WORKED or (day.strftime("%a") not in ("Sat", "Sun") and str(day) not in OFF):
            yield day


def counted_by_hand(vector: Vector) -> date:
    """The deadline: 20 worked days and the extension, without the days after the asking up to the answer."""
    left = 20 + vector.longer
    for day in worked_after(date.fromisoformat(vector.received)):
        if vector.away and vector.away[0] < str(day) <= vector.away[1]:
            continue
        left -= 1
        if not left:
            return day
    raise AssertionError


def events(vector: Vector) -> Iterator[CaseEvent]:
    """What was noted of the request."""
    yield _event(CaseAct.RECEIPT_CONFIRMED, vector.received, basis="confirmed")
    if vector.away:
        yield _event(CaseAct.OPINION_ASKED, vector.away[0], kind="third-party", party=1)
        yield _event(CaseAct.OPINION_ARRIVED, vector.away[1], party=1, answer="agrees")
    if vector.longer:
        on = vector.away[1] if vector.away else vector.received
        yield _event(CaseAct.EXTENDED, on, workdays=vector.longer, approved_by="王主任", reason="量大")


def _event(act: CaseAct, on: str, **detail: Said) -> CaseEvent:
    return CaseEvent(
        0, datetime.fromisoformat(f"{on}T09:00:00").replace(tzinfo=UTC), "lina", act, {"on": on, **detail}
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda each: each.name)
def test_a_deadline_is_where_a_loop_over_the_lists_ends(vector: Vector) -> None:
    by_hand = counted_by_hand(vector)
    assert str(by_hand) == vector.due, "the table is right"
    years = calendar()
    count = day_count(replay(list(events(vector)), years), years)
    assert count is not None
    assert count.deadline is not None
    assert (count.deadline.day, not count.deadline.is_provisional) == (by_hand, vector.is_sure)
    assert count.runs[-1].days[-1].day == by_hand
