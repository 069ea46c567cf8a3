"""
Working days as the State Council's yearly notices set them, and dates counted in them.

A year without a notice has no calendar: dates that reach into it, or past 25 December of the last announced
year, are provisional and say so. Day of receipt = day 0, the next working day = 1; make-up Saturdays and
Sundays count. Source: Civil Code art. 201-203; Civil Procedure Law art. 85; LAW.md §1.5, §4.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

CORRECTION_WORKDAYS = 7
"""政府信息公开条例 (2019), art. 30: notice to correct."""
THIRD_PARTY_WORKDAYS = 15
"""政府信息公开条例 (2019), art. 32: a third party's opinion."""
REPLY_WORKDAYS = 20
"""政府信息公开条例 (2019), art. 33(2): reply."""
EXTENDED_REPLY_WORKDAYS = 40
"""政府信息公开条例 (2019), art. 33(2): reply with the longest extension."""
SETTLED_UNTIL = (12, 25)
"""After this day of the last announced year the next year's notice may still change working days."""

TABLES = Path(__file__).resolve().parent.parent / "config" / "workdays"


class CalendarError(Exception):
    """A calendar file cannot be used; the message names the file and the fault."""


@dataclass(frozen=True)
class Source:
    """The notice from which a year's table was taken; number, day and address as far as they are known."""

    name: str
    number: str
    issued_on: date | None
    url: str = ""


@dataclass(frozen=True)
class Year:
    """
    One announced year: weekdays that are off, weekend days that are worked.

    Args:
        names: The holiday of each day that its notice names, weekends within it and make-up days too.
    """

    year: int
    off: frozenset[date]
    work: frozenset[date]
    sources: tuple[Source, ...]
    names: Mapping[date, str] = field(default_factory=dict)


class Basis(StrEnum):
    """The day from which a deadline is counted."""

    RECEIVED = "received"
    """The day of receipt, which is certain."""
    IF_RECEIVED = "if-received"
    """The day of handing in, as if receipt were confirmed on it."""


@dataclass(frozen=True)
class Deadline:
    """
    A counted date with its doubt and its basis: one value from the rule to the last screen, slip and voice.

    why: empty, or a code for the reason why the date may still move.
    """

    day: date
    workdays: int
    is_provisional: bool
    basis: Basis
    why: str

    def as_dict(self) -> dict[str, str | int | bool]:
        """Return the deadline as it is stored and sent; `read_deadline` reads it."""
        return {
            "reply_due": self.day.isoformat(),
            "provisional": self.is_provisional,
            "due_basis": self.basis.value,
            "due_why": self.why,
            "due_workdays": self.workdays,
        }


def read_deadline(stored: Mapping[str, Any]) -> Deadline | None:
    """Return the deadline from its stored form, or None; earlier versions stored only its date and its doubt."""
    day = stored.get("reply_due")
    if not isinstance(day, str):
        return None
    return Deadline(
        day=date.fromisoformat(day),
        workdays=int(stored.get("due_workdays", REPLY_WORKDAYS)),
        is_provisional=bool(stored.get("provisional")),
        basis=Basis(stored.get("due_basis", Basis.RECEIVED)),
        why=str(stored.get("due_why", "")),
    )


@dataclass(frozen=True)
class MovedDeadline:
    """A running deadline that another calendar would move, or make more or less certain; None: no clock runs."""

    number: str
    was: Deadline | None
    will: Deadline | None


