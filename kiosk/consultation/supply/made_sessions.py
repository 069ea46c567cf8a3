"""
Sessions of a supply: which ones its rules make, what has to change of those that are there, and which bookings a change
hits. Pure; the seats themselves are kept in `kiosk/seats/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kiosk.consultation.supply import openings
from kiosk.consultation.supply.openings import Slot
from kiosk.consultation.supply.things import BookingTerms, Supply
from kiosk.seats.rules import LEASED_HORIZONS, FreeTime, SeatSession
from kiosk.workdays import WorkCalendar

KIND = "consultation"
"""What the seats belong to."""
MOST_PROPOSED = 5
"""Other times that are proposed to one booking."""


def last_made(terms: BookingTerms, today: date) -> date:
    """Return the last day for which sessions are made: terminals hold seats of two horizons (QUEUE.md §7)."""
    return today + timedelta(days=terms.horizon_days * LEASED_HORIZONS)


def session_of(slot: Slot, terms: BookingTerms) -> SeatSession:
    """Return the session of a slot; places for old and disabled people are booked by a person for them."""
    return SeatSession(
        slot.session_id,
        KIND,
        slot.place,
        slot.topic,
        slot.day,
        slot.starts,
        slot.ends,
        slot.seats,
        slot.kept + slot.priority,
        closed=False,
        horizon_days=terms.horizon_days,
        notice=terms.notice_min,
    )


def wanted(supply: Supply, first: date, last: date, calendar: WorkCalendar) -> dict[str, SeatSession]:
    """Return the sessions that a supply makes of the days from first to last, by id."""
    slots = openings.slots_between(supply, first, last, calendar)
    return {slot.session_id: session_of(slot, supply.terms) for slot in slots}


def to_change(made: Mapping[str, SeatSession], there: Iterable[SeatSession]) -> list[SeatSession]:
    """Return the sessions that are new or differ, and as closed those that are made no longer."""
    known = {each.id: each for each in there}
    changed = [each for each in made.values() if known.get(each.id) != each]
    gone = [replace(each, closed=True) for each in known.values() if each.id not in made and not each.closed]
    return sorted([*changed, *gone], key=lambda each: each.id)


@dataclass(frozen=True)
class HitBooking:
    """
    A booking that loses its time.

    Args:
        was: Its session as it was. proposed: Other times for it, the nearest first.
    """

    number: str
    seat: int
    was: SeatSession
    proposed: tuple[SeatSession, ...] = ()


def with_proposals(hit: Sequence[HitBooking], free: Sequence[FreeTime]) -> list[HitBooking]:
    """
    Return the bookings with other times, each with one of its own before any is proposed twice.

    Args:
        free: Sessions that stay, with the seats left at the desk.
    """
    left = {each.session.id: each.left for each in free}
    found = []
    for one in hit:
        open_now = [each for each in _nearest(one.was, free) if left[each.id] > 0]
        if open_now:
            left[open_now[0].id] -= 1
        found.append(replace(one, proposed=tuple(open_now[:MOST_PROPOSED])))
    return found


def _nearest(was: SeatSession, free: Sequence[FreeTime]) -> Iterator[SeatSession]:
    """Yield the sessions of the same topic: at the same place first, then by how far they are from the old time."""
    same = [each.session for each in free if each.session.topic == was.topic and each.session.id != was.id]
    yield from sorted(same, key=lambda each: (each.place != was.place, abs(each.start - was.start), each.id))
