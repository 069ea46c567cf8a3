"""Tables of who has a seat at the hub: claims of bookings, marks of telephone numbers, bookings without a seat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import peewee

from kiosk import db
from kiosk.seats.models import StoredSession
from kiosk.seats.rules import Seat


class SeatClaim(db.StoreModel):
    """A booking's seat, until it ends; `phone` is the keyed mark of a telephone number, or empty."""

    id = peewee.AutoField()
    number = peewee.TextField()
    session = peewee.TextField()
    no = peewee.IntegerField()
    phone = peewee.TextField()
    claimed_at = db.StampField()
    ended_at = db.StampField(null=True)
    missed_at = db.StampField(null=True)


class SeatPhone(db.StoreModel):
    """The mark of the telephone number that a form with this lease has named, until its booking arrives."""

    lease = peewee.TextField(primary_key=True)
    phone = peewee.TextField()
    at = db.StampField()


class SeatLost(db.StoreModel):
    """A booking whose promised seat had another owner when it arrived: a person has to call."""

    number = peewee.TextField(primary_key=True)
    session = peewee.TextField()
    no = peewee.IntegerField()
    lease = peewee.TextField()
    at = db.StampField()
    settled_at = db.StampField(null=True)


_CLAIM = db.Statement(
    lambda: SeatClaim.insert(
        db.inserted(SeatClaim.number, SeatClaim.session, SeatClaim.no, SeatClaim.phone, SeatClaim.claimed_at)
    )
)


def add_claim(number: str, seat: Seat, phone: str, now: datetime) -> None:
    """Note the seat of a booking; another living one on the seat is refused by the database itself."""
    _CLAIM.run(db.store, number=number, session=seat.session, no=seat.no, phone=phone, claimed_at=now)


def claim_of(number: str) -> Seat | None:
    """Return the seat that a booking has now."""
    of = SeatClaim
    return db.one(of.select(of.session, of.no).where(of.number == number, of.ended_at.is_null()), Seat)


def phone_of(number: str) -> str:
    """Return the keyed mark of the telephone of a booking that has a seat; empty without one."""
    asked = SeatClaim.select(SeatClaim.phone).where(SeatClaim.number == number, SeatClaim.ended_at.is_null())
    return next((phone for (phone,) in asked.tuples().execute(db.store)), "")


def end_claim(number: str, now: datetime) -> None:
    """End a booking's claim on its seat."""
    SeatClaim.update(ended_at=now).where(SeatClaim.number == number, SeatClaim.ended_at.is_null()).execute()


def claims_of(ids: Sequence[str]) -> dict[Seat, str]:
    """Return the number of the booking on each seat of these sessions."""
    of = SeatClaim
    found = of.select(of.session, of.no, of.number).where(of.session.in_(list(ids)), of.ended_at.is_null())
    return {Seat(session_id, no): number for session_id, no, number in found.tuples().execute()}


def add_lost(number: str, seat: Seat, now: datetime) -> None:
    """Note a booking that arrived without a seat to have, for a person to call."""
    SeatLost.insert(
        number=number, session=seat.session, no=seat.no, lease=seat.lease, at=now
    ).on_conflict_ignore().execute()


def lost() -> list[tuple[str, Seat]]:
    """Return the bookings whom a person has yet to call, and the seat that each was promised."""
    of = SeatLost
    found = of.select(of.number, of.session, of.no).where(of.settled_at.is_null()).order_by(of.at)
    return [(number, Seat(session_id, no)) for number, session_id, no in found.tuples().execute()]


def settle_lost(number: str, now: datetime) -> None:
    """Note that a person has called."""
    SeatLost.update(settled_at=now).where(SeatLost.number == number, SeatLost.settled_at.is_null()).execute()


def open_of_phone(phone: str, of: str, day: date, *, but: str) -> list[str]:
    """Return the topic of each booking of a telephone number that is yet to come."""
    found = (
        SeatClaim.select(StoredSession.topic)
        .join(StoredSession, on=(StoredSession.id == SeatClaim.session))
        .where(SeatClaim.phone == phone, SeatClaim.ended_at.is_null())
        .where(StoredSession.of == of, StoredSession.day >= day)
        .where(SeatClaim.number != but, SeatClaim.missed_at.is_null())
    )
    return [topic for (topic,) in found.tuples().execute()]


def missed_since(phone: str, moment: datetime) -> int:
    """Return for how many bookings of a telephone number nobody came."""
    found = SeatClaim.select().where(SeatClaim.phone == phone, SeatClaim.missed_at >= moment)
    return int(found.count())


def gave_back_since(phone: str, seat: Seat, moment: datetime) -> bool:
    """Return whether a telephone number gave back this seat."""
    of = SeatClaim
    is_seat = (of.session == seat.session) & (of.no == seat.no)
    return bool(of.select().where(of.phone == phone, is_seat, of.ended_at >= moment).exists())


def note_missed(number: str, now: datetime) -> None:
    """Note that nobody came."""
    SeatClaim.update(missed_at=now).where(SeatClaim.number == number, SeatClaim.ended_at.is_null()).execute()


def forget_missed(number: str) -> None:
    """Take back that nobody came."""
    SeatClaim.update(missed_at=None).where(SeatClaim.number == number).execute()


def note_phone(lease: str, phone: str, now: datetime) -> None:
    """Note the mark of the telephone number that a form has named."""
    SeatPhone.insert(lease=lease, phone=phone, at=now).on_conflict(
        conflict_target=[SeatPhone.lease], preserve=[SeatPhone.phone, SeatPhone.at]
    ).execute()


def noted_phone(lease: str) -> str:
    """Return the mark that was noted with a lease, and forget it; empty without one."""
    found = SeatPhone.get_or_none(SeatPhone.lease == lease)
    if found is None:
        return ""
    SeatPhone.delete().where(SeatPhone.lease == lease).execute()
    return str(found.phone)


def forget_noted(before: datetime) -> None:
    """Erase marks whose booking never arrived."""
    SeatPhone.delete().where(SeatPhone.at < before).execute()
