"""
Import files as records with their line: JSON Lines, CSV and XLSX, read as a stream and within limits.

Knows no database. What is wrong with a whole file is an ImportRefused; what is wrong with a line comes back
with the line.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kiosk.catalogue import sheets
from kiosk.catalogue.rules import LARGEST_RECORD
from kiosk.catalogue.schema import Fault
from kiosk.catalogue.tables import ColumnMapping, Columns
from kiosk.errors import Refused

LARGEST_FILE = 4_000_000_000
MOST_SHEET_ROWS, MOST_SHEET_COLUMNS = 200_000, 200
_NOT_READ = {
    "bomb": "unpacks to far more than a spreadsheet holds",
    "too-large": "is larger than can be imported",
    "unreadable": "cannot be read",
}


class ImportRefused(Refused):
    """The file as a whole cannot be imported: unknown-format, unreadable, unknown-column, bomb, too-large."""


@dataclass(frozen=True)
class Line:
    """One record and where it stood; `record` is None when the line is none."""

    number: int
    record: Any
    faults: tuple[Fault, ...] = ()


ENDINGS = (".jsonl", ".ndjson", ".csv", ".xlsx")


def read(path: Path, mapping: ColumnMapping | None = None) -> Iterator[Line]:
    """
    The records of a file, by its ending: .jsonl, .csv or .xlsx; the columns of a table by `mapping`, if any.

    Raises:
        ImportRefused: the file cannot be read at all.
    """
    readers = {".jsonl": _json_lines, ".ndjson": _json_lines, ".csv": _csv, ".xlsx": _xlsx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ImportRefused("unknown-format", f"{path.name} is none of {', '.join(readers)}")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ImportRefused("too-large", f"{path.name} is larger than can be imported")
        yield from reader(path, mapping)
    except OSError as error:
        raise ImportRefused("unreadable", f"{path.name} cannot be read: {error.strerror}") from error


def _json_lines(path: Path, _mapping: ColumnMapping | None) -> Iterator[Line]:
    with path.open("rb") as stream:
        for number, raw in _lines(stream):
            if raw is None:
                yield Line(number, None, (Fault("too-long", ""),))
            elif raw.strip():
                yield _json_line(number, raw)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their number; None for one that is longer than any record, which is skipped unread."""
    number = 0
    while raw := stream.readline(LARGEST_RECORD + 1):
        number += 1
        if len(raw) <= LARGEST_RECORD:
            yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            continue
        while raw and not raw.endswith(b"\n"):
            raw = stream.readline(LARGEST_RECORD)
        yield number, None


def _json_line(number: int, raw: bytes) -> Line:
    try:
        return Line(number, json.loads(raw.decode("utf-8"), object_pairs_hook=_no_key_twice))
    except UnicodeDecodeError:
        return Line(number, None, (Fault("not-text", ""),))
    except (ValueError, RecursionError):
        return Line(number, None, (Fault("not-a-record", ""),))


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _csv(path: Path, mapping: ColumnMapping | None) -> Iterator[Line]:
    csv.field_size_limit(LARGEST_RECORD)
    with path.open(encoding=_encoding(path), newline="") as stream:
        reader = csv.reader(_bounded(stream, path))
        try:
            header = next(reader, [])
            columns = _columns(header, path, mapping)
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield _row(columns, reader.line_num, row)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ImportRefused("unreadable", f"{path.name} cannot be read") from error


def _encoding(path: Path) -> str:
    """UTF-8, or GB 18030 where the beginning is not UTF-8: Excel in Chinese writes that."""
    with path.open("rb") as stream:
        sample = stream.read(200_000)
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8-sig" if error.start > len(sample) - 4 else "gb18030"
    return "utf-8-sig"


def _bounded(stream: io.TextIOWrapper, path: Path) -> Iterator[str]:
    while line := stream.readline(LARGEST_RECORD + 1):
        if len(line) > LARGEST_RECORD:
            raise ImportRefused("too-large", f"{path.name} is larger than can be imported")
        yield line


def _xlsx(path: Path, mapping: ColumnMapping | None) -> Iterator[Line]:
    found = _sheet_rows(path.resolve())
    columns = _columns(next(found, (1, [""]))[1], path, mapping)
    for number, cells in found:
        yield _row(columns, number, cells)


def _sheet_rows(path: Path) -> Generator[tuple[int, list[str]], None, None]:
    try:
        yield from sheets.rows(path, MOST_SHEET_ROWS)
    except sheets.NotRead as error:
        raise ImportRefused(str(error), f"{path.name} {_NOT_READ[str(error)]}") from error


def cells(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """
    The lines of a table as they are, with their numbers; the first one holds the headings.

    Raises:
        ImportRefused: the file cannot be read at all.
    """
    if path.suffix.lower() == ".xlsx":
        yield from _sheet_rows(path.resolve())
        return
    csv.field_size_limit(LARGEST_RECORD)
    with path.open(encoding=_encoding(path), newline="") as stream:
        reader = csv.reader(_bounded(stream, path))
        try:
            for row in reader:
                yield reader.line_num, row
        except (csv.Error, UnicodeDecodeError) as error:
            raise ImportRefused("unreadable", f"{path.name} cannot be read") from error


def headings(path: Path) -> list[str]:
    """
    The headings of a table, to be mapped; none for a file that is no table.

    Raises:
        ImportRefused: the file cannot be read at all.
    """
    seen: list[str] = []

    try:
        if path.suffix.lower() == ".csv":
            with path.open(encoding=_encoding(path), newline="") as stream:
                seen = next(csv.reader(_bounded(stream, path)), [])
        elif path.suffix.lower() == ".xlsx":
            seen = _first_row(path)
    except (csv.Error, UnicodeDecodeError, OSError) as error:
        raise ImportRefused("unreadable", f"{path.name} cannot be read") from error
    return [cell.strip().lstrip("\ufeff") for cell in seen if cell.strip()][:MOST_SHEET_COLUMNS]


def _first_row(path: Path) -> list[str]:
    with closing(_sheet_rows(path.resolve())) as found:
        return next(found, (1, [""]))[1]


def _columns(header: list[str], path: Path, mapping: ColumnMapping | None) -> Columns:
    columns = Columns.mapped(header, mapping) if mapping else Columns.named(header)
    if columns.unknown:
        raise ImportRefused(
            "unknown-column",
            f"{path.name} has columns that mean nothing here: {', '.join(columns.unknown[:5])}"[:200],
        )
    return columns


def _row(columns: Columns, number: int, cells: list[str]) -> Line:
    record, faults = columns.record(cells)
    return Line(number, record, tuple(faults))
