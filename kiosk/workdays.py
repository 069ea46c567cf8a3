"""
Working days as the State Council's yearly notices set them, and dates counted in them.

A year without a notice has no calendar: dates that reach into it, or past 25 December of the last announced
year, are provisional and say so. Day of receipt = day 0, the next working day = 1; make-up Saturdays and
Sundays count. Source: Civil Code art. 201-203; Civil Procedure Law art. 85; LAW.md §1.5, §4.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
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
    """The notice from which a year's table was taken."""

    name: str
    number: str
    issued_on: date


@dataclass(frozen=True)
class Year:
    """One announced year: weekdays that are off, weekend days that are worked."""

    year: int
    off: frozenset[date]
    work: frozenset[date]
    sources: tuple[Source, ...]


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


def load_calendar(folder: Path = TABLES) -> WorkCalendar:
    """
    Return the calendar in the TOML files of `folder`, one a year.

    Raises:
        CalendarError: no file, a wrong form, a year twice, a weekday among `work` or a weekend among `off`.
    """
    years: dict[int, Year] = {}
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        text = path.read_text("utf-8")
        digest.update(text.encode())
        year = _year(path, text)
        if year.year in years:
            raise CalendarError(f"{path.name}: {year.year} is in two files")
        years[year.year] = year
    if not years:
        raise CalendarError(f"no calendar in {folder.name}")
    return WorkCalendar(years, digest.hexdigest()[:12])


def _year(path: Path, text: str) -> Year:
    try:
        table = tomllib.loads(text)
        off, work = frozenset(table["off"]), frozenset(table["work"])
        sources = tuple(Source(s["name"], s.get("number", ""), s["issued_on"]) for s in table["source"])
        number = int(table["year"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise CalendarError(f"{path.name}: {error!r}") from error
    if any(day.weekday() > 4 or day.year != number for day in off):
        raise CalendarError(f"{path.name}: `off` may hold weekdays of {number} only")
    if any(day.weekday() < 5 or day.year != number for day in work):
        raise CalendarError(f"{path.name}: `work` may hold weekend days of {number} only")
    if not sources:
        raise CalendarError(f"{path.name}: a year without a source notice is not announced")
    return Year(number, off, work, sources)
