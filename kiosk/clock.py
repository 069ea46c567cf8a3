"""
Time: the only module that asks the machine for it.

Order never comes from clocks: it comes from sequences. A kiosk's clock may be wrong (dead battery, 1970), so it
reports itself whether it can be trusted: not before the date of this software, and not when it disagrees with the
time that the hub signed last.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
EARLIEST_PLAUSIBLE = datetime(2026, 11, 1, tzinfo=UTC)
"""No terminal of this software ran before this day: an earlier clock is wrong."""
LATEST_PLAUSIBLE_YEAR = 2100
TOLERANCE = timedelta(minutes=5)
LONGEST_SILENCE = timedelta(days=366)
"""Longest time since the hub last answered: a clock that claims more has jumped, or cannot be checked."""

SET_CLOCK = "KIOSK_CLOCK"
"""
Environment of a process whose clock is set, for tests and training: `2026-11-23T09:30:00+08:00@812.5`.

That moment was at that second of this boot's steady time, and time runs on from there, whatever the machine's own
clock says: processes with the same text agree, and one that is started again continues.
"""


class Clock(Protocol):
    """Wall time, steady time and the boot they belong to."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only rise during this boot, the same for all processes of the machine."""
        ...

    def boot_id(self) -> str:
        """Return the id of this boot; `monotonic` values of different boots do not compare."""
        ...

    def trusted(self) -> bool:
        """Return false when the wall time is certainly or probably wrong."""
        ...


def today(clock: Clock) -> date:
    """Return the calendar day in Beijing, which is the day that the law counts."""
    return beijing_day(clock.now())


def beijing_day(moment: datetime) -> date:
    """Return the Beijing calendar day of an aware time."""
    return moment.astimezone(BEIJING).date()


def stamp(moment: datetime) -> str:
    """Return the form in which times are stored: ISO 8601, UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def from_stamp(text: str) -> datetime:
    """Return the aware time that `stamp` wrote."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class HubTime:
    """Time that the hub signed last, and how many seconds this machine's clock was ahead of it then."""

    at: datetime
    skew_s: int


def _no_hub_time() -> HubTime | None:
    return None


def set_to(moment: datetime) -> str:
    """Return the text for `SET_CLOCK` that makes it `moment` now."""
    return f"{moment.isoformat()}@{time.monotonic()}"


def _start_of_steady_time(text: str | None) -> datetime | None:
    """Return the wall time at steady second 0 from a text of `set_to`; None without one."""
    if not text:
        return None
    moment, _, steady = text.partition("@")
    return datetime.fromisoformat(moment).astimezone(UTC) - timedelta(seconds=float(steady))


class SystemClock:
    """The machine's own clock, unless `SET_CLOCK` sets another time."""

    def __init__(self, last_hub_time: Callable[[], HubTime | None] = _no_hub_time) -> None:
        self._last_hub_time = last_hub_time
        self._boot_id = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        self._start = _start_of_steady_time(os.environ.get(SET_CLOCK))

    def now(self) -> datetime:
        if self._start:
            return self._start + timedelta(seconds=time.monotonic())
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def boot_id(self) -> str:
        return self._boot_id

    def trusted(self) -> bool:
        now = self.now()
        last = self._last_hub_time()
        if last is None:
            return now >= EARLIEST_PLAUSIBLE - TOLERANCE and now.year < LATEST_PLAUSIBLE_YEAR
        is_in_step = abs(last.skew_s) <= TOLERANCE.total_seconds()
        return is_in_step and last.at - TOLERANCE <= now <= last.at + LONGEST_SILENCE


@dataclass
class FixedClock:
    """A clock that moves only by `advance`; for tests, previews and training."""

    moment: datetime
    steady: float = 1000.0
    boot: str = "boot-1"
    is_trusted: bool = True

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.steady

    def boot_id(self) -> str:
        return self.boot

    def trusted(self) -> bool:
        return self.is_trusted

    def advance(self, seconds: float) -> None:
        """Move wall time and steady time alike."""
        self.moment += timedelta(seconds=seconds)
        self.steady += seconds
