"""
The catalogue's replica at a terminal as a file: found damaged, set aside, replaced by the last good copy.

A replica can be had again, so nothing of a damaged one is kept in use. Without a good copy a stand-in takes its place,
whose pages say that the catalogue is not here at present, until the agent has fetched it from the hub.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from kiosk import db
from kiosk.catalogue.records.record import checked
from kiosk.clock import Clock
from kiosk.db import SqliteFile
from kiosk.db.faults import fault, note_place, of_system
from kiosk.db.stand_in import ReadOnly, StandIn
from kiosk.errors import StoreUnready
from kiosk.machine import set_aside
from kiosk.machine.station import locked

KIND = "catalogue"
NONE = "no-catalogue"
"""Code of a terminal that does not have the catalogue at present."""
POINTER, GOOD_COPY = "current", "good.copy"
NOTHING = "-"
"""Word of the pointer that names no replica on purpose, until there is one."""
_ROWS = "SELECT doc_id, seq, deleted, hash, kind, title, doc_no, issuers, published_on, validity, record FROM document"

_log = logging.getLogger(__name__)


def open_replica(home: Path, clock: Clock) -> SqliteFile:
    """
    Return the replica that is served, migrated; of a damaged one the last good copy, or a stand-in.

    Raises:
        StoreFull, StoreAway: It cannot be opened at this moment.
    """
    with _turn(home):
        path = named(home)
        why = fault_of(path)
        if why:
            path = _replace(home, path, clock.now(), why)
        if path is None:
            return StandIn(home / KIND / NOTHING, KIND, NONE)
        database = db.open_sqlite(path)
    db.migrate(database, KIND, clock.now())
    return database


def open_to_read(home: Path) -> SqliteFile:
    """Return the replica for a machine that may write nothing, as far as its file is complete; else a stand-in."""
    path = named(home)
    if path and path.is_file() and not fault_of(path, is_fixed=True):
        return ReadOnly(path)
    return StandIn(home / KIND / NOTHING, KIND, NONE)


def named(home: Path) -> Path | None:
    """Return the path that the pointer names; None if it names nothing."""
    try:
        name = (home / KIND / POINTER).read_text("utf-8").strip()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return None
    except OSError as error:
        raise of_system(error) from error
    is_name = name.endswith(".sqlite3") and "/" not in name and name.isprintable()
    return home / KIND / name if is_name else None


def is_none(home: Path) -> bool:
    """Return whether the pointer says that this terminal has no replica."""
    try:
        return (home / KIND / POINTER).read_bytes() == NOTHING.encode()
    except OSError:
        return False


def name_again(home: Path, path: Path) -> None:
    """Let the pointer name a replica that is open and sound, where it was damaged. Raises OSError."""
    with _turn(home):
        if named(home) is None and not is_none(home) and path.is_file():
            db.write_atomically(home / KIND / POINTER, path.name.encode())


def fault_of(path: Path | None, *, is_fixed: bool = False) -> str:
    """
    Return the code of what is wrong with a replica; empty if it is sound. Nothing is changed.

    Args:
        is_fixed: It may be read only, without its log.
    Raises:
        StoreFull, StoreAway: It cannot be looked at.
    """
    if path is None:
        return "no-pointer"
    if not path.is_file() or path.stat().st_size == 0:
        return "missing"
    how = "immutable=1" if is_fixed else "mode=rw"
    try:
        with closing(sqlite3.connect(f"file:{path}?{how}", uri=True)) as connection:
            return _look(connection)
    except sqlite3.DatabaseError as error:
        note_place(error, path.parent)
        meaning = fault(error)
        if isinstance(meaning, StoreUnready):
            raise meaning from error
        return "damaged"


def _look(connection: sqlite3.Connection) -> str:
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        return "damaged"
    applied = connection.execute("SELECT number FROM migration WHERE folder = ? ORDER BY number", (KIND,))
    numbers = [number for (number,) in applied]
    if not numbers or numbers != list(range(1, len(numbers) + 1)):
        return "damaged"
    for table in ("document", "document_link", "document_attachment"):
        connection.execute(f"SELECT 1 FROM {table} LIMIT 1")
    return "" if connection.execute("SELECT 1 FROM feed_position WHERE one = 1").fetchone() else "damaged"


def deep_fault_of(database: SqliteFile) -> str:
    """Return the code of what is wrong with the replica that is open, its documents compared with their digests."""
    why = fault_of(database.path)
    if not why and first_changed(database):
        return "document-changed"
    return why


def first_changed(database: SqliteFile) -> str:
    """Return the id of the first document that is not what the hub published; empty if all are."""
    for (
        doc_id,
        _,
        deleted,
        digest,
        kind,
        title,
        doc_no,
        issuers,
        day,
        validity,
        record,
    ) in database.execute_sql(_ROWS):
        if deleted:
            continue
        try:
            if sha256(record.encode()).hexdigest() != digest:
                return str(doc_id)
            shown = checked(json.loads(record))
            was = (
                shown.get("kind", ""),
                shown.get("title", ""),
                shown.get("doc_no", ""),
                shown.get("validity", ""),
            )
            if (kind, title, doc_no, validity) != was or json.loads(issuers) != shown.get("issuers", []):
                return str(doc_id)
            if day != (shown.get("published_on") or shown.get("drawn_on", "")):
                return str(doc_id)
        except (ValueError, TypeError, LookupError, AttributeError):
            return str(doc_id)
    return ""


def replace(home: Path, clock: Clock, before: SqliteFile, why: str) -> None:
    """
    Set a damaged replica aside and let the pointer name the last good copy, or nothing.

    Args:
        before: The replica as this process has it open: another process may have replaced it already.
    Raises:
        StoreFull, StoreAway: That is not possible at this moment.
    """
    with _turn(home):
        path = named(home)
        if isinstance(before, StandIn) or path == before.path:
            _replace(home, path, clock.now(), why)


def _replace(home: Path, path: Path | None, now: datetime, why: str) -> Path | None:
    """Return the path of the replica that is current now, or None."""
    folder = home / KIND
    try:
        if path is not None and path.exists():
            files = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
            set_aside.keep(home, KIND, files, now)
            for each in files:
                each.unlink(missing_ok=True)
        good = _another(folder) or _from_copy(folder)
        db.write_atomically(folder / POINTER, (good.name if good else NOTHING).encode())
        set_aside.forget(home, now)
    except OSError as error:
        raise of_system(error) from error
    _log.error("catalogue-replaced: %s; now %s", why, good.name if good else "none, until the hub is there")
    return good


def _another(folder: Path) -> Path | None:
    """Return the newest sound replica in the folder that was complete once; one that is being built has no date."""
    found: list[tuple[int, Path]] = []
    for path in folder.glob("*.sqlite3"):
        if not fault_of(path):
            with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
                seq, as_of = connection.execute("SELECT seq, as_of FROM feed_position").fetchone()
            found += [(seq, path)] if as_of else []
    return max(found, default=(0, None))[1]


def _from_copy(folder: Path) -> Path | None:
    """Put the last good copy in place under a new name; None if there is none that is sound."""
    copy = folder / GOOD_COPY
    if not copy.is_file():
        return None
    if fault_of(copy, is_fixed=True):
        copy.unlink()
        return None
    with closing(sqlite3.connect(f"file:{copy}?immutable=1", uri=True)) as connection:
        epoch, seq = connection.execute("SELECT epoch, seq FROM feed_position").fetchone()
    path = folder / f"{epoch}-{seq}-{secrets.token_hex(4)}.sqlite3"
    shutil.copyfile(copy, path.with_suffix(".part"))
    os.chmod(path.with_suffix(".part"), 0o600)
    os.replace(path.with_suffix(".part"), path)
    db.sync_folder(folder)
    return path


def keep_good_copy(home: Path, database: SqliteFile) -> None:
    """
    Make the good copy again from the replica that is served; what was withdrawn is in neither.

    Without room there is no copy rather than an old one. Nothing is raised: the next change tries again.
    """
    copy, part = home / KIND / GOOD_COPY, home / KIND / f"{GOOD_COPY}.part"
    if isinstance(database, StandIn | ReadOnly):
        return
    try:
        part.unlink(missing_ok=True)
        database.execute_sql("VACUUM INTO ?", (str(part),))
        with part.open("rb") as whole:
            os.fsync(whole.fileno())
        os.chmod(part, 0o600)
        os.replace(part, copy)
    except Exception as error:  # a copy is a convenience; whatever stops it is the log's
        _log.error("no good copy of the catalogue: %s", error)
        with suppress(OSError):
            copy.unlink(missing_ok=True)
            part.unlink(missing_ok=True)


def has_good_copy(home: Path) -> bool:
    """Return whether there is a good copy."""
    return (home / KIND / GOOD_COPY).is_file()


@contextmanager
def _turn(home: Path) -> Iterator[None]:
    (home / KIND).mkdir(mode=0o700, exist_ok=True)
    with locked(home / f"{KIND}.turn"):
        yield
