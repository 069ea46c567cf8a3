"""
Statistics of requests by organ for one year, small groups hidden: pure, no database and no clock.

Organs with so few requests that their own sums would have to be hidden are put together first: then the sums that
several tables share are all shown, and no table says anything about another one's hidden figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from kiosk.disclosure.report.rows import THREE
from kiosk.figures.small_groups import SMALL, Hidden, hide
from kiosk.workdays import WorkCalendar

OTHERS = ""
"""The code under which organs with few requests are put together."""
GROUPS = tuple(dict.fromkeys(row.id[:2] for row in THREE if row.id.startswith("r") and row.id != "r7"))
"""三(一) to 三(六) of the annual report, by the beginning of their rows' ids."""
RATINGS = ("good", "fair", "poor")
NOW = ("unconfirmed", "running", "overdue")


@dataclass(frozen=True)
class DayFacts:
    """
    Cases that are alike for the statistics.

    Args:
        row: Row of the result in table 3; empty while there is none.
        received_on: None while receipt is not confirmed. decided_on: None while there is no result.
        due: Last day for the answer, None while no clock runs.
        many: How many cases are alike.
    """

    organ: str
    row: str
    received_on: date | None
    decided_on: date | None
    due: date | None
    many: int = 1

    @property
    def is_late(self) -> bool:
        """Return whether the result came after the last day for it."""
        return self.due is not None and self.decided_on is not None and self.decided_on > self.due


@dataclass(frozen=True)
class OrganTable:
    """One table: a row an organ, and the row of all of them; figures of small groups are None."""

    columns: tuple[str, ...]
    hidden: Hidden

    def rows(self) -> tuple[tuple[int | None, ...], ...]:
        """Return the figures, sums last."""
        return self.hidden.cells

    @property
    def whole(self) -> tuple[int | None, ...]:
        """Return the figures of all organs, without the sum."""
        return self.hidden.cells[-1][:-1]


@dataclass(frozen=True)
class YearStatistics:
    """
    What a year says of each organ.

    Args:
        organs: Codes in the order of the rows; OTHERS: those put together.
        together: The codes that are put together.
        months: "2026-01" and so on, up to the present one.
        received, answered: By month. punctual: In time, late. results: By group of table 3. satisfaction: By rating,
            of those who gave one. now: See NOW;
            only for the present year, since organs are put together in another way in each year.
        workdays: Median working days from receipt to result, by organ and for all; None where fewer than SMALL were
            answered.
    """

    year: int
    organs: tuple[str, ...]
    together: tuple[str, ...]
    months: tuple[str, ...]
    received: OrganTable
    answered: OrganTable
    punctual: OrganTable
    results: OrganTable
    satisfaction: OrganTable
    now: OrganTable | None
    workdays: tuple[float | None, ...]


def of_year(
    facts: Sequence[DayFacts],
    year: int,
    today: date,
    calendar: WorkCalendar,
    ratings: Iterable[tuple[str, str]] = (),
) -> YearStatistics:
    """Return the statistics of a year as they are on a day; ratings: organ and rating of each one given."""
    months = tuple(
        f"{year}-{month:02}" for month in range(1, 13) if (year, month) <= (today.year, today.month)
    )
    together = few(facts, year)
    organs = tuple(sorted({each.organ for each in facts if counts(each, year)} - together))
    rows = (*organs, OTHERS) if together else organs
    place = {organ: at for at, organ in enumerate(rows)} | dict.fromkeys(together, len(organs))

    def table(columns: tuple[str, ...], column_of: Iterable[tuple[DayFacts, str]]) -> OrganTable:
        figures = [[0] * len(columns) for _ in rows]
        for each, column in column_of:
            if column in columns and each.organ in place:
                figures[place[each.organ]][columns.index(column)] += each.many
        return OrganTable(columns, hide(figures))

    decided = [each for each in facts if each.decided_on and each.decided_on.year == year]
    return YearStatistics(
        year,
        rows,
        tuple(sorted(together)),
        months,
        received=table(months, ((each, _month(each.received_on)) for each in facts)),
        answered=table(months, ((each, _month(each.decided_on)) for each in decided)),
        punctual=table(
            ("in-time", "late"), ((each, "late" if each.is_late else "in-time") for each in decided)
        ),
        results=table(GROUPS, ((each, each.row[:2] or GROUPS[-1]) for each in decided)),
        satisfaction=table(
            RATINGS, ((DayFacts(organ, "", None, None, None), rating) for organ, rating in ratings)
        ),
        now=table(NOW, ((each, _now(each, today)) for each in facts)) if year == today.year else None,
        workdays=_workdays(decided, rows, place, calendar),
    )


def _month(day: date | None) -> str:
    return day.isoformat()[:7] if day else ""


def _now(each: DayFacts, today: date) -> str:
    if each.decided_on:
        return ""
    if each.received_on is None:
        return "unconfirmed"
    return "overdue" if each.due and each.due < today else "running"


def counts(each: DayFacts, year: int) -> bool:
    """Return whether these cases are in any table of the year."""
    days = (each.received_on, each.decided_on)
    return each.decided_on is None or any(day is not None and day.year == year for day in days)


def few(facts: Iterable[DayFacts], year: int) -> set[str]:
    """
    Return the organs to put together: those of which a sum is from 1 to 4, and then the smallest further ones until no
    sum of them together is.
    """
    sums: dict[str, Counter[str]] = {}
    for each in facts:
        if counts(each, year):
            found = sums.setdefault(each.organ, Counter())
            found["received"] += each.many * (_month(each.received_on)[:4] == str(year))
            found["decided"] += each.many * (_month(each.decided_on)[:4] == str(year))
            found["now"] += each.many * (each.decided_on is None)
    together = {organ for organ, found in sums.items() if _is_small(found)}
    further = sorted(sums.keys() - together, key=lambda organ: (sums[organ].total(), organ))
    while together and further and _is_small(sum((sums[organ] for organ in together), Counter())):
        together.add(further.pop(0))
    if len(together) == 1 and further:
        together.add(further.pop(0))
    return together


def _is_small(sums: Counter[str]) -> bool:
    return any(0 < many < SMALL for many in sums.values())


def _workdays(
    decided: Sequence[DayFacts], rows: Sequence[str], place: dict[str, int], calendar: WorkCalendar
) -> tuple[float | None, ...]:
    """Return the median of each row, and of all last."""
    pairs = [each for each in decided if each.received_on and each.decided_on]
    count = _Counter.over(
        [day for each in pairs for day in (each.received_on, each.decided_on) if day], calendar
    )
    taken: list[list[int]] = [[] for _ in (*rows, "all")]
    for each in pairs:
        assert each.received_on
        assert each.decided_on
        days = [count.between(each.received_on, each.decided_on)] * each.many
        taken[place[each.organ]] += days
        taken[-1] += days
    return tuple(median(days) if len(days) >= SMALL else None for days in taken)


@dataclass(frozen=True)
class _Counter:
    """Working days up to each day of a stretch of time, so that thousands of pairs are subtracted and not counted."""

    first: date
    until: tuple[int, ...]

    @classmethod
    def over(cls, days: Sequence[date], calendar: WorkCalendar) -> _Counter:
        if not days:
            return cls(date.min, ())
        first, many, found = min(days), 0, []
        for at in range((max(days) - first).days + 1):
            many += calendar.is_workday(first + timedelta(days=at))
            found.append(many)
        return cls(first, tuple(found))

    def between(self, start: date, end: date) -> int:
        """Return the working days after start up to end."""
        return max(self.until[(end - self.first).days] - self.until[(start - self.first).days], 0)
