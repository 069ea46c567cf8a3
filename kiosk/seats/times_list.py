"""The side list of sessions with the seats that the hub has left, as it travels to terminals."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from kiosk.seats.leases import read_session, session_values
from kiosk.seats.rules import SeatSession
from sync.wire.errors import Malformed
from sync.wire.protocol import write
from sync.wire.reading import read_object

MOST_SESSIONS = 50_000


def written(rows: Iterable[tuple[SeatSession, int]]) -> bytes:
    """Return the list."""
    return write({"v": 1, "sessions": [{**session_values(each), "left": left} for each, left in rows]})


def read(content: bytes | None) -> list[tuple[SeatSession, int]]:
    """Return sessions in order, each with the seats left at the hub; what is no list is an empty one."""
    return list(_read(content)) if content else []


@functools.lru_cache(maxsize=2)
def _read(content: bytes) -> tuple[tuple[SeatSession, int], ...]:
    try:
        rows = read_object(content).objects("sessions", most=MOST_SESSIONS)
        return tuple((read_session(each), each.number("left")) for each in rows)
    except Malformed:
        return ()
