"""Faults of a database translated into errors of ours: by their codes, never by their words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import peewee

from kiosk.errors import KioskError, StoreAway, StoreDamaged, StoreFull

FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SHORT_READ = sqlite3.SQLITE_IOERR_SHORT_READ
"""
Error code of a file that ends too early: it is damaged, although SQLite counts it as an error of input and output.
"""
AGAIN = {"40001", "40P01"}
"""
SQLSTATE of a transaction that PostgreSQL rolled back because of another one: it may succeed when it is repeated.
"""
_TAKEN = "23505"
"""SQLSTATE of a key that another transaction stored meanwhile: repeated, ours finds that row."""
_BUSY = AGAIN | {"55P03", "57014", "53300"}
_AWAY = {"57P01", "57P02", "57P03", "25P03", "25006"}
"""
SQLSTATE of a server that was shut down, crashed, is starting, timed us out, or is a replica that is not primary yet.
"""


@contextmanager
def translated() -> Iterator[None]:
    """
    Raise errors of ours for a store that is full, damaged or away; every other error passes unchanged.

    Covers both families: peewee's, and the driver's own while rows are fetched.

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
    Return the error of ours for an error of the database, or None where it is no fault of the store.

    The whole chain is examined: a full SQLite rolls back by itself, and only the first error says why.
    """
    seen: BaseException | None = error
    while seen is not None:
        meaning = _meaning(seen)
        if meaning:
            return meaning
        seen = seen.__cause__ or seen.__context__
    return None


def is_to_be_repeated(error: BaseException) -> bool:
    """Return whether the transaction that ended with this error may succeed when it is repeated."""
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
    """Return the driver's own error."""
    return getattr(error, "orig", None) or error


def _of_sqlite(code: int, words: str) -> KioskError | None:
    if code == _SHORT_READ or code & 0xFF in DAMAGED:
        return StoreDamaged("not-a-database", words)
    if code & 0xFF in FULL:
        return StoreFull("disk-full", words)
    return None


def _of_server(state: str | None, error: BaseException) -> KioskError | None:
    """
    Return the error for an SQLSTATE; its words may name a row and are dropped. A lost connection has no SQLSTATE.
    """
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
