"""
Copies of a home: taken while it runs, verified before they are put in place.

A copy is a tar file of the settings, the keys, SQLite's own consistent copies of the databases and, of a hub, the
files of documents (a terminal fetches them again, and its side lists too); it is as secret as the home itself
(mode 0600). Lists that name persons are erased at the hub when their window is over; copies made before still hold
them, and `outlived` (a line of `check`) says which. A hub that comes back from a copy begins a new epoch, so that
terminals offer again what the copy lacks.
"""

from __future__ import annotations

import os
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path

import peewee

from kiosk import blobs, db, homes
from kiosk.blobs import Blobs
from kiosk.catalogue import named
from kiosk.clock import Clock
from kiosk.errors import Refused, StoreFull
from sync import server
from sync.hub_models import SyncPosition

PLAIN_FILES = ("terminal.toml", "hub.toml", "device.key", "signing.key", "web.key", "database.password")


class HomeCopy(db.StoreModel):
    """A copy that was made of this hub: until when its first list of names may be kept; empty: it holds none."""

    file = peewee.TextField(primary_key=True)
    made_at = db.StampField()
    names_until = peewee.TextField()


def backup(home: Path, file: Path, clock: Clock) -> None:
    """
    Writes a copy of `home` to `file`, which must not exist.

    Raises:
        Refused: "copy-exists", "no-home".
        StoreFull: no room for the copy.
    """
    is_hub = homes.is_hub(home)
    if file.exists():
        raise Refused("copy-exists", f"{file} is there already")
    unfinished = file.with_name(file.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent) as scratch:
            copies = {
                name: _copy(home / name, Path(scratch) / name.replace("/", "-")) for name in _databases(home)
            }
            through, names_until = _said_of(copies[homes.HUB_DB]) if is_hub else (0, "")
            if not is_hub:
                _forget_side_lists(copies[homes.STATION_DB])
            _pack(unfinished, home, copies, blobs.of_home(home) if is_hub else None)
        os.replace(unfinished, file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise StoreFull("disk-full", f"{file} could not be written: {error.strerror}") from error
    if is_hub:
        database = homes.open_hub(home, clock)
        with db.writing(database):
            server.note_backup(database, through)
            HomeCopy.insert(
                file=str(file.resolve()), made_at=clock.now(), names_until=names_until
            ).on_conflict(
                conflict_target=[HomeCopy.file], preserve=[HomeCopy.made_at, HomeCopy.names_until]
            ).execute()


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


def _said_of(copy: Path) -> tuple[int, str]:
    """Of a copy of the hub: up to which submission it holds all, and how long its lists of names may be kept."""
    with closing(db.open_sqlite(copy)) as database:
        through = SyncPosition.select(SyncPosition.inbox_no).scalar(database)
        return int(through), named.first_end(database)


def outlived(today: date) -> list[tuple[str, str]]:
    """
    Copies of this hub that hold a list of names whose window is over: (file, last day of the window).

    A copy that is no longer where it was made is not named: it may be gone, or somewhere that only people know.
    """
    found = (
        HomeCopy.select(HomeCopy.file, HomeCopy.names_until)
        .where(HomeCopy.names_until != "", HomeCopy.names_until < today.isoformat())
        .order_by(HomeCopy.made_at, HomeCopy.file)
    )
    return [(file, until) for file, until in found.tuples().execute() if Path(file).is_file()]


def _forget_side_lists(copy: Path) -> None:
    """What the hub lends a terminal for a time must not live on in its copies."""
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


def restore(file: Path, home: Path, clock: Clock) -> None:
    """
    Makes `home` from the copy in `file`; a hub begins a new epoch.

    Raises:
        Refused: "not-a-copy" when it is damaged or none, "home-exists".
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
        for name in _databases(building):
            _verify(building / name)
        _verify_files(blobs.of_home(building))
        if homes.is_hub(building):
            database = homes.open_hub(building, clock)
            with db.writing(database):
                server.begin_new_epoch(database)
            database.close_all()


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
