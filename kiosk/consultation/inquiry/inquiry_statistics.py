"""
Statistics of inquiries of a year: by organ, topic, place and hour; small groups hidden (`figures/small_groups.py`).

Knows neither Flask nor a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from kiosk.clock import BEIJING, beijing_day
from kiosk.consultation.inquiry.rules import OPEN, InquiryState
from kiosk.figures.count_tables import CountTable, counted
from kiosk.figures.small_groups import SMALL
from kiosk.intake.handover.rating import Rating
from kiosk.workdays import WorkCalendar, workdays_left

IN_TIME, LATE, RUNNING, OVERDUE = "in-time", "late", "running", "overdue"
HOURS = ((0, 9), (9, 11), (11, 13), (13, 15), (15, 17), (17, 24))
"""Parts of a day: from hour, before hour."""


@dataclass(frozen=True)
class CountedInquiry:
    """What is counted of an inquiry; place: the head of its number, the terminal at which it was left."""

    number: str
    organ: str
    submitted_at: datetime
    state: InquiryState
    due: date | None
    first_answered_at: datetime | None
    rating: str
    topic: str

    @property
    def place(self) -> str:
        """Return the terminal at which it was left."""
        return self.number.partition("-")[0]

    @property
    def hour(self) -> str:
        """Return the part of the day at which it was left."""
        hour = self.submitted_at.astimezone(BEIJING).hour
        return next(f"{start}-{end}" for start, end in HOURS if start <= hour < end)


@dataclass(frozen=True)
class InquiryStatistics:
    """
    The statistics of a year.

    workdays: Median working days from leaving a question to its answer, by organ; None below 5 answers.
    """

    year: int
    punctual: CountTable
    topics: CountTable
    hours: CountTable
    ratings: CountTable
    workdays: tuple[tuple[str, float | None], ...]


def of_year(
    every: Iterable[CountedInquiry],
    year: int,
    today: date,
    calendar: WorkCalendar,
    organs: frozenset[str] | None,
) -> InquiryStatistics:
    """Return the statistics of the inquiries left in a year with these organs (None: all)."""
    found = [
        each
        for each in every
        if beijing_day(each.submitted_at).year == year and (organs is None or each.organ in organs)
    ]
    rated = [each for each in found if each.rating]

    def outcome(each: CountedInquiry) -> str:
        return _outcome(each, today)

    return InquiryStatistics(
        year,
        counted(found, lambda each: each.organ, outcome, (IN_TIME, LATE, RUNNING, OVERDUE)),
        counted(found, lambda each: each.topic, _is_answered, ("answered", "open")),
        counted(
            found, lambda each: each.place, lambda each: each.hour, [f"{start}-{end}" for start, end in HOURS]
        ),
        counted(rated, lambda each: each.organ, lambda each: each.rating, [each.value for each in Rating]),
        _workdays(found, calendar),
    )


def _outcome(each: CountedInquiry, today: date) -> str:
    """Return whether it was answered in time; what waits for its first answer by the day promised."""
    if each.first_answered_at is None:
        return OVERDUE if each.due and each.due < today else RUNNING
    day = beijing_day(each.first_answered_at)
    return LATE if each.state not in OPEN and each.due and day > each.due else IN_TIME


def _is_answered(each: CountedInquiry) -> str:
    return "open" if each.state in OPEN else "answered"


def _workdays(
    found: Sequence[CountedInquiry], calendar: WorkCalendar
) -> tuple[tuple[str, float | None], ...]:
    days: dict[str, list[int]] = {}
    for each in found:
        if each.first_answered_at:
            taken = workdays_left(
                beijing_day(each.submitted_at), beijing_day(each.first_answered_at), calendar
            )
            days.setdefault(each.organ, []).append(taken)
    return tuple(
        (organ, float(median(each)) if len(each) >= SMALL else None) for organ, each in sorted(days.items())
    )
