"""The bookings of a day for the node of a hall: number, time, seat, topic, state; nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.consultation.booking.rules import BookingState
from sync.wire.errors import Malformed
from sync.wire.protocol import write
from sync.wire.reading import Fields, read_object

MOST = 20_000
LIVE = frozenset({BookingState.BOOKED, BookingState.HERE, BookingState.CALLED, BookingState.MISSED})
"""States with which somebody may still be called."""
DAYS_AHEAD = 1
"""The list holds today and tomorrow, so that a hall without a line in the morning still has its day."""


@dataclass(frozen=True)
class ListedBooking:
    """A booking as a hall knows it; starts: minutes since midnight."""

    number: str
    place: str
    topic: str
    day: date
    starts: int
    seat: int
    state: str


def written(rows: Sequence[ListedBooking]) -> bytes:
    """Return the list as it travels; `read` reads it."""
    return write({"v": 1, "bookings": [{**vars(each), "day": each.day.isoformat()} for each in rows]})


def read(content: bytes | None) -> list[ListedBooking]:
    """Return the bookings of a list; what is no list is an empty one."""
    if not content:
        return []
    try:
        return [_read(each) for each in read_object(content).objects("bookings", most=MOST)]
    except (Malformed, ValueError):
        return []


def _read(fields: Fields) -> ListedBooking:
    return ListedBooking(
        number=fields.text("number", most=30),
        place=fields.text("place", most=80),
        topic=fields.text("topic", most=80),
        day=date.fromisoformat(fields.text("day", most=10)),
        starts=fields.number("starts", most=24 * 60),
        seat=fields.number("seat", most=10_000),
        state=fields.text("state", most=20),
    )
