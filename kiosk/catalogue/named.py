"""
Rows that name persons: kept apart from their record, lent to the terminals of their township, erased in time.

At the hub they lie in a table of their own from the moment their record is published. A terminal gets those of its
townships whose window is open, as one side list: a line of JSON for each record. It shows them by village, and erases
them when their last day is over, by its own clock, also when no hub can be reached.
Source: DESIGN.md §4.2; LAW.md §6.5.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kiosk import db, side_lists
from kiosk.catalogue.kinds import NAMED
from kiosk.catalogue.rules import canonical
from kiosk.catalogue.schema import read_day
from kiosk.clock import beijing_day, from_stamp


@dataclass(frozen=True)
class NamedList:
    """The list of one record: the days on which it is shown, both included, its headings and its rows."""

    township: str
    shown_from: date
    shown_until: date
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def keep(connection: sqlite3.Connection, record: Mapping[str, Any], seq: int) -> None:
    """Keeps the rows of a record that is published, or forgets those it no longer has; the hub's connection."""
    forget(connection, record["id"])
    fields = record.get("fields") or {}
    named, township = fields.get(NAMED), fields.get("township")
    if not isinstance(named, dict) or not township or not named.get("rows"):
        return
    if not named.get("shown_from") or not named.get("shown_until"):
        return
    connection.execute(
        "INSERT INTO named_list (doc_id, seq, township, shown_from, shown_until, list)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (record["id"], seq, township, named["shown_from"], named["shown_until"], canonical(named)),
    )


def forget(connection: sqlite3.Connection, doc_id: str) -> None:
    """Erases the rows of a record at the hub; terminals follow with their next round."""
    connection.execute("DELETE FROM named_list WHERE doc_id = ?", (doc_id,))


def close(connection: sqlite3.Connection, today: date) -> list[str]:
    """Erases at the hub the rows whose last day is over; gives the ids of their records."""
    rows = connection.execute(
        "DELETE FROM named_list WHERE shown_until < ? RETURNING doc_id", (today.isoformat(),)
    )
    return [doc_id for (doc_id,) in rows.fetchall()]


def first_end(connection: sqlite3.Connection) -> str:
    """The first day on which a list held by this hub's database must be gone from it; empty without any list."""
    (day,) = connection.execute(
        "SELECT min(day) FROM (SELECT shown_until AS day FROM named_list"
        f" UNION SELECT json_extract(record, '$.fields.{NAMED}.shown_until') FROM entry"
        f" WHERE instr(record, '\"{NAMED}\"') > 0) WHERE day <> ''"
    ).fetchone()
    return str(day or "")


_OPEN = " FROM named_list WHERE township IN ({places}) AND shown_from <= ? AND shown_until >= ?"


def for_townships(connection: sqlite3.Connection, townships: Sequence[str], today: date) -> bytes | None:
    """What terminals of these townships may hold today, one line a record; None when that is nothing."""
    rows = connection.execute(
        "SELECT doc_id, township, list" + _open(townships) + " ORDER BY doc_id", _asked(townships, today)
    )
    lines = [
        canonical({"id": doc_id, "township": township, **json.loads(text)}) for doc_id, township, text in rows
    ]
    return "\n".join(lines).encode() if lines else None


def mark(connection: sqlite3.Connection, townships: Sequence[str], today: date) -> str:
    """Changes whenever `for_townships` would."""
    many, newest = connection.execute(
        "SELECT count(*), coalesce(max(seq), 0)" + _open(townships), _asked(townships, today)
    ).fetchone()
    return json.dumps([sorted(townships), today.isoformat(), many, newest])


def _open(townships: Sequence[str]) -> str:
    return _OPEN.format(places=", ".join("?" * len(townships)))


def _asked(townships: Sequence[str], today: date) -> tuple[str, ...]:
    return (*townships, today.isoformat(), today.isoformat())


def here(
    connection: sqlite3.Connection, doc_id: str, *, townships: Iterable[str], today: date
) -> NamedList | None:
    """
    The list of a record that may be shown at this terminal now, or None.

    Args:
        connection: The station's.
        townships: Those that this place serves; empty means all that the hub gave it lists of.
        today: See `day_here`.
    """
    line = _lines(connection).get(doc_id)
    found = _read(line) if line else None
    if found is None or not found.shown_from <= today <= found.shown_until:
        return None
    places = tuple(townships)
    return found if not places or found.township in places else None


def day_here(connection: sqlite3.Connection, now: datetime) -> date:
    """
    The Beijing day by this terminal's clock, put right by what the hub said of it; never before the hub's last word.

    So a clock that was set back neither shows nor keeps a list longer, and one that is ahead erases none too early.
    """
    row = connection.execute("SELECT hub_time, skew_s FROM hub_link WHERE one = 1").fetchone()
    if row is None or not row[0]:
        return beijing_day(now)
    return beijing_day(max(from_stamp(row[0]), now - timedelta(seconds=row[1])))


def expire(connection: sqlite3.Connection, today: date, now: datetime) -> int:
    """How many lists of this terminal were erased because their last day is over; inside a write transaction."""
    lines = _lines(connection)
    kept = [line for line in lines.values() if _is_open(line, today)]
    if len(kept) < len(lines):
        side_lists.replace(db.store, side_lists.NAMED_ROWS, "\n".join(kept).encode() or None, now)
    return len(lines) - len(kept)


def _is_open(line: str, today: date) -> bool:
    found = _read(line)
    return found is not None and today <= found.shown_until


_split: dict[str, dict[str, str]] = {}
"""The lines of the newest side list by the id of their record, under the list's digest."""


def _lines(connection: sqlite3.Connection) -> dict[str, str]:
    digest = side_lists.digest(db.store, side_lists.NAMED_ROWS)
    found = _split.get(digest)
    if found is None:
        content = side_lists.read(db.store, side_lists.NAMED_ROWS) or b""
        found = {json.loads(line)["id"]: line for line in content.decode().splitlines()}
        _split.clear()  # what was erased from the file does not stay in memory either
        _split[digest] = found
    return found


def _read(line: str) -> NamedList | None:
    """A line as a value; None when its days cannot be read, so that it is neither shown nor kept."""
    told = json.loads(line)
    first, last = read_day(told.get("shown_from", "")), read_day(told.get("shown_until", ""))
    if first is None or last is None:
        return None
    rows = tuple(tuple(row) for row in told.get("rows", []))
    return NamedList(told["township"], first, last, tuple(told.get("columns", [])), rows)
