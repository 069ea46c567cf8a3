"""Tables as an XLSX file: numbers are numbers, words are words and never formulas."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | None
LONGEST_NAME = 31
"""Characters of a sheet's name, a limit of the format."""
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
WIDEST, NARROWEST = 60, 8


@dataclass(frozen=True)
class SheetTable:
    """
    One sheet.

    Args:
        head: Rows above that name columns. rows: The others.
        joined: Cells that are one: first row, first column, last row, last column, from 1 below the title.
        notes: Lines below the table.
    """

    name: str
    title: str
    head: Sequence[Sequence[Value]]
    rows: Sequence[Sequence[Value]]
    joined: Sequence[tuple[int, int, int, int]] = ()
    notes: Sequence[str] = field(default=())


def write(tables: Sequence[SheetTable]) -> bytes:
    """Return the file."""
    book = Workbook()
    book.remove(book.active)
    for table in tables:
        _fill(book.create_sheet(table.name.translate(FORBIDDEN)[:LONGEST_NAME]), table)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(sheet: Worksheet, table: SheetTable) -> None:
    _put(sheet, 1, 1, table.title)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    line = Side(style="thin")
    for at, row in enumerate([*table.head, *table.rows], 2):
        for to, value in enumerate(row, 1):
            _put(sheet, at, to, value)
            cell = sheet.cell(at, to)
            cell.border = Border(line, line, line, line)
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            cell.font = Font(bold=at < 2 + len(table.head))
    for top, left, bottom, right in table.joined:
        sheet.merge_cells(start_row=top + 1, start_column=left, end_row=bottom + 1, end_column=right)
    for at, note in enumerate(table.notes, 3 + len(table.head) + len(table.rows)):
        _put(sheet, at, 1, note)
    for to in range(1, max((len(row) for row in (*table.head, *table.rows)), default=0) + 1):
        words = [str(row[to - 1]) for row in table.rows if len(row) >= to and isinstance(row[to - 1], str)]
        widest = max((2 * len(each) for each in words), default=0)
        sheet.column_dimensions[get_column_letter(to)].width = min(max(widest, NARROWEST), WIDEST)
    sheet.freeze_panes = sheet.cell(2 + len(table.head), 1)


def _put(sheet: Worksheet, at: int, to: int, value: Value) -> None:
    cell = sheet.cell(at, to)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
