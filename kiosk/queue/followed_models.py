"""
Bookings of the day as this hall knows them: expected, checked in, called, served, missed, absent.

The machine that owns the queue keeps a row for each booking, in the transaction that changes its ticket, and the agent
reports it until the hub has it: so nothing is lost while the hub is away. Only the newest word of a booking travels.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import peewee

from kiosk import db
from kiosk.queue.order import GRACE_S
from kiosk.queue.ticket_states import UNDO_S, TicketState


class BookingMark(StrEnum):
    """What a hall knows of a booking."""

    EXPECTED = "expected"
    """On the day's list before its time; the hub does not hear of it."""
    HERE = "here"
    CALLED = "called"
    SERVED = "served"
    MISSED = "missed"
    """Checked in, called as often as the rules say, and not there."""
    ABSENT = "absent"
    """Never checked in, with its time and the grace over."""


MARKS = {
    TicketState.WAITING: BookingMark.HERE,
    TicketState.CALLED: BookingMark.CALLED,
    TicketState.PARKED: BookingMark.HERE,
    TicketState.MISSED: BookingMark.MISSED,
    TicketState.DONE: BookingMark.SERVED,
}
UNDOABLE = (BookingMark.MISSED, BookingMark.SERVED)
KEPT_DAYS = 30
"""Days after which a word that never reached the hub is given up."""


@dataclass(frozen=True)
class FollowedBooking:
    """
    The newest word on a booking.

    epoch, at_s, seq: The owner's epoch, the second of the day and the change; a higher one is newer. ticket: Number in
    the queue. came_s, called_s, ended_s: Seconds of the day; 0: not yet.
    """

    booking: str
    day: date
    state: BookingMark
    epoch: int = 0
    at_s: int = 0
    seq: int = 0
    ticket: str = ""
    window: str = ""
    slot_s: int = 0
    came_s: int = 0
    called_s: int = 0
    ended_s: int = 0
    result: str = ""
    is_sent: bool = False


class QueueBooking(db.StoreModel):
    """A booking of the day; see `FollowedBooking`."""

    booking = peewee.TextField(primary_key=True)
    day = db.DayField()
    state = db.WordField(BookingMark)
    epoch = peewee.IntegerField()
    at_s = peewee.IntegerField()
    seq = peewee.IntegerField()
    ticket = peewee.TextField()
    window = peewee.TextField()
    slot_s = peewee.IntegerField()
    came_s = peewee.IntegerField()
    called_s = peewee.IntegerField()
    ended_s = peewee.IntegerField()
    result = peewee.TextField()
    is_sent = peewee.BooleanField()


Q = QueueBooking


def note(row: FollowedBooking) -> None:
    """Keep the newest word on a booking, inside the caller's transaction."""
    Q.replace(**vars(row)).execute()


@dataclass(frozen=True)
class ListedTime:
    """A booking of the day that is still to come, as the hub's list names it."""

    number: str
    slot_s: int


def expect(day: date, listed: Collection[ListedTime], now_s: int) -> None:
    """
    Note bookings before their time, and forget those that the list has no more, inside the caller's transaction.

    A booking that came with the list after its time was never expected: nobody here could have checked it in.
    """
    numbers = [each.number for each in listed]
    gone = Q.delete().where(Q.state == BookingMark.EXPECTED)
    gone.where((Q.day != day) | Q.booking.not_in(numbers)).execute()
    rows = Q.select(Q.booking, Q.slot_s).where(Q.day == day).tuples().execute()
    known = {str(number): int(slot_s) for number, slot_s in rows}
    for each in listed:
        if each.number not in known and now_s <= each.slot_s:
            row = FollowedBooking(each.number, day, BookingMark.EXPECTED, slot_s=each.slot_s, is_sent=True)
            note(row)
        elif known.get(each.number, each.slot_s) != each.slot_s:
            of_it = (Q.booking == each.number, Q.state == BookingMark.EXPECTED)
            Q.update(slot_s=each.slot_s).where(*of_it).execute()


def call_absent(day: date, epoch: int, now_s: int) -> int:
    """Note as absent whom the hall expected and nobody saw, inside the caller's transaction; return how many."""
    late = Q.update(
        state=BookingMark.ABSENT, epoch=epoch, at_s=now_s, is_sent=False
    ).where(Q.day == day, Q.state == BookingMark.EXPECTED, Q.slot_s + GRACE_S < now_s)  # fmt: skip
    return int(late.execute())


def end_day(day: date) -> None:
    """Let a service that nobody ended count as served, and forget who was expected, as a day is over."""
    Q.delete().where(Q.day <= day, Q.state == BookingMark.EXPECTED).execute()
    Q.update(state=BookingMark.SERVED, is_sent=False, seq=Q.seq + 1).where(
        Q.day <= day, Q.state == BookingMark.CALLED
    ).execute()


def unsent(day: date, now_s: int, most: int) -> list[FollowedBooking]:
    """Return words that the hub lacks, without those that can still be undone."""
    is_final = (Q.day != day) | Q.state.not_in(UNDOABLE) | (Q.at_s + UNDO_S < now_s)
    found = Q.select().where(Q.is_sent == False, is_final)  # noqa: E712  # SQL
    return db.rows(found.order_by(Q.day, Q.at_s, Q.seq).limit(most), FollowedBooking)


def note_sent(rows: Collection[FollowedBooking], before: date) -> None:
    """Note what the hub has by now, and forget sent rows of days before, inside the caller's transaction."""
    for each in rows:
        same = (Q.booking == each.booking, Q.epoch == each.epoch, Q.at_s == each.at_s, Q.seq == each.seq)
        Q.update(is_sent=True).where(*same, Q.state == each.state).execute()
    Q.delete().where(Q.is_sent == True, Q.day < before).execute()  # noqa: E712  # SQL


def forget_before(day: date) -> None:
    """Give up words older than that, inside the caller's transaction."""
    Q.delete().where(Q.day < day).execute()
