"""
The days of a request: what is promised at handing in, the days of receipt that are possible, the working of a count.

Knows neither Flask nor a database. Source: 政府信息公开条例 (2019 revision), art. 31, 33; LAW.md §1.4, §1.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.disclosure.rules import ReceivedBasis, receipt_under_art_31
from kiosk.errors import RuleBroken
from kiosk.intake.promises import Entrance, PromisedTerms
from kiosk.workdays import REPLY_WORKDAYS, Basis, Deadline, Source, WorkCalendar

URGENT_WORKDAYS = 3
"""Working days left from which a deadline is shown as urgent; our choice, not a rule of law."""


def check_confirmed_day(day: date, *, earliest: date | None, today: date) -> None:
    """
    Refuse a day on which both sides cannot have confirmed receipt (art. 31).

    Args:
        earliest: Beijing day of the submission; None if the terminal's clock could not be trusted.
    Raises:
        RuleBroken: "before-submission", "after-today".
    """
    if earliest is not None and day < earliest:
        raise RuleBroken("before-submission", day.isoformat())
    if day > today:
        raise RuleBroken("after-today", day.isoformat())


def terms(at: Entrance) -> PromisedTerms:
    """Return the day of receipt under art. 31, and the last day for an answer counted from it (art. 33)."""
    receipt = receipt_under_art_31(
        is_in_person=at.is_in_person, is_clock_trusted=at.is_clock_trusted, day=at.day
    )
    if receipt.basis is ReceivedBasis.CLOCK_UNVERIFIED:
        return PromisedTerms(None, receipt.basis)
    basis = Basis.RECEIVED if receipt.received_on else Basis.IF_RECEIVED
    return PromisedTerms(receipt.received_on, receipt.basis, at.calendar.after(at.day, REPLY_WORKDAYS, basis))


@dataclass(frozen=True)
class DayRange:
    """Consecutive days, all holidays by notice or all plain weekends."""

    first: date
    last: date
    is_holiday: bool


@dataclass(frozen=True)
class Counting:
    """The working of a deadline, for a clerk who wants to recount it."""

    day_zero: date
    first_day: date
    deadline: Deadline
    not_counted: tuple[DayRange, ...]
    worked_weekends: tuple[date, ...]
    sources: tuple[Source, ...]
    calendar_version: str


def counting(start: date, deadline: Deadline, calendar: WorkCalendar) -> Counting:
    """Return the days behind `deadline`, counted from `start` (day 0)."""
    days = [start + timedelta(days=n) for n in range(1, (deadline.day - start).days + 1)]
    off = [day for day in days if not calendar.is_workday(day)]
    years = sorted({day.year for day in days} & set(calendar.years))
    return Counting(
        day_zero=start,
        first_day=next(day for day in days if calendar.is_workday(day)),
        deadline=deadline,
        not_counted=_spans(off),
        worked_weekends=tuple(day for day in days if day.weekday() > 4 and calendar.is_workday(day)),
        sources=tuple(source for year in years for source in calendar.years[year].sources),
        calendar_version=calendar.version,
    )


def _spans(days: Sequence[date]) -> tuple[DayRange, ...]:
    """Return consecutive days merged; a run with a weekday in it is a holiday as a whole."""
    rows: list[list[date]] = []
    for day in days:
        if rows and day - rows[-1][-1] == timedelta(days=1):
            rows[-1].append(day)
        else:
            rows.append([day])
    return tuple(DayRange(row[0], row[-1], any(day.weekday() < 5 for day in row)) for row in rows)
