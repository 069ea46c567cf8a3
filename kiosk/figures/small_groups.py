"""
Small groups in a table with sums: hidden so that no hidden figure can be computed from those that are shown.

A figure from 1 to 4 is hidden. Since sums are shown beside it, further figures are hidden until of every hidden one
both hold: more than one value is possible, and 5 or more is possible. What is possible is found exactly: figures of a
table with sums are a flow through a network, rows to columns, and the most and the least that an unknown figure can be
is a maximum flow through the unknown ones. Source: PARTICIPATION.md §4, where hiding two in each row and column alone
still left 5 % computable and 12 % known to be small.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SMALL = 5
"""The least figure that is shown, besides zero."""
BOUNDLESS = 10**9
Cell = tuple[int, int]
"""Row and column; the sums are the row and the column after the last."""


@dataclass(frozen=True)
class Hidden:
    """A table with its sums, of which some figures are hidden (None)."""

    cells: tuple[tuple[int | None, ...], ...]

    @property
    def has_any(self) -> bool:
        """Return whether anything is hidden."""
        return any(each is None for row in self.cells for each in row)


def with_sums(figures: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the table with a sum at the end of each row, and a row of sums."""
    rows = [[*row, sum(row)] for row in figures]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]] if rows else []


def hide(figures: Sequence[Sequence[int]]) -> Hidden:
    """Return the table with its sums and its small groups hidden; see the module."""
    table = with_sums(figures)
    hidden = {cell for cell, figure in _numbered(table).items() if 0 < figure < SMALL}
    while exposed := _exposed(table, hidden):
        more = _cheapest(table, hidden, exposed)
        if more is None:
            hidden = set(_numbered(table))
            break
        hidden.add(more)
    return Hidden(
        tuple(
            tuple(None if (at, to) in hidden else figure for to, figure in enumerate(row))
            for at, row in enumerate(table)
        )
    )


def _numbered(table: Sequence[Sequence[int]]) -> dict[Cell, int]:
    return {(at, to): figure for at, row in enumerate(table) for to, figure in enumerate(row)}


def _exposed(table: Sequence[Sequence[int]], hidden: set[Cell]) -> Cell | None:
    """Return a hidden figure that a reader could compute, or know to be small."""
    for cell in sorted(hidden):
        least, most = bounds(table, hidden, cell)
        if least == most or most < SMALL:
            return cell
    return None


def _cheapest(table: Sequence[Sequence[int]], hidden: set[Cell], exposed: Cell) -> Cell | None:
    """Return the next figure to hide: in the row or the column of the exposed one, a sum last, a small one first."""
    end = (len(table) - 1, len(table[0]) - 1)
    for near in (True, False):
        found = [
            (cell[0] == end[0] or cell[1] == end[1], figure == 0, figure, cell)
            for cell, figure in _numbered(table).items()
            if cell not in hidden and (not near or cell[0] == exposed[0] or cell[1] == exposed[1])
        ]
        if found:
            return min(found)[-1]
    return None


def bounds(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell) -> tuple[int, int]:
    """Return the least and the most that a hidden figure can be, for a reader of the others."""
    at, to = _ends(cell, len(table) - 1, len(table[0]) - 1)
    value = table[cell[0]][cell[1]]
    others = hidden - {cell}
    grows = _most_flow(_room(table, others), to, at)
    shrinks = _most_flow(_room(table, others), at, to)
    return max(value - shrinks, 0), value + grows


Node = tuple[str, int]


def _ends(cell: Cell, rows: int, columns: int) -> tuple[Node, Node]:
    """
    Return where a figure comes from and where it goes as a flow.

    A row's figures go from the row to the columns; its sum goes from the source to the row, a column's sum from the
    column to the drain, and the sum of all from the drain back to the source: what enters a place leaves it.
    """
    row, column = cell
    if row < rows and column < columns:
        return ("row", row), ("column", column)
    if row < rows:
        return ("source", 0), ("row", row)
    if column < columns:
        return ("column", column), ("drain", 0)
    return ("drain", 0), ("source", 0)


def _room(table: Sequence[Sequence[int]], unknown: set[Cell]) -> dict[Node, dict[Node, int]]:
    """Return how far each unknown figure can grow, and shrink (to zero)."""
    room: dict[Node, dict[Node, int]] = {}
    for cell in unknown:
        at, to = _ends(cell, len(table) - 1, len(table[0]) - 1)
        room.setdefault(at, {})[to] = BOUNDLESS
        room.setdefault(to, {})[at] = table[cell[0]][cell[1]]
    return room


def _most_flow(room: Mapping[Node, dict[Node, int]], start: Node, end: Node) -> int:
    """Return the most that can be moved from start to end (Edmonds and Karp); BOUNDLESS and more: any."""
    moved = 0
    while moved < BOUNDLESS and (path := _path(room, start, end)):
        steps = list(pairwise(path))
        most = min(room[at][to] for at, to in steps)
        for at, to in steps:
            room[at][to] -= most
            room[to][at] = room[to].get(at, 0) + most
        moved += most
    return moved


def _path(room: Mapping[Node, Mapping[Node, int]], start: Node, end: Node) -> list[Node]:
    before: dict[Node, Node] = {}
    turn = deque([start])
    while turn:
        at = turn.popleft()
        if at == end:
            path = [end]
            while path[-1] != start:
                path.append(before[path[-1]])
            return path[::-1]
        for to, left in room.get(at, {}).items():
            if left and to != start and to not in before:
                before[to] = at
                turn.append(to)
    return []
