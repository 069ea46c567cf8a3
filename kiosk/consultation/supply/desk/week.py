"""A place's week as the desk draws it: a column a day, with the hours that rules and dates make. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.consultation.supply import openings
from kiosk.consultation.supply.things import DayException, DaySpan, ExceptionKind, Supply, SupplyPart
from kiosk.workdays import WorkCalendar

FROM, UNTIL = 8 * 60, 18 * 60
"""Hours that are always drawn, in minutes since midnight."""


@dataclass(frozen=True)
class HourBlock:
    """
    Hours of a day that one rule or date makes.

    Args:
        part, code: What makes them. windows: By topic. span: None: the whole day.
    """

    part: SupplyPart
    code: str
    span: DaySpan | None
    windows: dict[str, int]
    reason: str = ""
    is_closed: bool = False


@dataclass(frozen=True)
class WeekDay:
    """
    A day of the week: its blocks, and what the calendar says of it.

    Args:
        holiday: Its name, off or worked for; empty for a plain day. is_workday: Worked. seats: In all its sessions.
    """

    day: date
    blocks: Sequence[HourBlock]
    holiday: str
    is_workday: bool
    is_made_up: bool
    is_provisional: bool
    is_announced: bool
    seats: int


@dataclass(frozen=True)
class WeekView:
    """The seven days from a Monday, and the hours that are drawn."""

    days: Sequence[WeekDay]
    starts: int
    ends: int


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week(supply: Supply, place: str, monday: date, calendar: WorkCalendar) -> WeekView:
    """Return a place's week."""
    days = [_day(supply, place, monday + timedelta(days=n), calendar) for n in range(7)]
    spans = [block.span for day in days for block in day.blocks if block.span]
    starts = min([FROM, *(span.starts // 60 * 60 for span in spans)])
    ends = max([UNTIL, *(-(-span.ends // 60) * 60 for span in spans)])
    return WeekView(days, starts, ends)


def _day(supply: Supply, place: str, day: date, calendar: WorkCalendar) -> WeekDay:
    closures = [
        each for each in openings.exceptions_on(supply, place, day) if each.kind is ExceptionKind.CLOSED
    ]
    blocks = [block for each in closures for block in _closed(each)] + _opened(supply, place, day, calendar)
    return WeekDay(
        day,
        blocks,
        calendar.holiday(day),
        calendar.is_workday(day),
        openings.is_made_up(calendar, day),
        openings.is_provisional(calendar, day),
        day.year in calendar.years,
        sum(slot.seats for slot in openings.slots_on(supply, place, day, calendar)),
    )


def _closed(each: DayException) -> list[HourBlock]:
    return [
        HourBlock(SupplyPart.EXCEPTION, each.code, span, {}, each.reason, is_closed=True)
        for span in (each.spans or (None,))
    ]


def _opened(supply: Supply, place: str, day: date, calendar: WorkCalendar) -> list[HourBlock]:
    found: dict[tuple[DaySpan, str], dict[str, int]] = {}
    for each in openings.openings_on(supply, place, day, calendar):
        found.setdefault((each.span, each.rule), {})[each.topic] = each.windows
    return [
        HourBlock(
            SupplyPart.RULE if code in supply.rules else SupplyPart.EXCEPTION,
            code,
            span,
            windows,
            supply.exceptions[code].reason if code in supply.exceptions else "",
        )
        for (span, code), windows in sorted(found.items())
    ]
