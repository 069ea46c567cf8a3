"""
The station file of a terminal: found damaged, set aside, salvaged row by row into a new one, opened.

What citizens entrusted to this machine cannot be fetched from anywhere. Every sealed row whose digest is right goes
into the new file and from there to the hub, and numbers go on behind the last one that any byte still names. All
processes of a terminal open the station here, one at a time; a process that holds the old file learns it when it
writes next.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from kiosk import audit, db
from kiosk.clock import Clock
from kiosk.db import SqliteFile, raw_pages
from kiosk.db.faults import of_system, translated
from kiosk.db.stand_in import blank
from kiosk.errors import StoreDamaged
from kiosk.machine import link_copy, set_aside
from kiosk.machine.station_rows import Salvaged, put_rows

STATION_DB = "station.sqlite3"
KIND = "station"
"""Name of its migrations and of the sets of files that were set aside."""
DEVICE_KEY = "device.key"

_log = logging.getLogger(__name__)


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
            found = put_rows(fresh, raw, link_copy.read(home), now)
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
