"""Whether submissions reach the hub now, for pages before and after handing in."""

from __future__ import annotations

from datetime import timedelta

from kiosk.clock import Clock, from_stamp
from sync.statements import Database
from sync.terminal import outbox, report

SILENT_ROUNDS = 3
"""Rounds without a sign of the agent after which it counts as stopped."""
LONGEST_PAUSE = timedelta(minutes=5)
"""Longest pause of an agent after a fault (sync/terminal/client.py)."""


def is_sent(database: Database, key: str) -> bool:
    """Return whether the hub has acknowledged the submission with this key."""
    entry = outbox.entry(database, key)
    return entry is not None and entry.state == "acked"


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
