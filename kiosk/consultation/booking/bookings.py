"""
Bookings at the hub: taken in, moved, cancelled, offered a seat, called; each act one transaction with its state.

A booking's seat is given and taken back in `kiosk/seats/` within the same transaction, so that the two never differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import from_stamp
from kiosk.consultation.booking import attended_models, models
from kiosk.consultation.booking.kinds import ACCEPT, CANCEL, MOVE, RATED
from kiosk.consultation.booking.models import Booking
from kiosk.consultation.booking.rules import (
    FIRST,
    FOLLOWS,
    KIND,
    OPEN,
    SEEN,
    Appointment,
    BookingState,
    Wish,
    may_follow,
    read_appointment,
)
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.begun import ABOUT
from kiosk.intake.handling import HandOver, Work, said
from kiosk.intake.handover.detail import ANSWER, READY
from kiosk.intake.handover.rating import RATING, Rating
from kiosk.intake.kinds import SUBMITTED
from kiosk.seats import actions as seats
from kiosk.seats import phone_limits
from kiosk.seats.rules import Seat, SeatChannel
from kiosk.seen import UNSEEN, Seen
from sync.hub import parcels, statuses
from sync.hub.statuses import SetStatus
from sync.wire.submission import SealedSubmission

OFFER_HOURS = 4
"""Hours for which a seat waits for somebody of the waiting list; less if its session starts before."""
OFFER_AHEAD = timedelta(hours=3)
"""A seat sooner than this is for walk-ins: nobody could be reached in time."""
TERMINAL, CITIZEN = "terminal", "citizen"
"""Actors that are no account of the desk."""


def take_in(submission: SealedSubmission, work: Work, set_status: SetStatus) -> None:
    """
    Store a booking in the transaction of its arrival, with the seat that its terminal promised.

    A seat that has another owner by now makes it a booking that a person calls: nothing is refused or lost.
    """
    envelope = submission.envelope
    asked = read_appointment(envelope)
    channel = _channel(envelope, work)
    booking = Booking(
        number=submission.number,
        key=submission.key,
        organ_code=str(envelope.get("organ", "")),
        place=asked.place,
        topic=asked.topic,
        state=FIRST[asked.wish],
        wish=asked.wish,
        session="",
        seat=0,
        day=None,
        starts=0,
        ends=0,
        channel=channel.value,
        submitted_at=from_stamp(envelope["submitted_at"]),
        since=work.now,
        changed_at=work.now,
        offer_until=None,
        called_at=None,
        why="",
    )
    if asked.wish is Wish.SEAT:
        booking = _with_seat(booking, asked, work, channel, str(envelope.get("terminal", "")))
    models.add(booking)
    _say(booking, work, set_status)
    _log(Act.BOOKING_TAKEN, booking, work.by or TERMINAL, work)


def _channel(envelope: Mapping[str, Any], work: Work) -> SeatChannel:
    if work.by:
        return SeatChannel.TELEPHONE if envelope.get("source") == SeatChannel.TELEPHONE else SeatChannel.DESK
    return SeatChannel.TERMINAL


def _with_seat(
    booking: Booking, asked: Appointment, work: Work, channel: SeatChannel, device: str
) -> Booking:
    """Return a booking with the seat that it was promised, another one of the same time, or none and why."""
    if asked.day is None:
        return replace(booking, state=BookingState.CALL_BACK, why="no-time")
    seat = Seat(asked.session, asked.seat, asked.lease)
    found = seats.claim(
        seat, booking.number, work.now, device="" if work.by else device, channel=channel
    ).seat
    if found is None:
        return replace(booking, state=BookingState.CALL_BACK, why="seat-lost")
    return _at(booking, asked, found)


def _at(booking: Booking, asked: Appointment, seat: Seat) -> Booking:
    """Return a booking at the time and seat that it has from now on."""
    session = seats.session_of(seat.session)
    day, starts, ends = (
        (session.day, session.starts, session.ends) if session else (asked.day, asked.starts, asked.ends)
    )
    return replace(
        booking,
        state=BookingState.BOOKED,
        session=seat.session,
        seat=seat.no,
        day=day,
        starts=starts,
        ends=ends,
        place=session.place if session else booking.place,
        topic=session.topic if session else booking.topic,
        offer_until=None,
        why="",
    )


def _say(
    booking: Booking, work: Work, set_status: SetStatus = statuses.set_status, *, reason: str = ""
) -> None:
    """
    Set the state that terminals show; nothing personal is in it.

    Args:
        reason: Why the county moved it or called it off.
    """
    detail = {**said(KIND, booking.organ_code, work), **booking.appointment.as_facts()}
    if reason:
        detail["reason"] = reason
    detail[ANSWER] = {READY: parcels.is_there(db.store, booking.number)}
    if booking.state in SEEN:
        detail |= _in_hall(booking)
    if booking.offer_until:
        detail["until"] = booking.offer_until.isoformat()
    set_status(db.store, number=booking.number, state=booking.state.value, detail=detail, changed_at=work.now)


def _in_hall(booking: Booking) -> dict[str, str]:
    """Return the number in the hall's queue, and the window once it was called."""
    word = attended_models.of(booking.number)
    if word is None or word.day != booking.day:
        return {}
    return {"ticket": word.ticket, "window": word.window}


