"""What the last rounds achieved, by direction, kept in the station's database for pages and readiness checks."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sync.fields import stamp
from sync.outbox import Backlog, backlog


@dataclass(frozen=True)
class Direction:
    """The last try and the last success of "hello", "up", "down" or "status"; times as written."""

    name: str
    tried_at: str
    succeeded_at: str | None
    count: int
    error: str | None


@dataclass(frozen=True)
class SyncState:
    """All that a page may say about the sync; `directions` is empty before the first round."""

    terminal: str
    enrolled_at: str
    hub_time: str
    skew_s: int
    directions: dict[str, Direction]
    backlog: Backlog


def note(
    connection: sqlite3.Connection, direction: str, count: int, error: str | None, now: datetime
) -> None:
    """Write one direction's outcome; an error leaves the last success standing."""
    connection.execute(
        "INSERT INTO sync_report(direction, tried_at, succeeded_at, count, error) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT(direction) DO UPDATE SET tried_at = excluded.tried_at,"
        " succeeded_at = COALESCE(excluded.succeeded_at, sync_report.succeeded_at),"
        " count = excluded.count, error = excluded.error",
        (direction, stamp(now), None if error else stamp(now), count, error),
    )


def state(connection: sqlite3.Connection) -> SyncState | None:
    """What is known now; None on a terminal that was never enrolled."""
    link = connection.execute(
        "SELECT terminal, enrolled_at, hub_time, skew_s FROM hub_link WHERE one = 1"
    ).fetchone()
    if link is None:
        return None
    rows = connection.execute("SELECT direction, tried_at, succeeded_at, count, error FROM sync_report")
    return SyncState(
        terminal=link[0],
        enrolled_at=link[1],
        hub_time=link[2],
        skew_s=link[3],
        directions={row[0]: Direction(*row) for row in rows},
        backlog=backlog(connection),
    )
