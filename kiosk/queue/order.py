"""
The order of the queue: one key for each ticket, fixed on arrival; the smallest is called first, ties by arrival.

Times are whole seconds of the hall's day. Knows neither Flask nor a database. Source of the rules and figures:
kiosk/queue/README.md, "Order", with the simulation that chose them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

HEAD_START_S = 30 * 60
"""Time by which a booking in time is ahead of somebody who comes without one at that moment."""
GRACE_S = 15 * 60
"""Lateness up to which a booking counts from its arrival."""
CARE_S = 10 * 60
"""Time by which somebody with priority by law is ahead of their own arrival."""
MOST_CALLS = 3
"""Calls of one ticket after which it may be put on the list of missed ones."""
BACK_WITHIN_S = 30 * 60
BACK_AFTER_CALLS = 2
"""Calls of others that go before somebody who was missed and came back."""


@dataclass(frozen=True)
class Claim:
    """
    What fixes a ticket's place on its arrival.

    slot_s: Time of a booking, if there is one. has_care: Old age, disability, military service, pregnancy.
    """

    arrived_s: int
    slot_s: int | None = None
    has_care: bool = False


@dataclass(frozen=True)
class Standing:
    """
    A ticket that waits.

    due_s: From when on it goes before those who are not due: a booking's time, else the arrival. place: Sequence of
    arrival at the queue's owner. after_call: Number of the hall's call after which it may be called.
    """

    id: str
    topic: str
    key_s: int
    due_s: int
    place: int
    after_call: int = 0


def key_of(claim: Claim) -> int:
    """Return the key of a ticket: a booking in time its slot, late within the grace its arrival, else a walk-in's."""
    if claim.slot_s is not None and claim.arrived_s <= claim.slot_s + GRACE_S:
        return max(claim.slot_s, claim.arrived_s)
    return claim.arrived_s - CARE_S if claim.has_care else claim.arrived_s + HEAD_START_S


def due_of(claim: Claim) -> int:
    """Return from when on this ticket goes before those who are not due yet."""
    return claim.arrived_s if claim.slot_s is None else max(claim.slot_s, claim.arrived_s)


def in_order(waiting: Iterable[Standing], now_s: int, calls: int) -> list[Standing]:
    """
    Return tickets in the order in which they would be called now.

    Those who are due come first, then those who were missed and wait for two other calls, last bookings before their
    time: so nobody who is not due passes one who is, and no window is idle while somebody waits.
    """
    return sorted(waiting, key=lambda each: (_rank(each, now_s, calls), each.key_s, each.place))


def _rank(ticket: Standing, now_s: int, calls: int) -> int:
    if ticket.after_call > calls:
        return 1
    return 0 if ticket.due_s <= now_s else 2


def next_for(
    waiting: Iterable[Standing], topics: Collection[str] | None, now_s: int, calls: int
) -> Standing | None:
    """Return the ticket that a window with these topics (None: all) takes next, or None when nobody waits for it."""
    mine = [each for each in waiting if topics is None or each.topic in topics]
    return next(iter(in_order(mine, now_s, calls)), None)


def may_come_back(missed_s: int, now_s: int, times_back: int) -> bool:
    """Return whether a missed ticket keeps its key when its holder comes: within half an hour, once."""
    return times_back == 0 and now_s - missed_s <= BACK_WITHIN_S


def back_after(calls: int) -> int:
    """Return the number of the call after which somebody who came back is called, given the calls so far."""
    return calls + BACK_AFTER_CALLS