def _log(act: Act, booking: Booking, actor: str, work: Work, **detail: Any) -> None:
    at = {"session": booking.session, "seat": booking.seat} if booking.session else {}
    more = {"state": booking.state.value, **at, **detail}
    audit.record(at=work.now, actor=actor, act=act, subject=booking.number, detail=more)


def booking(number: str) -> Booking:
    """
    Return the booking with this number.

    Raises:
        NotFound: "no-such-booking".
    """
    found = models.by_number(number)
    if found is None:
        raise NotFound("no-such-booking", number)
    return found


def _to(found: Booking, state: BookingState) -> None:
    """Refuse a state that may not follow. Raises RuleBroken "booking-over"."""
    if state not in FOLLOWS[found.state]:
        raise RuleBroken("booking-over", found.state.value)


def _put(new: Booking, act: Act, actor: str, work: Work, *, reason: str = "", **detail: Any) -> Booking:
    new = replace(new, changed_at=work.now)
    models.put(
        new.number, **{name: value for name, value in vars(new).items() if name not in ("number", "key")}
    )
    _say(new, work, reason=reason)
    _log(act, new, actor, work, **detail)
    return new


def _without_time(found: Booking, state: BookingState, **changes: Any) -> Booking:
    return replace(
        found, state=state, session="", seat=0, day=None, starts=0, ends=0, offer_until=None, **changes
    )


