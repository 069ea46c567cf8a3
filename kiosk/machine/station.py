"""
The station file of a terminal: found damaged, set aside, salvaged row by row into a new one, opened.

What citizens entrusted to this machine cannot be fetched from anywhere. Every sealed row whose digest is right goes
into the new file and from there to the hub, and numbers go on behind the last one that any byte still names. All
processes of a terminal open the station here, one at a time; a process that holds the old file learns it when it
writes next.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import sqlite3
from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from kiosk import audit, db
from kiosk.clock import Clock, from_stamp
from kiosk.counters import Counter
from kiosk.db import SqliteFile, raw_pages, salvage
from kiosk.db.faults import of_system, translated
from kiosk.db.stand_in import blank
from kiosk.errors import StoreDamaged
from kiosk.intake import numbers
from kiosk.machine import link_copy, set_aside
from printers.spooler import models as spooled
from sync.terminal.models import OutboxEntry

STATION_DB = "station.sqlite3"
KIND = "station"
"""Name of its migrations and of the sets of files that were set aside."""
DEVICE_KEY = "device.key"
JUMP = 20
"""Places left out behind the last known number: the newest row may be the one that was lost."""
DAMAGED_ROW = "row-damaged"
"""Code of a parked submission whose sealed part no longer has its digest."""
_NUMBER = re.compile(rb"[0-9A-Z]{4}-(\d{6})-(\d{4})-[0-9A-Z]{2}-[0-9A-Z]")
_SESSION = re.compile(r"[0-9a-f]{16}|")

_log = logging.getLogger(__name__)


@dataclass
class Salvaged:
    """What came of a salvage: rows by table, and submissions whose sealed part is damaged."""

    rows: Tally[str] = field(default_factory=Tally)
    damaged: list[str] = field(default_factory=list)


def open_station(home: Path, clock: Clock) -> SqliteFile:
    """
    Return the station of a terminal, migrated; a damaged one is salvaged first.

    Raises:
        StoreFull, StoreAway: It cannot be opened at this moment.
    """
    with _turn(home):
        _finish(home)
        why = fault_of(home)
        if why:
            salvage_station(home, clock.now(), why)
        database = db.open_sqlite(home / STATION_DB)
        db.migrate(database, KIND, clock.now())
        try:
            if link_copy.read(home) is None:
                link_copy.keep(home, database)
            set_aside.forget(home, clock.now())
        except OSError as error:
            _log.error("%s: no second copy of the hub's link", of_system(error).code)
    return database


def fault_of(home: Path) -> str:
    """
    Return the code of what is wrong with a station file; empty if it is sound. Nothing is changed.

    Raises:
        StoreFull, StoreAway: It cannot be looked at.
    """
    path = home / STATION_DB
    is_enrolled = (home / DEVICE_KEY).is_file() or (home / link_copy.FILE).is_file()
    if not path.exists():
        return "missing" if is_enrolled else ""
    if path.stat().st_size == 0:
        return "empty"
    with _writers_wait(path):
        if not raw_pages.is_log_whole(_beside(path, "-wal")):
            return "log-damaged"
        try:
            with translated(home):
                return _look(path, home)
        except StoreDamaged:
            return "damaged"
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
                raise
            return "damaged"  # a table or column is not there


def _look(path: Path, home: Path) -> str:
    """Return the code of what a look at all pages, the migrations and the hub's row finds."""
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
        if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            return "damaged"
        applied = [number for (number,) in connection.execute(
            "SELECT number FROM migration WHERE folder = ? ORDER BY number", (KIND,)
        )]  # fmt: skip
        if applied != list(range(1, len(applied) + 1)) or not applied:
            return "migrations-lost"
        if applied[-1] >= AUDIT_HEAD and not connection.execute("SELECT 1 FROM audit_head").fetchone():
            return "damaged"
        link = connection.execute(
            "SELECT device, terminal, epoch, hub_key, last_seq FROM hub_link"
        ).fetchone()
    return "" if link_copy.fits(link, home) else "link-damaged"


