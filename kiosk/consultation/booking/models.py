"""The table of bookings at the hub: in clear what a hall needs, nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import peewee

from kiosk import db
from kiosk.consultation.booking.rules import Appointment, BookingState, Wish
from kiosk.intake.by_organ.resealing import SealedTable


class ConsultationBooking(db.StoreModel):
    """
    A booking; its personal part is sealed in the inbox.

    Args:
        since: When its present wish began: the order of the waiting list. offer_until: End of an offer.
        why: Why it has no seat any more, in one word. called_at: When somebody last called.
    """

    number = peewee.TextField(primary_key=True)
    key = peewee.TextField(unique=True)
    organ_code = peewee.TextField()
    place = peewee.TextField()
    topic = peewee.TextField()
    state = db.WordField(BookingState)
    wish = db.WordField(Wish)
    session = peewee.TextField(default="")
    seat = peewee.IntegerField(default=0)
    day = db.DayField(null=True)
    starts = peewee.IntegerField(default=0)
    ends = peewee.IntegerField(default=0)
    channel = peewee.TextField()
    submitted_at = db.StampField()
    since = db.StampField()
    changed_at = db.StampField()
    offer_until = db.StampField(null=True)
    called_at = db.StampField(null=True)
    why = peewee.TextField(default="")


class ConsultationResult(db.StoreModel):
    """
    What became of a consultation; what was answered is sealed to the key that opens the booking.

    Args:
        result: In one word; empty while there is only a rating. excused: Why a missed one does not count.
    """

    number = peewee.TextField(primary_key=True)
    result = peewee.TextField(default="")
    sealed = peewee.BlobField(null=True)
    key_id = peewee.TextField(default="")
    written_by = peewee.TextField(default="")
    written_at = db.StampField(null=True)
    collected_at = db.StampField(null=True)
    rating = peewee.TextField(default="")
    excused = peewee.TextField(default="")


SEALED_RESULTS = SealedTable(
    ConsultationResult.number,
    (ConsultationResult.sealed,),
    ConsultationResult.number,
    ConsultationResult.key_id,
)


@dataclass(frozen=True)
class ConsultationOutcome:
    """The result of a consultation without what was answered."""

    number: str
    result: str
    key_id: str
    written_by: str
    written_at: datetime | None
    collected_at: datetime | None
    rating: str
    excused: str


_OUTCOME = tuple(each for each in ConsultationResult._meta.sorted_fields if each.name != "sealed")


def outcome(number: str) -> ConsultationOutcome | None:
    """Return what became of a consultation, if anything is known."""
    found = ConsultationResult.select(*_OUTCOME).where(ConsultationResult.number == number)
    return db.one(found, ConsultationOutcome)


def answer_of(number: str) -> tuple[bytes, str] | None:
    """Return the sealed answer and the id of its key."""
    row = ConsultationResult.select(ConsultationResult.sealed, ConsultationResult.key_id)
    found = row.where(ConsultationResult.number == number, ConsultationResult.sealed.is_null(False))
    return next(((bytes(sealed), key_id) for sealed, key_id in found.tuples().execute(db.store)), None)


def put_outcome(number: str, opens: str, **changes: Any) -> None:
    """
    Keep what became of a consultation, inside the caller's transaction.

    Args:
        opens: Id of the key that opens its booking.
    """
    ConsultationResult.insert(number=number, key_id=opens).on_conflict_ignore().execute()
    ConsultationResult.update(**changes).where(ConsultationResult.number == number).execute()


@dataclass(frozen=True)
class Booking:
    """A booking as the hub knows it."""

    number: str
    key: str
    organ_code: str
    place: str
    topic: str
    state: BookingState
    wish: Wish
    session: str
    seat: int
    day: date | None
    starts: int
    ends: int
    channel: str
    submitted_at: datetime
    since: datetime
    changed_at: datetime
    offer_until: datetime | None
    called_at: datetime | None
    why: str

    @property
    def appointment(self) -> Appointment:
        """Return what it asks for, and the time that it has."""
        return Appointment(
            self.wish, self.place, self.topic, self.session, self.seat, self.day, self.starts, self.ends
        )


B = ConsultationBooking


def add(booking: Booking) -> None:
    """Store a new booking, inside the caller's transaction."""
    B.insert(**vars(booking)).execute()


def by_number(number: str) -> Booking | None:
    """Return the booking with this number."""
    return db.one(B.select().where(B.number == number), Booking)


def put(number: str, **changes: Any) -> None:
    """Change a booking, inside the caller's transaction."""
    B.update(**changes).where(B.number == number).execute()


def of_day(place: str, day: date) -> list[Booking]:
    """Return the bookings of a place that have a time on a day, by time and seat."""
    found = B.select().where(B.day == day, B.state.not_in(_WITHOUT_TIME))
    found = found.where(B.place == place) if place else found
    return db.rows(found.order_by(B.starts, B.place, B.seat, B.number), Booking)


def waiting(place: str, topic: str) -> list[Booking]:
    """Return who waits for a topic at a place, the longest waiting first."""
    found = B.select().where(B.state == BookingState.WAITING, B.place == place, B.topic == topic)
    return db.rows(found.order_by(B.since, B.number), Booking)


def waited_for() -> list[tuple[str, str]]:
    """Return place and topic of each waiting list."""
    found = B.select(B.place, B.topic).where(B.state == BookingState.WAITING).distinct()
    return list(found.order_by(B.place, B.topic).tuples().execute())


def offers_over(now: datetime) -> list[Booking]:
    """Return the offers whose time is over."""
    return db.rows(B.select().where(B.state == BookingState.OFFERED, B.offer_until <= now), Booking)


def changes() -> str:
    """Return what changes with every change of a booking."""
    found = B.select(peewee.fn.COUNT(B.number), peewee.fn.MAX(B.changed_at)).tuples().execute()
    return " ".join(str(each) for each in next(iter(found)))


def listed(
    *,
    organs: Sequence[str] | None = None,
    states: Sequence[BookingState] = (),
    place: str = "",
    topic: str = "",
    first: date | None = None,
    final: date | None = None,
    number: str = "",
) -> peewee.ModelSelect[ConsultationBooking]:
    """Return the query of a list of the desk; what is empty leaves that open."""
    asked = (
        (organs is not None, B.organ_code.in_(list(organs or ()))),
        (states, B.state.in_(list(states))),
        (place, B.place == place),
        (topic, B.topic == topic),
        (first, B.day >= first),
        (final, B.day <= final),
        (number, B.number.startswith(number)),
    )
    found = B.select()
    for is_asked, condition in asked:
        if is_asked:
            found = found.where(condition)
    return found


_WITHOUT_TIME = (BookingState.CANCELLED, BookingState.CLOSED)


def with_results(first: date, final: date) -> list[tuple[Booking, str, str, bool]]:
    """Return the bookings with a time on these days, each with its result, its rating, and whether it was answered."""
    R = ConsultationResult
    found = B.select().where(B.day >= first, B.day <= final, B.state.not_in(_WITHOUT_TIME))
    rows = R.select(R.number, R.result, R.rating, R.sealed.is_null(False)).tuples().execute(db.store)
    known = {number: (result, rating, bool(answered)) for number, result, rating, answered in rows}
    return [(each, *known.get(each.number, ("", "", False))) for each in db.rows(found, Booking)]
