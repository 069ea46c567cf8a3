"""
Backups of a home: taken while it runs, verified before they are put in place.

A copy is a tar file of the settings, the keys, consistent copies of the databases (SQLite's own, or a dump of
PostgreSQL's with the rows of each table counted) and, of a hub, the files of documents (a terminal fetches them again,
and its side lists too); it is as secret as the home itself (mode 0600). Lists that name persons are erased at the hub
when their window is over; copies made before still hold them, and `outlived` (a line of `check`) names those. A hub
restored from a copy begins a new epoch, so that terminals offer again what the copy lacks.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import peewee

from kiosk import blobs, db
from kiosk.blobs import Blobs
from kiosk.catalogue.records import named
from kiosk.clock import Clock
from kiosk.errors import Refused, StoreFull
from kiosk.machine import homes
from sync.hub import inbox
from sync.hub.models import SyncPosition

PLAIN_FILES = ("terminal.toml", "hub.toml", "device.key", "signing.key", "web.key", "database.password")


DUMP, COUNTS = "hub.dump", "hub.counts.json"
"""A PostgreSQL hub's database in its copy, and the rows of each of its tables."""


class HomeCopy(db.StoreModel):
    """A copy made of this hub, and until which day its first list of names may be kept; empty: it holds none."""

    file = peewee.TextField(primary_key=True)
    made_at = db.StampField()
    names_until = peewee.TextField()


@dataclass(frozen=True)
class _Held:
    """Content of a hub's copy: the last submission it holds, and how long its lists of names may be kept."""

    through: int
    names_until: str


