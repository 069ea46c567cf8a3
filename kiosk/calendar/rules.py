"""
Rules of announced years: what a year must hold, what two versions differ in, when a notice is missing.

Knows neither Flask nor a database. Source: 全国年节及纪念日放假办法 (2024-11-10), art. 2, 6, 7; LAW.md §4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.errors import RuleBroken
from kiosk.workdays import Source, WorkCalendar, Year

STATUTORY = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
"""Holidays of art. 2, which every yearly notice names."""
FIXED = {"元旦": (1, 1), "劳动节": (5, 1), "国庆节": (10, 1)}
"""Holidays whose first day is the same in every year, art. 2."""
EXPECTED_FROM = (11, 1)
"""From this day on next year's notice is missed: the last two came on 12 November 2024 and 4 November 2025."""
FIRST_YEAR, LAST_YEAR = 2008, 2100
"""Yearly notices in today's form begin with 2008; the end only catches mistyped years."""


class NoticeWrong(RuleBroken):
    """
    A notice or a table of days contradicts itself or says too little.

    Args:
        code: See `WHY` of the desk.
        quote: The words that are wrong, as they were given.
        fact: What is right instead, such as the weekday of that day.
    """

    def __init__(self, code: str, quote: str = "", fact: str = "") -> None:
        said = (code.replace("-", " "), quote, fact)
        super().__init__(code, ": ".join(each for each in said if each))
        self.quote, self.fact = quote, fact


@dataclass(frozen=True)
class ListedDay:
    """A day that a notice names, off or worked, with its holiday."""

    day: date
    is_workday: bool
    name: str


def year_of(number: int, days: Iterable[ListedDay], sources: Sequence[Source]) -> Year:
    """
    Return the year that these days make; a weekend day within a holiday only lends its name.

    Raises:
        NoticeWrong: "year-wrong", "not-announced" (no day at all), "no-source", "day-of-other-year", "day-twice",
            "worked-weekday".
    """
    listed = sorted(days, key=lambda each: each.day)
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise NoticeWrong("year-wrong", str(number))
    if not any(not each.is_workday for each in listed):
        raise NoticeWrong("not-announced", str(number))
    if not sources:
        raise NoticeWrong("no-source", str(number))
    for before, each in zip([None, *listed], listed, strict=False):
        if before and before.day == each.day:
            raise NoticeWrong("day-twice", each.day.isoformat())
        if each.day.year != number and (each.day.year, each.day.month) != (number - 1, 12):
            raise NoticeWrong("day-of-other-year", each.day.isoformat())
        if each.is_workday and each.day.weekday() < 5:
            raise NoticeWrong("worked-weekday", each.day.isoformat())
    return Year(
        number,
        frozenset(each.day for each in listed if not each.is_workday and each.day.weekday() < 5),
        frozenset(each.day for each in listed if each.is_workday),
        tuple(sources),
        {each.day: each.name for each in listed},
    )


def listed(year: Year) -> list[ListedDay]:
    """Return the days that a year's notice names; `year_of` makes the year of them again."""
    named = {*year.off, *year.work, *year.names}
    return [ListedDay(day, day in year.work, year.names.get(day, "")) for day in sorted(named)]


def check_complete(year: Year) -> None:
    """
    Refuse a year whose notice was given only in part: the rest of the year would silently be plain weeks.

    Raises:
        NoticeWrong: "holiday-missing", "holiday-elsewhere" (a fixed one without its day).
    """
    for holiday in missing(year):
        raise NoticeWrong("holiday-missing", holiday)
    for holiday, (month, day) in FIXED.items():
        if date(year.year, month, day) not in _own(year, holiday):
            raise NoticeWrong("holiday-elsewhere", holiday, f"{date(year.year, month, day)}")


def missing(year: Year) -> list[str]:
    """Return the statutory holidays that a year does not name."""
    return [holiday for holiday in STATUTORY if not _own(year, holiday)]


def _own(year: Year, holiday: str) -> list[date]:
    return [day for day, name in year.names.items() if holiday in name and day not in year.work]


@dataclass(frozen=True)
class DayChange:
    """A day that counts otherwise than before: worked or not, with the holiday it belongs to."""

    day: date
    was_workday: bool
    is_workday: bool
    was_name: str
    name: str


def changes(before: WorkCalendar, after: WorkCalendar) -> list[DayChange]:
    """Return the days that two calendars count differently, of the years that either announces."""
    years = {
        year for year in {*before.years, *after.years} if before.years.get(year) != after.years.get(year)
    }
    return [
        DayChange(day, before.is_workday(day), after.is_workday(day), before.holiday(day), after.holiday(day))
        for year in sorted(years)
        for day in days_of(year)
        if before.is_workday(day) != after.is_workday(day)
    ]


def days_of(year: int) -> list[date]:
    """Return every day of a calendar year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def workdays_in(calendar: WorkCalendar, year: int) -> int:
    """Return how many days of a year are worked."""
    return sum(map(calendar.is_workday, days_of(year)))


def lacking(calendar: WorkCalendar, today: date) -> int | None:
    """
    Return the year whose notice is missed now, or None.

    The present year's always, the next year's from 1 November on.
    """
    if today.year not in calendar.years:
        return today.year
    is_time = (today.month, today.day) >= EXPECTED_FROM
    return today.year + 1 if is_time and today.year + 1 not in calendar.years else None
