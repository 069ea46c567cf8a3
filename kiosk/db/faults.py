"""
Faults of a database translated into errors of ours: by their codes, never by their words.

SQLite says that a file cannot be opened or written, not why. Where an error names its `place`, the folder of the file,
a small write there tells the kind by its errno.
"""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import peewee

from kiosk.errors import KioskError, StoreAway, StoreDamaged, StoreFull, StoreUnready

ERRORS = (peewee.PeeweeException, sqlite3.Error)
"""Errors of both families: peewee's, and the driver's own."""
DISK = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
"""Codes of a disk that refuses: full, read-only, failing, or no file may be opened."""
LEAST_FREE_BYTES = 2**20
"""Below this a disk counts as full where SQLite fails although a small write succeeds: its index needs 32 KB."""
KINDS = {
    errno.EROFS: "disk-read-only",
    errno.EACCES: "disk-read-only",
    errno.EPERM: "disk-read-only",
    errno.EMFILE: "no-descriptors",
    errno.ENFILE: "no-descriptors",
    errno.ENOMEM: "no-memory",
}
"""Kind of a fault by its errno; ENOSPC and EDQUOT are StoreFull."""
_FULL = {errno.ENOSPC, errno.EDQUOT}
_OF_THE_MACHINE = _FULL | {errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
"""Errors that speak of the machine, whatever file was meant; others, as of a missing file, may be faults of ours."""
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SHORT_READ = sqlite3.SQLITE_IOERR_SHORT_READ
"""
Error code of a file that ends too early: it is damaged, although SQLite counts it as an error of input and output.
"""
_NO_MEMORY = sqlite3.SQLITE_IOERR_NOMEM
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
def translated(place: Path | None = None) -> Iterator[None]:
    """
    Raise errors of ours for a store that is full, damaged or away; every other error passes unchanged.

    Args:
        place: Folder of a database file, where the kind of a fault can be found out.

    Covers both families: peewee's, and the driver's own while rows are fetched.

    Raises:
        StoreFull: "disk-full".
        StoreDamaged: "not-a-database".
        StoreAway: "store-away", "store-busy", and of a file those of KINDS.
    """
    try:
        yield
    except (peewee.PeeweeException, sqlite3.DatabaseError) as error:
        note_place(error, place)
        meaning = fault(error)
        if meaning is None:
            raise
        raise meaning from error


def note_place(error: BaseException, place: Path | None) -> None:
    """Let an error name the folder of its database file, for `fault`."""
    if place is not None:
        error.place = place  # type: ignore[attr-defined]  # beside what the driver says


def of_system(error: OSError) -> StoreUnready:
    """Return the error of ours for an error of the operating system, by its errno."""
    words = f"{error.filename or ''} {error.strerror or error}".strip()
    if error.errno in _FULL:
        return StoreFull("disk-full", words)
    if error.errno == errno.EIO:
        return StoreFull("disk-failing", words)
    return StoreAway(KINDS.get(error.errno or 0, "disk-failing"), words)


def fault(error: BaseException) -> KioskError | None:
    """
    Return the error of ours for an error of the database, or None where it is no fault of the store.

    The whole chain is examined: a full SQLite rolls back by itself, and only the first error says why.
    """
    seen: BaseException | None = error
    place: Path | None = None
    while seen is not None:
        place = getattr(seen, "place", place)
        meaning = _meaning(seen, place)
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


def _meaning(error: BaseException, place: Path | None) -> KioskError | None:
    original = _original(error)
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return _of_sqlite(code, str(original), place)
    if isinstance(original, OSError) and original.errno in _OF_THE_MACHINE:
        return of_system(original)
    if isinstance(original, MemoryError):
        return StoreAway("no-memory", "Python has no memory left")
    if type(original).__module__.startswith("psycopg"):
        return _of_server(getattr(original, "sqlstate", None), original)
    return None


def _original(error: BaseException) -> BaseException:
    """Return the driver's own error."""
    return getattr(error, "orig", None) or error


def _of_sqlite(code: int, words: str, place: Path | None) -> KioskError | None:
    kind = code & 0xFF
    if code == _SHORT_READ or kind in DAMAGED:
        return StoreDamaged("not-a-database", words)
    if kind == sqlite3.SQLITE_FULL:
        return StoreFull("disk-full", words)
    if kind == sqlite3.SQLITE_NOMEM or code == _NO_MEMORY:
        return StoreAway("no-memory", words)
    if kind in DISK:
        return _of_disk(kind, words, place)
    return None


def _of_disk(kind: int, words: str, place: Path | None) -> KioskError:
    if place is not None:
        return _tried(place) or StoreFull("disk-failing", words)
    if kind == sqlite3.SQLITE_READONLY:
        return StoreAway("disk-read-only", words)
    return StoreFull("disk-full", words) if kind == sqlite3.SQLITE_IOERR else StoreAway("disk-failing", words)


def _tried(place: Path) -> StoreUnready | None:
    """Write a few bytes there; return the fault that the system names, or None if all is well at this moment."""
    path = place / f".tried-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        try:
            os.write(handle, bytes(4096))
            os.fsync(handle)
            room = os.fstatvfs(handle)
        finally:
            os.close(handle)
            with suppress(OSError):
                path.unlink()
    except OSError as error:
        return of_system(error)
    is_full = room.f_bavail * room.f_frsize < LEAST_FREE_BYTES
    return StoreFull("disk-full", f"{place} has no room") if is_full else None


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
