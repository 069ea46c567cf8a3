"""
Token buckets for addresses that nobody can read back: plain values and a clock, no Flask.

An address is known by a keyed hash only. Its key is made in memory, lives for one day and ends with the process, so
that nothing here, if it were written down, would lead back to a person.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import secrets
import threading
from dataclasses import dataclass
from datetime import date

from kiosk.clock import Clock, today

MOST_KNOWN = 50_000
"""Addresses remembered at a time, some 10 MB: a caller with more makes the oldest ones forgotten, nothing worse."""
ROUNDING = 1e-6
"""Tolerance for sums of small numbers: a visitor who waited as long as the page said must be served."""
OWN_NETWORK = 64
"""Bits of an IPv6 address that one household or one telephone has."""


@dataclass(frozen=True)
class Flow:
    """The requests that one address may make: `burst` at once, refilled at `per_minute`."""

    burst: int
    per_minute: float


class Buckets:
    """The counts of one process; safe for its threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._day: date | None = None
        self._key = b""
        self._levels: dict[tuple[str, bytes], tuple[float, float]] = {}

    def known_as(self, address: str) -> bytes:
        """Return the hash under which an address is counted today."""
        with self._lock:
            self._begin_day()
            return hashlib.blake2b(network_of(address).encode(), key=self._key, digest_size=16).digest()

    def take(self, name: str, who: bytes, flow: Flow, cost: int = 1) -> int:
        """
        Take `cost`; return 0 when it was taken, else the whole seconds until there is enough. A cost of 0 only looks.
        """
        with self._lock:
            level, now = self._level(name, who, flow)
            missing = max(cost, 1) - level
            if missing > ROUNDING:
                return math.ceil(missing / flow.per_minute * 60)
            self._put(name, who, max(level - cost, 0.0), now)
            return 0

    def give_back(self, name: str, who: bytes, flow: Flow) -> None:
        """Undo one `take`: the act turned out not to count."""
        with self._lock:
            level, now = self._level(name, who, flow)
            self._put(name, who, min(flow.burst, level + 1), now)

    def _level(self, name: str, who: bytes, flow: Flow) -> tuple[float, float]:
        now = self._clock.monotonic()
        level, at = self._levels.get((name, who), (float(flow.burst), now))
        return min(float(flow.burst), level + (now - at) / 60 * flow.per_minute), now

    def _put(self, name: str, who: bytes, level: float, now: float) -> None:
        self._levels.pop((name, who), None)  # the newest is last
        self._levels[name, who] = (level, now)
        while len(self._levels) > MOST_KNOWN:
            del self._levels[next(iter(self._levels))]

    def _begin_day(self) -> None:
        day = today(self._clock)
        if day != self._day:
            self._day, self._key = day, secrets.token_bytes(32)
            self._levels.clear()


def network_of(address: str) -> str:
    """Return the unit that is counted as one address: an IPv4 address, or the IPv6 network of one subscriber."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = getattr(parsed, "ipv4_mapped", None)
    if isinstance(parsed, ipaddress.IPv4Address) or mapped:
        return str(mapped or parsed)
    return str(ipaddress.ip_network((parsed, OWN_NETWORK), strict=False))
