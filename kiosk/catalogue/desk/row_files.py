"""A table inside a record as a file and back: its headings are the labels of its columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.catalogue.desk.record_form import read_value
from kiosk.catalogue.records.record import KindFields
from kiosk.catalogue.records.schema import Field, RecordFault, Type
from kiosk.web.language.wording import gettext as _

_FORMULA = re.compile(r"[=+\-@\t]")
_LIST_MARK = re.compile(r"\s*[;；\n]\s*")


def as_csv(field: Field, rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the table as CSV, safe for a spreadsheet: no cell is read as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.label for column in field.columns])
    for row in rows:
        writer.writerow([_guarded(_as_cell(column, row.get(column.name))) for column in field.columns])
    return "\ufeff" + out.getvalue()


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _as_cell(column: Field, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(str(item) for item in value)
    if column.codes:
        return column.codes.get(value, str(value))
    return str(value)


@dataclass(frozen=True)
class Table:
    """The rows of an uploaded table, the line of each in the file, and their faults."""

    rows: list[KindFields]
    lines: list[int]
    faults: list[RecordFault]


def read(field: Field, lines: Iterator[tuple[int, Sequence[str]]]) -> Table:
    """
    Return a table from the lines of a file; the first holds the headings.

    Values that cannot be read stay unchanged; the check of the record reports them.
    """
    _number, header = next(lines, (1, []))
    known = {column.label: column for column in field.columns} | {
        column.name: column for column in field.columns
    }
    headings = [heading.strip().lstrip("\ufeff") for heading in header]
    while headings and not headings[-1]:
        headings.pop()
    unknown = [heading or "?" for heading in headings if heading not in known]
    if unknown or not headings or len(set(headings)) != len(headings):
        return Table([], [], [RecordFault("unknown-column", "、".join(unknown))])
    columns = [known[heading] for heading in headings]
    table = Table([], [], [])
    for number, cells in lines:
        if any(cell.strip() for cell in cells[len(columns) :]):
            table.faults.append(RecordFault("too-many", _("第%(line)s行", line=number)))
        pairs = zip(columns, cells, strict=False)
        row = {column.name: _value(column, cell.strip()) for column, cell in pairs if cell.strip()}
        if row:
            table.rows.append({name: value for name, value in row.items() if value is not None})
            table.lines.append(number)
    return table


def in_words(fault: RecordFault, field: Field, table: Table) -> RecordFault:
    """Return a fault of the whole record with its place in the file: 第7行 金额."""
    found = re.match(rf"fields\.{re.escape(field.name)}\[(\d+)\](?:\.(\w+))?", fault.where)
    if not found or int(found[1]) >= len(table.lines):
        return fault
    label = next((column.label for column in field.columns if column.name == found[2]), "")
    return RecordFault(
        fault.code,
        f"{_('第%(line)s行', line=table.lines[int(found[1])])} {_(label) if label else ''}".strip(),
    )


def _value(column: Field, cell: str) -> Any:
    cell = cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
    if column.type is Type.TEXTS:
        return [item for item in _LIST_MARK.split(cell) if item]
    if column.type is Type.BOOL:
        return {"是": True, "否": False}.get(cell, cell)
    if column.codes:
        return {word: code for code, word in column.codes.items()}.get(cell, cell)
    return read_value(column, cell)
