"""Sessions for tests of seats: a day of half hours, ten days after the Monday on which tests begin."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from kiosk.seats.rules import SeatSession
from tests.clocks import MONDAY_MORNING

NOW = MONDAY_MORNING
TODAY: date = NOW.date()
LATER = TODAY + timedelta(days=3)


def a_session(id: str = "s1", **changes: Any) -> SeatSession:
    """A session of three seats, at nine in three days."""
    made = {
        "id": id,
        "of": "consultation",
        "place": "hall",
        "topic": "school",
        "day": LATER,
        "starts": 540,
        "ends": 570,
        "seats": 3,
    }
    return SeatSession(**{**made, **changes})
