"""
Home directories: created completely or not at all, and opened with their databases.

A home is built beside its place and renamed at the end, so that a full disk or a power cut leaves nothing half-made.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from config import settings_file
from config.settings import HubSettings, TerminalSettings
from config.settings_file import SettingsError
from kiosk import db
from kiosk.clock import Clock, HubTime, SystemClock, from_stamp
from kiosk.db import SqliteFile, Store
from kiosk.db.faults import of_system, translated
from kiosk.errors import Refused, StoreDamaged, StoreFull
from kiosk.machine import catalogue_file, station
from kiosk.machine.station import STATION_DB as STATION_DB
from sync.terminal.models import HubLink

TERMINAL_FILE, HUB_FILE = "terminal.toml", "hub.toml"
PASSWORD_FILE, PASSWORD_WORD = "database.password", "KIOSK_DATABASE_PASSWORD"
"""File with the password of a hub's PostgreSQL database, and the environment variable that comes before it."""
HUB_DB = "hub.sqlite3"
WEB_KEY_FILE = "web.key"
RESERVE_FILE = "reserve"
RESERVE_BYTES = 2**20
"""
Bytes in reserve that are freed when the disk is full at a start: SQLite cannot even read a WAL database without
writing its index of 32 KB (RELIABILITY.md §0.4). Enough for two databases and the visits of a day.
"""

_WHAT_HELPS = "put back a copy with `restore`, or take what is left of the file with `salvage`"

_log = logging.getLogger(__name__)


