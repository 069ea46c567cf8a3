"""Things counted by two of their traits: a table with sums, small groups hidden. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kiosk.figures.small_groups import hide

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class CountTable:
    """A table with sums, small groups hidden (None); the last row and the last column are the sums."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]

    @property
    def whole(self) -> tuple[int | None, ...]:
        """Return the sums of the columns, without the sum of all."""
        return self.cells[-1][:-1] if self.cells else ()

    @property
    def totals(self) -> tuple[int | None, ...]:
        """Return the sums of the rows, without the sum of all."""
        return tuple(row[-1] for row in self.cells[:-1])


def counted(
    found: Sequence[Thing],
    row: Callable[[Thing], str],
    column: Callable[[Thing], str],
    columns: Sequence[str],
) -> CountTable:
    """Return how many of the things have each pair of traits; what has no listed column is not counted."""
    return tabled(Counter((row(each), column(each)) for each in found), columns)


def tabled(many: Mapping[tuple[str, str], int], columns: Sequence[str]) -> CountTable:
    """Return the table of what was counted by row and column; what has no listed column is left out."""
    rows = tuple(sorted({row for row, column in many if column in columns}))
    if not rows:
        return CountTable((), tuple(columns), ())
    return CountTable(
        rows, tuple(columns), hide([[many.get((name, each), 0) for each in columns] for name in rows]).cells
    )
