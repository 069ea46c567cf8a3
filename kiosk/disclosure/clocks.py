"""
The clocks of a request in plain days: the answer with its suspensions, and the remedies afterwards.

Knows neither events nor a database. Source: 政府信息公开条例 (2019 revision), art. 30-35; 国办函〔2020〕109号;
行政复议法 (2023), art. 20, 88; 行政诉讼法, art. 45, 46; 民法典, art. 201-203.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kiosk.workdays import Basis, Deadline, WorkCalendar

EXTENSION_WORKDAYS = 20
"""Art. 33(2): the longest extension."""
OPINION_WORKDAYS = 15
"""Art. 32 and 34: from the day on which the letter was received."""
FEE_WORKDAYS = 20
"""国办函〔2020〕109号: from the day after the notice was received."""
REVIEW_DAYS = 60
"""行政复议法, art. 20: natural days from knowing."""
SUIT_MONTHS = 6
"""行政诉讼法, art. 46: from knowing, where a suit may be filed directly."""
SUIT_AFTER_REVIEW_DAYS = 15
"""行政诉讼法, art. 45: from receiving the decision of the review."""
OPINION_OPEN = "opinion-open"
"""Why a deadline may still move: an opinion was asked for, and the day on which its time ends is not certain."""


@dataclass(frozen=True)
class Suspension:
    """
    Days that do not count (art. 33(3)): after `start`, up to and with `end`.

    start: the day on which the letter was sent. end: the day of the opinion, or of its expiry.
    is_open: `end` is the earliest day that is possible as long as nothing more is known.
    """

    start: date
    end: date
    is_open: bool = False

    def holds(self, day: date) -> bool:
        """Return whether `day` does not count."""
        return self.start < day <= self.end


def stopped(start: date, end: date, suspensions: Sequence[Suspension], calendar: WorkCalendar) -> int:
    """Return the working days after `start` up to `end` that a suspension takes out; overlaps count once."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(calendar.is_workday(day) and any(each.holds(day) for each in suspensions) for day in days)


def answer_due(
    start: date, workdays: int, suspensions: Sequence[Suspension], calendar: WorkCalendar
) -> Deadline:
    """
    Return the last day for an answer: `workdays` working days after `start`, suspended days not counted.

    Args:
        start: Day 0: receipt of the request, of the corrected request, or of the fee.
    """
    counted = calendar.after(start, workdays)
    while (whole := workdays + stopped(start, counted.day, suspensions, calendar)) != counted.workdays:
        counted = calendar.after(start, whole)
    is_open = any(each.is_open and each.start < counted.day for each in suspensions)
    why = OPINION_OPEN if is_open else counted.why
    return replace(counted, workdays=workdays, is_provisional=bool(why), why=why)


def delayed_due(
    until: date, set_on: date, suspensions: Sequence[Suspension], calendar: WorkCalendar
) -> Deadline:
    """
    Return the last day under art. 35: the day in the notice to the applicant, later by suspensions after that.

    Args:
        set_on: The day of the notice.
    """
    later = [replace(each, start=max(each.start, set_on)) for each in suspensions]
    lost = stopped(set_on, until, later, calendar)
    if not lost:
        return Deadline(until, 0, False, Basis.RECEIVED, "")
    moved = answer_due(until, lost, later, calendar)
    return replace(moved, workdays=0)


def review_until(known_on: date, calendar: WorkCalendar) -> Deadline:
    """Return the last day to apply for a review: 60 natural days, moved on where that day is a day off."""
    return _worked(known_on + timedelta(days=REVIEW_DAYS), calendar)


def suit_until(known_on: date, calendar: WorkCalendar) -> Deadline:
    """Return the last day for a direct suit: six months, moved on where that day is a day off."""
    whole = known_on.month - 1 + SUIT_MONTHS
    year, month = known_on.year + whole // 12, whole % 12 + 1
    last = months.monthrange(year, month)[1]
    return _worked(date(year, month, min(known_on.day, last)), calendar)


def suit_after_review_until(decided_on: date, calendar: WorkCalendar) -> Deadline:
    """Return the last day for a suit after a review: 15 natural days, moved on where that day is a day off."""
    return _worked(decided_on + timedelta(days=SUIT_AFTER_REVIEW_DAYS), calendar)


def _worked(day: date, calendar: WorkCalendar) -> Deadline:
    """Return `day`, or the next day that is worked (民法典, art. 203)."""
    return replace(calendar.after(day - timedelta(days=1), 1), workdays=0)
