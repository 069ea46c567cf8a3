"""Whether what is taken in reaches the hub now: what pages say before somebody begins, and after."""

from __future__ import annotations

from datetime import timedelta

from kiosk.clock import Clock, from_stamp
from sync.statements import Database
from sync.terminal import outbox, report

SILENT_ROUNDS = 3
"""So many rounds without a word of the agent, and it counts as standing still."""
LONGEST_PAUSE = timedelta(minutes=5)
"""An agent that met a fault tries again after this time at the latest (sync/terminal/client.py)."""


def is_sent(database: Database, key: str) -> bool:
    """Return whether the hub has acknowledged the submission with this key."""
    entry = outbox.entry(database, key)
    return entry is not None and entry.state == "acked"


def is_hub_away(database: Database, clock: Clock, interval_s: int) -> bool:
    """
    Return whether the last round did not reach the hub, or there was none for long.

    Args:
        interval_s: Time between two rounds.
    """
    known = report.state(database)
    hello = known.directions.get("hello") if known else None
    if hello is None or hello.error:
        return True
    quiet = clock.now() - from_stamp(hello.tried_at)
    return quiet > SILENT_ROUNDS * timedelta(seconds=interval_s) + LONGEST_PAUSE
