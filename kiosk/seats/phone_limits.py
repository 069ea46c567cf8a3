"""
How much one telephone number may book (QUEUE.md §8, §9), by its keyed mark; at the hub.

Asked before a booking is confirmed where the hub can be reached, and noted with the seat until the booking arrives: no
terminal keeps a mark, for its disk holds the key too. A booking that was confirmed without the hub holds whatever this
says and is not counted. Without a telephone number, and at the desk, nobody is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk import db
from kiosk.clock import beijing_day
from kiosk.errors import Refused
from kiosk.seats import claim_models, models, rules
from kiosk.seats.rules import Seat, SeatChannel


@dataclass(frozen=True)
class PhoneLimits:
    """
    Open bookings of one telephone number: of a topic, and in all; missed ones within so many days that close it.

    missed_times: 0: missed bookings close nothing.
    """

    each_topic: int = rules.MOST_OPEN_A_TOPIC
    in_all: int = rules.MOST_OPEN
    missed_times: int = rules.MISSED
    missed_days: int = rules.MISSED_DAYS


def check(
    phone: str,
    seat: Seat,
    channel: SeatChannel,
    now: datetime,
    *,
    instead_of: str = "",
    limits: PhoneLimits = PhoneLimits(),  # frozen
) -> None:
    """
    Refuse a booking that is one too many for a telephone number, or note the number with its seat.

    Args:
        phone: Its mark; empty: none was given. instead_of: Number of the booking that this one replaces.
    Raises:
        Refused: "phone-topic": it has a booking of this topic; "phone-most": it has as many as one may;
            "phone-missed": nobody came too often; "phone-gave-back": it has just given back this very seat;
            "unknown-session".
    """
    if not phone or channel in rules.KEPT_FOR:
        return
    session = models.session(seat.session)
    if session is None:
        raise Refused("unknown-session")
    open_now = claim_models.open_of_phone(phone, session.of, beijing_day(now), but=instead_of)
    if sum(topic == session.topic for topic in open_now) >= limits.each_topic:
        raise Refused("phone-topic")
    if len(open_now) >= limits.in_all:
        raise Refused("phone-most")
    missed_lately = claim_models.missed_since(phone, now - timedelta(days=limits.missed_days))
    if limits.missed_times and missed_lately >= limits.missed_times:
        raise Refused("phone-missed")
    since = now - timedelta(minutes=2 * rules.REST_MINUTES[1])
    if claim_models.gave_back_since(phone, seat, since) and not instead_of:
        raise Refused("phone-gave-back")
    if seat.lease:
        with db.writing(db.store, alone=False):
            claim_models.note_phone(seat.lease, phone, now)


def missed(number: str, now: datetime) -> None:
    """Note that nobody came for a booking, inside the caller's transaction; the hall's own delay never counts."""
    claim_models.note_missed(number, now)


def excuse(number: str) -> None:
    """Take back that nobody came, inside the caller's transaction: they came late, or an objection was right."""
    claim_models.forget_missed(number)
