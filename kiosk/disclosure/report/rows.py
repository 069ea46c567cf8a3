"""
Rows and columns of tables 2, 3 and 4 of the annual report, named exactly as the form names them.

Source: 国办公开办函〔2021〕30号; the names are data (`annual_tables.json`), nothing else in the product repeats them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_DATA = json.loads((Path(__file__).parent / "annual_tables.json").read_text("utf-8"))
SOURCE: str = _DATA["source"]
TOTAL = "total"
NEW, CARRIED_IN, CLOSED, CARRIED_OUT = "new", "carried_in", "r7", "carried_out"
"""Rows of table 3 that hold no result: 一, 二, 三(七), 四."""


@dataclass(frozen=True)
class Row:
    """A row: its id, and its name in parts from the outermost heading to the innermost."""

    id: str
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the innermost part."""
        return self.parts[-1]


@dataclass(frozen=True)
class Column:
    """A column: its id and its name."""

    id: str
    name: str


@dataclass(frozen=True)
class FigureRow:
    """A row of table 2: the item of art. 20, what is counted, and the figures that an organ enters for it."""

    id: str
    item: str
    name: str
    figures: tuple[str, ...]

    @property
    def is_money(self) -> bool:
        """Return whether its figure is in 10,000 yuan, with decimals."""
        return "万元" in self.figures[0]


def _rows(given: list[list[str]]) -> tuple[Row, ...]:
    return tuple(Row(name, tuple(words.split("|"))) for name, words in given)


def _columns(given: list[list[str]]) -> tuple[Column, ...]:
    return tuple(Column(*each) for each in given)


TWO = tuple(FigureRow(name, item, words, tuple(figures)) for name, item, words, figures in _DATA["two"])
THREE, THREE_COLUMNS = _rows(_DATA["three"]["rows"]), _columns(_DATA["three"]["columns"])
FOUR, FOUR_COLUMNS = _rows(_DATA["four"]["groups"]), _columns(_DATA["four"]["columns"])
APPLICANTS = tuple(each.id for each in THREE_COLUMNS if each.id != TOTAL)
"""Columns of table 3 without the total: the values of `ApplicantType`."""
RESULTS = tuple(row.id for row in THREE if row.id not in (NEW, CARRIED_IN, CLOSED, CARRIED_OUT))
"""Rows of table 3 that one closed request falls into: exactly one each."""
TABLE_3_BY_ID = {row.id: row for row in THREE}


@dataclass(frozen=True)
class HeadCell:
    """A cell of the headings at the left of a table: its words, its level from 0, how far it spans."""

    words: str
    level: int
    down: int
    across: int
    is_name: bool
    """Names its row; False: heads several rows."""


def heads(rows: tuple[Row, ...]) -> list[list[HeadCell]]:
    """Return of each row the heading cells that begin in it."""
    depth = max(len(row.parts) for row in rows)
    found = []
    for at, row in enumerate(rows):
        cells = []
        for level, words in enumerate(row.parts):
            prefix = row.parts[: level + 1]
            if at and rows[at - 1].parts[: level + 1] == prefix:
                continue
            down = 1
            while at + down < len(rows) and rows[at + down].parts[: level + 1] == prefix:
                down += 1
            is_name = level == len(row.parts) - 1
            cells.append(HeadCell(words, level, down, depth - level if is_name else 1, is_name))
        found.append(cells)
    return found