AUDIT_HEAD = 11
"""Number of the migration that made the end of the chain a row of its own."""


def salvage_station(home: Path, now: datetime, why: str) -> Salvaged:
    """
    Set the station aside and put what can be read of it into a new file in its place.

    Killed at any point it begins again, or ends what was complete.
    """
    path = home / STATION_DB
    try:
        with _writers_wait(path):
            place = set_aside.keep(home, KIND, [path, _beside(path, "-wal")], now)
            raw = raw_pages.read(place / path.name, place / f"{path.name}-wal")
            found = _build(home, raw, now, why)
            os.replace(_beside(path, ".part"), _beside(path, ".salvaged"))
            _put_in_place(path)
    except OSError as error:
        raise of_system(error) from error
    _log.error(
        "station-salvaged: %s; set aside as %s; %s rows, %d submissions damaged",
        why, place.name, sum(found.rows.values()), len(found.damaged),
    )  # fmt: skip
    return found


def _finish(home: Path) -> None:
    """Put a new file in place that a process completed before it was killed."""
    path = home / STATION_DB
    if _beside(path, ".salvaged").is_file():
        with _writers_wait(path):
            _put_in_place(path)


def _put_in_place(path: Path) -> None:
    """The old log goes first: it must never be read beside the new file."""
    for end in ("-wal", "-shm"):
        _beside(path, end).unlink(missing_ok=True)
    db.sync_folder(path.parent)
    os.replace(_beside(path, ".salvaged"), path)
    db.sync_folder(path.parent)


def _build(home: Path, raw: raw_pages.RawFile, now: datetime, why: str) -> Salvaged:
    """Write what can be read into `station.sqlite3.part`."""
    path = _beside(home / STATION_DB, ".part")
    for end in ("", "-wal", "-shm", ".lock"):
        _beside(path, end).unlink(missing_ok=True)
    applied = _applied(raw)
    if applied is None:
        db.write_atomically(path, blank(KIND))
    fresh = db.open_sqlite(path)
    try:
        db.migrate(fresh, KIND, now, through=applied)
        fresh.execute_sql("PRAGMA foreign_keys = 0")
        with db.writing(fresh):
            found = _put_rows(fresh, raw, link_copy.read(home), now)
        fresh.execute_sql("PRAGMA foreign_keys = 1")
        db.migrate(fresh, KIND, now)
        with db.writing(fresh):
            _note(fresh, found, now, why)
        fresh.execute_sql("PRAGMA journal_mode = DELETE")
    finally:
        fresh.close()
        _beside(path, ".lock").unlink(missing_ok=True)
    with path.open("rb") as whole:
        os.fsync(whole.fileno())
    return found


def _note(fresh: SqliteFile, found: Salvaged, now: datetime, why: str) -> None:
    """Let the log say why it goes on after what could be read of it."""
    detail: dict[str, str | int] = {
        "why": why,
        "rows": sum(found.rows.values()),
        "damaged": len(found.damaged),
    }
    audit.record_in(fresh, at=now, actor="machine", act=audit.Act.STATION_SALVAGED, detail=detail)


def _applied(raw: raw_pages.RawFile) -> int | None:
    """Return the number of the last migration of the damaged file; None if it is the newest, or cannot be known."""
    roots = [root for root, name in raw.schema().items() if name == "migration"]
    found = [
        row.values[1] for root in roots for row in raw.below(root)
        if len(row.values) == 5 and row.values[0] == KIND and isinstance(row.values[1], int)
    ]  # fmt: skip
    newest = max((number for number in found if 0 < number < 1_000), default=0)
    return newest if newest and len(found) >= newest and newest < _newest() else None


def _newest() -> int:
    return max(int(path.name.split("_")[0]) for path in (db.MIGRATIONS / KIND).glob("[0-9]*"))


