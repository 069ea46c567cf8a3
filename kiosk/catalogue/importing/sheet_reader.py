"""
The only code that opens spreadsheets: a separate program, so that a hostile file harms only its process.

spreadsheets.py starts it; it limits and isolates itself before it reads a byte (`foreign/isolation.py`), imports
nothing else of ours, and writes one JSON value a line: `[number, [cells]]` for each row that is not empty, at the end
`{"end": rows}`, or `{"fault": code}`.

    sheet_reader.py PATH MOST_ROWS
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import load_workbook  # reads a table of the system's, so it comes before the isolation

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[2]))

from kiosk.catalogue.foreign.isolation import (  # noqa: E402  # the path is set above, for an isolated interpreter
    Bounds,
    NotIsolated,
    bound,
    isolate,
)

BOUNDS = Bounds(memory_bytes=1_200_000_000, cpu_s=90)
MOST_COLUMNS = 200
LONGEST_CELL = 1_000_000
LOOKED_THROUGH = 1_000
"""Rows searched for content before a sheet counts as empty."""
MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO, SMALL_ENTRY = 2_000, 200_000_000, 100, 1_000_000
"""Limits of an unpacked spreadsheet (RELIABILITY.md T27); the ratio does not apply to small entries."""


class SheetFault(Exception):
    """The reason of a refusal: bomb, too-large, sheets, unreadable; unchecked: this machine cannot isolate a reader."""


def rows(path: str, most: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the one visible sheet as texts, with their number from 1."""
    _refuse_bombs(path)
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    for number, row in enumerate(_cells_of(_seen(book)), start=1):
        if number > most:
            raise SheetFault("too-large")
        cells = [_cell(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells or number == 1:
            yield number, cells


def _seen(book: Any) -> Any:
    """Return the visible sheet; if several have content, refuse: none is silently left out."""
    sheets = [each for each in book.worksheets if each.sheet_state == "visible"]
    filled = [each for each in sheets if any(any(row) for row in islice(_cells_of(each), LOOKED_THROUGH))]
    if len(filled) > 1:
        raise SheetFault("sheets")
    if not sheets:
        raise SheetFault("unreadable")
    return (filled or sheets)[0]


def _cells_of(sheet: Any) -> Iterator[tuple[object, ...]]:
    found: Iterator[tuple[object, ...]] = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    return found


def _refuse_bombs(path: str) -> None:
    with zipfile.ZipFile(path) as packed:
        entries = packed.infolist()
        if len(entries) > MOST_ENTRIES or sum(each.file_size for each in entries) > MOST_UNPACKED:
            raise SheetFault("bomb")
        for each in entries:
            if each.file_size > SMALL_ENTRY and each.file_size > MOST_RATIO * each.compress_size:
                raise SheetFault("bomb")
            if each.filename.endswith((".xml", ".rels")):
                with packed.open(each) as part:
                    if b"<!DOCTYPE" in part.read(2_000):
                        raise SheetFault("bomb")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    if len(text) > LONGEST_CELL:
        raise SheetFault("too-large")
    return text


def main(path: str, most: int) -> None:
    """Write the rows, or the reason for none."""
    last: dict[str, int | str]
    count = 0
    try:
        bound(BOUNDS)
        isolate(Path(path), HERE)
        for number, cells in rows(path, most):
            sys.stdout.write(json.dumps([number, cells]) + "\n")
            count += 1
        last = {"end": count}
    except SheetFault as fault:
        last = {"fault": str(fault)}
    except NotIsolated:
        last = {"fault": "unchecked"}
    except MemoryError:
        last = {"fault": "bomb"}
    except Exception:  # the border of the program: whatever a file does to its reader, it cannot be read
        last = {"fault": "unreadable"}
    sys.stdout.write(json.dumps(last) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
