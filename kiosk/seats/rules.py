"""
Rules of seats: what may be booked when, how leases are sized and until when they hold.

A time of day is minutes since midnight of a local date (+08:00 without change). Whatever a clock says, the hub gives a
leased seat to another booking only after the terminal itself has given it back; times decide only what may be spent.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from kiosk.clock import BEIJING, beijing_day

HOLD_S = 180
"""Seconds for which a seat is held while a person fills in the form."""
SPEND_MARGIN = timedelta(hours=4)
"""A lease ends so long before its session starts."""
SKEW = timedelta(hours=1)
"""From the end of a lease until the hub may give its seat to walk-ins: delay and a wrong clock fit into it."""
LEASED_HORIZONS = 2
"""Leases are given for so many times the booking horizon: sessions are leased before they can be booked."""
REST_MINUTES = (10, 40)
"""A cancelled seat rests a random time, so that nobody can hand it on."""
WALK_IN = timedelta(hours=2)
"""A seat that is given back later than this before its session goes to walk-ins."""
KEPT_UNTIL = (1, 15 * 60)
"""Places for desk and telephone are kept until this many days before the session, at this minute."""
HALF_LIFE_DAYS = 14
"""Days after which a booking counts half in the demand of its terminal."""
MOST_OPEN_A_TOPIC, MOST_OPEN = 1, 2
"""Open bookings of one telephone number: of a topic, in all (QUEUE.md §8)."""
MOST_HOLDS = 20
"""Forms of one terminal that may hold seats of the hub at a time; a station on the web serves many people."""
MOST_HOLDS_WEB = 500
MISSED, MISSED_DAYS = 3, 30
"""So many no-shows in so many days end remote booking for as many days (QUEUE.md §9)."""


class SeatChannel(StrEnum):
    """Where a seat is booked."""

    DESK = "desk"
    TELEPHONE = "telephone"
    TERMINAL = "terminal"
    WEB = "web"


KEPT_FOR = frozenset({SeatChannel.DESK, SeatChannel.TELEPHONE})


class SeatState(StrEnum):
    """Who has a seat at the hub."""

    FREE = "free"
    """The hub; until its rest is over nobody may take it."""
    HELD = "held"
    """A form that is being filled in at the hub itself, by its key."""
    LEASED = "leased"
    """A terminal."""
    TAKEN = "taken"
    """A booking."""
    WALK_IN = "walk-in"
    """Walk-ins; the booking of the terminal that had it is still honoured."""
    UNSURE = "unsure"
    """Nobody knows until every terminal has reported: this hub was restored from a copy."""


@dataclass(frozen=True)
class SeatSession:
    """
    One session with its seats.

    Args:
        of: What it belongs to, such as "consultation".
        starts, ends: Minutes since midnight.
        kept: Seats for desk and telephone.
        horizon_days: Days ahead that it may be booked. notice: Minutes before its start at which booking ends.
    """

    id: str
    of: str
    place: str
    topic: str
    day: date
    starts: int
    ends: int
    seats: int
    kept: int = 0
    closed: bool = False
    horizon_days: int = 14
    notice: int = 0

    @property
    def start(self) -> datetime:
        """Return the moment at which it starts."""
        return local(self.day, self.starts)


@dataclass(frozen=True)
class Seat:
    """
    A seat of a session.

    Args:
        no: From 1. lease: The lease or hold by which it is held; empty: none.
        code: Short code of a lease's signature, for the slip.
    """

    session: str
    no: int
    lease: str = ""
    code: str = ""


@dataclass(frozen=True)
class FreeTime:
    """
    A session with the seats that are left for one channel.

    Args:
        own: How many of them this terminal can confirm by itself.
    """

    session: SeatSession
    left: int
    own: int = 0


def local(day: date, minutes: int) -> datetime:
    """Return the moment of a local date and minute."""
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(minutes=minutes)


def why_not(session: SeatSession, now: datetime, channel: SeatChannel) -> str:
    """
    Return why nobody may book a session now: "closed", "past", "too-late", "too-early"; empty: one may.

    A clerk at the desk or on the telephone books until the session starts, and as far ahead as there are sessions.
    """
    if session.closed:
        return "closed"
    if session.start <= now:
        return "past"
    if channel in KEPT_FOR:
        return ""
    if session.start - timedelta(minutes=session.notice) <= now:
        return "too-late"
    return "" if session.day <= last_day(now, session.horizon_days) else "too-early"


def last_day(now: datetime, horizon_days: int) -> date:
    """Return the last day that may be booked."""
    return beijing_day(now) + timedelta(days=horizon_days)


def left(session: SeatSession, free: int, channel: SeatChannel, now: datetime, leave: int = 0) -> int:
    """
    Return how many of the free seats a channel may have.

    Args:
        leave: Seats that this channel leaves to the others for good: what phones may take has a limit.
    """
    kept = 0 if channel in KEPT_FOR else max(leave, kept_now(session, now))
    return max(0, free - kept)


def kept_now(session: SeatSession, now: datetime) -> int:
    """Return how many seats are kept for desk and telephone at this time."""
    days, minute = KEPT_UNTIL
    return session.kept if now < local(session.day - timedelta(days=days), minute) else 0


def spend_until(session: SeatSession) -> datetime:
    """Return the end of a lease."""
    return session.start - max(SPEND_MARGIN, timedelta(minutes=session.notice))


def reclaim_at(spend_until: datetime) -> datetime:
    """Return when a leased seat goes to walk-ins, if its terminal has not reported."""
    return spend_until + SKEW


def is_leasable(session: SeatSession, now: datetime) -> bool:
    """Return whether leases are given for a session now."""
    ahead = last_day(now, session.horizon_days * LEASED_HORIZONS)
    return not session.closed and session.day <= ahead and spend_until(session) > now


def is_for_walk_ins(session: SeatSession, now: datetime) -> bool:
    """Return whether a seat that is given back now goes to walk-ins."""
    return session.start - now < WALK_IN


def rest_until(now: datetime) -> datetime:
    """Return until when a cancelled seat rests."""
    least, most = (60 * minutes for minutes in REST_MINUTES)
    return now + timedelta(seconds=least + secrets.randbelow(most - least + 1))


def faded(value: float, days: int) -> float:
    """Return a demand after so many days without a booking: an exponentially weighted mean."""
    return float(value * 0.5 ** (max(0, days) / HALF_LIFE_DAYS))


def hold_until(now: datetime) -> datetime:
    """Return the end of the lease of a form that asks online; the form's own time is `HOLD_S`."""
    return now + timedelta(seconds=5 * HOLD_S)