@contextmanager
def new_home(home: Path) -> Iterator[Path]:
    """
    Create a folder to fill; it becomes `home` when the block ends well and is removed when it does not.

    Raises:
        Refused: "home-exists" when something is there already.
        StoreFull: No room; nothing is left behind.
    """
    if home.exists() and not home.is_dir():
        raise Refused("home-exists", f"{home} is a file: it is left as it is")
    if home.exists() and any(home.iterdir()):
        raise Refused("home-exists", f"{home} is not empty: it is left as it is")
    building = home.with_name(f".{home.name}.{secrets.token_hex(4)}")
    try:
        building.mkdir(parents=True, mode=0o700)
        yield building
        if home.exists():
            home.rmdir()
        os.replace(building, home)
    except OSError as error:
        raise StoreFull("disk-full", f"{home} could not be made: {error.strerror}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def make_web_key(home: Path) -> None:
    """Create the key of an installation's form tokens, which all its workers share."""
    db.write_atomically(home / WEB_KEY_FILE, secrets.token_hex(32).encode())


def terminal_settings(home: Path) -> TerminalSettings:
    """Return the settings of a terminal's home; SettingsError names every fault."""
    return settings_file.load(_there(home / TERMINAL_FILE), TerminalSettings)


def keep_setting(home: Path, name: str, value: str) -> None:
    """
    Write one text into a terminal's settings file, in its place or at the end; the rest stays as it is.

    Raises:
        SettingsError: The file cannot be used; it was not touched.
    """
    terminal_settings(home)
    _keep(home / TERMINAL_FILE, name, value)


def split_address(given: str) -> tuple[str, str]:
    """Return the address of a database without its password, and the password."""
    if not given.startswith("postgresql://"):
        return given, ""  # the settings say what is wrong with it
    from kiosk.db.server import without_password

    return without_password(given)


def move_database(home: Path, address: str, password: str) -> None:
    """Store another PostgreSQL address in a hub's home."""
    hub_settings(home)
    _keep(home / HUB_FILE, "database", address)
    (home / PASSWORD_FILE).unlink(missing_ok=True)
    if password:
        db.write_atomically(home / PASSWORD_FILE, password.encode())


def _keep(path: Path, name: str, value: str) -> None:
    line, text = f'{name} = "{value}"', path.read_text("utf-8")
    changed, many = re.subn(rf"^{name}\s*=.*$", lambda _: line, text, count=1, flags=re.MULTILINE)
    db.write_atomically(path, (changed if many else f"{text.rstrip()}\n{line}\n").encode())


def hub_settings(home: Path) -> HubSettings:
    """Return the settings of a hub's home; SettingsError names every fault."""
    return settings_file.load(_there(home / HUB_FILE), HubSettings)


def is_hub(home: Path) -> bool:
    """Return whether `home` is a hub's, not a terminal's. Raises Refused("no-home") when it is neither."""
    if (home / HUB_FILE).is_file():
        return True
    _there(home / TERMINAL_FILE)
    return False


def _there(path: Path) -> Path:
    if not path.is_file():
        raise Refused(
            "no-home", f"there is no {path.name} in {path.parent}: make it with init-terminal or init-hub"
        )
    return path


def open_home(home: Path, clock: Clock | None = None) -> Store:
    """Bind both databases of a home, migrated; return the store."""
    clock = clock or SystemClock()
    return open_hub(home, clock) if is_hub(home) else open_terminal(home, clock)


def open_terminal(home: Path, clock: Clock) -> SqliteFile:
    """
    Open the station database and the current catalogue, migrated; a damaged one is salvaged or replaced.

    Raises:
        StoreFull: There is no room even with the reserve.
        StoreAway: The machine does not let us.
    """
    return _with_reserve(home, lambda: _open_terminal(home, clock))


def open_hub(home: Path, clock: Clock, settings: HubSettings | None = None, *, is_new: bool = False) -> Store:
    """
    Open the hub's database, migrated; it holds the catalogue too. On PostgreSQL this thread holds a connection.

    Args:
        settings: Those of the home unless others are given.
        is_new: The hub is being made; otherwise a database that is missing or empty is a damaged one.
    Raises:
        StoreDamaged: "not-a-database", "no-hub".
        StoreFull: There is no room even with the reserve.
        StoreAway: The database server cannot be reached.
    """
    address = settings.database if settings else database_address(home)
    if address:
        return _bind_hub(_server(home, address), clock, is_new=is_new)
    path = home / HUB_DB
    if not is_new and (fault := _fault_of_file(path)):
        raise StoreDamaged("not-a-database", f"{path} is {fault}: {_WHAT_HELPS}")
    try:
        return _with_reserve(home, lambda: _bind_hub(db.open_sqlite(path), clock, is_new=is_new))
    except UnicodeDecodeError as error:  # SQLite quotes a damaged list of tables
        raise StoreDamaged(
            "not-a-database", f"the list of tables of {path} is damaged: {_WHAT_HELPS}"
        ) from error


def _fault_of_file(path: Path) -> str:
    """
    Return what is wrong with a hub's file that SQLite would pass over: it makes a new one of an empty file, and reads
    zeros where the last page is cut. With a write-ahead log beside it a short file is no fault: the log completes it.
    """
    if not path.is_file():
        return "missing"
    size = path.stat().st_size
    log = path.with_name(path.name + "-wal")
    if not size:
        return "empty"
    with path.open("rb") as file:
        page_bytes = int.from_bytes(file.read(18)[16:], "big")
    is_logged = log.is_file() and log.stat().st_size > 0
    return "cut" if page_bytes and size % page_bytes and not is_logged else ""


def database_address(home: Path) -> str:
    """Return the address of the hub's database, also when something else in its settings is wrong."""
    try:
        return hub_settings(home).database
    except SettingsError as error:
        if error.settings is None:
            raise
        return str(error.settings.get("database", ""))


def _server(home: Path, address: str) -> Store:
    from kiosk.db.server import open_server
    from kiosk.machine.serving import THREADS

    # One more each for the rounds, the checks of addresses outside and the snapshots of the worker that leads.
    return open_server(address, database_password(home), connections=THREADS + 3)


def database_password(home: Path) -> str:
    """Return the password of the hub's database server; empty where libpq finds its own (a socket, ~/.pgpass)."""
    path = home / PASSWORD_FILE
    if PASSWORD_WORD in os.environ or not path.is_file():
        return os.environ.get(PASSWORD_WORD, "")
    return path.read_text("utf-8").rstrip("\n")


def hub_clock() -> Clock:
    """
    Return the clock of the bound hub: on a database server its steady time is the server's, one for all machines.
    """
    database = db.real(db.store)
    if isinstance(database, SqliteFile):
        return SystemClock()
    from kiosk.db.server import SharedClock

    return SharedClock(database)


def _open_terminal(home: Path, clock: Clock) -> SqliteFile:
    database = station.open_station(home, clock)
    db.store.initialize(database)
    db.catalogue.initialize(catalogue_file.open_replica(home, clock))
    return database


def _bind_hub(database: Store, clock: Clock, *, is_new: bool) -> Store:
    """
    Raises:
        StoreDamaged: "no-hub": tables would be made where a hub is expected.
    """
    if not is_new:
        with translated():
            is_there = "migration" in database.get_tables()
        if not is_there:
            raise StoreDamaged("no-hub", f"there is no hub in its database: {_WHAT_HELPS}")
    db.migrate(database, "catalogue", clock.now())
    db.migrate(database, "hub", clock.now())
    db.store.initialize(database)
    db.catalogue.initialize(database)
    if not is_new:
        from kiosk.calendar import actions as workdays  # a terminal opens its home here too

        workdays.seed(clock.now())
    return database


Opened = TypeVar("Opened")


def _with_reserve(home: Path, opened: Callable[[], Opened]) -> Opened:
    """Open, on a full disk by giving up the reserve; keep a reserve for the next start."""
    reserve = home / RESERVE_FILE
    try:
        database = opened()
    except StoreFull:
        if not reserve.exists():
            raise
        reserve.unlink(missing_ok=True)
        _log.error("disk-full: the reserve was given up so that the databases could be opened")
        database = opened()
    _keep_reserve(reserve)
    return database


def _keep_reserve(reserve: Path) -> None:
    """Allocate the reserve, where there is room."""
    if reserve.exists() and reserve.stat().st_size == RESERVE_BYTES:
        return
    try:
        handle = os.open(reserve, os.O_CREAT | os.O_WRONLY, 0o600)
    except OSError as error:
        _log.error("%s: there is no reserve", of_system(error).code)
        return
    try:
        os.posix_fallocate(handle, 0, RESERVE_BYTES)
    except OSError:
        reserve.unlink(missing_ok=True)
        _log.error("disk-full: there is no room for a reserve of %d bytes", RESERVE_BYTES)
    finally:
        os.close(handle)


def runtime_folder(home: Path, settings: TerminalSettings) -> Path:
    """Return a folder in memory, of this user and this home, for what must not outlive the boot."""
    if settings.runtime_dir:
        return Path(settings.runtime_dir)
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]
    return Path("/dev/shm") / f"kiosk-{os.getuid()}-{name}"


_TERMINAL = db.Statement(lambda: HubLink.select(HubLink.terminal))
_HUB_TIME = db.Statement(lambda: HubLink.select(HubLink.hub_time, HubLink.skew_s))


def terminal_code() -> str:
    """Return the code of the bound station, as its numbers begin; empty before it knows a hub."""
    row = _TERMINAL.first(db.store)
    return str(row[0]) if row else ""


def last_hub_time() -> HubTime | None:
    """
    Return the time that the hub of the bound station signed last; None before that, or when no station is bound.
    """
    if db.store.obj is None:
        return None
    row = _HUB_TIME.first(db.store)
    return HubTime(from_stamp(row[0]), row[1]) if row and row[0] else None
