"""The demand of each terminal at a place: its bookings, the older ones counting less."""

from __future__ import annotations

from datetime import datetime

from kiosk.clock import beijing_day
from kiosk.seats import models, rules
from kiosk.seats.rules import SeatSession


def note(session: SeatSession, who: str, now: datetime) -> None:
    """Count a booking of a terminal (its code), or of the hub's own pool (empty), inside the caller's transaction."""
    day = beijing_day(now)
    known = models.demand_of(session.of, session.place, who)
    before = rules.faded(known[1], (day - known[0]).days) if known else 0.0
    models.put_demand(session.of, session.place, who, day, before + 1)


def at(of: str, place: str, terminals: list[str], now: datetime) -> dict[str, float]:
    """Return today's demand of the hub's own pool (empty) and of each of these terminals, which may be new."""
    day = beijing_day(now)
    known = {who: rules.faded(value, (day - noted).days) for who, noted, value in models.demands(of, place)}
    return {who: known.get(who, 0.0) for who in ["", *terminals]}
