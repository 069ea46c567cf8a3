"""Rows of a spreadsheet as import records: headings in Chinese or as keys, cells in the words of the office."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.catalogue.records.kinds import KINDS, id_of
from kiosk.catalogue.records.record import KindFields, Unchecked
from kiosk.catalogue.records.rules import DATE_KEYS, DISCLOSURE, KEYS, LIST_KEYS, VALIDITY, is_id
from kiosk.catalogue.records.schema import Field, RecordFault, Type, day_of
from kiosk.catalogue.text import markup
from kiosk.catalogue.text.document_numbers import same_spelling

HEADINGS = {
    "编号": "id",
    "类别": "kind",
    "标题": "title",
    "名称": "title",
    "正文": "body",
    "内容": "body",
    "索引号": "index_no",
    "文号": "doc_no",
    "发文字号": "doc_no",
    "发文机关": "issuers",
    "发布机构": "issuers",
    "成文日期": "drawn_on",
    "发布日期": "published_on",
    "发文日期": "published_on",
    "施行日期": "effective_on",
    "有效期至": "valid_until",
    "废止日期": "valid_until",
    "有效性": "validity",
    "有效性理由": "validity_reason",
    "主题": "topics",
    "主题分类": "topics",
    "面向": "audience",
    "适用对象": "audience",
    "公开属性": "disclosure",
    "公开方式": "disclosure",
    "摘要": "summary",
    "内容概述": "summary",
    "来源": "source",
    "网址": "source_url",
    "原文网址": "source_url",
    "关联": "links",
    "附件": "attachments",
}
VALIDITY_WORDS = {word: key for key, word in VALIDITY.items()} | {
    "有效": "in_force",
    "现行": "in_force",
    "未施行": "not_yet",
    "修改": "amended",
    "部分失效": "partly_repealed",
    "部分有效": "partly_repealed",
    "废止": "repealed",
    "失效": "expired",
    "到期失效": "expired",
}
DISCLOSURE_WORDS = {word: key for key, word in DISCLOSURE.items()} | {
    "主动": "proactive",
    "依申请": "on_request",
}
_CELL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
"""Texts that a spreadsheet shows where a formula failed."""
_LIST_MARK = re.compile(r"\s*[;；|\n]\s*")
_YES, _NO = {"是", "true", "1", "yes"}, {"否", "false", "0", "no"}


@dataclass(frozen=True)
class ColumnMapping:
    """
    A mapping of the columns of a county site's export.

    columns: Heading to key of the record; other headings are ignored. defaults: Values of keys that a row
    does not have. prefix: The start of ids made from address, number or title of a row without a usable
    id. is_html: The body is the source of a page, of which the text is kept.
    """

    columns: Mapping[str, str]
    defaults: Mapping[str, str]
    prefix: str = "site"
    is_html: bool = False

    def completed(self, given: dict[str, str]) -> dict[str, str]:
        """Return a row with its defaults, its id and the plain text of its body."""
        row = {**{key: value for key, value in self.defaults.items() if value}, **given}
        own = next(
            (row[key] for key in ("id", "source_url", "index_no", "doc_no", "title") if row.get(key)), ""
        )
        if own and not is_id(row.get("id", "")):
            row["id"] = f"{self.prefix}:{hashlib.sha256(own.encode()).hexdigest()[:16]}"
        if self.is_html and "body" in row:
            row["body"] = markup.plain_text(row["body"])
        if row.get("kind") and not id_of(row["kind"]):
            row["kind"] = self.defaults.get("kind") or row["kind"]
        return row

    def as_json(self) -> str:
        """Return the mapping as JSON, as it is stored."""
        stored = {"columns": dict(self.columns), "defaults": dict(self.defaults)}
        return json.dumps({**stored, "prefix": self.prefix, "is_html": self.is_html}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> ColumnMapping:
        """Return the mapping from the JSON of `as_json`."""
        stored = json.loads(text)
        return cls(stored["columns"], stored["defaults"], stored["prefix"], stored["is_html"])


@dataclass(frozen=True)
class Columns:
    """The keys of a table's columns; `unknown` are headings without a meaning here."""

    keys: tuple[str, ...]
    unknown: tuple[str, ...]
    mapping: ColumnMapping | None = None

    @classmethod
    def named(cls, header: Sequence[str]) -> Columns:
        """Return the columns for these headings; empty headings at the end are dropped."""
        cleaned = [heading.strip().lstrip("\ufeff") for heading in header]
        while cleaned and not cleaned[-1]:
            cleaned.pop()
        keys = [HEADINGS.get(heading, heading) for heading in cleaned]
        known = [key in KEYS or (key.startswith("fields.") and len(key) > 7) for key in keys]
        unknown = [heading or "?" for heading, fine in zip(cleaned, known, strict=True) if not fine]
        twice = [key for at, key in enumerate(keys) if key in keys[:at]]
        return cls(tuple(keys), tuple(unknown + twice) if cleaned else ("?",))

    @classmethod
    def mapped(cls, header: Sequence[str], mapping: ColumnMapping) -> Columns:
        """Return the columns by a saved mapping; headings that it omits are ignored."""
        keys = tuple(mapping.columns.get(heading.strip().lstrip("\ufeff"), "") for heading in header)
        twice = tuple(key for at, key in enumerate(keys) if key and key in keys[:at])
        return cls(keys, twice if any(keys) else ("?",), mapping)

    @staticmethod
    def is_title(header: Sequence[str]) -> bool:
        """Return whether a first row is the title of the table, as offices put it above the headings."""
        said = [cell.strip() for cell in header if cell.strip()]
        return len(said) == 1 and HEADINGS.get(said[0], said[0]) not in KEYS

    def record(self, cells: Sequence[str]) -> tuple[Unchecked, list[RecordFault]]:
        """Return one row as a record and its faults; empty cells are absent keys."""
        pairs = zip(self.keys, cells, strict=False)
        given = {key: cell.strip() for key, cell in pairs if key and cell.strip()}
        if self.mapping:
            given = self.mapping.completed(given)
        faults = [RecordFault("too-many", "") for cell in cells[len(self.keys) :] if cell.strip()][:1]
        faults += [RecordFault("cell-error", key) for key, cell in given.items() if cell in _CELL_ERRORS]
        record: KindFields = {}
        for key, cell in given.items():
            if not key.startswith("fields."):
                record[key] = _value(key, cell, faults)
        record.setdefault("body", "")
        schema = KINDS[record["kind"]].schema if record.get("kind") in KINDS else {}
        for key, cell in given.items():
            if key.startswith("fields."):
                name = key.removeprefix("fields.")
                record.setdefault("fields", {})[name] = _field_value(schema.get(name), cell, key, faults)
        return record, faults


