"""
Rules of a booking: what it asks for, its states and what may follow, its appointment, its calendar file. Pure.

A booking has a number and a query code as every submission; a seat is kept in `kiosk/seats/`, never here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from kiosk.seats.rules import local

KIND = "consultation"
"""Its name in envelopes, and what its seats belong to."""


class Wish(StrEnum):
    """What a citizen asks for."""

    SEAT = "seat"
    """A time, taken at once."""
    WAIT = "wait"
    """Every time is taken: the next one that is given back."""
    CALL = "call"
    """No time could be promised: a person calls and finds one."""


class BookingState(StrEnum):
    """The states of a booking."""

    BOOKED = "booked"
    CALL_BACK = "call-back"
    WAITING = "waiting"
    OFFERED = "offered"
    """A waiting one has a seat for some hours, until it says yes."""
    HERE = "here"
    """Checked in at the hall."""
    CALLED = "called"
    """Called to a window of the hall, or being served there."""
    SERVED = "served"
    MISSED = "missed"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    """Ended without a time: called, or the wait was over."""


FIRST = {Wish.SEAT: BookingState.BOOKED, Wish.WAIT: BookingState.WAITING, Wish.CALL: BookingState.CALL_BACK}
"""The state with which each wish begins."""
OPEN = frozenset({BookingState.BOOKED, BookingState.CALL_BACK, BookingState.WAITING, BookingState.OFFERED})
"""Nothing has happened yet: it can be moved or cancelled."""
FOLLOWS: Mapping[BookingState, frozenset[BookingState]] = {
    BookingState.BOOKED: frozenset(
        {
            BookingState.BOOKED,
            BookingState.HERE,
            BookingState.MISSED,
            BookingState.CANCELLED,
            BookingState.CALL_BACK,
        }
    ),
    BookingState.CALL_BACK: frozenset({BookingState.BOOKED, BookingState.CANCELLED, BookingState.CLOSED}),
    BookingState.WAITING: frozenset(
        {BookingState.OFFERED, BookingState.BOOKED, BookingState.CANCELLED, BookingState.CLOSED}
    ),
    BookingState.OFFERED: frozenset({BookingState.BOOKED, BookingState.WAITING, BookingState.CANCELLED}),
    BookingState.HERE: frozenset(
        {BookingState.CALLED, BookingState.SERVED, BookingState.MISSED, BookingState.BOOKED}
    ),
    BookingState.CALLED: frozenset({BookingState.HERE, BookingState.SERVED, BookingState.MISSED}),
    BookingState.MISSED: frozenset({BookingState.HERE}),
    BookingState.SERVED: frozenset(),
    BookingState.CANCELLED: frozenset(),
    BookingState.CLOSED: frozenset(),
}
"""The states that may follow each; missed may still be corrected when somebody was late."""
SEEN = frozenset({BookingState.HERE, BookingState.CALLED, BookingState.SERVED})
"""States of somebody who came."""


def may_follow(was: BookingState, state: BookingState) -> bool:
    """Return whether a state may follow; who came may be seen at a window first, without having checked in."""
    return state in FOLLOWS[was] or (state in SEEN and BookingState.HERE in FOLLOWS[was])


@dataclass(frozen=True)
class Appointment:
    """
    What a booking asks for, and the time and seat that it has; day is None without one.

    Args:
        starts, ends: Minutes since midnight. seat: From 1; 0: none.
        lease: The lease or hold by which a terminal promised the seat; empty: none.
    """

    wish: Wish
    place: str
    topic: str
    session: str = ""
    seat: int = 0
    day: date | None = None
    starts: int = 0
    ends: int = 0
    lease: str = ""

    @property
    def start(self) -> datetime | None:
        """Return the moment at which it starts; None without a time."""
        return local(self.day, self.starts) if self.day else None

    def as_facts(self) -> dict[str, str]:
        """Return it as the envelope carries it; `read_appointment` reads it."""
        facts = {"wish": self.wish.value, "place": self.place, "topic": self.topic}
        if self.day is None:
            return facts
        return facts | {
            "session": self.session,
            "seat": str(self.seat),
            "day": self.day.isoformat(),
            "starts": str(self.starts),
            "ends": str(self.ends),
            "lease": self.lease,
        }


def read_appointment(facts: Mapping[str, object]) -> Appointment:
    """Return the appointment of an envelope, a state's detail or answers; without a readable time it has none."""
    words = {
        name: str(facts.get(name) or "") for name in ("wish", "place", "topic", "session", "day", "lease")
    }
    wish = Wish(words["wish"]) if words["wish"] in {*Wish} else Wish.CALL
    numbers = [str(facts.get(name) or "") for name in ("seat", "starts", "ends")]
    asked = Appointment(wish, words["place"], words["topic"])
    if not words["session"] or not all(each.isascii() and each.isdigit() for each in numbers):
        return asked
    try:
        day = date.fromisoformat(words["day"])
    except ValueError:
        return asked
    seat, starts, ends = map(int, numbers)
    return Appointment(
        wish, words["place"], words["topic"], words["session"], seat, day, starts, ends, words["lease"]
    )


@dataclass(frozen=True)
class CalendarEntry:
    """
    What a calendar shows of a booking: nobody's name.

    Args:
        said_at: When the booking was made, moved or cancelled last.
        is_changed: It takes the place of an earlier entry.
        is_off: The booking was cancelled: the calendar takes its entry out.
    """

    number: str
    title: str
    place: str
    start: datetime
    end: datetime
    said_at: datetime
    is_changed: bool = False
    is_off: bool = False


def calendar_file(entry: CalendarEntry, lines_end: str = "\r\n") -> str:
    """
    Return the smallest valid iCalendar file (RFC 5545) of a booking, in UTC: a time zone would cost 650 bytes of QR.

    Source: QUEUE.md §6.
    """
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//kiosk//ZH",
        *(("METHOD:CANCEL",) if entry.is_off else ()),
        "BEGIN:VEVENT",
        f"UID:{entry.number}",
        f"DTSTAMP:{_utc(entry.said_at)}",
        *((f"SEQUENCE:{int(entry.said_at.timestamp()) // 60}",) if entry.is_changed else ()),
        f"DTSTART:{_utc(entry.start)}",
        f"DTEND:{_utc(entry.end)}",
        f"SUMMARY:{_escaped(entry.title)}",
        f"LOCATION:{_escaped(entry.place)}",
        *(("STATUS:CANCELLED",) if entry.is_off else ()),
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{part}{lines_end}" for line in lines for part in _folded(line))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", r"\n")


def _folded(line: str) -> Sequence[str]:
    """Return a line in parts of at most 75 bytes; those after the first begin with a blank (RFC 5545 §3.1)."""
    parts, part = [], ""
    for character in line:
        if len((part + character).encode()) > 75:
            parts.append(part)
            part = " "
        part += character
    return [*parts, part]
