"""What a database says when it fails, as errors of ours: by its code, never by its words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import peewee

from kiosk.errors import KioskError, StoreDamaged, StoreFull

FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SHORT_READ = sqlite3.SQLITE_IOERR_SHORT_READ
"""A file that ends too early: damaged, though SQLite counts it among the errors of input and output."""


@contextmanager
def translated() -> Iterator[None]:
    """
    Raise errors of ours for a full or damaged store; every other error passes as it is.

    Both families are heard: peewee's, and the driver's own while rows are fetched.

    Raises:
        StoreFull: "disk-full".
        StoreDamaged: "not-a-database".
    """
    try:
        yield
    except (peewee.DatabaseError, sqlite3.DatabaseError) as error:
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


def _meaning(error: BaseException) -> KioskError | None:
    original = getattr(error, "orig", None) or error
    code = getattr(original, "sqlite_errorcode", None)
    if code is None:
        return None
    words = str(original)
    if code == _SHORT_READ or code & 0xFF in DAMAGED:
        return StoreDamaged("not-a-database", words)
    if code & 0xFF in FULL:
        return StoreFull("disk-full", words)
    return None
