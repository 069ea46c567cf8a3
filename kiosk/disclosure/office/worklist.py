"""
The list of cases at the desk: lights, filters, orders, counted and read from the cases' columns alone.

Nothing is computed a row: a light is a condition on stored columns and on days that the calendar gives once a list, so
that 20,000 cases answer from indexes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

import peewee

from kiosk import db
from kiosk.clock import BEIJING, stamp
from kiosk.disclosure.case_models import Case, DisclosureCase
from kiosk.disclosure.cases import hand_over, organ_of, seal_again, take_in
from kiosk.disclosure.events import CaseState
from kiosk.disclosure.letters.models import DisclosureLetter, LetterState
from kiosk.intake.by_organ import organ_register
from kiosk.intake.office.listing import NOBODY, Asked, ListViewer

__all__ = [
    "Light",
    "Sort",
    "cases_of",
    "choices",
    "counts",
    "every",
    "hand_over",
    "how_many",
    "inbox",
    "numbers",
    "organ_of",
    "seal_again",
    "take_in",
]

UNCONFIRMED_WORKDAYS = 3
"""Working days after which a request whose receipt nobody confirmed has a light of its own; our choice."""
SOON_WORKDAYS = 5
"""Working days left from which a deadline has a light; our choice."""
RUNNING = (CaseState.RECEIVED, CaseState.REGISTERED, CaseState.ANSWERED)
"""States in which the time for an answer runs: it ends when the answer is served."""
OPEN = DisclosureCase.closed_on.is_null()
NEVER = "9999-12-31"
"""Sorts after every deadline: cases without one come last."""
LAST_CHARACTER = "\U0010ffff"
"""Sorts after every text with the same beginning."""


READ_AT_ONCE = 500
"""Cases read with one query."""
_COLUMNS = tuple(DisclosureCase._meta.sorted_fields)


class Light(StrEnum):
    """What needs somebody now."""

    UNCONFIRMED_LONG = "unconfirmed-long"
    UNCONFIRMED = "unconfirmed"
    TODAY = "today"
    SOON = "soon"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    CORRECTION = "correction"
    LETTER_WAITS = "letter-waits"
    TO_SERVE = "to-serve"
    UNASSIGNED = "unassigned"
    MINE = "mine"
    URGED = "urged"
    ALL = "all"
    """Also what is answered and closed."""


class Sort(StrEnum):
    """An order of the list."""

    DUE = "due"
    RECEIVED = "received"
    NEWEST = "newest"
    NUMBER = "number"


def lights(viewer: ListViewer) -> dict[Light, peewee.Expression]:
    """Return the condition of each light."""
    state, due = DisclosureCase.state, DisclosureCase.reply_due
    running, day = OPEN & state.in_(RUNNING), viewer.today.isoformat()
    soon = viewer.calendar.after(viewer.today, SOON_WORKDAYS).day.isoformat()
    long_ago = stamp(_begin(_workdays_before(viewer, UNCONFIRMED_WORKDAYS) + timedelta(days=1)))
    waiting_letters = DisclosureLetter.select(DisclosureLetter.number).where(
        DisclosureLetter.state == LetterState.WAITING
    )
    waiting = OPEN & (state == CaseState.SUBMITTED)
    return {
        Light.UNCONFIRMED_LONG: waiting & (DisclosureCase.submitted_at < long_ago),
        Light.UNCONFIRMED: waiting,
        Light.TODAY: running & (due == day),
        Light.SOON: running & (due > day) & (due <= soon),
        Light.OVERDUE: running & (due < day),
        Light.SUSPENDED: OPEN & (state == CaseState.SUSPENDED),
        Light.CORRECTION: OPEN & (state == CaseState.AWAITING_CORRECTION),
        Light.LETTER_WAITS: OPEN & DisclosureCase.number.in_(waiting_letters),
        Light.TO_SERVE: OPEN & (state == CaseState.ANSWERED),
        Light.UNASSIGNED: OPEN & (DisclosureCase.assigned_to == ""),
        Light.MINE: OPEN & (DisclosureCase.assigned_to == viewer.name),
        Light.URGED: OPEN & DisclosureCase.urged_until.is_null(False),
    }


def counts(viewer: ListViewer) -> dict[str, int]:
    """Return how many cases each light has; "" counts all that are open."""
    [row] = counting(viewer).tuples().execute(db.store)
    return dict(zip(["", *Light], map(int, row), strict=True))


def counting(viewer: ListViewer) -> peewee.Select:
    """Return one query that counts the rows of every light, each over its own range of an index."""
    found = lights(viewer)
    conditions = [OPEN, *(found.get(light) for light in Light)]
    return peewee.Select([], [_how_many(condition, viewer) for condition in conditions])


def _how_many(condition: Any, viewer: ListViewer) -> peewee.ModelSelect[DisclosureCase]:
    every = _seen(DisclosureCase.select(peewee.fn.COUNT(peewee.SQL("*"))), viewer)
    return every if condition is None else every.where(condition)


def choices(viewer: ListViewer) -> Mapping[str, Sequence[str]]:
    """Return organs that are known and persons that cases are given to, for the filters."""
    organs = sorted(organ_register.codes() if viewer.organs is None else viewer.organs)
    persons = [name for name in _distinct(DisclosureCase.assigned_to, viewer) if name]
    return {"organ": organs, "person": [NOBODY, *persons]}


def _distinct(column: Any, viewer: ListViewer) -> list[str]:
    found = _seen(DisclosureCase.select(column).distinct(), viewer)
    return sorted(value for (value,) in found.tuples().execute(db.store))


def how_many(asked: Asked, viewer: ListViewer) -> int:
    """Return how many cases a list has."""
    found = _asked(DisclosureCase.select(peewee.fn.COUNT(peewee.SQL("*"))), asked, viewer)
    return int(found.scalar(db.store))


def inbox(asked: Asked, viewer: ListViewer, *, limit: int, offset: int) -> list[Case]:
    """Return cases of a list in its order."""
    page = _asked(DisclosureCase.select(DisclosureCase.number), asked, viewer).order_by(*_order(asked))
    wanted = [number for (number,) in page.limit(limit).offset(offset).tuples().execute(db.store)]
    found = {each.number: each for each in cases_of(wanted)}
    return [found[number] for number in wanted if number in found]


def cases_of(numbers: Sequence[str]) -> list[Case]:
    """Return the cases with these numbers, in no order."""
    return db.rows(DisclosureCase.select(*_COLUMNS).where(DisclosureCase.number.in_(numbers)), Case)


def numbers(asked: Asked, viewer: ListViewer) -> list[str]:
    """Return the numbers of a whole list in its order."""
    found = _asked(DisclosureCase.select(DisclosureCase.number), asked, viewer).order_by(*_order(asked))
    return [number for (number,) in found.tuples().execute(db.store)]


def every(asked: Asked, viewer: ListViewer) -> Iterator[Case]:
    """Yield the cases of a whole list in its order, some at a time."""
    waiting = iter(numbers(asked, viewer))
    while several := list(islice(waiting, READ_AT_ONCE)):
        found = {each.number: each for each in cases_of(several)}
        yield from (found[number] for number in several if number in found)


def _seen(
    found: peewee.ModelSelect[DisclosureCase], viewer: ListViewer
) -> peewee.ModelSelect[DisclosureCase]:
    """Return a query narrowed to the organs whose cases the viewer may see."""
    return found if viewer.organs is None else found.where(DisclosureCase.organ_code.in_(viewer.organs))


def _asked(
    found: peewee.ModelSelect[DisclosureCase], asked: Asked, viewer: ListViewer
) -> peewee.ModelSelect[DisclosureCase]:
    conditions = [
        *_of_light(asked, viewer),
        *(column == value for column, value in _equal(asked) if value),
        *_of_number(asked),
        *_of_days(asked),
    ]
    return _seen(found, viewer).where(*conditions) if conditions else _seen(found, viewer)


def _of_light(asked: Asked, viewer: ListViewer) -> list[Any]:
    """Return the condition of the light; without one what is open, unless a filter may name what is closed."""
    if asked.light and asked.light != Light.ALL:
        return [lights(viewer)[Light(asked.light)]]
    if asked.light or asked.state or asked.outcome or asked.number:
        return []
    return [OPEN]


def _equal(asked: Asked) -> list[tuple[Any, str]]:
    person = DisclosureCase.assigned_to
    mine = [(person, asked.person)] if asked.person != NOBODY else []
    return [
        (DisclosureCase.state, asked.state),
        (DisclosureCase.outcome, asked.outcome),
        (DisclosureCase.organ_code, asked.organ),
        (DisclosureCase.source, asked.source),
        *mine,
    ]


def _of_number(asked: Asked) -> list[Any]:
    number = DisclosureCase.number
    heads = [asked.number.upper()] if asked.number else []
    heads += [asked.terminal.upper() + "-"] if asked.terminal else []
    found = [condition for head in heads for condition in (number >= head, number < head + LAST_CHARACTER)]
    return [*found, DisclosureCase.assigned_to == ""] if asked.person == NOBODY else found


def _of_days(asked: Asked) -> list[Any]:
    since, until = asked.days()
    at = DisclosureCase.submitted_at
    return [
        *([at >= stamp(_begin(since))] if since else []),
        *([at < stamp(_begin(until + timedelta(days=1)))] if until else []),
    ]


def _order(asked: Asked) -> tuple[Any, ...]:
    """Return an order in which every case has one place: numbers are unique."""
    number, at = DisclosureCase.number, DisclosureCase.submitted_at
    orders: dict[str, tuple[Any, ...]] = {
        Sort.DUE: (peewee.fn.COALESCE(DisclosureCase.reply_due, NEVER), at, number),
        Sort.RECEIVED: (peewee.fn.COALESCE(DisclosureCase.received_on, NEVER), at, number),
        Sort.NEWEST: (at.desc(), number.desc()),
        Sort.NUMBER: (number,),
    }
    return orders[asked.sort or Sort.DUE]


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, BEIJING)


def _workdays_before(viewer: ListViewer, workdays: int) -> date:
    """Return the last day after which `workdays` working days have passed today."""
    day, left = viewer.today, workdays
    while left:
        left -= viewer.calendar.is_workday(day)
        day -= timedelta(days=1)
    return day
