"""
Backups of a home: taken while it runs, proved before terminals erase what it holds, verified before it is restored.

A copy holds the settings, the keys, consistent copies of the databases (SQLite's own, or a dump of PostgreSQL's with
the rows of each table counted) and, of a hub, the files of documents (a terminal fetches them again, and its side
lists too). A hub's copy is encrypted to the recovery key (archives.py); what is made on the way is inside of the home
and never beside the copy. Lists that name persons are erased at the hub when their window is over; copies made before
still hold them, and `outlived` (a line of `check`) names those. A hub restored from a copy begins a new epoch, so that
terminals offer again what the copy lacks.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import peewee

from kiosk import blobs, db
from kiosk.blobs import Blobs
from kiosk.catalogue.records import named
from kiosk.clock import Clock
from kiosk.db.faults import translated
from kiosk.errors import Refused, StoreDamaged, StoreFull
from kiosk.machine import archives, homes, proofs
from kiosk.machine.proofs import Fault
from kiosk.staff import key_models, keys
from sync.hub import hub_history
from sync.hub.models import SyncPosition

PLAIN_FILES = ("terminal.toml", "hub.toml", "device.key", "signing.key", "web.key", "database.password")


DUMP, COUNTS = "hub.dump", "hub.counts.json"
"""A PostgreSQL hub's database in its copy, and the rows of each of its tables."""
SCRATCH = ".copying-"
"""Beginning of the folder of a home in which its databases are copied; what a killed process left is removed."""


class HomeCopy(db.StoreModel):
    """A copy made of this hub, and until which day its first list of names may be kept; empty: it holds none."""

    file = peewee.TextField(primary_key=True)
    made_at = db.StampField()
    names_until = peewee.TextField()


@dataclass(frozen=True)
class _Held:
    """
    Content of a hub's copy: the last submission it holds, how long its lists of names may be kept, and the public
    half of the recovery key that opens it.
    """

    through: int
    names_until: str
    recovery: bytes


@dataclass(frozen=True)
class _Copied:
    """The databases of a home as copied, by their names in it; `held` is None for a terminal."""

    paths: dict[str, Path]
    held: _Held | None


def backup(home: Path, file: Path, clock: Clock) -> None:
    """
    Write a copy of `home` to `file`, which must not exist; only a proved copy lets terminals erase what it holds.

    Raises:
        Refused: "copy-exists", "no-home", "no-recovery-key" (an older hub: see `staff.actions.note_recovery_key`), and
            of PostgreSQL's tools "no-tool", "copy-failed", "copy-incomplete".
        StoreDamaged: "home-damaged": it names the broken rows and files; "copy-differs": the disk of the copy is bad.
        StoreFull: no room for the copy.
    """
    is_hub = homes.is_hub(home)
    if file.exists():
        raise Refused("copy-exists", f"{file} is there already")
    files = blobs.of_home(home) if is_hub else None
    with _scratch(home) as scratch:
        copied = _hub_copies(home, scratch, clock) if is_hub else _terminal_copies(home, scratch)
        _refuse_damaged(proofs.in_files(files) if files else [])
        archives.write(
            file,
            _members(home, copied.paths, files),
            what="hub" if is_hub else "terminal",
            recovery=copied.held.recovery if copied.held else None,
            now=clock.now(),
        )
    if copied.held:
        _note(home, file, copied.held, clock)