def targets(demand: Mapping[str, float], seats: int) -> dict[str, int]:
    """
    Return how many of a day's seats each terminal is to have.

    Each has one before any has two, so that a new terminal and one on a bad line can confirm; the rest is shared by
    demand, by largest remainder. With more terminals than seats those with the greatest demand have one.

    Args:
        demand: Of each terminal, zero for a new one; the hub itself has the empty name.
    """
    order = sorted(demand, key=lambda who: (-demand[who], who))
    if not order or seats <= 0:
        return dict.fromkeys(order, 0)
    if seats <= len(order):
        return {who: int(place < seats) for place, who in enumerate(order)}
    spare, weights = seats - len(order), {who: demand[who] + 1 for who in order}
    total = sum(weights.values())
    exact = {who: spare * weight / total for who, weight in weights.items()}
    found = {who: 1 + int(exact[who]) for who in order}
    by_remainder = sorted(order, key=lambda who: (int(exact[who]) - exact[who], who))
    for who in by_remainder[: seats - sum(found.values())]:
        found[who] += 1
    return found


def spread(seats: Sequence[Seat], many: int) -> list[Seat]:
    """Return so many of the seats, evenly over their order: a terminal gets times throughout a day."""
    many = min(many, len(seats))
    return [seats[int((each + 0.5) * len(seats) / many)] for each in range(many)]


def phone_mark(key: bytes, digits: str) -> str:
    """Return a mark in place of a telephone number in clear, of use to nobody without the county's key."""
    return sha256(b"kiosk-seats phone" + key + digits.encode()).hexdigest()[:32]


def with_lease(seat: Seat, lease: str, code: str = "") -> Seat:
    """Return a seat as it is held by a lease."""
    return replace(seat, lease=lease, code=code)
