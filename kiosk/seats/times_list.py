"""The side list of sessions with the seats that the hub has left, as it travels to terminals."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.seats.leases import read_session, session_values
from kiosk.seats.rules import SeatSession
from sync.wire.errors import Malformed
from sync.wire.protocol import write
from sync.wire.reading import b64, read_object

MOST_SESSIONS = 50_000


@dataclass(frozen=True)
class TimesList:
    """Sessions in order, each with the seats left at the hub; phone_key: for marks of telephone numbers."""

    rows: tuple[tuple[SeatSession, int], ...] = ()
    phone_key: bytes = b""


def written(rows: Iterable[tuple[SeatSession, int]], phone_key: bytes) -> bytes:
    """Return the list."""
    sessions = [{**session_values(each), "left": left} for each, left in rows]
    return write({"v": 1, "sessions": sessions, "phone_key": b64(phone_key)})


@functools.lru_cache(maxsize=2)
def read(content: bytes | None) -> TimesList:
    """Return the list; what cannot be read is an empty one."""
    if not content:
        return TimesList()
    try:
        fields = read_object(content)
        rows = tuple(
            (read_session(each), each.number("left"))
            for each in fields.objects("sessions", most=MOST_SESSIONS)
        )
        return TimesList(rows, fields.data("phone_key", most=64))
    except Malformed:
        return TimesList()
