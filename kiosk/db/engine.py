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
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import peewee

from kiosk.db.faults import is_to_be_repeated, note_place, of_system, translated
from kiosk.errors import UNKNOWN_OUTCOME, StoreAway, StoreDamaged, StoreFull

if TYPE_CHECKING:
    from kiosk.db.server import PostgresServer

Store: TypeAlias = "SqliteFile | PostgresServer"
"""The database of a hub; a terminal's are always files."""
Result = TypeVar("Result")
Item = TypeVar("Item")

catalogue = peewee.DatabaseProxy()
store = peewee.DatabaseProxy()

BUSY_TIMEOUT_MS = 5_000
NEVER_WHOLE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_BUSY)
"""Errors of a commit whose last page was not written: no start finds such a transaction."""
MOST_TRIES = 3
"""Tries of a transaction that the server rolled back because of another one."""

CACHE_KIB = 2_000
"""Pages of a file that each connection keeps, as SQLite itself measures it."""

_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "secure_delete": 1,
    "busy_timeout": BUSY_TIMEOUT_MS,
    "trusted_schema": 0,
}


class Gathered:
    """Items that one transaction collects for its last act."""

    def __init__(self) -> None:
        self._kept: dict[Callable[[list[Any]], None], list[Any]] = {}

    def keep(self, act: Callable[[list[Any]], None], item: Any) -> None:
        """Add an item for `act`."""
        self._kept.setdefault(act, []).append(item)

    def act(self) -> None:
        """Call each act with its items."""
        for act, items in self._kept.items():
            act(items)


class SqliteFile(peewee.SqliteDatabase):
    """A SQLite file with the lock that its writers take in turn."""

    def __init__(self, path: Path, cache_kib: int = CACHE_KIB) -> None:
        super().__init__(str(path), pragmas=_PRAGMAS | {"cache_size": -cache_kib})
        self.path = path
        self.turn = threading.RLock()
        self.gathered: Gathered | None = None
        self.lock_path = path.with_name(path.name + ".lock")
        self.inode = inode_of(path)
        """Which file this is: another one may take its name while this one is open."""

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run a statement; an error names the folder of the file, so that the kind of a fault can be found out."""
        try:
            return super().execute_sql(sql, params)
        except peewee.PeeweeException as error:
            note_place(error, self.path.parent)
            raise

    def is_current(self) -> bool:
        """Return whether the file of this name is still the one that was opened."""
        return inode_of(self.path) == self.inode

    @contextmanager
    def writing(self, *, alone: bool) -> Iterator[None]:
        """Open a write transaction, as `kiosk.db.writing`; here each writer is alone."""
        with translated(self.path.parent), self.turn:
            if self.gathered:
                yield
                return
            handle = _opened(self.lock_path)
            self.gathered = Gathered()
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if not self.is_current():
                    raise StoreDamaged(
                        "store-replaced", f"{self.path.name} is another file now: open it again"
                    )
                with _transaction(self.connection()):
                    yield
                    self.gathered.act()
            finally:
                self.gathered = None
                os.close(handle)

    def at_commit(self, act: Callable[[list[Item]], None], item: Item) -> None:
        """Keep an item until the commit, as `kiosk.db.at_commit`."""
        with self.turn:
            if self.gathered is None:
                raise RuntimeError("at_commit belongs inside `writing`")
            self.gathered.keep(act, item)

    def checkpoint(self) -> bool:
        """Empty the write-ahead log, as `kiosk.db.checkpoint`."""
        (busy, _, _) = self.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close_all(self) -> None:
        """Close the connection of this thread; a pool would have more."""
        self.close()

    def hold(self) -> bool:
        """Return False: each thread keeps the connection that its first question opens."""
        return False

    def let_go(self) -> None:
        """Do nothing: each thread keeps its connection."""


def inode_of(path: Path) -> int:
    """Return the number of the file at this place on its disk; 0 if there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise of_system(error) from error


