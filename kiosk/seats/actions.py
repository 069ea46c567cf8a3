"""
Seats at the hub: sessions are opened and changed, seats are held, claimed by bookings and given back.

Each act is one transaction, or joins the caller's. A session's row is locked first, so that one after another takes its
seats, in every worker; the unique index of living claims refuses what a fault of this code would let through.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk import db
from kiosk.errors import Refused
from kiosk.seats import claim_models, demand, epochs, models, rules
from kiosk.seats.rules import FreeTime, Seat, SeatChannel, SeatSession, SeatState


@dataclass(frozen=True)
class SeatHit:
    """A booking whose seat a change would take, or whose session it moves."""

    number: str
    session: str
    no: int


class SeatsTaken(Refused):
    """A change that would take seats from bookings; `hits` are those."""

    def __init__(self, hits: Sequence[SeatHit]) -> None:
        super().__init__("seats-taken", ", ".join(each.number for each in hits))
        self.hits = tuple(hits)


@dataclass(frozen=True)
class Changes:
    """What `open_sessions` did: how many sessions are new, how many were changed, how many were as they are."""

    opened: int
    changed: int
    same: int


@dataclass(frozen=True)
class ClaimedSeat:
    """
    What a booking got.

    Args:
        seat: Its seat; None: none was left, and it is on the list of those whom a person calls.
        is_as_promised: It is the seat that was asked for; otherwise another one of the same session.
    """

    seat: Seat | None
    is_as_promised: bool


def hits(sessions: Sequence[SeatSession]) -> list[SeatHit]:
    """Return the bookings that would lose their seat or their time if the sessions became as given."""
    taken = claim_models.claims_of([each.id for each in sessions])
    new = {each.id: each for each in sessions}
    old = {each: models.session(each) for each in {seat.session for seat in taken}}
    found = (
        SeatHit(number, seat.session, seat.no)
        for seat, number in taken.items()
        if _is_hit(seat, old[seat.session], new[seat.session])
    )
    return sorted(found, key=lambda hit: (hit.session, hit.no))


def _is_hit(seat: Seat, old: SeatSession | None, new: SeatSession) -> bool:
    if new.closed or seat.no > new.seats or old is None:
        return True
    return (old.day, old.starts, old.place, old.topic) != (new.day, new.starts, new.place, new.topic)


def open_sessions(sessions: Sequence[SeatSession], now: datetime, settled: Collection[str] = ()) -> Changes:
    """
    Make these sessions, or change those that are there.

    Args:
        settled: Numbers of bookings for which a person has decided: they keep the seat, whatever the change.
    Raises:
        SeatsTaken: The change hits other bookings; nothing was changed.
    """
    with db.writing(db.store):
        found = [hit for hit in hits(sessions) if hit.number not in settled]
        if found:
            raise SeatsTaken(found)
        is_sure = epochs.follow(now)
        there = models.known([each.id for each in sessions])
        new = [each for each in sessions if each.id not in there]
        changed = [each for each in sessions if each.id in there and there[each.id] != each]
        models.add_sessions(new, is_sure=is_sure)
        for each in changed:
            models.put_session(each, is_sure=is_sure)
    return Changes(len(new), len(changed), len(sessions) - len(new) - len(changed))


def free_times(
    of: str, place: str, topic: str, channel: SeatChannel, first_day: date, final_day: date, now: datetime
) -> list[FreeTime]:
    """Return the sessions that a channel may book now, in order, with the seats left; full ones too."""
    found = [
        each
        for each in models.sessions(first_day, final_day, of=of, place=place, topic=topic)
        if not rules.why_not(each, now, channel)
    ]
    free = models.free_counts([each.id for each in found], now)
    return [FreeTime(each, rules.left(each, free.get(each.id, 0), channel, now)) for each in found]


def hold(session_id: str, key: str, channel: SeatChannel, now: datetime) -> Seat:
    """
    Hold a seat for a form at the hub for `HOLD_S`; the same form gets the same seat, and gives back any other one.

    Raises:
        Refused: "full", "closed", "past", "too-late", "too-early", "unknown-session".
    """
    with db.writing(db.store, alone=False):
        epochs.follow(now)
        session = models.locked_for(session_id, channel, now)
        known = models.held_by(key)
        if known and known.session == session_id:
            models.give(
                known,
                SeatState.HELD,
                owner=key,
                until=_held_until(now),
                was=SeatState.HELD,
                was_lease=known.lease,
            )
            return known
        seat = rules.with_lease(models.pick(session, channel, now), key)
        if known:
            free(known, SeatState.HELD)
        if not models.give(seat, SeatState.HELD, owner=key, until=_held_until(now), was=SeatState.FREE):
            raise Refused("full")
        return seat


def let_go(key: str) -> None:
    """Give back the seat that a form holds at the hub; one that holds none changes nothing."""
    with db.writing(db.store, alone=False):
        known = models.held_by(key)
        if known:
            models.locked(known.session)
            free(known, SeatState.HELD)


def _held_until(now: datetime) -> datetime:
    return now + timedelta(seconds=rules.HOLD_S)


def free(seat: Seat, was: SeatState) -> None:
    """Return a seat of a locked session to the hub."""
    models.give(Seat(seat.session, seat.no), SeatState.FREE, was=was, was_lease=seat.lease)
    models.drop_surplus(seat.session)


def claim(
    seat: Seat,
    number: str,
    now: datetime,
    *,
    device: str = "",
    phone: str = "",
    channel: SeatChannel = SeatChannel.TERMINAL,
) -> ClaimedSeat:
    """
    Give a seat to a booking, inside the transaction that takes the booking in; never refuses what was promised.

    A seat whose owner is another one by now (this hub or the terminal's disk was put back) is replaced by another one
    of the same session; where none is left, the booking goes on the list of `lost`.

    Args:
        seat: With its lease or, for a booking of the hub's own desk, with the key of its form.
        device: The terminal's code; empty for the hub's own desk. phone: The keyed mark of the telephone number.
    """
    known = claim_models.claim_of(number)
    if known:
        return ClaimedSeat(known, known == Seat(seat.session, seat.no))
    session = models.locked(seat.session)
    found = _own(seat) or (_another(session, now) if session else None)
    if found is None or session is None:
        claim_models.add_lost(number, seat, now)
        return ClaimedSeat(None, is_as_promised=False)
    taken = rules.with_lease(found[0], number)
    if not models.give(taken, SeatState.TAKEN, owner=number, was=found[1], was_lease=found[0].lease):
        raise Refused("full")
    claim_models.add_claim(number, taken, phone or claim_models.noted_phone(seat.lease), now)
    demand.note(session, device if channel == SeatChannel.TERMINAL else "", now)
    return ClaimedSeat(Seat(taken.session, taken.no), taken.no == seat.no)


def _own(seat: Seat) -> tuple[Seat, SeatState] | None:
    """Return the promised seat and its state, where the booking may have it."""
    found = models.owner_of(seat)
    if found is None or not seat.lease:
        return None
    state, _owner, lease = found
    is_promised = lease == seat.lease and state in (SeatState.HELD, SeatState.LEASED, SeatState.WALK_IN)
    if is_promised:
        return seat, state
    # A hub that was restored does not know the lease yet, and gave the seat to nobody since.
    return (Seat(seat.session, seat.no), state) if state == SeatState.UNSURE else None


def _another(session: SeatSession, now: datetime) -> tuple[Seat, SeatState] | None:
    nos = models.free_nos(session.id, now)
    return (Seat(session.id, nos[0]), SeatState.FREE) if nos else None


def book(session_id: str, number: str, channel: SeatChannel, now: datetime, *, phone: str = "") -> Seat:
    """
    Give a seat of the hub to a booking at once, without a hold; inside the caller's transaction.

    Raises:
        Refused: as `hold`.
    """
    key = f"book-{secrets.token_hex(8)}"
    seat = hold(session_id, key, channel, now)
    found = claim(seat, number, now, phone=phone, channel=channel).seat
    assert found is not None
    return found


def give_back(number: str, now: datetime) -> Seat | None:
    """
    End a booking's claim; its seat rests a random time and is free again, or goes to walk-ins shortly before.

    Returns the seat, or None for a booking that has none; inside the caller's transaction or its own.
    """
    with db.writing(db.store, alone=False):
        seat = claim_models.claim_of(number)
        session = models.locked(seat.session) if seat else None
        if seat is None or session is None:
            return None
        claim_models.end_claim(number, now)
        state = SeatState.FREE if epochs.follow(now) else SeatState.UNSURE
        is_late = rules.is_for_walk_ins(session, now)
        models.give(
            seat,
            SeatState.WALK_IN if is_late else state,
            until=None if is_late else rules.rest_until(now),
            was=SeatState.TAKEN,
            was_lease=number,
        )
        models.drop_surplus(session.id)
        return seat


def move(number: str, seat: Seat, now: datetime, *, phone: str = "") -> ClaimedSeat:
    """Give a booking another seat, and its old one back, in the caller's transaction; its telephone's mark stays."""
    with db.writing(db.store, alone=False):
        phone = phone or claim_models.phone_of(number)
        give_back(number, now)
        return claim(seat, number, now, phone=phone, channel=SeatChannel.DESK)


def seat_of(number: str) -> Seat | None:
    """Return the seat that a booking has now."""
    return claim_models.claim_of(number)


def session_of(session_id: str) -> SeatSession | None:
    """Return a session as the hub has it."""
    return models.session(session_id)


def bookings(of: str, place: str, day: date) -> list[tuple[str, SeatSession, int]]:
    """Return number, session and seat of each booking of a day at a place, in the order of their times."""
    found = {each.id: each for each in models.sessions(day, day, of=of, place=place)}
    taken = (
        (number, found[seat.session], seat.no) for seat, number in claim_models.claims_of(list(found)).items()
    )
    return sorted(taken, key=lambda row: (row[1].starts, row[1].id, row[2]))
