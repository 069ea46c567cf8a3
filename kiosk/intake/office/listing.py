"""
What a person asks of a list at the desk: light, filters, order, place; read from an address and written into one.

Nothing personal is in it, so that it may be in addresses, logs and saved views.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from kiosk.workdays import WorkCalendar

PAGE_ROWS = 50
LONGEST = 40
"""Characters of a filter's value."""
MOST_PLACES = 1_000_000
NOBODY = "-"
"""The value of the filter by person for what is assigned to nobody."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """
    What is asked of a list; an empty value asks for all.

    Args:
        light: Name of a light. number: Beginning of a number. terminal: Code of the terminal. source: Way in which it
            came. person: Account that it is assigned to, or NOBODY. place, topic: Of a booking.
        since, until: First and last day of handing in.
        sort: Name of an order; empty: the usual one of the desk.
        at: Place of a row in the whole list, from 0; the page is the one with this row.
    """

    light: str = ""
    state: str = ""
    outcome: str = ""
    organ: str = ""
    source: str = ""
    terminal: str = ""
    person: str = ""
    place: str = ""
    topic: str = ""
    number: str = ""
    since: str = ""
    until: str = ""
    sort: str = ""
    at: int = 0

    @property
    def page(self) -> int:
        """Return the number of the page, from 1."""
        return self.at // PAGE_ROWS + 1

    @property
    def start(self) -> int:
        """Return the place of the page's first row."""
        return self.at - self.at % PAGE_ROWS

    @property
    def filters(self) -> dict[str, str]:
        """Return what narrows the list, by name, without light, order and place."""
        given = self.as_query()
        return {name: value for name, value in given.items() if name not in ("light", "sort", "at")}

    def as_query(self, **changes: str | int) -> dict[str, str]:
        """Return the parameters of its address, without empty ones."""
        changed = replace(self, **changes)  # type: ignore[arg-type]  # names of fields
        values = ((each.name, getattr(changed, each.name)) for each in fields(changed))
        return {name: str(value) for name, value in values if value}

    def written(self, **changes: str | int) -> str:
        """Return it as one text, as a case's address carries the list that it was opened from."""
        return urlencode(self.as_query(**changes))

    def days(self) -> tuple[date | None, date | None]:
        """Return the first and the last day of handing in."""
        return _day(self.since), _day(self.until)


def read(given: Mapping[str, str]) -> Asked:
    """Return what an address asks; what cannot be read asks for nothing. `page` means the place of its first row."""
    words = {
        each.name: given.get(each.name, "").strip()[:LONGEST] for each in fields(Asked) if each.name != "at"
    }
    for name in ("since", "until"):
        words[name] = words[name] if _day(words[name]) else ""
    page = _whole(given.get("page", ""))
    at = (page - 1) * PAGE_ROWS if page else _whole(given.get("at", ""))
    return Asked(**words, at=min(at, MOST_PLACES))


def read_written(text: str) -> Asked:
    """Return what `Asked.written` wrote."""
    return read(dict(parse_qsl(text[:2000])))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class ListViewer:
    """
    Who looks at a list and when.

    Args:
        name: Account of the person. organs: Codes of the organs whose cases they may see; None: of all.
        today: Beijing day.
    """

    name: str
    today: date
    calendar: WorkCalendar
    organs: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Page:
    """One page of a list, by the count of all rows."""

    asked: Asked
    total: int

    @property
    def last(self) -> int:
        """Return the number of the last page; 1 for an empty list."""
        return max((self.total - 1) // PAGE_ROWS + 1, 1)

    @property
    def here(self) -> int:
        """Return the number of this page; one beyond the end is the last one."""
        return min(self.asked.page, self.last)

    @property
    def start(self) -> int:
        """Return the place of its first row."""
        return (self.here - 1) * PAGE_ROWS

    def near(self) -> list[int | None]:
        """Return the page numbers to link: first, last and those around this one; None where some are left out."""
        wanted = sorted({1, self.last, *range(max(self.here - 2, 1), min(self.here + 2, self.last) + 1)})
        found: list[int | None] = []
        for number in wanted:
            if found and number - (found[-1] or 0) > 1:
                found.append(None)
            found.append(number)
        return found