@dataclass(frozen=True)
class WorkCalendar:
    """The announced years, and the counting of days in them."""

    years: dict[int, Year]
    version: str

    @property
    def last_announced(self) -> int:
        """Return the last year that has a notice."""
        return max(self.years)

    def is_workday(self, day: date) -> bool:
        """Return whether `day` is worked; in a year without a notice Monday to Friday is assumed."""
        year = self.years.get(day.year)
        if year is None:
            return day.weekday() < 5
        return day in year.work or (day.weekday() < 5 and day not in year.off)

    def holiday(self, day: date) -> str:
        """Return the holiday that `day` belongs to, off or made up for; empty for a plain day."""
        year = self.years.get(day.year)
        return year.names.get(day, "") if year else ""

    def after(self, start: date, workdays: int, basis: Basis = Basis.RECEIVED) -> Deadline:
        """
        Return the date `workdays` working days after `start` (day 0 = `start`, worked or not).

        Raises:
            ValueError: workdays below 1.
        """
        if workdays < 1:
            raise ValueError("workdays must be at least 1")
        day, left = start, workdays
        while left:
            day += timedelta(days=1)
            left -= self.is_workday(day)
        why = self._doubt(start, day)
        return Deadline(day, workdays, bool(why), basis, why)

    def days_off(self, start: date, end: date) -> list[date]:
        """Return the days after `start` up to `end` that were not counted."""
        span = (end - start).days
        return [day for n in range(1, span + 1) if not self.is_workday(day := start + timedelta(days=n))]

    def _doubt(self, start: date, end: date) -> str:
        if any(year not in self.years for year in range(start.year, end.year + 1)):
            return "year-not-announced"
        last = self.last_announced
        if end > date(last, *SETTLED_UNTIL):
            return "next-year-not-announced"
        return ""


def calendar_of(announced: Iterable[Year]) -> WorkCalendar:
    """
    Return the calendar that these years make.

    A notice may set days of the December before its year: they belong to that year, and are left out where it was not
    announced itself.
    """
    years = {each.year: _within(each, each.year) for each in announced}
    for each in announced:
        before = years.get(each.year - 1)
        if before and any(day.year < each.year for day in (*each.off, *each.work)):
            years[before.year] = _with_december(before, each)
    found = dict(sorted(years.items()))
    return WorkCalendar(found, hashlib.sha256(written_years(found.values())).hexdigest()[:12])


def _within(year: Year, number: int) -> Year:
    """Return the days of a notice that are in one calendar year."""
    return replace(
        year,
        off=frozenset(day for day in year.off if day.year == number),
        work=frozenset(day for day in year.work if day.year == number),
        names={day: name for day, name in year.names.items() if day.year == number},
    )


def _with_december(before: Year, notice: Year) -> Year:
    """Return a year as the notice of the next one leaves it: for the days that it sets, the later notice counts."""
    added = _within(notice, before.year)
    return replace(
        before,
        off=(before.off - added.work) | added.off,
        work=(before.work - added.off) | added.work,
        names={**before.names, **added.names},
        sources=tuple(dict.fromkeys((*before.sources, *notice.sources))),
    )


def check_year(year: Year) -> None:
    """
    Refuse a year that cannot be right.

    Raises:
        CalendarError: no source; a weekday among `work` or a weekend among `off`; a day of another year, but for the
            December before.
    """
    if any(day.weekday() > 4 or not _belongs(day, year.year) for day in year.off):
        raise CalendarError(f"`off` may hold weekdays of {year.year} only")
    if any(day.weekday() < 5 or not _belongs(day, year.year) for day in year.work):
        raise CalendarError(f"`work` may hold weekend days of {year.year} only")
    if not year.sources:
        raise CalendarError("a year without a source notice is not announced")


def _belongs(day: date, year: int) -> bool:
    return day.year == year or (day.year, day.month) == (year - 1, 12)


def as_list(calendar: WorkCalendar) -> bytes:
    """Return a calendar as it travels to terminals; `read_list` reads it."""
    return written_years(calendar.years.values())


