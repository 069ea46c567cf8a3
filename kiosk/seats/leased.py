"""
Seats at a terminal: what it may confirm by itself, online or not; each act joins the caller's station transaction.

A booking spends a lease in the transaction that stores the submission and its outbox entry: a printed confirmation
has its seat.
"""

from __future__ import annotations

from datetime import date

from kiosk import db, side_lists
from kiosk.clock import Clock
from kiosk.errors import Refused
from kiosk.seats import leased_models as models
from kiosk.seats import rules, times_list
from kiosk.seats.leased_models import HELD, SPENT, HeldLease
from kiosk.seats.leases import SignedLease
from kiosk.seats.rules import FreeTime, Seat, SeatChannel, SeatSession

GRACE_S = 120
"""A form that is handed in so long after its hold ended still gets its seat."""


def free_times(
    of: str,
    place: str,
    topic: str,
    first_day: date,
    final_day: date,
    clock: Clock,
    *,
    is_hub_away: bool = False,
) -> list[FreeTime]:
    """
    Return the sessions that may be booked here now, in order, with the seats left; full ones too.

    Args:
        is_hub_away: The hub's own seats do not count, for they cannot be had.
    """
    here = models.open_counts(clock) if clock.trusted() else {}
    found = []
    for each, left in _listed().rows:
        is_asked = (each.of, each.place) == (of, place) and topic in ("", each.topic)
        if not is_asked or not first_day <= each.day <= final_day:
            continue
        if rules.why_not(each, clock.now(), SeatChannel.TERMINAL):
            continue
        own = here.get(each.id, 0)
        found.append(FreeTime(each, own + (0 if is_hub_away else left), own))
    return found


def session(session_id: str) -> SeatSession | None:
    """Return a session as this terminal knows it."""
    listed = next((each for each, _ in _listed().rows if each.id == session_id), None)
    return listed or models.session_of(session_id)


def phone_mark(digits: str) -> str:
    """Return the mark of a telephone number by which the hub limits bookings; empty while this terminal has no key."""
    key = _listed().phone_key
    return rules.phone_mark(key, digits) if key and digits else ""


def _listed() -> times_list.TimesList:
    return times_list.read(side_lists.read(db.store, side_lists.SEATS))


def hold(session_id: str, key: str, clock: Clock) -> Seat:
    """
    Hold one of this terminal's own seats for a form for `HOLD_S`; the same form gets the same seat.

    Raises:
        Refused: "full": none is left here; "clock-wrong"; "closed", "past", "too-late", "too-early".
    """
    if not clock.trusted():
        raise Refused("clock-wrong")
    known_session = session(session_id)
    reason = rules.why_not(known_session, clock.now(), SeatChannel.TERMINAL) if known_session else "closed"
    if reason:
        raise Refused(reason)
    with db.writing(db.store):
        known = held_seat(session_id, key, clock)
        if known:
            return known
        lease = models.first_open(session_id, clock)
        if lease is None or not models.hold(lease, key, clock, rules.HOLD_S):
            raise Refused("full")
        found = models.held_by(key)
        assert found is not None
        return found.given.seat


def held_seat(session_id: str, key: str, clock: Clock) -> Seat | None:
    """Return the seat that a form holds in this session, held again from now; one in another session is let go."""
    with db.writing(db.store):
        known = models.held_by(key)
        if known and known.state == HELD and known.given.lease.session.id != session_id:
            models.let_go(key)
        elif known and (known.state == SPENT or _is_good(known, clock)):
            models.prolong(known.given.lease.id, clock, rules.HOLD_S)
            return known.given.seat
        return None


def keep_granted(given: SignedLease, key: str, asked_s: float, clock: Clock) -> Seat:
    """
    Keep the seat that the hub gave to a form.

    Args:
        asked_s: Steady time at which the hub was asked: the hold counts from there.
    """
    with db.writing(db.store):
        models.let_go(key)
        models.add(given, state=HELD, key=key, boot_id=clock.boot_id(), until_s=asked_s + rules.HOLD_S)
        return given.seat


def spend(seat: Seat, number: str, key: str, clock: Clock) -> Seat:
    """
    Give a form's seat to its booking for good, inside the transaction that stores the submission.

    Raises:
        Refused: "hold-over": the form does not hold it any more; "lease-wrong".
    """
    with db.writing(db.store):
        held = models.held_by(key)
        if (
            held is None
            or held.given.lease.id != seat.lease
            or held.state != HELD
            or not _is_good(held, clock)
        ):
            raise Refused("hold-over")
        if not models.spend(seat.lease, key, number):
            raise Refused("hold-over")
        return held.given.seat


def let_go(key: str) -> None:
    """End the hold of a form that is given up."""
    with db.writing(db.store):
        models.let_go(key)


def _is_good(held: HeldLease, clock: Clock) -> bool:
    """Return whether a held seat may still be spent: a hold of the hub by steady time, else by its lease."""
    lease = held.given.lease
    if lease.is_hold:
        return held.boot_id == clock.boot_id() and clock.monotonic() <= held.until_s + GRACE_S
    return clock.trusted() and clock.now() < lease.spend_until