def backup(home: Path, file: Path, clock: Clock) -> None:
    """
    Write a copy of `home` to `file`, which must not exist.

    Raises:
        Refused: "copy-exists", "no-home", and of PostgreSQL's tools "no-tool", "copy-failed", "copy-incomplete".
        StoreFull: no room for the copy.
    """
    is_hub = homes.is_hub(home)
    if file.exists():
        raise Refused("copy-exists", f"{file} is there already")
    unfinished = file.with_name(file.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent) as scratch:
            copies, held = (
                _hub_copies(home, Path(scratch), clock) if is_hub else _terminal_copies(home, scratch)
            )
            _pack(unfinished, home, copies, blobs.of_home(home) if is_hub else None)
        os.replace(unfinished, file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise StoreFull("disk-full", f"{file} could not be written: {error.strerror}") from error
    if held:
        _note(home, file, held, clock)


def _note(home: Path, file: Path, held: _Held, clock: Clock) -> None:
    """Let terminals erase what the complete copy holds, and note until when its lists of names may be kept."""
    database = homes.open_hub(home, clock)
    with db.writing(database):
        inbox.note_backup(database, held.through)
        HomeCopy.insert(
            file=str(file.resolve()), made_at=clock.now(), names_until=held.names_until
        ).on_conflict(
            conflict_target=[HomeCopy.file], preserve=[HomeCopy.made_at, HomeCopy.names_until]
        ).execute()
    database.close_all()


def _terminal_copies(home: Path, scratch: str) -> tuple[dict[str, Path], None]:
    copies = {name: _copy(home / name, Path(scratch) / name.replace("/", "-")) for name in _databases(home)}
    _forget_side_lists(copies[homes.STATION_DB])
    return copies, None


def _hub_copies(home: Path, scratch: Path, clock: Clock) -> tuple[dict[str, Path], _Held]:
    if not homes.database_address(home):
        copy = _copy(home / homes.HUB_DB, scratch / homes.HUB_DB)
        with closing(db.open_sqlite(copy)) as copied:
            return {homes.HUB_DB: copy}, _held(copied)
    database = homes.open_hub(home, clock)
    try:
        return _dumped(database, scratch)
    finally:
        database.close_all()


def _dumped(database: db.Store, scratch: Path) -> tuple[dict[str, Path], _Held]:
    from kiosk.db import dumps
    from kiosk.db.server import PostgresServer

    assert isinstance(database, PostgresServer)
    copies = {DUMP: scratch / DUMP, COUNTS: scratch / COUNTS}
    with dumps.frozen(database) as frozen:
        held = _held(database)
        copies[COUNTS].write_text(json.dumps(frozen.write(copies[DUMP])))
    return copies, held


def _held(database: db.Store) -> _Held:
    through = SyncPosition.select(SyncPosition.inbox_no).scalar(database)
    return _Held(int(through), named.first_end(database))


def _databases(home: Path) -> list[str]:
    if homes.is_hub(home):
        return [homes.HUB_DB]
    current = (home / "catalogue" / "current").read_text("utf-8").strip()
    return [homes.STATION_DB, f"catalogue/{current}"]


def _copy(source: Path, target: Path) -> Path:
    before, after = sqlite3.connect(source), sqlite3.connect(target)
    try:
        before.backup(after)
    finally:
        before.close()
        after.close()
    return target


def outlived(today: date) -> list[tuple[str, str]]:
    """
    Return the copies of this hub that hold a list of names whose window is over: (file, last day of the window).

    A copy that is no longer where it was made is not named: it may be gone, or somewhere that only people know.
    """
    asked = (
        HomeCopy.select(HomeCopy.file, HomeCopy.names_until)
        .where(HomeCopy.names_until != "", HomeCopy.names_until < today.isoformat())
        .order_by(HomeCopy.made_at, HomeCopy.file)
    )
    return [(file, until) for file, until in asked.tuples().execute() if Path(file).is_file()]


def _forget_side_lists(copy: Path) -> None:
    """Erase the side lists in a copy: what the hub gives a terminal for a time must not survive in backups."""
    connection = sqlite3.connect(copy, isolation_level=None)
    try:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'side_list'").fetchone():
            connection.execute("DELETE FROM side_list")
            connection.execute("VACUUM")
    finally:
        connection.close()


def _pack(file: Path, home: Path, copies: dict[str, Path], files: Blobs | None) -> None:
    handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as stream, tarfile.open(fileobj=stream, mode="w") as archive:
        for name in PLAIN_FILES:
            if (home / name).is_file():
                archive.add(home / name, name)
        if (home / "catalogue" / "current").is_file():
            archive.add(home / "catalogue" / "current", "catalogue/current")
        for name, path in copies.items():
            archive.add(path, name)
        for sha256 in files.held() if files else ():  # after the database: all files that it names are there
            found = files.path(sha256) if files else None
            if found:
                archive.add(found, found.relative_to(home).as_posix())
        stream.flush()
        os.fsync(stream.fileno())


def restore(file: Path, home: Path, clock: Clock, address: str = "", password: str = "") -> None:
    """
    Make `home` from the copy in `file`; a hub begins a new epoch.

    Args:
        address, password: The empty PostgreSQL database for a hub's, where it is not the one that the copy came from.
    Raises:
        Refused: "not-a-copy" when it is damaged or none, "home-exists", "database-in-use".
        StoreFull: nothing is left behind.
    """
    if not file.is_file() or not tarfile.is_tarfile(file):
        raise Refused("not-a-copy", f"{file} is not a copy that `backup` wrote")
    with homes.new_home(home) as building:
        try:
            with tarfile.open(file) as archive:
                archive.extractall(building, filter="data")
        except tarfile.TarError as error:
            raise Refused("not-a-copy", f"{file}: {error}") from error
        _verify_files(blobs.of_home(building))
        if (building / DUMP).is_file():
            _fill_server(building, address, password)
        elif address:
            raise Refused(
                "not-a-copy",
                f"{file} holds no PostgreSQL database: it is of a hub on SQLite, or a terminal's",
            )
        else:
            for name in _databases(building):
                _verify(building / name)
        if homes.is_hub(building):
            database = homes.open_hub(building, clock)
            with db.writing(database):
                inbox.begin_new_epoch(database)
            database.close_all()


def _fill_server(building: Path, address: str, password: str) -> None:
    """Fill the database of a hub that is coming back, and take the dump out of its home."""
    from kiosk.db import dumps
    from kiosk.db.server import open_server

    if address:
        homes.move_database(building, address, password)
    database = open_server(homes.hub_settings(building).database, homes.database_password(building))
    try:
        dumps.restore(database, building / DUMP, json.loads((building / COUNTS).read_text()))
    finally:
        database.close_all()
    for name in (DUMP, COUNTS):
        (building / name).unlink()


def _verify_files(files: Blobs) -> None:
    for sha256 in files.held():
        if not files.verified(sha256):
            raise Refused("not-a-copy", f"the file {sha256} is damaged")


def _verify(path: Path) -> None:
    try:
        connection = sqlite3.connect(path)
        (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        connection.close()
    except sqlite3.DatabaseError as error:
        raise Refused("not-a-copy", f"{path.name}: {error}") from error
    if answer != "ok":
        raise Refused("not-a-copy", f"{path.name} is damaged: {' '.join(answer.split())}")
