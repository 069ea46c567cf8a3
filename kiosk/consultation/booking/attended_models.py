"""The hub's table of what halls reported of bookings; nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import peewee

from kiosk import db


class Attendance(StrEnum):
    """What a hall says of a booking."""

    HERE = "here"
    CALLED = "called"
    SERVED = "served"
    MISSED = "missed"
    """Checked in, called as often as the rules say, and not there."""
    ABSENT = "absent"
    """Never checked in, with its time and the grace over."""


@dataclass(frozen=True)
class AttendedBooking:
    """
    A hall's newest word on a booking.

    epoch, at_s, seq: Of the hall's queue; a higher one is newer. ticket: Number in the queue. came_s, called_s,
    ended_s: Seconds of the day; 0: not yet. result: As the queue names it.
    """

    number: str
    day: date
    state: Attendance
    epoch: int
    at_s: int
    seq: int
    ticket: str = ""
    window: str = ""
    came_s: int = 0
    called_s: int = 0
    ended_s: int = 0
    result: str = ""

    @property
    def rank(self) -> tuple[date, int, int, int]:
        """Return what orders two words on one booking."""
        return self.day, self.epoch, self.at_s, self.seq


class AttendedRow(db.StoreModel):
    """What a hall reported of a booking; see `AttendedBooking`."""

    number = peewee.TextField(primary_key=True)
    day = db.DayField()
    state = db.WordField(Attendance)
    epoch = peewee.IntegerField()
    at_s = peewee.IntegerField()
    seq = peewee.IntegerField()
    ticket = peewee.TextField()
    window = peewee.TextField(column_name="window_name")
    came_s = peewee.IntegerField()
    called_s = peewee.IntegerField()
    ended_s = peewee.IntegerField()
    result = peewee.TextField()

    class Meta:
        table_name = "attended_booking"


A = AttendedRow


def of(number: str) -> AttendedBooking | None:
    """Return what a hall reported of a booking."""
    return db.one(A.select().where(A.number == number), AttendedBooking)


def of_all(numbers: Sequence[str]) -> dict[str, AttendedBooking]:
    """Return what halls reported of these bookings, by number."""
    found = db.rows(A.select().where(A.number.in_(list(numbers))), AttendedBooking)
    return {each.number: each for each in found}


def put(row: AttendedBooking) -> None:
    """Keep a hall's word, inside the caller's transaction."""
    values = vars(row)
    A.insert(**values).on_conflict(
        conflict_target=[A.number], update={name: each for name, each in values.items() if name != "number"}
    ).execute()