def _put_rows(
    fresh: SqliteFile, raw: raw_pages.RawFile, copy: link_copy.LinkCopy | None, now: datetime
) -> Salvaged:
    tables = salvage.tables(fresh)
    by_name = {table.name: table for table in tables}
    outbox: dict[str, tuple[int, salvage.Row]] = {}
    links: list[salvage.Row] = []
    found = Salvaged()
    for table, row, is_live in salvage.rows(raw, tables, FITS):
        if table.name == "outbox":
            _choose(outbox, row, is_live)
        elif table.name == "hub_link":
            links.append(row)
        elif table.name != "migration":
            found.rows[table.name] += salvage.put(fresh, table, row, instead=is_live and table.name in PRESET)
    for row in by_name["outbox"].carved(raw):
        if salvage.makes_sense(_sensible_entry, row):
            _choose(outbox, {**row, "id": None}, False)
    for row in by_name["hub_link"].carved(raw):
        if salvage.makes_sense(_sensible_link, row):
            links.append({**row, "one": 1})
    for _, row in sorted(outbox.values(), key=lambda each: (-each[0], each[1]["seq"])):
        _put_entry(fresh, by_name["outbox"], row, found)
    _put_link(fresh, by_name["hub_link"], links, copy, found)
    _put_counters(fresh, raw, copy)
    _end_of_chain(fresh)
    salvage.drop_orphans(fresh)
    return found


PRESET = {"printer"}
"""Tables whose rows a new file already has."""


def _choose(outbox: dict[str, tuple[int, salvage.Row]], row: salvage.Row, is_live: bool) -> None:
    """Keep the best of several states of one entry: one whose digest is right, then the one of the page tree."""
    rank = 2 * (row["sealed"] is not None and _is_whole(row)) + is_live
    if row["key"] not in outbox or rank > outbox[row["key"]][0]:
        outbox[row["key"]] = (rank, row)


def _is_whole(row: salvage.Row) -> bool:
    return sha256(row["sealed"]).hexdigest() == row["digest"]


def _put_entry(fresh: SqliteFile, table: salvage.StoredTable, row: salvage.Row, found: Salvaged) -> None:
    """
    Store an entry: offered to the hub unless it is known to be settled; parked for a person if it is damaged.

    The hub takes what it already has once more without a second submission.
    """
    sealed = row["sealed"]
    if sealed is not None and _is_whole(row):
        row = {**row, "state": "sent" if row["state"] != "parked" else "parked"}
    elif sealed is not None and row["state"] == "acked":
        row = {**row, "sealed": None, "erased_at": row["acked_at"]}
    elif sealed is not None:
        found.damaged.append(row["number"])
        row = {**row, "state": "parked", "parked_code": DAMAGED_ROW}
    found.rows["outbox"] += salvage.put(fresh, table, row) or salvage.put(fresh, table, {**row, "id": None})


def _put_link(
    fresh: SqliteFile,
    table: salvage.StoredTable,
    links: list[salvage.Row],
    copy: link_copy.LinkCopy | None,
    found: Salvaged,
) -> None:
    """Store the newest state of the hub's row, its places behind all that were given out; all states come again."""
    known = [{**row} for row in links if copy is None or _same_hub(row, copy.link)]
    if copy:
        known.append(copy.link)
    if not known:
        return
    newest = max(known, key=lambda row: (row["hub_time"], row["last_seq"]))
    given = OutboxEntry.select(OutboxEntry.seq).where(OutboxEntry.epoch == newest["epoch"])
    places = [*(row["last_seq"] for row in known), *(seq for (seq,) in given.tuples().execute(fresh))]
    last = max(place for place in places if place < 2**40)
    found.rows["hub_link"] += salvage.put(
        fresh, table, {**newest, "last_seq": last + JUMP, "status_seq": 0}, instead=True
    )


