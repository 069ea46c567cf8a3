"""
Why a date: every day of a request's clock, counted or not, with what happened on it.

A pure function of its course and the calendar; the numbers of its days are those of `clocks.answer_due`.
Source: 政府信息公开条例 (2019 revision), art. 30-35; 民法典, art. 201-203; LAW.md §1.4, §1.5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from kiosk.clock import beijing_day
from kiosk.disclosure import clocks
from kiosk.disclosure.clocks import Suspension
from kiosk.disclosure.course import Course, CourseStep
from kiosk.disclosure.events import CaseAct
from kiosk.workdays import REPLY_WORKDAYS, Deadline, Source, WorkCalendar


class CountKind(StrEnum):
    """How a day of the clock counts."""

    ZERO = "zero"
    """The day of receipt, day 0."""
    COUNTED = "counted"
    MADE_UP = "made-up"
    """A worked Saturday or Sunday: counted."""
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SUSPENDED = "suspended"
    """A working day while an opinion is asked for: not counted (art. 33(3))."""
    WAITING = "waiting"
    """Nothing is counted while a correction or a fee is awaited."""


class ClockStart(StrEnum):
    """Why a clock begins."""

    RECEIVED = "received"
    CORRECTED = "corrected"
    """Art. 30: the answer is counted from the corrected request."""
    PAID = "paid"
    AGAIN = "again"
    """A review or a judgment ordered a new answer."""


@dataclass(frozen=True)
class CountedDay:
    """
    One day of a clock.

    Args:
        number: Its number where it counts. name: The holiday, empty otherwise.
        steps: What happened on it. is_first_end: The last day without the extension.
    """

    day: date
    kind: CountKind
    number: int | None
    name: str
    steps: tuple[CourseStep, ...]
    is_first_end: bool = False


@dataclass(frozen=True)
class ClockRun:
    """One clock from its day 0: to the last day for the answer, or to the day before the next clock begins."""

    why: ClockStart
    start: date
    days: tuple[CountedDay, ...]

    @property
    def counted(self) -> int:
        """Return how many days count."""
        return sum(each.number is not None for each in self.days)

    @property
    def suspended(self) -> int:
        """Return how many working days a suspension took out."""
        return sum(each.kind is CountKind.SUSPENDED for each in self.days)


@dataclass(frozen=True)
class DayCount:
    """
    The working of a deadline.

    Args:
        runs: The clocks, one after the other; the last one ends on the deadline.
        deadline: None while no clock runs.
        extended_by: Working days of the extension (art. 33(2)).
        delayed_until: The later day under art. 35, where it is the one that counts.
        decided_until: The last day that a review or a judgment set for a new answer.
        sources: The notices of the years that were counted in.
    """

    runs: tuple[ClockRun, ...]
    deadline: Deadline | None
    extended_by: int
    delayed_until: date | None
    decided_until: date | None
    sources: tuple[Source, ...]
    calendar_version: str


def day_count(course: Course, calendar: WorkCalendar) -> DayCount | None:
    """Return the working of the last day for the answer; None before the day of receipt is certain."""
    if course.received_on is None:
        return None
    steps = _by_day(course.steps)
    starts = _starts(course)
    runs = []
    for at, (why, start) in enumerate(starts):
        until = starts[at + 1][1] - timedelta(days=1) if at + 1 < len(starts) else _end(course, calendar)
        runs.append(ClockRun(why, start, _days(start, until, course, calendar, steps)))
    is_delayed = course.delay is not None and course.due is not None and course.due.workdays == 0
    set_day = course.decided_until
    days = [each.day for run in runs for each in run.days]
    years = sorted({day.year for day in days} & set(calendar.years))
    sources = [source for year in years for source in calendar.years[year].sources]
    return DayCount(
        runs=tuple(runs),
        deadline=course.due,
        extended_by=course.extended_by,
        delayed_until=course.due.day if is_delayed and course.due else None,
        decided_until=set_day,
        sources=tuple(dict.fromkeys(sources)),
        calendar_version=calendar.version,
    )


def _starts(course: Course) -> list[tuple[ClockStart, date]]:
    """
    Return the clocks in order; of two that begin on one day only the later reason is kept.

    Once an answer was taken back only the days since then are counted.
    """
    paid = course.fee.paid_on if course.fee else None
    first = (
        [(ClockStart.AGAIN, course.again.on)]
        if course.again
        else [(ClockStart.RECEIVED, course.received_on), (ClockStart.CORRECTED, course.corrected_on)]
    )
    known = [*first, (ClockStart.PAID, paid)]
    by_day = {day: why for why, day in known if day}
    return [(why, day) for day, why in sorted(by_day.items())]


def _end(course: Course, calendar: WorkCalendar) -> date:
    """Return the last day that the working shows: of the count, or of the wait while no clock runs."""
    start = course.clock_from
    assert start is not None
    if course.decided_until:
        return course.decided_until
    if course.due is None:
        awaited = course.correction.until if course.is_awaiting_correction and course.correction else None
        fee = course.fee.until.day if course.is_awaiting_fee and course.fee and course.fee.until else None
        asked = course.fee.asked.on if course.is_awaiting_fee and course.fee else start
        return max(day for day in (start, awaited, fee, asked) if day)
    return clocks.answer_due(start, REPLY_WORKDAYS + course.extended_by, course.suspensions, calendar).day


def _days(
    start: date,
    until: date,
    course: Course,
    calendar: WorkCalendar,
    steps: Mapping[date, tuple[CourseStep, ...]],
) -> tuple[CountedDay, ...]:
    waits, number = _waits(course, start), 0
    found = [CountedDay(start, CountKind.ZERO, None, calendar.holiday(start), steps.get(start, ()))]
    for day in (start + timedelta(days=n) for n in range(1, (until - start).days + 1)):
        kind = _kind(day, waits, course.suspensions, calendar)
        is_counted = kind in (CountKind.COUNTED, CountKind.MADE_UP)
        number += is_counted
        found.append(
            CountedDay(
                day,
                kind,
                number if is_counted else None,
                calendar.holiday(day),
                steps.get(day, ()),
                is_first_end=bool(is_counted and course.extended_by and number == REPLY_WORKDAYS),
            )
        )
    return tuple(found)


def _waits(course: Course, start: date) -> date | None:
    """Return the day from which a clock that began on `start` waits for a correction or a fee; None: it does not."""
    correction = None if course.again else course.correction
    asked = [each.on for each in (correction, course.fee.asked if course.fee else None) if each]
    ends = [day for _why, day in _starts(course) if day > start]
    is_waiting = course.is_awaiting_correction or course.is_awaiting_fee
    return min((day for day in asked if day >= start and (ends or is_waiting)), default=None)


def _kind(
    day: date, waits: date | None, suspensions: Sequence[Suspension], calendar: WorkCalendar
) -> CountKind:
    if not calendar.is_workday(day):
        return CountKind.HOLIDAY if calendar.holiday(day) or day.weekday() < 5 else CountKind.WEEKEND
    if waits is not None and day > waits:
        return CountKind.WAITING
    if any(each.holds(day) for each in suspensions):
        return CountKind.SUSPENDED
    return CountKind.COUNTED if day.weekday() < 5 else CountKind.MADE_UP


_SHOWN = frozenset(
    {
        CaseAct.RECEIPT_CONFIRMED,
        CaseAct.RECEIPT_CORRECTED,
        CaseAct.CORRECTION_ASKED,
        CaseAct.CORRECTED,
        CaseAct.EXTENDED,
        CaseAct.OPINION_ASKED,
        CaseAct.OPINION_ARRIVED,
        CaseAct.OPINION_LAPSED,
        CaseAct.DELAYED,
        CaseAct.FEE_ASKED,
        CaseAct.FEE_PAID,
        CaseAct.ANSWERED,
        CaseAct.SERVED,
        CaseAct.REVIEW_DECIDED,
    }
)
"""Acts that a count names."""


def _by_day(steps: Sequence[CourseStep]) -> dict[date, tuple[CourseStep, ...]]:
    """Return the steps that a count names, by the day on which they happened; a corrected receipt when it was noted."""
    found: defaultdict[date, list[CourseStep]] = defaultdict(list)
    for step in steps:
        if step.act in _SHOWN:
            is_corrected = step.act is CaseAct.RECEIPT_CORRECTED
            found[beijing_day(step.noted_at) if is_corrected else step.facts.on].append(step)
    return {day: tuple(each) for day, each in found.items()}


@dataclass(frozen=True)
class CountRow:
    """
    One line of a working: a day that counts or on which something happened, or days off in a row.

    acts: what happened on it, by name.
    """

    first: date
    last: date
    kind: CountKind
    number: int | None
    name: str
    acts: tuple[CaseAct, ...]
    is_first_end: bool = False

    def as_list(self) -> list[str | int | bool | list[str] | None]:
        """Return the line as it travels; `read_row` reads it."""
        acts = [act.value for act in self.acts]
        first, last = self.first.isoformat(), self.last.isoformat()
        return [first, last, self.kind.value, self.number, self.name, acts, self.is_first_end]


def rows(run: ClockRun) -> list[CountRow]:
    """Return the lines of a clock: days off in a row that belong together are one line."""
    found: list[CountRow] = []
    for each in run.days:
        acts = tuple(step.act for step in each.steps)
        before = found[-1] if found else None
        joins = before and not acts and not before.acts and each.number is None
        if before and joins and (before.kind, before.name, before.number) == (each.kind, each.name, None):
            found[-1] = replace(before, last=each.day)
        else:
            found.append(
                CountRow(each.day, each.day, each.kind, each.number, each.name, acts, each.is_first_end)
            )
    return found


def travelling(count: DayCount | None) -> list[list[Any]]:
    """Return the clocks of a working as the status for a terminal carries them; `read_clocks` reads them."""
    return [[run.why.value, [row.as_list() for row in rows(run)]] for run in count.runs] if count else []


def read_clocks(stored: Mapping[str, Any]) -> list[tuple[ClockStart, list[CountRow]]]:
    """Return the clocks in the detail of a status; none where a hub of another version sent none."""
    try:
        return [(ClockStart(why), [_row(each) for each in lines]) for why, lines in stored["count"]]
    except (KeyError, TypeError, ValueError):
        return []


def _row(stored: Sequence[Any]) -> CountRow:
    first, last, kind, number, name, acts, is_first_end = stored
    return CountRow(
        date.fromisoformat(first),
        date.fromisoformat(last),
        CountKind(kind),
        number,
        str(name),
        tuple(map(CaseAct, acts)),
        bool(is_first_end),
    )
