"""
Rows that name persons: stored apart from their record, sent to the terminals of their township, erased on time.

The hub stores them in a table of their own from the moment their record is published. A terminal receives those of
its
townships whose window is open, as one side list: a line of JSON for each record. It shows them by village, and erases
them after their last day, by its own clock, even while no hub can be reached.
Source: DESIGN.md §4.2; LAW.md §6.5.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from peewee import Expression, fn

from kiosk import side_lists
from kiosk.catalogue.records.kinds import NAMED
from kiosk.catalogue.records.models import Entry, NamedRows
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.records.rules import canonical
from kiosk.catalogue.records.schema import read_day
from kiosk.clock import beijing_day, from_stamp
from kiosk.db import Holds, JsonText, Statement, inserted, slot, store, writing
from sync.statements import Database
from sync.terminal.models import HubLink


@dataclass(frozen=True)
class NamedList:
    """The list of one record: the first and last day on which it is shown, its headings and its rows."""

    township: str
    shown_from: date
    shown_until: date
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


_KEEP = Statement(
    lambda: NamedRows.insert(
        inserted(
            NamedRows.doc_id,
            NamedRows.seq,
            NamedRows.township,
            NamedRows.shown_from,
            NamedRows.shown_until,
            NamedRows.list,
        )
    )
)
_FORGET = Statement(lambda: NamedRows.delete().where(NamedRows.doc_id == slot(NamedRows.doc_id)))


def keep(record: Record, seq: int) -> None:
    """Store at the hub the rows of a published record, and delete those it no longer has."""
    forget(record["id"])
    fields = record.get("fields") or {}
    named, township = fields.get(NAMED), fields.get("township")
    if not isinstance(named, dict) or not township or not named.get("rows"):
        return
    if not named.get("shown_from") or not named.get("shown_until"):
        return
    _KEEP.run(
        store,
        doc_id=record["id"],
        seq=seq,
        township=township,
        shown_from=named["shown_from"],
        shown_until=named["shown_until"],
        list=canonical(named),
    )


def forget(doc_id: str) -> None:
    """Erase the rows of a record at the hub; terminals follow in their next round."""
    _FORGET.run(store, doc_id=doc_id)


def close(today: date) -> list[str]:
    """Erase at the hub the rows whose last day is over; return the ids of their records."""
    over = NamedRows.delete().where(NamedRows.shown_until < today.isoformat())
    return [each.doc_id for each in over.returning(NamedRows.doc_id).execute()]


def first_end(database: Database) -> str:
    """Return the first day on which a list must be erased from this hub database; empty if there is no list."""
    until = JsonText(Entry.record, "fields", NAMED, "shown_until")
    first = fn.MIN(fn.NULLIF(until, ""))
    days = (
        NamedRows.select(fn.MIN(fn.NULLIF(NamedRows.shown_until, ""))).scalar(database),
        Entry.select(first).where(Holds(Entry.record, f'"{NAMED}"')).scalar(database),
    )
    return min((str(day) for day in days if day), default="")


def _open(townships: Sequence[str], today: date) -> Expression:
    """Return the condition that terminals of these townships may hold a list today."""
    day = today.isoformat()
    is_shown = (NamedRows.shown_from <= day) & (NamedRows.shown_until >= day)
    return NamedRows.township.in_(list(townships)) & is_shown


def for_townships(townships: Sequence[str], today: date) -> bytes | None:
    """Return the rows that terminals of these townships may hold today, one line a record; None if there are none."""
    lines = [
        canonical({"id": each.doc_id, "township": each.township, **json.loads(each.list)})
        for each in NamedRows.select().where(_open(townships, today)).order_by(NamedRows.doc_id)
    ]
    return "\n".join(lines).encode() if lines else None


def mark(townships: Sequence[str], today: date) -> str:
    """Return a value that changes whenever `for_townships` would."""
    newest = fn.COALESCE(fn.MAX(NamedRows.seq), 0)
    is_open = _open(townships, today)
    seq = NamedRows.select(newest).where(is_open).scalar()
    many = NamedRows.select().where(is_open).count()
    return json.dumps([sorted(townships), today.isoformat(), many, seq])


def here(doc_id: str, *, townships: Iterable[str], today: date) -> NamedList | None:
    """
    Return the list of a record that may be shown at this terminal now, or None.

    Args:
        townships: Those that this terminal serves; empty means all for which the hub sent lists.
        today: See `day_here`.
    """
    line = _lines().get(doc_id)
    found = _read(line) if line else None
    if found is None or not found.shown_from <= today <= found.shown_until:
        return None
    places = tuple(townships)
    return found if not places or found.township in places else None


_HUB_CLOCK = Statement(lambda: HubLink.select(HubLink.hub_time, HubLink.skew_s).where(HubLink.one == 1))


def day_here(now: datetime) -> date:
    """
    Return the Beijing day by this terminal's clock, corrected by the hub's time; never before the hub's last time.

    So a clock set back neither shows nor keeps a list longer, and a clock that is ahead erases none too early.
    """
    row = _HUB_CLOCK.first(store)
    if row is None or not row[0]:
        return beijing_day(now)
    return beijing_day(max(from_stamp(row[0]), now - timedelta(seconds=row[1])))


def expire(now: datetime) -> int:
    """Erase this terminal's lists whose last day is over, and return their number."""
    with writing(store):
        today = day_here(now)
        lines = _lines()
        kept = [line for line in lines.values() if _is_open(line, today)]
        if len(kept) < len(lines):
            side_lists.replace(store, side_lists.NAMED_ROWS, "\n".join(kept).encode() or None, now)
    return len(lines) - len(kept)


def _is_open(line: str, today: date) -> bool:
    found = _read(line)
    return found is not None and today <= found.shown_until


_split: dict[str, dict[str, str]] = {}
"""The lines of the newest side list by record id, under the digest of the list."""


def _lines() -> dict[str, str]:
    digest = side_lists.digest(store, side_lists.NAMED_ROWS)
    found = _split.get(digest)
    if found is None:
        content = side_lists.read(store, side_lists.NAMED_ROWS) or b""
        found = {json.loads(line)["id"]: line for line in content.decode().splitlines()}
        _split.clear()  # what was erased from the file does not stay in memory either
        _split[digest] = found
    return found


def _read(line: str) -> NamedList | None:
    """Return a line as a value; None if its days cannot be read, so that it is neither shown nor kept."""
    given = json.loads(line)
    first, last = read_day(given.get("shown_from", "")), read_day(given.get("shown_until", ""))
    if first is None or last is None:
        return None
    rows = tuple(tuple(row) for row in given.get("rows", []))
    return NamedList(given["township"], first, last, tuple(given.get("columns", [])), rows)
