"""
The state of a number, for whoever holds its query code; wrong guesses are counted at the hub.

A wrong number and a wrong code get the same answer at the same cost. Limits: RELIABILITY T19.
"""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from sync.device import Device
from sync.fields import stamp
from sync.protocol import StatusChange, Track, Tracked
from sync.server import status_change

WRONG_PER_NUMBER = 10
NUMBER_WINDOW = timedelta(hours=24)
WRONG_PER_DEVICE = 5
DEVICE_WINDOW = timedelta(minutes=15)
WRONG_PER_PUBLIC_STATION = 500
"""The same for a station on which the whole county asks: it bounds its visitors; numbers close all the same."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The parameters that terminals hash query codes with, so that an unknown number costs the same."""

Writing = Callable[[], AbstractContextManager[sqlite3.Connection]]


def track(writing: Writing, device: Device, asked: Track, now: datetime) -> Tracked:
    """
    The state of the number, if the code is right and nobody has guessed too often.

    The guess is counted on disk before the code is compared, and forgiven when it was right; the comparison
    itself, some 30 ms, holds no lock.
    """
    with writing() as connection:
        locked = _is_locked(connection, device, asked.number, now)
        row = connection.execute("SELECT code_hash FROM inbox WHERE number = ?", (asked.number,)).fetchone()
        if not locked:
            _count(connection, _subjects(device, asked.number), now)
    if locked:
        return Tracked(None, locked=True)
    if row is None:
        _hasher.hash(asked.code)
        return Tracked(None)
    if not _matches(row[0], asked.code):
        return Tracked(None)
    with writing() as connection:
        _forgive(connection, device, asked.number)
        return Tracked(_state(connection, asked.number))


def _matches(code_hash: str, code: str) -> bool:
    try:
        return _hasher.verify(code_hash, code)
    except (Argon2Error, InvalidHashError):
        return False


def _state(connection: sqlite3.Connection, number: str) -> StatusChange:
    row = connection.execute(
        "SELECT seq, number, state, detail, changed_at FROM status WHERE number = ?", (number,)
    ).fetchone()
    if row is not None:
        return status_change(row)
    (received_at,) = connection.execute(
        "SELECT received_at FROM inbox WHERE number = ?", (number,)
    ).fetchone()
    return StatusChange(0, number, "received", {}, datetime.fromisoformat(received_at))


def _subjects(device: Device, number: str) -> tuple[tuple[str, int, timedelta], ...]:
    most = WRONG_PER_PUBLIC_STATION if device.channel == "web" else WRONG_PER_DEVICE
    return (
        (f"number:{number}", WRONG_PER_NUMBER, NUMBER_WINDOW),
        (f"device:{device.id}", most, DEVICE_WINDOW),
    )


def _is_locked(connection: sqlite3.Connection, device: Device, number: str, now: datetime) -> bool:
    for subject, most, window in _subjects(device, number):
        row = connection.execute(
            "SELECT wrong FROM track_attempt WHERE subject = ? AND since > ?", (subject, stamp(now - window))
        ).fetchone()
        if row and row[0] >= most:
            return True
    return False


def _count(
    connection: sqlite3.Connection, subjects: tuple[tuple[str, int, timedelta], ...], now: datetime
) -> None:
    """A window begins with its first wrong guess; one that has passed begins anew."""
    for subject, _, window in subjects:
        connection.execute(
            "DELETE FROM track_attempt WHERE subject = ? AND since <= ?", (subject, stamp(now - window))
        )
        connection.execute(
            "INSERT INTO track_attempt(subject, wrong, since) VALUES (?, 1, ?)"
            " ON CONFLICT(subject) DO UPDATE SET wrong = wrong + 1",
            (subject, stamp(now)),
        )
    connection.execute("DELETE FROM track_attempt WHERE since <= ?", (stamp(now - NUMBER_WINDOW),))


def _forgive(connection: sqlite3.Connection, device: Device, number: str) -> None:
    connection.execute("DELETE FROM track_attempt WHERE subject = ?", (f"number:{number}",))
    connection.execute(
        "UPDATE track_attempt SET wrong = wrong - 1 WHERE subject = ?", (f"device:{device.id}",)
    )
