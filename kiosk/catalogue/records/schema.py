"""The vocabulary in which a kind describes its fields, and the check of a record's `fields` against it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple


class RecordFault(NamedTuple):
    """A fault of a record and its place: ("wrong-type", "fields.bring[2].copies")."""

    code: str
    where: str


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""Characters that neither text for people nor XML allows; tabs and line ends are allowed."""
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
"""Unicode's categories of spaces, controls and marks without width."""
LONGEST_TEXT = 100_000
LONGEST_QR = 500
"""Characters; a phone cannot read the code of a longer text from a hand's breadth away."""
MOST_ROWS = 20_000


def N_(words: str) -> str:
    """Mark words of a table for translation; pages translate them on display."""
    return words


class Type(StrEnum):
    """The type of one field or column."""

    TEXT = "text"
    TEXTS = "texts"
    DATE = "date"
    TIME = "time"
    INT = "int"
    BOOL = "bool"
    FEN = "fen"
    REF = "ref"
    QR = "qr"
    """The text of a QR code: an address, or a platform's own code."""
    ROWS = "rows"
    OBJECT = "object"
    FREE_ROWS = "free_rows"
    """Rows whose columns another field of the same record defines (`columns`)."""
    CELLS = "cells"
    """Lists of texts, one a row."""


@dataclass(frozen=True)
class Field:
    """
    One field of a kind or one column of its rows.

    codes: The allowed values, each with its word. shown: Whether pages show it. zero: What 0 means in words.
    shape: How pages show it if its type does not decide (kiosk/catalogue/pages/shapes.py). tones: Which codes are
    good, warn, bad or neutral.
    """

    name: str
    label: str
    type: Type = Type.TEXT
    columns: tuple[Field, ...] = ()
    codes: Mapping[str, str] | None = None
    shown: bool = True
    zero: str = ""
    shape: str = ""
    tones: Mapping[str, str] | None = None


def text(name: str, label: str, shown: bool = True, shape: str = "") -> Field:
    """Return a field that holds a text."""
    return Field(name, label, shown=shown, shape=shape)


def texts(name: str, label: str) -> Field:
    """Return a field that holds a list of texts."""
    return Field(name, label, Type.TEXTS)


def day(name: str, label: str) -> Field:
    """Return a field that holds a date, or an empty string if it has not happened."""
    return Field(name, label, Type.DATE)


def number(name: str, label: str, zero: str = "") -> Field:
    """Return a field that holds a whole number."""
    return Field(name, label, Type.INT, zero=zero)


def flag(name: str, label: str) -> Field:
    """Return a field that is true or false."""
    return Field(name, label, Type.BOOL)


def ref(name: str, label: str) -> Field:
    """Return a field that holds the id of another record, or an empty string."""
    return Field(name, label, Type.REF)


def code(name: str, label: str, **words: str) -> Field:
    """Return a field that holds one of the given codes; keys are stored, values are shown."""
    return Field(name, label, codes=words)


def toned(field: Field, **codes: str) -> Field:
    """Return the field as a state: which of its codes are good, warn, bad or neutral, as `good="paid done"`."""
    return replace(field, tones={code: tone for tone, held in codes.items() for code in held.split()})


def qr(name: str, label: str) -> Field:
    """Return a field whose text pages and papers show as a QR code."""
    return Field(name, label, Type.QR)


def rows(name: str, label: str, *columns: Field, shape: str = "") -> Field:
    """Return a field that holds a table with these columns."""
    return Field(name, label, Type.ROWS, columns, shape=shape)


def group(name: str, label: str, *members: Field) -> Field:
    """Return a field that holds one object with these members."""
    return Field(name, label, Type.OBJECT, members)


def faults_of(fields: Mapping[str, Field], values: object, where: str) -> Iterator[RecordFault]:
    """Yield the faults of `values`: unknown keys, wrong types, codes, dates. Absent keys are allowed."""
    if not isinstance(values, dict):
        yield RecordFault("wrong-type", where)
        return
    for name, value in values.items():
        place = f"{where}.{name}"[:120]
        if name not in fields:
            yield RecordFault("unknown-key", place)
        else:
            yield from _faults(fields[name], value, place)


