"""How the printers of this machine stand: what the workers last saw of them, one row a printer."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

RECEIPT, PAGE = "receipt", "page"
"""The two printers of a machine: one for slips, one for A4."""


@dataclass(frozen=True)
class DeviceState:
    """What the worker last saw: `ok`, `low` (prints, paper near its end), `bad` with a reason, or `unknown`."""

    state: str
    reason: str
    checked_at: datetime | None
    torn: bool


def device(connection: sqlite3.Connection, name: str = RECEIPT) -> DeviceState:
    """The state of one printer."""
    row: Sequence[str] = connection.execute(
        "SELECT state, reason, checked_at, torn FROM printer WHERE name = ?", (name,)
    ).fetchone()
    state, reason, checked_at, torn = row
    return DeviceState(state, reason, datetime.fromisoformat(checked_at) if checked_at else None, bool(torn))


def note_device(
    connection: sqlite3.Connection, state: str, reason: str, now: datetime, name: str = RECEIPT
) -> None:
    """Writes down what the printer said."""
    connection.execute(
        "UPDATE printer SET state = ?, reason = ?, checked_at = ? WHERE name = ?",
        (state, reason, stamp(now), name),
    )


def tear(connection: sqlite3.Connection, name: str = RECEIPT) -> None:
    """A job broke off: the next one begins with a clean start."""
    connection.execute("UPDATE printer SET torn = 1 WHERE name = ?", (name,))


def mend(connection: sqlite3.Connection, name: str = RECEIPT) -> None:
    """The clean start has been made."""
    connection.execute("UPDATE printer SET torn = 0 WHERE name = ?", (name,))


def stamp(at: datetime) -> str:
    """A time as stored: ISO 8601 in UTC with milliseconds, so that texts sort as times."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
