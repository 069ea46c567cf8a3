"""A printer in memory whose link fails where a test says, fast enough to fail at every byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import peewee

from printers.device.drivers import DeviceLink
from printers.device.profiles import Profile
from printers.errors import LinkBroken
from printers.spooler.worker import PrinterDevice, Worker
from tests.printers.stations import QUICK, TABLES, Station, Ticking
from tools.virtual_printer.mechanism import Mechanism
from tools.virtual_printer.roll import PaperPiece


class MemoryStation(Station):
    """The same tables without a disk."""

    def __init__(self) -> None:
        self.clock = Ticking()
        self.key_is_here = True
        self.commits = 0
        self.crash_at = -1
        self._database = peewee.SqliteDatabase(":memory:", thread_safe=False)
        self._database.connection().executescript(TABLES)

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def writing(self) -> Iterator[peewee.Database]:
        """A transaction; `crash_at` N kills before the Nth commit, or behind it with half a number more."""
        with self._database.atomic("IMMEDIATE"):
            yield self._database
            self.commits += 1
            if self.commits == self.crash_at:
                raise Killed
        if -self.commits == self.crash_at + 1:
            raise Killed


class Killed(BaseException):
    """The process died here."""


@dataclass
class Printer:
    """Paper and memory of one printer; the power fails after `dies_after` bytes of the next link."""

    width_dots: int
    dies_after: int | None = None
    papers: list[PaperPiece] = field(default_factory=list)
    lines: list[list[str]] = field(default_factory=list)
    links: int = 0

    def __post_init__(self) -> None:
        self.mechanism = Mechanism(self.width_dots, self.papers.append)

    def open(self) -> DeviceLink:
        self.links += 1
        return _Link(self)

    def all_text(self) -> list[str]:
        """The text of each paper, what still hangs in the slot last."""
        hanging = [self.mechanism.preview().text] if self.mechanism.hanging else []
        return [paper.text for paper in self.papers] + hanging


class _Link:
    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._accepted = 0
        self._out = b""
        printer.mechanism.answer = self._say

    def _say(self, data: bytes) -> None:
        self._out += data

    def write(self, data: bytes) -> int:
        if len(data) == 3 and data[:2] == b"\x10\x04":
            self._out += b"\x12"
            return 3
        limit = self._printer.dies_after
        room = len(data) if limit is None else min(len(data), limit - self._accepted)
        if room <= 0:
            self._printer.dies_after = None
            self._printer.mechanism.power_cycle()
            raise LinkBroken("power cut")
        self._printer.mechanism.feed(data[:room])
        self._accepted += room
        return room

    def read(self, timeout_s: float) -> bytes | None:
        out, self._out = self._out, b""
        return out

    def close(self) -> None:
        if self._printer.dies_after is not None:
            self._printer.dies_after = None
            self._printer.mechanism.power_cycle()


class Jumping:
    """Seconds that pass by themselves at each look, so that waiting for nothing ends at once."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        self.at += 0.02
        return self.at

    def skip(self, seconds: float) -> None:
        self.at += seconds


def memory_worker(station: MemoryStation, printer: Printer, profile: Profile, seconds: Jumping) -> Worker:
    return Worker(
        station.writing,
        PrinterDevice(profile, printer.open),
        open_secret=station.open_secret,
        now=station.clock,
        monotonic=seconds,
        waits=QUICK,
    )
