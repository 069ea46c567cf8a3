"""What a database says when it fails, as errors of ours: by its code, never by its words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import peewee

from kiosk.errors import KioskError, StoreAway, StoreDamaged, StoreFull

FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SHORT_READ = sqlite3.SQLITE_IOERR_SHORT_READ
"""A file that ends too early: damaged, though SQLite counts it among the errors of input and output."""
AGAIN = {"40001", "40P01"}
"""PostgreSQL undid a transaction for another's sake: the same one may go through when it is begun again."""
_TAKEN = "23505"
"""Another transaction stored a row of this key in the meantime: begun again, ours finds that row."""
_BUSY = AGAIN | {"55P03", "57014", "53300"}
_AWAY = {"57P01", "57P02", "57P03", "25P03", "25006"}
"""Shut down, crashed, starting, we were silent for too long; read-only: a replica that is not yet the primary."""


@contextmanager
def translated() -> Iterator[None]:
    """
    Raise errors of ours for a store that is full, damaged or away; every other error passes as it is.

    Both families are heard: peewee's, and the driver's own while rows are fetched.

    Raises:
        StoreFull: "disk-full".
        StoreDamaged: "not-a-database".
        StoreAway: "store-away", "store-busy".
    """
    try:
        yield
    except (peewee.PeeweeException, sqlite3.DatabaseError) as error:
        meaning = fault(error)
        if meaning is None:
            raise
        raise meaning from error


def fault(error: BaseException) -> KioskError | None:
    """
    Return what an error of the database means, or None where it is no fault of the store.

    The whole chain is looked at: a full SQLite rolls back by itself, and only the first error says why.
    """
    seen: BaseException | None = error
    while seen is not None:
        meaning = _meaning(seen)
        if meaning:
            return meaning
        seen = seen.__cause__ or seen.__context__
    return None


def is_to_be_repeated(error: BaseException) -> bool:
    """Return whether the transaction that ended so may go through when it is begun again."""
    seen: BaseException | None = error
    while seen is not None:
        if getattr(_original(seen), "sqlstate", None) in AGAIN | {_TAKEN}:
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _meaning(error: BaseException) -> KioskError | None:
    original = _original(error)
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return _of_sqlite(code, str(original))
    if type(original).__module__.startswith("psycopg"):
        return _of_server(getattr(original, "sqlstate", None), original)
    return None


def _original(error: BaseException) -> BaseException:
    """The driver's own error."""
    return getattr(error, "orig", None) or error


def _of_sqlite(code: int, words: str) -> KioskError | None:
    if code == _SHORT_READ or code & 0xFF in DAMAGED:
        return StoreDamaged("not-a-database", words)
    if code & 0xFF in FULL:
        return StoreFull("disk-full", words)
    return None


def _of_server(state: str | None, error: BaseException) -> KioskError | None:
    """By SQLSTATE, whose words may name a row and are not told; a connection that was lost or never came has none."""
    if state is None:
        is_lost = type(error).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout")
        return StoreAway("store-away", " ".join(str(error).split())) if is_lost else None
    if state == "53100":
        return StoreFull("disk-full", "the database server's disk is full")
    if state in ("XX001", "XX002"):
        return StoreDamaged("not-a-database", "the database server found damaged data")
    if state in _BUSY:
        return StoreAway("store-busy", "the database server had no turn for this transaction")
    if state in _AWAY or state.startswith("08"):
        return StoreAway("store-away", "the database server does not serve at this moment")
    return None
