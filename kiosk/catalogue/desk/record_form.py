"""
A record as a form of the desk and back: controls by the kind's schema.

A control's name is the path of its value in the record ("fields.bring[2].copies"), as in a Fault, so each fault is
shown beside its control.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.catalogue.records.kinds import KINDS, NAMED
from kiosk.catalogue.records.record import KindFields, Record, checked
from kiosk.catalogue.records.rules import COMMON, REASONS
from kiosk.catalogue.records.schema import N_, Field, RecordFault, Type, day_of
from kiosk.catalogue.text import markup
from kiosk.catalogue.text.document_numbers import same_spelling

LONG_TEXTS = frozenset(
    "body summary validity_reason answer reply question result proxy online scope use topic due_note".split()
)
LONG_LINE = 60
EMPTY_ROWS = 3
MOST_ROWS_IN_A_FORM = 40
"""Longer tables have a page of their own (row_table.py); thousands of boxes help nobody."""


@dataclass(frozen=True)
class Control:
    """
    One control of the form.

    shape: line, area, big, day, choice, group, table or fixed. hint: What is expected, in words. href: The page
    on which a table is downloaded as a file and uploaded.
    """

    name: str
    label: str
    shape: str
    value: str = ""
    hint: str = ""
    error: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    parts: tuple[Control, ...] = ()
    rows: tuple[tuple[Control, ...], ...] = ()
    href: str = ""


def controls(kind: str, record: Record, faults: Iterable[RecordFault] = ()) -> list[Control]:
    """Return the whole form of a kind, filled with a record, with the fault of each control."""
    errors = {fault.where: REASONS.get(fault.code, fault.code) for fault in reversed(list(faults))}
    common = [_control(field, record.get(field.name), field.name, errors) for field in COMMON]
    values = record.get("fields") or {}
    own = [
        _control(field, values.get(field.name), f"fields.{field.name}", errors)
        for field in KINDS[kind].schema.values()
    ]
    return common + own


def _control(field: Field, value: Any, place: str, errors: Mapping[str, str]) -> Control:
    error = errors.get(place, "")
    if field.type is Type.OBJECT:
        inside = value if isinstance(value, dict) else {}
        parts = tuple(
            _control(each, inside.get(each.name), f"{place}.{each.name}", errors) for each in field.columns
        )
        return Control(place, field.label, "group", error=error, parts=parts)
    if field.type is Type.ROWS:
        return _table(field, value if isinstance(value, list) else [], place, errors)
    if field.type in (Type.FREE_ROWS, Type.CELLS):
        hint = N_("一行一条，栏目之间用制表符；可以从表格里复制粘贴。")
        return Control(place, field.label, "big", pasted(value), hint, error)
    choices = _choices(field)
    if choices:
        return Control(place, field.label, "choice", _as_text(field, value), error=error, choices=choices)
    shape = {Type.DATE: "day", Type.TEXTS: "area"}.get(field.type, "line")
    shown = _as_text(field, value)
    if field.type is Type.TEXT and (field.name in LONG_TEXTS or len(shown) > LONG_LINE or "\n" in shown):
        shape = "big" if field.name == "body" else "area"
    return Control(place, field.label, shape, shown, _hint(field), error)


def _table(field: Field, value: Sequence[Any], place: str, errors: Mapping[str, str]) -> Control:
    error = errors.get(place, "")
    if len(value) > MOST_ROWS_IN_A_FORM:
        return Control(place, field.label, "fixed", str(len(value)), error=error)
    lines = [row if isinstance(row, dict) else {} for row in value] + [{}] * EMPTY_ROWS
    cells = tuple(
        tuple(
            _control(column, row.get(column.name), f"{place}[{at}].{column.name}", errors)
            for column in field.columns
        )
        for at, row in enumerate(lines)
    )
    wrong = next((errors[where] for where in errors if where.startswith(f"{place}[")), "")
    return Control(place, field.label, "table", error=error or wrong, rows=cells)


def _choices(field: Field) -> tuple[tuple[str, str], ...]:
    if field.type is Type.BOOL:
        return (("", ""), ("yes", N_("是")), ("no", N_("否")))
    return (("", ""), *field.codes.items()) if field.codes else ()


def _hint(field: Field) -> str:
    if field.type is Type.TEXTS:
        return N_("一行一个。")
    if field.type is Type.FEN:
        return N_("单位：元。")
    if field.name == "body":
        return N_("可以从网页或文档里复制粘贴：标题、条款、列表和表格会保留，别的格式、图片和程序去掉。")
    return ""


def _as_text(field: Field, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    if field.type is Type.FEN and isinstance(value, int):
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02}"
    return str(value)


def labels(shown: Iterable[Control]) -> dict[str, str]:
    """Return the label of every control by name, including those inside groups and tables."""
    found: dict[str, str] = {}
    for control in shown:
        found[control.name] = control.label
        found |= labels(control.parts)
        for row in control.rows:
            found |= labels(row)
    return found


def pasted(value: Any) -> str:
    """Return rows as lines with tabs, as a spreadsheet copies and pastes them."""
    lines = [list(row.values()) if isinstance(row, dict) else row for row in value or []]
    return "\n".join("\t".join(re.sub(r"[\t\r\n]+", " ", str(cell)) for cell in line) for line in lines)


def read(kind: str, form: Mapping[str, str], base: Record) -> Record:
    """
    Return the record of a submitted form, over `base`: keys without a control keep their values.

    Values that cannot be read stay as typed; `rules.check` reports them.
    """
    record: KindFields = {key: value for key, value in base.items() if key != "fields"} | {"kind": kind}
    for field in COMMON:
        value = _value(field, form, field.name, base.get(field.name))
        record.pop(field.name, None)
        if value not in ("", [], None) or field.name == "body" or field.name in base:
            record[field.name] = value if value is not None else ""
    if markup.is_html(record["body"]):
        record["body"] = markup.plain_text(record["body"])
    if "doc_no" in record:
        record["doc_no"] = same_spelling(record["doc_no"])
    fields = _fields(kind, form, base.get("fields") or {})
    return checked(record | ({"fields": fields} if fields else {}))


def _fields(kind: str, form: Mapping[str, str], before: Mapping[str, Any]) -> KindFields:
    found: KindFields = {}
    for field in KINDS[kind].schema.values():
        value = _value(field, form, f"fields.{field.name}", before.get(field.name))
        if field.type is Type.FREE_ROWS:
            value = _free_rows(value, found.get("columns") or before.get("columns") or [], before, field.name)
        if _says_something(value) or (field.name in before and _is_plain(before[field.name])):
            found[field.name] = value if value is not None else before[field.name]
    return found


def _is_plain(value: Any) -> bool:
    """Return whether a value is a text or list, which may become empty and stays as a key."""
    return isinstance(value, str | list)


def _says_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_says_something(each) for each in value.values())
    return value not in (None, "", [])


def _value(field: Field, form: Mapping[str, str], place: str, before: Any) -> Any:
    if field.type is Type.OBJECT:
        inside = before if isinstance(before, dict) else {}
        found = {
            each.name: _value(each, form, f"{place}.{each.name}", inside.get(each.name))
            for each in field.columns
        }
        found = {name: value for name, value in found.items() if value is not None}
        if field.name == NAMED and not _says_something(found):
            return None
        return found if _says_something(found) else None
    if field.type is Type.ROWS:
        return _rows(field, form, place, before)
    if place not in form:
        return before
    return read_value(field, form[place].replace("\r\n", "\n").strip())


def _rows(field: Field, form: Mapping[str, str], place: str, before: Any) -> list[Any]:
    found, at = [], 0
    while any(f"{place}[{at}].{column.name}" in form for column in field.columns):
        row = {}
        for column in field.columns:
            value = _value(column, form, f"{place}[{at}].{column.name}", None)
            if value is not None:
                row[column.name] = value
        if _says_something(row):
            found.append(row)
        at += 1
    return found if at else list(before or [])


def read_value(field: Field, typed: str) -> Any:
    """Return the typed value of a field; what cannot be read stays as typed."""
    if field.type is Type.TEXTS:
        return [line.strip() for line in typed.split("\n") if line.strip()]
    if field.type is Type.CELLS:
        return [[cell.strip() for cell in line.split("\t")] for line in typed.split("\n") if line.strip()]
    if field.type is Type.FREE_ROWS:
        return typed
    if field.type is Type.DATE or field.name in ("drawn_on", "published_on", "effective_on", "valid_until"):
        return day_of(typed)
    if field.type is Type.BOOL:
        return {"yes": True, "no": False}.get(typed)
    if field.type is Type.INT:
        return int(typed) if re.fullmatch(r"-?\d{1,15}", typed) else typed or None
    if field.type is Type.FEN:
        return _fen(typed)
    return typed


def _fen(typed: str) -> int | str | None:
    """Return yuan as typed in fen; what is no amount stays unchanged."""
    found = re.fullmatch(r"(-?)(\d{1,13})(?:\.(\d{1,2}))?", typed.replace(",", "").replace("，", ""))
    if not found:
        return typed or None
    fen = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return -fen if found[1] else fen


def _free_rows(
    typed: Any, columns: Sequence[Mapping[str, str]], before: Mapping[str, Any], name: str
) -> list[Any]:
    if not isinstance(typed, str):
        return list(before.get(name) or [])
    first: Mapping[str, Any] = next(iter(before.get(name) or []), {})
    keys = [(each.get("key", ""), each.get("type", "text")) for each in columns]
    keys = keys or [(key, "int" if isinstance(value, int) else "text") for key, value in first.items()]
    found = []
    for line in typed.split("\n"):
        cells = [cell.strip() for cell in line.split("\t")]
        if any(cells):
            found.append({key: _cell(cell, kind) for (key, kind), cell in zip(keys, cells, strict=False)})
    return found


def _cell(cell: str, kind: str) -> str | int:
    if kind in ("int", "fen") and re.fullmatch(r"-?\d{1,15}", cell):
        return int(cell)
    return day_of(cell) if kind == "date" else cell
