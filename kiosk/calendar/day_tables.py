"""
Tables of days as files: the JSON of the public project holiday-cn, and this product's TOML.

A holiday-cn file of a year may hold days of the December before, and is empty while the notice is awaited.
Source: https://github.com/NateScarlet/holiday-cn, schema.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from kiosk.calendar import notices, rules
from kiosk.calendar.rules import ListedDay, NoticeWrong
from kiosk.workdays import CalendarError, Source, Year, read_year

LARGEST_FILE = 200_000
"""Bytes; a file of a year has some 4,000."""
MOST_DAYS = 120
_LINE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:\s*(?:至|到|~|—|-)\s*(\d{4})-(\d{1,2})-(\d{1,2}))?\s*(.*)")


def read_json(content: bytes) -> tuple[int, list[ListedDay], list[str]]:
    """
    Return year, days and addresses of notices of a holiday-cn file.

    Raises:
        NoticeWrong: "file-too-large", "not-json", "not-announced" (`days` is empty), "day-wrong".
    """
    if len(content) > LARGEST_FILE:
        raise NoticeWrong("file-too-large")
    try:
        table = json.loads(content.decode("utf-8-sig"))
        year, rows, papers = int(table["year"]), list(table["days"]), list(table.get("papers", []))
    except (ValueError, KeyError, TypeError) as error:
        raise NoticeWrong("not-json") from error
    if not rows:
        raise NoticeWrong("not-announced", str(year))
    if len(rows) > MOST_DAYS:
        raise NoticeWrong("day-wrong", str(len(rows)))
    return year, [_listed(row) for row in rows], [each for each in papers if isinstance(each, str)]


def _listed(row: Any) -> ListedDay:
    try:
        day, is_off, name = date.fromisoformat(row["date"]), row["isOffDay"], row["name"]
    except (ValueError, KeyError, TypeError) as error:
        raise NoticeWrong("day-wrong", str(row)[:100]) from error
    if not isinstance(is_off, bool) or not isinstance(name, str) or not name.strip():
        raise NoticeWrong("day-wrong", str(row)[:100])
    return ListedDay(day, not is_off, name.strip()[:20])


def year_of_json(content: bytes, given: Source | None = None) -> Year:
    """
    Return the year of a holiday-cn file.

    Args:
        given: The notice as a person named it; without one the file's own addresses name it.
    Raises:
        NoticeWrong: as `read_json`, `rules.year_of`; "no-source" when neither names a notice.
    """
    number, days, papers = read_json(content)
    name = f"国务院办公厅关于{number}年部分节假日安排的通知"
    sources = [Source(name, "", None, each) for each in papers]
    if given:
        sources = [*sources[:-1], given] if sources else [given]
    return rules.year_of(number, days, sources)


def year_of_lines(number: int, off: str, work: str, sources: Sequence[Source]) -> Year:
    """
    Return the year that a person wrote by hand.

    Args:
        off: A line a holiday, "2027-01-01 元旦" or "2027-02-05 至 2027-02-13 春节". work: A line a make-up day.
    Raises:
        NoticeWrong: "line-wrong", "no-such-day", "order-wrong", and as `rules.year_of`.
    """
    return rules.year_of(number, [*_lines(off, False), *_lines(work, True)], sources)


def _lines(text: str, is_workday: bool) -> list[ListedDay]:
    days: list[ListedDay] = []
    for line in filter(None, map(str.strip, text[: notices.LONGEST_NOTICE].splitlines())):
        found = _LINE.fullmatch(line)
        if not found or not found[7].strip():
            raise NoticeWrong("line-wrong", line[:60])
        try:
            first = date(int(found[1]), int(found[2]), int(found[3]))
            last = date(int(found[4]), int(found[5]), int(found[6])) if found[4] else first
        except ValueError as error:
            raise NoticeWrong("no-such-day", line[:60]) from error
        if not 0 <= (last - first).days < MOST_DAYS:
            raise NoticeWrong("order-wrong", line[:60])
        days += [
            ListedDay(first + timedelta(days=n), is_workday, found[7].strip()[:20])
            for n in range((last - first).days + 1)
        ]
    return days


def lines_of(year: Year) -> tuple[str, str]:
    """Return a year as `year_of_lines` reads it: what is off, what is worked."""
    days = rules.listed(year)
    off = [each for each in days if not each.is_workday]
    runs: list[list[ListedDay]] = [off[:1]] if off else []
    for before, each in pairwise(off):
        if each.name == before.name and each.day - before.day == timedelta(days=1):
            runs[-1].append(each)
        else:
            runs.append([each])
    spans = [
        f"{run[0].day}{f' 至 {run[-1].day}' if len(run) > 1 else ''} {run[0].name or '放假'}" for run in runs
    ]
    worked = [f"{each.day} {each.name or '调休'}" for each in days if each.is_workday]
    return "\n".join(spans), "\n".join(worked)


def year_of_file(
    name: str, content: bytes, given: Source | None, known: Callable[[int], Year | None]
) -> Year:
    """
    Return the year in a file: holiday-cn JSON, this product's TOML, or the text of a notice.

    Args:
        given: The notice as a person named it. known: Returns a year as it was announced before.
    Raises:
        NoticeWrong: as the readers; "not-text".
    """
    if content.lstrip()[:1] == b"{":
        return year_of_json(content, given)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoticeWrong("not-text") from error
    if name.endswith(".toml"):
        try:
            return read_year(name, text)
        except CalendarError as error:
            raise NoticeWrong("day-wrong", str(error)) from error
    found = notices.read(text)
    source = given or Source(found.name, found.number, found.issued_on)
    return notices.year_read(found, source, known(found.year))
