"""A station's spool in a real SQLite file, clocks to move, and a worker with short waits."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import peewee

from printers.device import drivers, profiles
from printers.device.profiles import Profile
from printers.device.talk import Waits
from printers.paper.document import Slip
from printers.spooler import spool
from printers.spooler.worker import PrinterDevice, Worker
from tools.virtual_printer.mechanism import Mechanism
from tools.virtual_printer.printer import VirtualPrinter
from tools.virtual_printer.roll import PaperPiece

_FOLDER = Path(__file__).resolve().parents[2] / "kiosk" / "migrations" / "station"
_MIGRATIONS = ("0002_print.sql", "0005_page_printer.sql", "0008_attachments.sql")
TABLES = "".join((_FOLDER / name).read_text("utf-8") for name in _MIGRATIONS)
NOON = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
QUICK = Waits(answer_s=0.2, proof_s=0.4, look_s=0.05, calm_s=0.05)
"""For a printer in memory, which answers at once or never."""
PATIENT = Waits(answer_s=2.0, proof_s=10.0, look_s=0.05, calm_s=0.05)
"""For a printer in a thread of its own, which answers later on a busy machine; only silence waits so long."""


@dataclass
class Ticking:
    """A wall clock that stands until it is moved."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def pass_minutes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)


@dataclass
class Station:
    """The spool of one terminal; `key_is_here` false is a boot without the key of the codes."""

    path: Path
    clock: Ticking = field(default_factory=Ticking)
    key_is_here: bool = True

    @contextmanager
    def writing(self) -> Iterator[peewee.Database]:
        database = peewee.SqliteDatabase(str(self.path), timeout=5, pragmas={"foreign_keys": 1})
        try:
            with database.atomic("IMMEDIATE"):
                yield database
        finally:
            database.close()

    def enqueue(self, slip: Slip, key: str = "R1", secret: bytes | None = None, minutes: int = 10) -> int:
        with self.writing() as database:
            return spool.enqueue(
                database,
                slip,
                request_key=key,
                kind=slip.kind,
                created_at=self.clock(),
                expires_at=self.clock() + timedelta(minutes=minutes),
                secret=secret,
            )

    def reprint(self, job_id: int, by: str = "clerk-li", why: str = "not-taken") -> int:
        with self.writing() as database:
            later = self.clock() + timedelta(minutes=10)
            return spool.reprint(database, job_id, by=by, why=why, now=self.clock(), expires_at=later)

    def job(self, job_id: int) -> spool.Job:
        with self.writing() as database:
            return spool.job(database, job_id)

    def device(self) -> spool.DeviceState:
        with self.writing() as database:
            return spool.device(database)

    def open_secret(self, blob: bytes) -> str | None:
        return blob.decode() if self.key_is_here else None


@dataclass
class Seconds:
    """A monotonic clock of its own: real time would make the tests wait for retries."""

    start: float = 0.0
    skipped: float = 0.0
    real: Callable[[], float] = field(default=time.monotonic)

    def __call__(self) -> float:
        return self.real() + self.skipped

    def skip(self, seconds: float) -> None:
        self.skipped += seconds


def new_station(folder: Path) -> Station:
    """A station whose database has just been migrated."""
    path = folder / "station.sqlite3"
    database = peewee.SqliteDatabase(str(path))
    database.connection().executescript("PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL;" + TABLES)
    database.close()
    return Station(path)


def printed(data: bytes, width: int) -> list[PaperPiece]:
    """The papers that a printer of this width, in dots, makes of the bytes; it must know each command."""
    papers: list[PaperPiece] = []
    mechanism = Mechanism(width, papers.append)
    mechanism.feed(data)
    assert mechanism.unknown == []
    return papers


def worker_for(
    station: Station,
    printer: VirtualPrinter,
    seconds: Seconds,
    profile: Profile = profiles.GENERIC_80,
    stall_s: float = 10.0,
) -> Worker:
    """A worker on a virtual printer; `stall_s`: how long it may take no bytes."""
    host, port = printer.address
    device = PrinterDevice(profile, lambda: drivers.TcpLink(host, port, stall_s))
    return Worker(
        station.writing,
        device,
        open_secret=station.open_secret,
        now=station.clock,
        monotonic=seconds,
        waits=PATIENT,
    )


def wait_until(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Returns as soon as the condition holds; fails when it does not within the time."""
    pause = threading.Event()
    for _ in range(int(timeout_s / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("did not happen in time")
