"""
Changes to a record before it waits for approval: new ones, copies, ends of validity, differences.

Pure: no database, no request.
"""

from __future__ import annotations

import difflib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.catalogue.records import attachment
from kiosk.catalogue.records.kinds import KINDS, NAMED, without_persons
from kiosk.catalogue.records.record import KindFields, Link, Record, Unchecked, changed
from kiosk.catalogue.records.rules import COMMON
from kiosk.catalogue.records.schema import N_, Field

ENDINGS = {
    "repealed": N_("整件废止"),
    "partly_repealed": N_("部分废止"),
    "expired": N_("到期失效"),
}
"""Ways in which a document ends, by its validity afterwards."""
ATTACHMENTS = N_("附件")
SOME_LINES = 60
"""Most lines shown of a changed text; the whole text is beside them."""


@dataclass(frozen=True)
class Ending:
    """
    The end of a document's validity.

    how: A key of ENDINGS. on: The day. successor: The id of its replacement; empty if there is none.
    """

    how: str
    on: str
    reason: str
    successor: str = ""


@dataclass(frozen=True)
class Difference:
    """One difference between two versions. lines: (mark, text) of a long text, mark is + or -."""

    label: str
    before: str = ""
    after: str = ""
    lines: tuple[tuple[str, str], ...] = ()


def new_record(kind: str) -> Record:
    """Return an empty record of a kind with an id that no source uses."""
    return {"id": f"desk:{kind}-{secrets.token_hex(5)}", "kind": kind, "title": "", "body": ""}


def is_new_id(kind: str, typed: str) -> bool:
    """Return whether a form brings back an id of `new_record`: sent twice, it stays one entry."""
    return re.fullmatch(rf"desk:{kind}-[0-9a-f]{{10}}", typed) is not None


def next_year(begun: Record, record: Record, today: date) -> Record:
    """Return the start of a village's list for this year: last year's place, item and contact; no sums, no names."""
    before = record.get("fields") or {}
    kept = {name: before[name] for name in ("township", "village", "item", "ask") if before.get(name)}
    copied = {name: record[name] for name in ("issuers", "topics", "audience") if record.get(name)}
    title = str(record["title"]).replace(str(before.get("year", "")) or "\0", str(today.year))
    fields: KindFields = {**kept, "year": today.year, "state": "not_yet"}
    return changed(begun, **copied, title=title, fields=fields)


ALIKE = ("title", "body", "summary", "issuers", "topics", "audience", "source", "validity")


def alike(begun: Record, record: Record) -> Record:
    """
    Return the start of a record copied from another one: its texts, not what belongs to that record alone.

    Numbers, days, addresses, relations, attachments, the attribute and lists of names are not copied.
    """
    bare: Unchecked = without_persons(record)
    copied = {name: bare[name] for name in ALIKE if bare.get(name)}
    if copied.get("validity") != "in_force":
        copied.pop("validity", None)
    if bare.get("fields"):
        copied["fields"] = bare["fields"]
    return changed(begun, **copied)


def ended(record: Record, ending: Ending) -> Record:
    """Return the record with its new validity, the reason, the day and the link to its successor."""
    result = changed(record, validity=ending.how, validity_reason=ending.reason)
    if ending.how != "partly_repealed":
        result["valid_until"] = ending.on
    if ending.successor:
        link: Link = {"rel": "repealed_by", "id": ending.successor}
        result["links"] = [*(each for each in record.get("links", []) if each != link), link]
    if "changes" in KINDS[record["kind"]].schema:
        fields = dict(record.get("fields") or {})
        row = {"on": ending.on, "what": ENDINGS[ending.how], "by": ending.successor}
        fields["changes"] = [*fields.get("changes", []), row]
        result["fields"] = fields
    return result


def differences(before: Record, after: Record) -> list[Difference]:
    """Return the differences between two versions, for the approver."""
    found = [
        _difference(field, before.get(field.name), after.get(field.name))
        for field in COMMON
        if (before.get(field.name) or "") != (after.get(field.name) or "")
    ]
    old, new = before.get("fields") or {}, after.get("fields") or {}
    found += [
        _difference(field, old.get(name), new.get(name))
        for name, field in KINDS[after["kind"]].schema.items()
        if name != NAMED and (old.get(name) or "") != (new.get(name) or "")
    ]
    if (before.get("attachments") or []) != (after.get("attachments") or []):
        found.append(Difference(ATTACHMENTS, lines=tuple(_lines(_files(before), _files(after)))))
    return found


def _files(record: Record) -> str:
    """Return the attachments of a record, one a line; files of one name get the beginning of their hash."""
    lines = (f"{each.name} {each.sha256[:8]} {each.url}".strip() for each in attachment.of(record))
    return "\n".join(lines)


def _difference(field: Field, before: Any, after: Any) -> Difference:
    if isinstance(before, str | None) and isinstance(after, str | None):
        old, new = before or "", after or ""
        if "\n" in old + new or len(old + new) > 200:
            return Difference(field.label, lines=tuple(_lines(old, new))[:SOME_LINES])
        codes = field.codes or {}
        return Difference(field.label, codes.get(old, old), codes.get(new, new))
    if isinstance(before or after, list) and isinstance((before or after or [""])[0], str):
        return Difference(field.label, "、".join(before or []), "、".join(after or []))
    return Difference(field.label, lines=tuple(_lines(spread(before), spread(after)))[:SOME_LINES])


def _lines(before: str, after: str) -> Iterator[tuple[str, str]]:
    compared = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    for line in compared:
        if not line.startswith(("---", "+++", "@@")):
            yield line[0], line[1:]


def spread(value: Any) -> str:
    """Return rows and objects as lines of their values."""
    if isinstance(value, list):
        return "\n".join(spread(each).replace("\n", " · ") for each in value)
    if isinstance(value, dict):
        return "\n".join(str(each) for each in value.values() if each not in ("", None, []))
    return "" if value is None else str(value)