def _value(key: str, cell: str, faults: list[RecordFault]) -> Any:
    if key in LIST_KEYS:
        return [item for item in _LIST_MARK.split(cell) if item]
    if key in DATE_KEYS:
        return day_of(cell)
    if key == "links":
        return [_link(item) for item in _LIST_MARK.split(cell) if item]
    if key == "attachments" and not cell.startswith("["):
        return [{"file": item} for item in _LIST_MARK.split(cell) if item]
    if key in ("attachments", "fields"):
        return _json(cell, key, faults)
    if key == "kind":
        return id_of(cell) or cell
    words = {"validity": VALIDITY_WORDS, "disclosure": DISCLOSURE_WORDS}.get(key, {})
    return same_spelling(cell) if key == "doc_no" else words.get(cell, cell)


def _link(item: str) -> dict[str, str]:
    rel, _, other = item.partition(":")
    return {"rel": rel.strip(), "id": other.strip()}


def _json(cell: str, key: str, faults: list[RecordFault]) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        faults.append(RecordFault("wrong-type", key))
        return {} if key == "fields" else []


def _field_value(field: Field | None, cell: str, key: str, faults: list[RecordFault]) -> Any:
    if field is None:
        return cell
    if field.type is Type.TEXTS:
        return [item for item in _LIST_MARK.split(cell) if item]
    if field.type in (Type.INT, Type.FEN):
        return int(cell) if re.fullmatch(r"-?\d{1,15}", cell) else cell
    if field.type is Type.BOOL:
        return True if cell.lower() in _YES else False if cell.lower() in _NO else cell
    if field.type is Type.DATE:
        return day_of(cell)
    if field.type in (Type.ROWS, Type.FREE_ROWS, Type.OBJECT, Type.CELLS):
        return _json(cell, key, faults)
    words = {word: code for code, word in (field.codes or {}).items()}
    return words.get(cell, cell)