@db.writing(db.store)
def cancel(number: str, actor: str, work: Work, *, why: str = "", seen: Seen = UNSEEN) -> Booking:
    """
    End a booking; its seat goes back.

    Args:
        why: What its citizen reads, where the county called it off.
    Raises:
        NotFound: "no-such-booking". RuleBroken: "booking-over". ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    return _cancel(booking(number), actor, work, why)


def _cancel(found: Booking, actor: str, work: Work, why: str = "") -> Booking:
    _to(found, BookingState.CANCELLED)
    seats.give_back(found.number, work.now)
    return _put(
        replace(found, state=BookingState.CANCELLED, offer_until=None),
        Act.BOOKING_CANCELLED,
        actor,
        work,
        reason=why,
    )


@db.writing(db.store)
def give_time(
    number: str,
    session: str,
    channel: SeatChannel,
    actor: str,
    work: Work,
    *,
    why: str = "",
    seen: Seen = UNSEEN,
) -> Booking:
    """
    Give a booking a time, or another one: the new seat first, then the earlier one back.

    Args:
        why: What its citizen reads, where the county moved it.
    Raises:
        Refused: as `seats.hold`. NotFound: "no-such-booking". RuleBroken: "booking-over". ChangedMeanwhile.
    """
    seen.hold()
    found = booking(number)
    _to(found, BookingState.BOOKED)
    if found.session == session and found.state is BookingState.BOOKED:
        return found
    key = f"move-{number}"
    seat = seats.hold(session, key, channel, work.now)
    taken = seats.move(number, seat, work.now).seat
    if taken is None:
        raise Refused("full")
    new = _at(replace(found, wish=Wish.SEAT), found.appointment, taken)
    return _put(new, Act.BOOKING_MOVED, actor, work, reason=why, was=found.session)


def take_in_addition(submission: SealedSubmission, work: Work, set_status: SetStatus) -> None:
    """
    Take in what a citizen added to a booking, in the transaction of its arrival; each takes effect once.

    What no longer fits (a booking that is over, an offer that lapsed) changes nothing and says so in its state.
    """
    envelope = submission.envelope
    detail = said(submission.kind, str(envelope.get("organ", "")), work)
    set_status(db.store, number=submission.number, state=SUBMITTED, detail=detail, changed_at=work.now)
    found = models.by_number(str(envelope.get(ABOUT, "")))
    if found is None:
        return
    _ADDITIONS[submission.kind](found, envelope, work)


def _move(found: Booking, envelope: Mapping[str, Any], work: Work) -> None:
    asked = read_appointment(envelope)
    if BookingState.BOOKED not in FOLLOWS[found.state] or asked.day is None:
        return _note_late(found, work)
    seat = Seat(asked.session, asked.seat, asked.lease)
    taken = seats.move(found.number, seat, work.now).seat
    if taken is None:
        lost = _without_time(found, BookingState.CALL_BACK, why="seat-lost")
        _put(lost, Act.BOOKING_MOVED, CITIZEN, work, was=found.session)
        return None
    new = _at(replace(found, wish=Wish.SEAT), asked, taken)
    _put(new, Act.BOOKING_MOVED, CITIZEN, work, was=found.session)
    return None


def _end(found: Booking, _envelope: Mapping[str, Any], work: Work) -> None:
    if found.state not in OPEN:
        return _note_late(found, work)
    _cancel(found, CITIZEN, work)
    return None


def _accept(found: Booking, _envelope: Mapping[str, Any], work: Work) -> None:
    if found.state is not BookingState.OFFERED:
        return _note_late(found, work)
    _put(
        replace(found, state=BookingState.BOOKED, wish=Wish.SEAT, offer_until=None),
        Act.BOOKING_ACCEPTED,
        CITIZEN,
        work,
    )
    return None


def _note_late(found: Booking, work: Work) -> None:
    _log(Act.BOOKING_TOO_LATE, found, CITIZEN, work)


def _rate(found: Booking, envelope: Mapping[str, Any], _work: Work) -> None:
    said_so = str(envelope.get(RATING, ""))
    if said_so in set(Rating):
        models.put_outcome(found.number, sealed.key_of(found.number), rating=said_so)


_ADDITIONS: Mapping[str, Callable[[Booking, Mapping[str, Any], Work], None]] = {
    MOVE: _move,
    CANCEL: _end,
    ACCEPT: _accept,
    RATED: _rate,
}


@db.writing(db.store)
def accept(number: str, actor: str, work: Work, *, seen: Seen = UNSEEN) -> Booking:
    """
    Note the yes of somebody who was offered a seat and said so by telephone.

    Raises:
        NotFound. RuleBroken: "booking-over". ChangedMeanwhile.
    """
    seen.hold()
    found = booking(number)
    if found.state is not BookingState.OFFERED:
        raise RuleBroken("booking-over", found.state.value)
    new = replace(found, state=BookingState.BOOKED, wish=Wish.SEAT, offer_until=None)
    return _put(new, Act.BOOKING_ACCEPTED, actor, work)


@db.writing(db.store)
def note_call(number: str, actor: str, work: Work, *, is_over: bool, seen: Seen = UNSEEN) -> Booking:
    """
    Note a call to the citizen; is_over: nothing more is to be done about a call-back or a wait.

    Raises:
        NotFound. RuleBroken: "booking-over". ChangedMeanwhile.
    """
    seen.hold()
    found = booking(number)
    if is_over:
        _to(found, BookingState.CLOSED)
    new = replace(found, called_at=work.now, state=BookingState.CLOSED if is_over else found.state)
    return _put(new, Act.BOOKING_CALLED, actor, work)


@db.writing(db.store)
def set_state(number: str, state: BookingState, actor: str, work: Work, *, counts: bool = True) -> Booking:
    """
    Set the state that a hall or the desk reports: here, called, served, missed.

    Args:
        counts: A missed one counts for its telephone number; not where the hall itself was late.
    Raises:
        NotFound. RuleBroken: "booking-over".
    """
    found = booking(number)
    if found.state is state:
        return found
    if not may_follow(found.state, state):
        raise RuleBroken("booking-over", found.state.value)
    if state is BookingState.MISSED:
        if counts:
            phone_limits.missed(number, work.now)
    elif found.state is BookingState.MISSED:
        phone_limits.excuse(number)
    return _put(replace(found, state=state), Act.BOOKING_STATE, actor, work)


def tell(number: str, work: Work) -> None:
    """Say to terminals where a booking is, inside the caller's transaction."""
    _say(booking(number), work)


