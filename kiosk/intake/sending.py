"""Whether submissions reach the hub now, for pages before and after handing in."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.clock import Clock, from_stamp
from kiosk.intake.kinds import Delivery
from sync.statements import Database
from sync.terminal import outbox, report

SILENT_ROUNDS = 3
"""Rounds without a sign of the agent after which it counts as stopped."""
LONGEST_PAUSE = timedelta(minutes=5)
"""Longest pause of an agent after a fault (sync/terminal/client.py)."""


HELD_CODES = frozenset({"seq-taken", "number-taken", "number-foreign"})
"""The hub's refusals with which it keeps the upload for a person's decision."""
_DELIVERIES = {"waiting": Delivery.WAITING, "sent": Delivery.SENDING, "acked": Delivery.ARRIVED}


def delivery(database: Database, key: str) -> Delivery:
    """Return what this machine knows of a submission's way to the hub."""
    state, code = outbox.delivery(database, key) or ("waiting", "")
    if state == "parked":
        return Delivery.HELD if code in HELD_CODES else Delivery.REFUSED
    return _DELIVERIES[state]


def last_news(database: Database) -> datetime | None:
    """Return when the states of submissions came from the hub last; None: never."""
    known = report.state(database)
    status = known.directions.get("status") if known else None
    return from_stamp(status.succeeded_at) if status and status.succeeded_at else None


def is_hub_away(database: Database, clock: Clock, interval_s: int) -> bool:
    """
    Return whether the last round did not reach the hub, or none ran for long.

    Args:
        interval_s: Time between two rounds.
    """
    known = report.state(database)
    hello = known.directions.get("hello") if known else None
    if hello is None or hello.error:
        return True
    quiet = clock.now() - from_stamp(hello.tried_at)
    return quiet > SILENT_ROUNDS * timedelta(seconds=interval_s) + LONGEST_PAUSE