def open_sqlite(path: Path, *, cache_kib: int = CACHE_KIB) -> SqliteFile:
    """
    Return the database at `path`, created when it is not there (mode 0600).

    Args:
        cache_kib: The part of the file that each thread's connection keeps.
    Raises:
        StoreDamaged: "not-a-database".
        StoreFull: the disk has no room even to open it.
        StoreAway: The machine does not let us: "disk-read-only", "no-descriptors" ...
    """
    if not path.exists():
        os.close(_opened(path))
    database = SqliteFile(path, cache_kib)
    with translated(path.parent):
        database.connect(reuse_if_open=True)
        database.execute_sql("SELECT count(*) FROM sqlite_master")
    return database


@contextmanager
def writing(database: Store | peewee.DatabaseProxy, *, alone: bool = True) -> Iterator[None]:
    """
    Open a write transaction: commit at the end, roll back on any error.

    Nested calls join the outer transaction. Readers are never blocked.

    Args:
        alone: Nobody else writes meanwhile: what was read holds until the end. False lets other such transactions write
            at the same time on PostgreSQL; then each row that is read and written must be locked by its statement.
    Raises:
        StoreFull: The disk is full; nothing was written, or "outcome-unknown".
        StoreAway: Server or machine cannot serve at this moment; nothing was written.
    """
    with real(database).writing(alone=alone):
        yield


def repeated(act: Callable[[], Result]) -> Result:
    """
    Return the result of `act`, a whole transaction; repeat it when the server rolled it back because of another one.

    Raises:
        StoreAway: "store-busy" after the third time.
        IntegrityError: Another row has this key, the third time too.
    """
    for _ in range(MOST_TRIES - 1):
        try:
            return act()
        except (StoreAway, peewee.IntegrityError) as error:
            if not is_to_be_repeated(error):
                raise
    return act()


def real(database: Store | peewee.DatabaseProxy) -> Store:
    """Return the database behind a proxy."""
    found: Store = database.obj if isinstance(database, peewee.DatabaseProxy) else database
    return found


@contextmanager
def connected(database: Store | peewee.DatabaseProxy = store) -> Iterator[None]:
    """Hold a connection of the store for one job of a thread outside any request."""
    is_ours = real(database).hold()
    try:
        yield
    finally:
        if is_ours:
            real(database).let_go()


def at_commit(
    database: Store | peewee.DatabaseProxy,
    act: Callable[[list[Item]], None],
    item: Item,
) -> None:
    """
    Keep an item of the open transaction for `act`, which gets all of them as the last thing before the commit.

    What every writer has to take in turn (the head of a chain) is so held only for a moment.
    """
    real(database).at_commit(act, item)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run from BEGIN IMMEDIATE to COMMIT; on a full disk SQLite may have rolled back by itself already."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        _commit(connection)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _commit(connection: sqlite3.Connection) -> None:
    """
    Commit; where that fails, make sure that nothing of it comes back.

    SQLite reports a failed sync after the whole transaction was written to its log, where the next start would find it.
    A small transaction in its place overwrites it.

    Raises:
        StoreFull: "outcome-unknown" when that failed too.
    """
    try:
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if error.sqlite_errorcode in NEVER_WHOLE:
            raise
        try:
            _overwrite(connection)
        except sqlite3.Error as further:
            raise StoreFull(UNKNOWN_OUTCOME, str(error)) from further
        raise


def _overwrite(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA user_version = {version:d}")
    connection.execute("COMMIT")


def checkpoint(database: Store | peewee.DatabaseProxy) -> bool:
    """
    Remove erased data from the working files too; return whether that was possible: a reader may be in the way.

    In SQLite the write-ahead log is emptied, on PostgreSQL dead rows are removed (VACUUM); its own log and backups keep
    erased data until their retention ends.

    Raises:
        StoreFull: The file cannot grow; nothing is lost, the log keeps it.
    """
    with translated():
        return real(database).checkpoint()