def _same_hub(row: salvage.Row, known: salvage.Row) -> bool:
    return all(row[name] == known[name] for name in ("device", "terminal", "epoch", "hub_key"))


def _put_counters(fresh: SqliteFile, raw: raw_pages.RawFile, copy: link_copy.LinkCopy | None) -> None:
    """Let the numbers of each day go on behind the last one that is named anywhere in the damaged file."""
    last: dict[str, int] = dict(copy.counters) if copy else {}
    for content in raw.pages.values():
        for day, place in _NUMBER.findall(content):
            try:
                name = (
                    f"{link_copy.NUMBERS}{date(2000 + int(day[:2]), int(day[2:4]), int(day[4:])).isoformat()}"
                )
            except ValueError:
                continue  # digits that only look like a number: no such day
            last[name] = max(last.get(name, 0), int(place))
    for name, place in last.items():
        here = Counter.select(Counter.value).where(Counter.name == name).scalar(fresh) or 0
        Counter.replace(name=name, value=max(here, place) + JUMP).execute(fresh)


def _end_of_chain(fresh: SqliteFile) -> None:
    """Let the chain of acts go on from its last line."""
    last = (
        audit.AuditLine.select(audit.AuditLine.seq, audit.AuditLine.chain)
        .order_by(audit.AuditLine.seq.desc())
        .tuples()
        .first(fresh)
    )
    seq, chain = last or (0, audit.FIRST)
    audit.AuditHead.replace(one=1, seq=seq, chain=chain).execute(fresh)


def _sensible_submission(row: salvage.Row) -> bool:
    for name in ("submitted_at", "state_at"):
        from_stamp(row[name])
    if row["received_on"]:
        date.fromisoformat(row["received_on"])
    is_number = numbers.parse(row["number"]) == row["number"]
    return (
        is_number
        and isinstance(json.loads(row["masked"]), dict)
        and isinstance(json.loads(row["detail"]), dict)
    )


def _sensible_entry(row: salvage.Row) -> bool:
    said = json.loads(row["envelope"])
    is_same = all(said.get(name) == row[name] for name in ("key", "number", "epoch", "seq", "kind", "digest"))
    return is_same and numbers.parse(row["number"]) == row["number"]


def _sensible_link(row: salvage.Row) -> bool:
    for name in ("hub_time", "enrolled_at"):
        if row[name]:
            from_stamp(row[name])
    is_named = all(row[name] for name in ("device", "terminal", "epoch"))
    has_keys = len(row["hub_key"]) == len(row["seal_key"]) == 32
    return is_named and has_keys and _SESSION.fullmatch(row["session"]) is not None and row["last_seq"] >= 0


def _sensible_job(row: salvage.Row) -> bool:
    for name in ("created_at", "expires_at", "changed_at"):
        spooled.TimeField().python_value(row[name])
    return bool(json.loads(row["slip"]) is not None)


FITS: dict[str, salvage.Fits] = {
    "outbox": _sensible_entry,
    "submission": _sensible_submission,
    "hub_link": _sensible_link,
    "print_job": _sensible_job,
    "side_list": lambda row: sha256(row["content"]).hexdigest() == row["sha256"],
    "audit": lambda row: len(row["chain"]) == 64 and row["seq"] > 0,
    "counter": lambda row: bool(row["name"].isprintable() and not row["name"][:1].isdigit()),
    "visit_day": lambda row: bool(date.fromisoformat(row["day"])),
}
"""Checks of a row's content, by table: a damaged byte may leave a row that reads well and means nothing."""


@contextmanager
def _turn(home: Path) -> Iterator[None]:
    """Let one process at a time open or salvage the station."""
    with locked(home / f"{KIND}.turn"):
        yield


@contextmanager
def _writers_wait(path: Path) -> Iterator[None]:
    """Hold the lock that every writer of a file takes."""
    with locked(SqliteFile(path).lock_path):
        yield


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file; StoreUnready where it cannot be opened."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise of_system(error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)
