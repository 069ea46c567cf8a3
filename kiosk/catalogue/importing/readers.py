"""
Import files as records with their line: JSON Lines, CSV and XLSX, read as a stream and within limits.

Knows no database. A fault of the whole file is an ImportRefused; a fault of a line comes with the line.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from kiosk.catalogue.importing import spreadsheets
from kiosk.catalogue.importing.sheet_records import ColumnMapping, Columns
from kiosk.catalogue.records.rules import LARGEST_RECORD, plain
from kiosk.catalogue.records.schema import RecordFault
from kiosk.errors import Refused

LARGEST_FILE = 4_000_000_000
MOST_SHEET_ROWS, MOST_SHEET_COLUMNS = 200_000, 200
LONGEST_DETAIL = 400
MOST_TITLES = 4
"""Lines within which the headings of a table are expected."""
DELIMITERS = (",", "\t", ";")
ENCODING_BYTES = 1_000_000
_NOT_READ = {
    "bomb": "is not safe to unpack",
    "sheets": "has more than one sheet with something in it: keep one, or hide the others",
    "too-large": "is larger than can be imported",
    "unchecked": "is not opened: this machine's kernel cannot keep its reader apart (Linux 5.13 or newer can)",
    "unreadable": "cannot be read",
}


class ImportRefused(Refused):
    """
    The file as a whole is refused: unknown-format, unreadable, unknown-column, quotes, sheets, too-large, bomb,
    unchecked.

    detail: One line, safe to store and show, whatever the file is called.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, plain(detail, LONGEST_DETAIL))


@dataclass(frozen=True)
class RecordLine:
    """One record and its line number; `record` is None if the line holds none."""

    number: int
    record: Any
    faults: tuple[RecordFault, ...] = ()


TABLES = (".csv", ".xlsx")
ENDINGS = (".jsonl", ".ndjson", *TABLES)


def read(path: Path, mapping: ColumnMapping | None = None) -> Iterator[RecordLine]:
    """
    Yield the records of a file, by its ending: .jsonl, .csv or .xlsx; the columns of a table by `mapping`, if any.

    Raises:
        ImportRefused: the file cannot be read at all.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ImportRefused("unknown-format", f"{plain(path.name)} is none of {', '.join(ENDINGS)}")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ImportRefused("too-large", f"{path.name} is larger than can be imported")
        yield from _table(path, mapping) if ending in TABLES else _json_lines(path)
    except OSError as error:
        raise ImportRefused("unreadable", f"{path.name} cannot be read: {error.strerror}") from error


def _json_lines(path: Path) -> Iterator[RecordLine]:
    with path.open("rb") as stream:
        for number, raw in _lines(stream):
            if raw is None:
                yield RecordLine(number, None, (RecordFault("too-long", ""),))
            elif raw.strip():
                yield _json_line(number, raw)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield lines with their number; None for one longer than any record, which is skipped."""
    number = 0
    while raw := stream.readline(LARGEST_RECORD + 1):
        number += 1
        if len(raw) <= LARGEST_RECORD:
            yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            continue
        while raw and not raw.endswith(b"\n"):
            raw = stream.readline(LARGEST_RECORD)
        yield number, None


def _json_line(number: int, raw: bytes) -> RecordLine:
    try:
        return RecordLine(number, json.loads(raw.decode("utf-8"), object_pairs_hook=_no_key_twice))
    except UnicodeDecodeError:
        return RecordLine(number, None, (RecordFault("not-text", ""),))
    except (ValueError, RecursionError):
        return RecordLine(number, None, (RecordFault("not-a-record", ""),))


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _table(path: Path, mapping: ColumnMapping | None) -> Iterator[RecordLine]:
    found = _below_title(cells(path))
    columns = _columns(next(found, (1, []))[1], path, mapping)
    for number, row in found:
        if any(cell.strip() for cell in row):
            record, faults = columns.record(row)
            yield RecordLine(number, record, tuple(faults))


def cells(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """
    Return the lines of a table unchanged, each with the number of its first line.

    Raises:
        ImportRefused: the file cannot be read at all, perhaps after some lines.
    """
    return _rows(path)


def _rows(path: Path) -> Generator[tuple[int, Sequence[str]], None, None]:
    try:
        yield from (_sheet_rows if path.suffix.lower() == ".xlsx" else _csv_rows)(path)
    except OSError as error:
        raise ImportRefused("unreadable", f"{path.name} cannot be read: {error.strerror}") from error


def _below_title(found: Iterator[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the lines from the headings on; offices put a title above them, often in merged cells."""
    waiting = list(islice(found, MOST_TITLES))
    while len(waiting) > 1 and (Columns.is_title(waiting[0][1]) or not any(waiting[0][1])):
        waiting.pop(0)
    yield from waiting
    yield from found


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LARGEST_RECORD)
    before = 0
    with path.open(encoding=_encoding(path), newline="") as stream:
        try:
            first = next(_bounded(stream, path), "")
            stream.seek(0)
            reader = csv.reader(_bounded(stream, path), delimiter=_delimiter(first), strict=True)
            for row in reader:
                yield before + 1, row
                before = reader.line_num
        except csv.Error as error:
            reason = f"{path.name} has a quotation mark too many or too few in the row that begins in line"
            raise ImportRefused("quotes", f"{reason}: {before + 1}") from error
        except UnicodeError as error:
            raise ImportRefused(
                "unreadable", f"{path.name} is text neither in UTF-8 nor in GB 18030"
            ) from error


def _encoding(path: Path) -> str:
    """Return the encoding: UTF-8, UTF-16 by its mark, or else GB 18030; Excel in Chinese writes all three."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        part = stream.read(ENCODING_BYTES)
        if part.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        try:
            while part:
                decoder.decode(part)
                part = stream.read(ENCODING_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _delimiter(first: str) -> str:
    """Return the character that separates the headings."""
    return max(DELIMITERS, key=first.count)


def _bounded(stream: io.TextIOWrapper, path: Path) -> Iterator[str]:
    number = 0
    while line := stream.readline(LARGEST_RECORD + 1):
        number += 1
        if len(line) > LARGEST_RECORD:
            raise ImportRefused("too-large", f"line {number} of {path.name} is longer than any record may be")
        yield line


def _sheet_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from spreadsheets.rows(path.resolve(), MOST_SHEET_ROWS)
    except spreadsheets.SheetNotRead as error:
        raise ImportRefused(str(error), f"{path.name} {_NOT_READ[str(error)]}") from error


def headings(path: Path) -> list[str]:
    """
    Return the headings of a table, for mapping; none for a file that is no table.

    Raises:
        ImportRefused: the file cannot be read at all.
    """
    if path.suffix.lower() not in TABLES:
        return []
    with closing(_rows(path)) as found:
        seen = next(_below_title(found), (1, []))[1]
    return [cell.strip().lstrip("\ufeff") for cell in seen if cell.strip()][:MOST_SHEET_COLUMNS]


def _columns(header: Sequence[str], path: Path, mapping: ColumnMapping | None) -> Columns:
    columns = Columns.mapped(header, mapping) if mapping else Columns.named(header)
    if not any(cell.strip() for cell in header):
        raise ImportRefused("unreadable", f"{path.name} has no headings in its first line")
    if columns.unknown:
        raise ImportRefused(
            "unknown-column",
            f"{path.name} has columns that mean nothing here: {plain(', '.join(columns.unknown[:5]))}",
        )
    return columns
