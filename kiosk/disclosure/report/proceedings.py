"""
Table 4 of the annual report: applications for review and lawsuits about requests. Pure.

Source: 国办公开办函〔2021〕30号, LAW.md §3. A proceeding counts in the year of its result, and at the end of each year
until then as pending.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kiosk.disclosure.events import ReviewKind, ReviewResult
from kiosk.disclosure.report.rows import FOUR, FOUR_COLUMNS, TOTAL
from kiosk.errors import RuleBroken

PENDING = "pending"


@dataclass(frozen=True)
class Proceeding:
    """A review or a lawsuit: when it was opened, and its result with its day."""

    kind: ReviewKind
    opened_on: date
    result: ReviewResult | None = None
    decided_on: date | None = None


def check(found: Proceeding, today: date) -> None:
    """
    Refuse a proceeding whose days cannot be.

    Raises:
        RuleBroken: "opened-after-today", "decided-after-today", "decided-before-opened", "result-without-day".
    """
    if found.opened_on > today:
        raise RuleBroken("opened-after-today")
    if (found.result is None) != (found.decided_on is None):
        raise RuleBroken("result-without-day")
    if found.decided_on and found.decided_on > today:
        raise RuleBroken("decided-after-today")
    if found.decided_on and found.decided_on < found.opened_on:
        raise RuleBroken("decided-before-opened")


def column_of(found: Proceeding, year: int) -> str:
    """Return its column in the table of `year`; empty where it does not count."""
    if found.opened_on.year > year:
        return ""
    if found.decided_on is None or found.decided_on.year > year:
        return PENDING
    return str(found.result) if found.decided_on.year == year else ""


def table_four(docket: Iterable[Proceeding], year: int) -> dict[str, dict[str, int]]:
    """Return table 4 of a year."""
    table = {row.id: {column.id: 0 for column in FOUR_COLUMNS} for row in FOUR}
    for each in docket:
        if column := column_of(each, year):
            table[each.kind][column] += 1
            table[each.kind][TOTAL] += 1
    return table
