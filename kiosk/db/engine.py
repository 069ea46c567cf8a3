"""
SQLite as this product uses it: WAL, synchronous=FULL, one writer at a time, connections kept open.

Two proxies: `catalogue` (public, replaceable) and `store` (a terminal's station or the hub; nothing in it
is ever lost). On the hub both are the same database. A writer holds a lock of this process and a lock file,
so that web, agent and printer worker never starve one another (SQLite's own busy handler is unfair).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import peewee

from kiosk.db.faults import translated

catalogue = peewee.DatabaseProxy()
store = peewee.DatabaseProxy()

BUSY_TIMEOUT_MS = 5_000
Item = TypeVar("Item")

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
        self.gathered: dict[Callable[[list[Any]], None], list[Any]] = {}
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
    with translated():
        database.connect(reuse_if_open=True)
        database.execute_sql("SELECT count(*) FROM sqlite_master")
    return database


@contextmanager
def writing(database: SqliteFile | peewee.DatabaseProxy) -> Iterator[sqlite3.Connection]:
    """
    One write transaction; yields the raw connection, commits at the end, rolls back on any error.

    Nested calls join the outer transaction. Readers are never blocked.

    Raises:
        StoreFull: the disk is full; nothing was written.
    """
    real: SqliteFile = database.obj if isinstance(database, peewee.DatabaseProxy) else database
    with translated(), real.turn:
        if real.depth:
            yield real.connection()
            return
        handle = os.open(real.lock_path, os.O_CREAT | os.O_RDWR, 0o600)
        real.depth += 1
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with _transaction(real.connection()) as connection:
                yield connection
                for act, items in real.gathered.items():
                    act(items)
        finally:
            real.gathered.clear()
            real.depth -= 1
            os.close(handle)


def at_commit(
    database: SqliteFile | peewee.DatabaseProxy, act: Callable[[list[Item]], None], item: Item
) -> None:
    """
    Keep an item of the open transaction for `act`, which gets all of them as the last thing before the commit.

    What every writer has to take in turn (the head of a chain) is so held only for a moment.
    """
    real: SqliteFile = database.obj if isinstance(database, peewee.DatabaseProxy) else database
    with real.turn:
        if not real.depth:
            raise RuntimeError("at_commit belongs inside `writing`")
        real.gathered.setdefault(act, []).append(item)


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
    with translated():
        (busy, _, _) = database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