def hand_over(number: str, given: HandOver, work: Work) -> None:
    """Give a booking to another organ, in the caller's transaction."""
    found = booking(number)
    models.put(number, organ_code=given.organ, changed_at=work.now)
    _say(replace(found, organ_code=given.organ), work)
    detail = {"before": found.organ_code, "organ_code": given.organ, "why": given.why}
    audit.record(
        at=work.now, actor=given.actor, act=Act.SUBMISSION_HANDED_OVER, subject=number, detail=detail
    )


def offer_round(work: Work) -> int:
    """
    End offers whose time is over, and offer free seats to those who wait; return how many got an offer.

    Each waiting list in a transaction of its own; a seat that rests after a cancellation is not offered before.
    """
    for lapsed in models.offers_over(work.now):
        _lapse(lapsed.number, work)
    return sum(_offer(place, topic, work) for place, topic in models.waited_for())


@db.writing(db.store)
def _lapse(number: str, work: Work) -> None:
    found = booking(number)
    if found.state is not BookingState.OFFERED or found.offer_until is None or found.offer_until > work.now:
        return
    seats.give_back(number, work.now)
    waits = _without_time(found, BookingState.WAITING, since=work.now)
    _put(waits, Act.BOOKING_OFFER_LAPSED, "hub", work)


@db.writing(db.store)
def _offer(place: str, topic: str, work: Work) -> int:
    """Offer each free seat of a topic to those who wait longest; return how many offers were made."""
    waiting = models.waiting(place, topic)
    offered = 0
    for free in _free(place, topic, work):
        for _each in range(free.left):
            if offered >= len(waiting):
                return offered
            _offer_to(waiting[offered], free.session.id, work)
            offered += 1
    return offered


def _free(place: str, topic: str, work: Work) -> list[Any]:
    first = work.now.date()
    final = first + timedelta(days=60)
    found = seats.free_times(KIND, place, topic, SeatChannel.TERMINAL, first, final, work.now)
    return [each for each in found if each.left and each.session.start - work.now > OFFER_AHEAD]


def _offer_to(found: Booking, session: str, work: Work) -> None:
    seat = seats.book(session, found.number, SeatChannel.TERMINAL, work.now)
    at = _at(found, found.appointment, seat)
    start = at.appointment.start
    assert start is not None
    until = min(work.now + timedelta(hours=OFFER_HOURS), start - timedelta(hours=1))
    _put(
        replace(at, state=BookingState.OFFERED, offer_until=until),
        Act.BOOKING_OFFERED,
        "hub",
        work,
    )