def _faults(field: Field, value: Any, place: str) -> Iterator[RecordFault]:
    if field.type is Type.OBJECT:
        yield from faults_of(_by_name(field.columns), value, place)
    elif field.type in (Type.ROWS, Type.FREE_ROWS, Type.TEXTS, Type.CELLS):
        yield from _list_faults(field, value, place)
    elif not _is(field.type, value):
        yield RecordFault("wrong-type", place)
    elif isinstance(value, str) and len(value) > (LONGEST_QR if field.type is Type.QR else LONGEST_TEXT):
        yield RecordFault("too-long", place)
    elif field.type is Type.DATE and value and read_day(value) is None:
        yield RecordFault("bad-date", place)
    elif field.codes is not None and value and value not in field.codes:
        yield RecordFault("unknown-code", place)


def _list_faults(field: Field, value: Any, place: str) -> Iterator[RecordFault]:
    if not isinstance(value, list):
        yield RecordFault("wrong-type", place)
        return
    if len(value) > MOST_ROWS:
        yield RecordFault("too-long", place)
        return
    columns = _by_name(field.columns)
    for at, row in enumerate(value):
        here = f"{place}[{at}]"
        if field.type is Type.ROWS:
            yield from faults_of(columns, row, here)
        elif field.type is Type.TEXTS:
            yield from _faults(Field("", ""), row, here)
        elif not (_is_flat(row) if field.type is Type.FREE_ROWS else _is_cells(row)):
            yield RecordFault("wrong-type", here)


def _by_name(fields: tuple[Field, ...]) -> dict[str, Field]:
    return {field.name: field for field in fields}


def _is(kind: Type, value: object) -> bool:
    if kind in (Type.INT, Type.FEN):
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
    if kind is Type.BOOL:
        return isinstance(value, bool)
    return isinstance(value, str) and CONTROL.search(value) is None


def _is_flat(row: object) -> bool:
    """Return whether a row holds only texts and whole numbers."""
    return isinstance(row, dict) and all(
        _is(Type.TEXT, value) or _is(Type.INT, value) or isinstance(value, bool) for value in row.values()
    )


def _is_cells(row: object) -> bool:
    return isinstance(row, list) and all(_is(Type.TEXT, cell) for cell in row)


def is_blank(text: str) -> bool:
    """Return whether a text shows nothing: only spaces, line ends and characters without width."""
    return all(unicodedata.category(character) in _UNSEEN for character in text)


def read_day(value: str) -> date | None:
    """Return the day written as YYYY-MM-DD, from 1900 to 2199, or None."""
    if len(value) != 10 or value[4] != "-" or value[7] != "-":
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2199 else None


def texts_in(fields: Mapping[str, Field], values: Mapping[str, Any]) -> Iterator[str]:
    """Yield every shown text in order, codes as words: what search reads of `fields`."""
    for name, field in fields.items():
        if name in values:
            yield from _texts(field, values[name])


def _texts(field: Field, value: Any) -> Iterator[str]:
    if field.type is Type.OBJECT and isinstance(value, dict):
        yield from texts_in(_by_name(field.columns), value)
    elif field.type is Type.ROWS:
        for row in value:
            yield from texts_in(_by_name(field.columns), row)
    elif field.type is Type.TEXTS:
        yield from value
    elif field.type is Type.FREE_ROWS:
        for row in value:
            yield from (cell for cell in row.values() if isinstance(cell, str))
    elif field.type is Type.TEXT and value:
        yield (field.codes or {}).get(value, value)


_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0?0:00(?::00)?)?")


def day_of(cell: str) -> str:
    """Return a day as YYYY-MM-DD, from 2022/4/28, 2022.4.28 or 2022年4月28日; other text is returned unchanged."""
    found = _DAY.fullmatch(cell)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else cell