def written_years(years: Iterable[Year]) -> bytes:
    """Return years as JSON, equal years as equal bytes; `read_years` reads them."""
    rows = [
        {
            "year": each.year,
            "off": sorted(map(str, each.off)),
            "work": sorted(map(str, each.work)),
            "names": {str(day): name for day, name in sorted(each.names.items())},
            "sources": [
                {"name": s.name, "number": s.number, "issued_on": str(s.issued_on or ""), "url": s.url}
                for s in each.sources
            ],
        }
        for each in years
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def read_list(content: bytes) -> WorkCalendar:
    """
    Return the calendar that `as_list` wrote.

    Raises:
        CalendarError: It is none.
    """
    years = read_years(content)
    if not years:
        raise CalendarError("no year is announced")
    return calendar_of(years)


def read_years(content: bytes) -> list[Year]:
    """
    Return the years that `written_years` wrote.

    Raises:
        CalendarError: They cannot be read, or one cannot be right.
    """
    try:
        years = [_listed(row) for row in json.loads(content)]
        for each in years:
            check_year(each)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CalendarError(repr(error)) from error
    return years


def _listed(row: Mapping[str, Any]) -> Year:
    days, sources = row["names"].items(), row["sources"]
    return Year(
        int(row["year"]),
        frozenset(map(date.fromisoformat, row["off"])),
        frozenset(map(date.fromisoformat, row["work"])),
        tuple(Source(s["name"], s["number"], _day(s["issued_on"]), s["url"]) for s in sources),
        {date.fromisoformat(day): str(name) for day, name in days},
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def load_years(folder: Path = TABLES) -> list[Year]:
    """
    Return the years in the TOML files of `folder`, one a file.

    Raises:
        CalendarError: no file, a wrong form, a year twice, a year that cannot be right.
    """
    years: dict[int, Year] = {}
    for path in sorted(folder.glob("*.toml")):
        year = read_year(path.name, path.read_text("utf-8"))
        if year.year in years:
            raise CalendarError(f"{path.name}: {year.year} is in two files")
        years[year.year] = year
    if not years:
        raise CalendarError(f"no calendar in {folder.name}")
    return list(years.values())


def load_calendar(folder: Path = TABLES) -> WorkCalendar:
    """Return the calendar in the TOML files of `folder`; the seed of a hub, and a terminal's before it has met one."""
    return calendar_of(load_years(folder))


def read_year(name: str, text: str) -> Year:
    """
    Return the year in a TOML file.

    Raises:
        CalendarError: It names the file and the fault.
    """
    try:
        table = tomllib.loads(text)
        off, work = frozenset(table["off"]), frozenset(table["work"])
        sources = tuple(
            Source(s["name"], s.get("number", ""), s["issued_on"], s.get("url", "")) for s in table["source"]
        )
        year = Year(int(table["year"]), off, work, sources, _names(table.get("holiday", [])))
        check_year(year)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CalendarError(f"{name}: {error!r}") from error
    except CalendarError as error:
        raise CalendarError(f"{name}: {error}") from error
    if year.names and {day: not is_off for day, is_off in _said(table["holiday"])} != _counted(year):
        raise CalendarError(f"{name}: `holiday` says other days than `off` and `work`")
    return year


def _names(holidays: Iterable[Mapping[str, Any]]) -> dict[date, str]:
    return {day: str(each["name"]) for each in holidays for day in (*_span(each), *each.get("made_up", ()))}


def _span(holiday: Mapping[str, Any]) -> list[date]:
    first, last = holiday["first"], holiday["last"]
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _said(holidays: Iterable[Mapping[str, Any]]) -> list[tuple[date, bool]]:
    """Return the days of the holidays that change a plain week, each with whether it is off."""
    off = [(day, True) for each in holidays for day in _span(each) if day.weekday() < 5]
    return off + [(day, False) for each in holidays for day in each.get("made_up", ())]


def _counted(year: Year) -> dict[date, bool]:
    return {**dict.fromkeys(year.off, False), **dict.fromkeys(year.work, True)}


def workdays_left(today: date, due: date, calendar: WorkCalendar) -> int:
    """Return working days after `today` up to `due`; negative when `due` is past."""
    if today > due:
        return -workdays_left(due, today, calendar)
    return (due - today).days - len(calendar.days_off(today, due))
