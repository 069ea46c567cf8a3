"""
SQLite as this product uses it: WAL, synchronous=FULL, one writer at a time, connections kept open.

Two proxies: `catalogue` (public, replaceable) and `store` (a terminal's station or the hub; nothing in it
is ever lost). On the hub both are the same database. A writer holds a lock of this process and a lock file,
so that web, agent and printer worker never starve one another (SQLite's own busy handler is unfair).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import peewee

from kiosk.clock import stamp
from kiosk.errors import StoreDamaged, StoreFull

catalogue = peewee.DatabaseProxy()
store = peewee.DatabaseProxy()

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 5_000

_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "secure_delete": 1,
    "busy_timeout": BUSY_TIMEOUT_MS,
    "trusted_schema": 0,
}


class SqliteFile(peewee.SqliteDatabase):
    """A SQLite file with the lock that its writers take in turn."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), pragmas=_PRAGMAS)
        self.path = path
        self.turn = threading.RLock()
        self.depth = 0
        self.lock_path = path.with_name(path.name + ".lock")


def open_sqlite(path: Path) -> SqliteFile:
    """
    The database at `path`, created when it is not there (mode 0600).

    Raises:
        StoreDamaged: "not-a-database".
        StoreFull: the disk has no room even to open it.
    """
    if not path.exists():
        path.touch(mode=0o600)
    database = SqliteFile(path)
    with _translated():
        database.connect(reuse_if_open=True)
        database.execute_sql("SELECT count(*) FROM sqlite_master")
    return database


@contextmanager
def _translated() -> Iterator[None]:
    """SQLite's words for a full or damaged disk as errors of ours."""
    try:
        yield
    except (peewee.DatabaseError, sqlite3.DatabaseError) as error:
        words = str(error).lower()
        if "full" in words or "disk i/o" in words:
            raise StoreFull("disk-full", words) from error
        if "malformed" in words or "not a database" in words:
            raise StoreDamaged("not-a-database", words) from error
        raise


@contextmanager
def writing(database: SqliteFile | peewee.DatabaseProxy) -> Iterator[sqlite3.Connection]:
    """
    One write transaction; yields the raw connection, commits at the end, rolls back on any error.

    Nested calls join the outer transaction. Readers are never blocked.

    Raises:
        StoreFull: the disk is full; nothing was written.
    """
    real: SqliteFile = database.obj if isinstance(database, peewee.DatabaseProxy) else database
    with _translated(), real.turn:
        if real.depth:
            yield real.connection()
            return
        handle = os.open(real.lock_path, os.O_CREAT | os.O_RDWR, 0o600)
        real.depth += 1
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with _transaction(real.connection()) as connection:
                yield connection
        finally:
            real.depth -= 1
            os.close(handle)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """BEGIN IMMEDIATE to COMMIT; on a full disk SQLite may have rolled back by itself already."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def checkpoint(database: SqliteFile | peewee.DatabaseProxy) -> bool:
    """
    Whether what the write-ahead log held is in the database file and the log is empty; a reader may be in the way.

    Raises:
        StoreFull: the file cannot grow; nothing is lost, the log keeps it.
    """
    with _translated():
        (busy, _, _) = database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def migrate(database: SqliteFile, folder: str, now: datetime) -> list[str]:
    """
    Applies the numbered SQL files of `migrations/<folder>` that were not applied yet, each in one transaction.

    Returns the names applied. Raises StoreDamaged("migration-changed") when an applied file was edited.
    """
    applied: list[str] = []
    with writing(database) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (folder TEXT NOT NULL, number INTEGER NOT NULL,"
            " name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL, PRIMARY KEY (folder, number))"
        )
    for path in sorted((MIGRATIONS / folder).glob("[0-9]*.sql")):
        if _apply(database, folder, path, now):
            applied.append(path.stem)
    return applied


def _apply(database: SqliteFile, folder: str, path: Path, now: datetime) -> bool:
    number = int(path.stem.split("_", 1)[0])
    text = path.read_text("utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    with writing(database) as connection:
        known = connection.execute(
            "SELECT sha256 FROM migration WHERE folder = ? AND number = ?", (folder, number)
        ).fetchone()
        if known:
            if known[0] != digest:
                raise StoreDamaged("migration-changed", f"{folder}/{path.name}")
            return False
        for statement in _statements(text):
            connection.execute(statement)
        connection.execute(
            "INSERT INTO migration (folder, number, name, sha256, applied_at) VALUES (?, ?, ?, ?, ?)",
            (folder, number, path.stem, digest, stamp(now)),
        )
    return True


def _statements(text: str) -> Iterator[str]:
    """The statements of a migration file; `executescript` would commit between them."""
    pending = ""
    for line in text.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip() and not all(part.startswith("--") for part in pending.split("\n") if part.strip()):
        yield pending


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replaces a file so that a power cut leaves the old or the new one: fsync, rename, fsync of the folder."""
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(temporary, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes sure that what was renamed into a folder is there after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def create_catalogue(home: Path, epoch: str, now: datetime) -> Path:
    """A new, empty replica for feed `epoch` in `home/catalogue`, made the current one; returns its path."""
    path = new_replica(home, epoch, now)
    write_atomically(path.parent / "current", path.name.encode())
    return path


def new_replica(home: Path, epoch: str, now: datetime) -> Path:
    """A new, empty replica for feed `epoch` in `home/catalogue`, which nothing names yet; returns its path."""
    folder = home / "catalogue"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{epoch}-0.sqlite3"
    database = open_sqlite(path)
    migrate(database, "catalogue", now)
    with writing(database) as connection:
        connection.execute(
            "INSERT INTO feed_position (one, epoch, seq, as_of) VALUES (1, ?, 0, '') ON CONFLICT (one) DO NOTHING",
            (epoch,),
        )
    database.close()
    return path


def open_catalogue(home: Path) -> SqliteFile:
    """
    The replica that `catalogue/current` names.

    Raises:
        StoreDamaged: "no-catalogue" when there is none: the terminal was not enrolled.
    """
    pointer = home / "catalogue" / "current"
    if not pointer.is_file():
        raise StoreDamaged("no-catalogue", "catalogue/current is not there")
    return open_sqlite(pointer.parent / pointer.read_text("utf-8").strip())


_following = threading.Lock()


def follow_catalogue(home: Path) -> bool:
    """
    Whether `catalogue/current` named another replica than the one that was open, and that one is open now.

    Raises:
        StoreDamaged, StoreFull: it cannot be opened; the old one stays open.
    """
    try:
        name = (home / "catalogue" / "current").read_text("utf-8").strip()
    except OSError:
        return False  # what is open can be read on
    with _following:
        if catalogue.obj.path.name == name or not (home / "catalogue" / name).is_file():
            return False
        before = catalogue.obj
        catalogue.initialize(open_catalogue(home))
    before.close()  # other threads let go of it with their next question
    return True