@contextmanager
def _scratch(home: Path) -> Iterator[Path]:
    """Make a folder inside of the home, where the same is readable anyway; it is gone at the end."""
    for left in home.glob(f"{SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=home) as folder:
            yield Path(folder)
    except OSError as error:
        raise StoreFull("disk-full", f"{home} has no room for a copy: {error.strerror}") from error


def _refuse_damaged(faults: list[Fault]) -> None:
    if faults:
        raise StoreDamaged(
            "home-damaged", f"nothing was copied, no terminal erases anything: {proofs.in_words(faults)}"
        )


def _note(home: Path, file: Path, held: _Held, clock: Clock) -> None:
    """Let terminals erase what the complete copy holds, and note until when its lists of names may be kept."""
    database = homes.open_hub(home, clock)
    with db.writing(database):
        hub_history.note_backup(database, held.through)
        HomeCopy.insert(
            file=str(file.resolve()), made_at=clock.now(), names_until=held.names_until
        ).on_conflict(
            conflict_target=[HomeCopy.file], preserve=[HomeCopy.made_at, HomeCopy.names_until]
        ).execute()
    database.close_all()


def _terminal_copies(home: Path, scratch: Path) -> _Copied:
    copies = {name: _copy(home / name, scratch / name.replace("/", "-")) for name in _databases(home)}
    _forget_side_lists(copies[homes.STATION_DB])
    with closing(db.open_sqlite(copies[homes.STATION_DB])) as copied:
        _refuse_damaged(proofs.in_station(copied))
    return _Copied(copies, None)


def _hub_copies(home: Path, scratch: Path, clock: Clock) -> _Copied:
    database = homes.open_hub(home, clock)  # which brings its tables up to date
    try:
        if not isinstance(database, db.SqliteFile):
            return _dumped(database, scratch)
    finally:
        database.close_all()
    copy = _copy(home / homes.HUB_DB, scratch / homes.HUB_DB)
    with closing(db.open_sqlite(copy)) as copied:
        _refuse_damaged(proofs.in_hub(copied))
        held = _held(copied)
    return _Copied({homes.HUB_DB: copy}, held)


def _dumped(database: db.Store, scratch: Path) -> _Copied:
    from kiosk.db import dumps
    from kiosk.db.server import PostgresServer

    assert isinstance(database, PostgresServer)
    copies = {DUMP: scratch / DUMP, COUNTS: scratch / COUNTS}
    with dumps.frozen(database) as frozen:
        _refuse_damaged(proofs.in_hub(database))
        held = _held(database)
        copies[COUNTS].write_text(json.dumps(frozen.write(copies[DUMP])))
    return _Copied(copies, held)


def _held(database: db.Store) -> _Held:
    through = SyncPosition.select(SyncPosition.inbox_no).scalar(database)
    recovery = key_models.recovery_public(database)
    if not recovery:
        raise Refused(
            "no-recovery-key",
            "copies are encrypted to the recovery key, which this hub does not know yet: type it once at"
            " `python -m kiosk recovery-key --home DIR`",
        )
    return _Held(int(through), named.first_end(database), recovery)


def _databases(home: Path) -> list[str]:
    if homes.is_hub(home):
        return [homes.HUB_DB]
    current = (home / "catalogue" / "current").read_text("utf-8").strip()
    return [homes.STATION_DB, f"catalogue/{current}"]


def _copy(source: Path, target: Path) -> Path:
    before, after = sqlite3.connect(source), sqlite3.connect(target)
    try:
        with translated():
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


def _members(home: Path, copies: dict[str, Path], files: Blobs | None) -> Iterator[tuple[str, Path]]:
    """Yield name and path of each file of a copy; files of documents come after the database that names them."""
    for name in (*PLAIN_FILES, "catalogue/current"):
        if (home / name).is_file():
            yield name, home / name
    yield from copies.items()
    for sha256 in sorted(files.held()) if files else ():
        found = files.path(sha256) if files else None
        if found:
            yield found.relative_to(home).as_posix(), found


def verify(file: Path, recovery_key: str = "") -> archives.Label:
    """
    Compare every byte of a copy with the digest in it, with the recovery key also each file inside; return its label.

    Raises:
        Refused: "not-a-copy", "recovery-key-mistyped", "recovery-key-wrong".
    """
    label = archives.label(file)
    if recovery_key or not label.recovery_id:
        archives.look_through(file, _private(recovery_key))
    return label


def restore(
    file: Path,
    home: Path,
    clock: Clock,
    address: str = "",
    password: str = "",
    recovery_key: str = "",
) -> None:
    """
    Make `home` from the copy in `file`; a hub begins a new epoch.

    Args:
        address, password: The empty PostgreSQL database for a hub's, where it is not the one that the copy came from.
        recovery_key: As it was written on paper, for an encrypted copy.
    Raises:
        Refused: "not-a-copy" when it is damaged or none, "home-exists", "database-in-use", "recovery-key-needed",
            "recovery-key-mistyped", "recovery-key-wrong".
        StoreFull: nothing is left behind.
    """
    archives.label(file)  # refuses what is no copy before anything is made
    with homes.new_home(home) as building:
        archives.unpack(file, building, _private(recovery_key))
        _refuse_broken(file, proofs.in_files(blobs.of_home(building)))
        if (building / DUMP).is_file():
            _fill_server(file, building, address, password)
        elif address:
            raise Refused(
                "not-a-copy",
                f"{file} holds no PostgreSQL database: it is of a hub on SQLite, or a terminal's",
            )
        else:
            _verify(file, building)
        if homes.is_hub(building):
            database = homes.open_hub(building, clock)
            with db.writing(database):
                hub_history.begin_new_epoch(database)
            database.close_all()


def _private(recovery_key: str) -> bytes | None:
    return keys.recovery_pair(keys.read_code(recovery_key))[0] if recovery_key else None


def _refuse_broken(file: Path, faults: list[Fault]) -> None:
    if faults:
        raise Refused("not-a-copy", f"{file} holds what is damaged: {proofs.in_words(faults)}")


def _fill_server(file: Path, building: Path, address: str, password: str) -> None:
    """Fill the database of a hub that is coming back, and take the dump out of its home."""
    from kiosk.db import dumps
    from kiosk.db.server import open_server

    if address:
        homes.move_database(building, address, password)
    database = open_server(homes.hub_settings(building).database, homes.database_password(building))
    try:
        dumps.restore(database, building / DUMP, json.loads((building / COUNTS).read_text()))
        if faults := proofs.in_hub(database):
            dumps.empty(database)
            _refuse_broken(file, faults)
    finally:
        database.close_all()
    for name in (DUMP, COUNTS):
        (building / name).unlink()


def _verify(file: Path, building: Path) -> None:
    """Refuse a copy whose databases are damaged, or hold a row that is not what was stored."""
    for name in _databases(building):
        is_of_hub, is_of_terminal = name == homes.HUB_DB, name == homes.STATION_DB
        try:
            with closing(db.open_sqlite(building / name)) as database:
                looked = (
                    proofs.in_hub
                    if is_of_hub
                    else proofs.in_station
                    if is_of_terminal
                    else proofs.in_catalogue
                )
                faults = looked(database)
        except StoreDamaged as error:
            raise Refused("not-a-copy", f"{file}: {name}: {error.detail}") from error
        _refuse_broken(file, faults)
