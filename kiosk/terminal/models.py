"""
What this machine keeps for the hall: calls for a person, wrong tries of PINs, unlocking, visits a day, the page's
sign of life.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.clock import Clock, from_stamp, stamp
from kiosk.tries import Tries


@dataclass(frozen=True)
class Call:
    """Somebody at this machine asks for a person; `waited_s` counts until now."""

    id: int
    waited_s: float
    presses: int


def call_staff(connection: sqlite3.Connection, clock: Clock) -> int:
    """The call of this machine, inside the caller's transaction; pressing again while nobody came joins it."""
    waiting = open_calls(connection, clock)
    if waiting:
        connection.execute("UPDATE staff_call SET presses = presses + 1 WHERE id = ?", (waiting[0].id,))
        return waiting[0].id
    made = connection.execute(
        "INSERT INTO staff_call (called_at, boot_id, called_s) VALUES (?, ?, ?)",
        (stamp(clock.now()), clock.boot_id(), clock.monotonic()),
    )
    return int(made.lastrowid or 0)


def open_calls(connection: sqlite3.Connection, clock: Clock) -> list[Call]:
    """Calls that nobody answered, the oldest first; nobody waits through a restart of the machine."""
    rows = connection.execute(
        "SELECT id, called_s, presses FROM staff_call WHERE answered_at IS NULL AND boot_id = ? ORDER BY id",
        (clock.boot_id(),),
    ).fetchall()
    now = clock.monotonic()
    return [Call(key, max(0.0, now - since), presses) for key, since, presses in rows]


def answer_call(connection: sqlite3.Connection, call: int, now: datetime) -> bool:
    """Somebody went; False when that was said before or there is no such call."""
    done = connection.execute(
        "UPDATE staff_call SET answered_at = ? WHERE id = ? AND answered_at IS NULL", (stamp(now), call)
    )
    return done.rowcount == 1


@dataclass(frozen=True)
class Unlocking:
    """How often an account was unlocked here, and the digits that wait for their answer; empty when none do."""

    count: int
    challenge: str


def unlocking(connection: sqlite3.Connection, subject: str) -> Unlocking:
    """Where the unlocking of this account stands."""
    row = connection.execute(
        "SELECT unlocked, challenge FROM hall_unlock WHERE subject = ?", (subject,)
    ).fetchone()
    return Unlocking(*row) if row else Unlocking(0, "")


def keep_challenge(connection: sqlite3.Connection, subject: str, challenge: str) -> None:
    """The digits that are shown from now on, until they are answered."""
    connection.execute(
        "INSERT INTO hall_unlock (subject, challenge) VALUES (?, ?)"
        " ON CONFLICT (subject) DO UPDATE SET challenge = excluded.challenge",
        (subject, challenge),
    )


def use_challenge(connection: sqlite3.Connection, subject: str) -> None:
    """The digits were answered: they are used up."""
    connection.execute(
        "UPDATE hall_unlock SET challenge = '', unlocked = unlocked + 1 WHERE subject = ?", (subject,)
    )


def count_visit(connection: sqlite3.Connection, day: date) -> None:
    """Somebody left whose visit held something; only how many is kept."""
    connection.execute(
        "INSERT INTO visit_day (day, visits) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET visits = visits + 1",
        (day.isoformat(),),
    )


def visits(connection: sqlite3.Connection, first: date) -> dict[date, int]:
    """Visits a day from `first` on; days without any are left out."""
    rows = connection.execute("SELECT day, visits FROM visit_day WHERE day >= ?", (first.isoformat(),))
    return {date.fromisoformat(day): int(count) for day, count in rows.fetchall()}


def tries(connection: sqlite3.Connection, pin: str) -> Tries | None:
    """Wrong tries of this PIN since the last right one."""
    row = connection.execute("SELECT wrong, boot_id, since_s FROM pin_try WHERE pin = ?", (pin,)).fetchone()
    return Tries(*row) if row else None


def keep_tries(connection: sqlite3.Connection, pin: str, counted: Tries) -> None:
    """Stores the count; it is on disk once the caller's transaction has ended."""
    connection.execute(
        "INSERT INTO pin_try (pin, wrong, boot_id, since_s) VALUES (?, ?, ?, ?) ON CONFLICT (pin) DO UPDATE"
        " SET wrong = excluded.wrong, boot_id = excluded.boot_id, since_s = excluded.since_s",
        (pin, counted.wrong, counted.boot_id, counted.since_s),
    )


def forget_tries(connection: sqlite3.Connection, pin: str) -> None:
    """The right PIN was given."""
    connection.execute("DELETE FROM pin_try WHERE pin = ?", (pin,))


def note_page(connection: sqlite3.Connection, now: datetime) -> None:
    """The page on the screen is alive."""
    connection.execute(
        "INSERT INTO page_sign (one, seen_at) VALUES (1, ?)"
        " ON CONFLICT (one) DO UPDATE SET seen_at = excluded.seen_at",
        (stamp(now),),
    )


def page_seen(connection: sqlite3.Connection) -> datetime | None:
    """When the page was last alive; None before the first sign."""
    row = connection.execute("SELECT seen_at FROM page_sign WHERE one = 1").fetchone()
    return from_stamp(row[0]) if row else None
