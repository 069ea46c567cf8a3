"""
The annual report of one organ, or of all, put together: pure. Figures, doubts, corrections, drafted text, deadlines.

Source: 政府信息公开条例 (2019 revision), art. 49, 50; 国办公开办函〔2021〕30号.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.disclosure.report.counting import CrossFoot, Table, broken
from kiosk.disclosure.report.rows import (
    APPLICANTS,
    CARRIED_IN,
    CARRIED_OUT,
    CLOSED,
    NEW,
    THREE_COLUMNS,
    TOTAL,
    TWO,
)
from kiosk.errors import RuleBroken

WHOLE = ""
"""The code of the report of all organs together."""
_TEXT = json.loads((Path(__file__).parent / "annual_text.json").read_text("utf-8"))
PARTS: tuple[tuple[str, str], ...] = tuple((name, title) for name, title, _ in _TEXT["parts"])
"""Id and title of each of the six parts."""
LONGEST_PART = 20_000
FEES = "fees"
"""Key of the fees for handling requests, in yuan (part 6 has to state them)."""
CARRIED = "carried-"
"""Begins the keys of last year's row 四, one a column, where that report was not made here."""
_COUNT = re.compile(r"\d{1,9}")
_MONEY = re.compile(r"\d{1,9}(\.\d{1,6})?")
OPEN = re.compile(r"〔请填[^〕]*〕")
"""Places of the draft that a person has to fill in."""


def figure_keys() -> list[str]:
    """Return the keys of all figures that are entered."""
    two = [f"{row.id}-{at}" for row in TWO for at in range(len(row.figures))]
    return [*two, FEES, *(f"{CARRIED}{each}" for each in APPLICANTS)]


def is_money(key: str) -> bool:
    """Return whether a figure has decimals."""
    return key == FEES or any(row.is_money and key.startswith(f"{row.id}-") for row in TWO)


def checked_figures(typed: Mapping[str, str]) -> dict[str, str]:
    """
    Return the figures that were typed, without the empty ones.

    Raises:
        RuleBroken: "figure-form", with the key of the first wrong one.
    """
    found = {}
    for key in figure_keys():
        value = typed.get(key, "").strip()
        if value and not (_MONEY if is_money(key) else _COUNT).fullmatch(value):
            raise RuleBroken("figure-form", key)
        if value:
            found[key] = value
    return found


def carried_before(figures: Mapping[str, str], submitted: Mapping[str, Any] | None) -> dict[str, int] | None:
    """
    Return row 四 of last year's report: as entered, else as submitted here; None where neither is known.

    Args:
        submitted: The content of last year's report.
    """
    entered = {each: int(figures[f"{CARRIED}{each}"]) for each in APPLICANTS if f"{CARRIED}{each}" in figures}
    if entered:
        return {**dict.fromkeys(APPLICANTS, 0), **entered, TOTAL: sum(entered.values())}
    if submitted is None:
        return None
    return {column: int(many) for column, many in submitted["three"][CARRIED_OUT].items()}


@dataclass(frozen=True)
class Correction:
    """A figure of table 3 that is another one by now than in the report that was submitted."""

    row: str
    column: str
    was: int
    now: int


@dataclass(frozen=True)
class AnnualReport:
    """
    One report.

    Args:
        figures: What was entered, by key. three, four: Tables. checks: All of them.
        texts: The six parts by id. is_drafted: Nobody has saved them yet.
        is_running: The year is not over.
        corrections: Against what was submitted.
    """

    year: int
    organ: str
    organ_name: str
    figures: Mapping[str, str]
    three: Table
    four: Table
    checks: Sequence[CrossFoot]
    texts: Mapping[str, str]
    is_drafted: bool
    is_running: bool
    corrections: Sequence[Correction]

    @property
    def title(self) -> str:
        """Return its title."""
        return str(_TEXT["title"]).format(organ=self.organ_name, year=self.year)

    @property
    def head(self) -> str:
        """Return the sentence before the first part."""
        return str(_TEXT["head"]).format(organ=self.organ_name, year=self.year)

    @property
    def faults(self) -> list[CrossFoot]:
        """Return the checks that do not hold."""
        return broken(self.checks)

    def to_fill(self) -> list[str]:
        """Return the titles of the parts in which a person has to fill something in."""
        return [title for name, title in PARTS if OPEN.search(self.texts.get(name, ""))]

    def content(self) -> dict[str, Any]:
        """Return all of it as it is stored when it is submitted."""
        return {
            "figures": dict(self.figures),
            "three": {row: dict(figures) for row, figures in self.three.items()},
            "four": {row: dict(figures) for row, figures in self.four.items()},
            "texts": dict(self.texts),
        }


def drafted(
    organ_name: str, year: int, figures: Mapping[str, str], three: Table, four: Table
) -> dict[str, str]:
    """Return the six parts with the figures filled in; what a person has to write is marked 〔请填〕."""
    result = {row: columns[TOTAL] for row, columns in three.items()}
    values = {
        "organ": organ_name,
        "year": year,
        "new": result[NEW],
        "carried_in": result[CARRIED_IN],
        "closed": result[CLOSED],
        "carried_out": result[CARRIED_OUT],
        "granted": result["r1"],
        "partial": result["r2"],
        "refused": _under(result, "r3_"),
        "unable": _under(result, "r4_"),
        "declined": _under(result, "r5_"),
        "otherwise": _under(result, "r6_"),
        "reviews": four["review"][TOTAL],
        "suits": four["suit"][TOTAL] + four["suit-after-review"][TOTAL],
        "fees": figures.get(FEES, "0"),
        **{
            f"{row.id}_{at}": figures.get(f"{row.id}-{at}", "0")
            for row in TWO
            for at in range(len(row.figures))
        },
    }
    return {name: text.format(**values) for name, _title, text in _TEXT["parts"]}


def _under(result: Mapping[str, int], begin: str) -> int:
    return sum(many for row, many in result.items() if row.startswith(begin))


def corrections(three: Table, submitted: Mapping[str, Any] | None) -> list[Correction]:
    """Return the figures of table 3 that are others by now than those that were submitted."""
    if submitted is None:
        return []
    was = submitted["three"]
    return [
        Correction(row, column.id, was[row][column.id], three[row][column.id])
        for row in three
        for column in THREE_COLUMNS
        if was.get(row, {}).get(column.id) != three[row][column.id]
    ]


@dataclass(frozen=True)
class ReportDue:
    """The last day to publish a report (art. 49)."""

    is_county: bool
    day: date


def due_days(year: int) -> tuple[ReportDue, ReportDue]:
    """Return the last days for departments and for the county government itself."""
    return ReportDue(False, date(year + 1, 1, 31)), ReportDue(True, date(year + 1, 3, 31))


def year_to_report(today: date) -> int:
    """Return the year whose report is written now: last year's until the end of March."""
    return today.year - 1 if today.month <= 3 else today.year
