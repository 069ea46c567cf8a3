"""
The times that a citizen may choose: free ones by the seats, days by the supply, full and closed days shown as such.

Pure; the line to the seats is given by the wiring (`SeatLine`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from kiosk.consultation.supply import openings
from kiosk.consultation.supply.things import Supply
from kiosk.seats.rules import FreeTime, Seat, SeatSession
from kiosk.workdays import WorkCalendar


@dataclass(frozen=True)
class Offer:
    """
    The free times of a topic at a place, in order.

    is_whole: False where the hub could not be asked, so that only this terminal's own seats are known.
    """

    times: Sequence[FreeTime]
    is_whole: bool = True


@dataclass(frozen=True)
class TakenSeat:
    """A seat that a form holds; left_s: seconds until it may be gone, None: it stays."""

    seat: Seat
    session: SeatSession
    left_s: int | None


class SeatLine(Protocol):
    """The seats as a terminal reaches them: at the hub where that answers, else its own leased ones."""

    def offer(self, place: str, topic: str) -> Offer:
        """Return the free times of a topic at a place."""

    def hold(self, session: str, key: str) -> TakenSeat:
        """
        Take a seat of a session for a form, or take it again for longer; the form's earlier one is given back.

        Raises:
            Refused: "full", "past", "closed", "too-late", "too-early"; "none-here": the hub is away and this terminal
                has no seat of it.
        """

    def check_phone(self, digits: str, seat: Seat, instead_of: str = "") -> None:
        """
        Refuse a booking that is one too many for a telephone number; where the hub is away, nobody is refused.

        Args:
            instead_of: Number of the booking that this one replaces.
        Raises:
            Refused: "phone-topic", "phone-most", "phone-missed", "phone-gave-back".
        """

    def spend(self, seat: Seat, key: str, number: str) -> None:
        """
        Give a held seat to the submission that is being stored, inside the caller's transaction.

        Raises:
            Refused: "hold-over", "lease-wrong".
        """


@dataclass(frozen=True)
class DayOffered:
    """A day of the list: how many free seats; reason: why there is none of it at all; is_provisional: may change."""

    day: date
    left: int
    is_open: bool
    reason: str = ""
    is_provisional: bool = False


def days(
    supply: Supply, calendar: WorkCalendar, offer: Offer, place: str, topic: str, today: date
) -> list[DayOffered]:
    """Return the days of the booking horizon on which the topic is open, and those that a closure names."""
    found = []
    for ahead in range(supply.terms.horizon_days + 1):
        day = today + timedelta(days=ahead)
        left = sum(each.left for each in offer.times if each.session.day == day)
        is_open = left > 0 or any(
            each.topic == topic for each in openings.slots_on(supply, place, day, calendar)
        )
        reason = _closed_for(supply, place, day)
        if is_open or reason:
            provisional = openings.is_provisional(calendar, day)
            found.append(DayOffered(day, left, is_open, reason, provisional))
    return found


def _closed_for(supply: Supply, place: str, day: date) -> str:
    closed = [each for each in openings.exceptions_on(supply, place, day) if each.reason and not each.spans]
    return closed[0].reason if closed else ""
