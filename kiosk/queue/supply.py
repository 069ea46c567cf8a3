"""What a hall offers on one day: its windows, topics and opening hours, as the wiring gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class HallTopic:
    """
    A topic for which numbers are taken.

    minutes: One service, as set. windows: The windows that serve it; empty: all.
    """

    id: str
    name: str
    minutes: int = 5
    windows: tuple[str, ...] = ()


@dataclass(frozen=True)
class HallDay:
    """
    A hall on one day.

    hours: When it is open, in minutes since midnight, in order; none: closed. next_open: The next day it is open, if
    known.
    """

    day: date
    place: str = ""
    windows: tuple[str, ...] = ()
    topics: tuple[HallTopic, ...] = ()
    hours: tuple[tuple[int, int], ...] = ()
    next_open: date | None = None

    def topic(self, topic_id: str) -> HallTopic | None:
        """Return the topic with this id, or None."""
        return next((each for each in self.topics if each.id == topic_id), None)

    def served_by(self, window: str) -> frozenset[str]:
        """Return the ids of the topics that a window serves."""
        return frozenset(each.id for each in self.topics if not each.windows or window in each.windows)

    def is_open(self, minute: int) -> bool:
        """Return whether numbers are given at this minute of the day: in the breaks between two openings too."""
        return bool(self.hours) and self.hours[0][0] <= minute < self.hours[-1][1]

    def left_min(self, minute: int) -> int:
        """Return the minutes of work that are left today, without breaks."""
        return sum(max(0, end - max(start, minute)) for start, end in self.hours)


@dataclass(frozen=True)
class DayBooking:
    """A booking of the day, without a name: number, minute of the day, topic; `is_live` unless cancelled."""

    number: str
    starts: int
    topic: str
    is_live: bool = True


@dataclass(frozen=True)
class HallSupply:
    """The hall's day and its bookings, as one answer."""

    today: HallDay
    bookings: Sequence[DayBooking] = field(default=())

    def booking(self, number: str) -> DayBooking | None:
        """Return the live booking with this number, or None."""
        return next((each for each in self.bookings if each.number == number and each.is_live), None)
