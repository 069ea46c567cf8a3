"""
Accounts of the hall's staff: who they are, at which terminals their PIN opens something, and what the hub does for
them.

They are no accounts of the desk: they sign in at terminals only. Of a PIN the hub knows the hash alone.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk import audit, pins
from kiosk.audit import Act
from kiosk.clock import from_stamp, stamp
from kiosk.errors import NotFound, Refused
from kiosk.pins import Member, Roster

UnlockKey = Callable[[str], bytes]
"""The key of a terminal by its device id."""
NAME_FORM = re.compile(r"[^\x00-\x1f\x7f]{1,20}")
KIOSK = "kiosk"
CHANGES = "hall-changes"
"""Name of the counter of changes."""


class HallState(StrEnum):
    """Where an account stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    """On leave, or in doubt: opens nothing until it is resumed."""
    CLOSED = "closed"
    """For good; the number is not given to anybody else."""


_ACTS = {
    HallState.ACTIVE: Act.HALL_RESUMED,
    HallState.PAUSED: Act.HALL_PAUSED,
    HallState.CLOSED: Act.HALL_CLOSED,
}


@dataclass(frozen=True)
class HallAccount:
    """One row of `hall_account` with the ids of its terminals."""

    number: str
    name: str
    state: HallState
    created_at: datetime
    created_by: str
    pin_set_at: datetime
    devices: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A terminal at which hall staff may work."""

    device: str
    name: str
    terminal: str


@dataclass(frozen=True)
class Unlocking:
    """One answer that was told by telephone."""

    at: datetime
    by: str
    number: str
    terminal: str


_COLUMNS = "number, name, state, created_at, created_by, pin_set_at"


def accounts(connection: sqlite3.Connection) -> list[HallAccount]:
    """All accounts, those in use first, by number."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM hall_account"
        " ORDER BY CASE state WHEN 'active' THEN 0 WHEN 'paused' THEN 1 ELSE 2 END, number"
    ).fetchall()
    return [_account(connection, row) for row in rows]


def account(connection: sqlite3.Connection, number: str) -> HallAccount:
    """
    Raises:
        NotFound: "no-such-hall-account".
    """
    row = connection.execute(f"SELECT {_COLUMNS} FROM hall_account WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise NotFound("no-such-hall-account", number)
    return _account(connection, row)


def name_of(connection: sqlite3.Connection, number: str) -> str:
    """The name behind a staff number, also of an account that was closed since; empty when there is none."""
    row = connection.execute("SELECT name FROM hall_account WHERE number = ?", (number,)).fetchone()
    return row[0] if row else ""


def places(connection: sqlite3.Connection) -> list[Place]:
    """The terminals in halls that are not revoked, by their code."""
    rows = connection.execute(
        "SELECT id, name, terminal FROM device WHERE state <> 'revoked' AND channel = ? ORDER BY terminal",
        (KIOSK,),
    )
    return [Place(*row) for row in rows.fetchall()]


def add(
    connection: sqlite3.Connection,
    *,
    number: str,
    name: str,
    pin: str,
    devices: Iterable[str],
    now: datetime,
    by: str,
) -> None:
    """
    A new account, inside the caller's transaction.

    Raises:
        Refused: "number-taken", "no-place".
        RuleBroken: see `pins.check_pin`.
    """
    at_places = _known_places(connection, devices)
    if connection.execute("SELECT 1 FROM hall_account WHERE number = ?", (number,)).fetchone():
        raise Refused("number-taken", number)
    pin_hash = pins.hashed(pin, number)
    connection.execute(
        "INSERT INTO hall_account (number, name, state, pin_hash, pin_set_at, created_at, created_by)"
        " VALUES (?, ?, 'active', ?, ?, ?, ?)",
        (number, plain_name(name), pin_hash, stamp(now), stamp(now), by),
    )
    _set_places(connection, number, at_places)
    _record(connection, now, by, Act.HALL_ADDED, number, places=len(at_places))


def set_places(
    connection: sqlite3.Connection, number: str, devices: Iterable[str], *, now: datetime, by: str
) -> None:
    """
    The terminals at which the PIN works from the next round on.

    Raises:
        NotFound: "no-such-hall-account".
        Refused: "hall-account-closed", "no-place".
    """
    _open_account(connection, number)
    at_places = _known_places(connection, devices)
    _set_places(connection, number, at_places)
    _record(connection, now, by, Act.HALL_PLACES, number, places=len(at_places))


def set_pin(connection: sqlite3.Connection, number: str, pin: str, *, now: datetime, by: str) -> None:
    """
    A new PIN: visits of the old one end and its wrong tries are forgotten, from the next round on.

    Raises:
        NotFound: "no-such-hall-account".
        Refused: "hall-account-closed".
        RuleBroken: see `pins.check_pin`.
    """
    _open_account(connection, number)
    connection.execute(
        "UPDATE hall_account SET pin_hash = ?, pin_set_at = ? WHERE number = ?",
        (pins.hashed(pin, number), stamp(now), number),
    )
    _record(connection, now, by, Act.HALL_PIN, number)


def set_state(
    connection: sqlite3.Connection, number: str, state: HallState, *, now: datetime, by: str
) -> None:
    """
    Pauses, resumes or closes; of an account that is closed not even the PIN's hash is kept.

    Raises:
        NotFound: "no-such-hall-account".
        Refused: "hall-account-closed".
    """
    _open_account(connection, number)
    connection.execute("UPDATE hall_account SET state = ? WHERE number = ?", (state, number))
    if state is HallState.CLOSED:
        connection.execute("UPDATE hall_account SET pin_hash = '' WHERE number = ?", (number,))
        connection.execute("DELETE FROM hall_place WHERE number = ?", (number,))
    _record(connection, now, by, _ACTS[state], number)


def roster(connection: sqlite3.Connection, device: str, key: bytes) -> bytes | None:
    """The list for one terminal; None when nobody may work there, so that the terminal erases what it held."""
    rows = connection.execute(
        "SELECT a.number, a.name, a.pin_hash FROM hall_account a JOIN hall_place p USING (number)"
        " WHERE p.device = ? AND a.state = 'active' ORDER BY a.number",
        (device,),
    ).fetchall()
    return Roster(tuple(Member(*row) for row in rows), key).body() if rows else None


def changes(connection: sqlite3.Connection) -> int:
    """Rises with each change of any list."""
    row = connection.execute("SELECT value FROM counter WHERE name = ?", (CHANGES,)).fetchone()
    return int(row[0]) if row else 0


def answer(
    connection: sqlite3.Connection,
    *,
    device: str,
    number: str,
    challenge: str,
    key_of: UnlockKey,
    now: datetime,
    by: str,
) -> str:
    """
    The digits that unlock an account at one terminal; that they were told is in the audit chain with them.

    Raises:
        Refused: "not-at-this-place" (no account in use there has this number), "challenge-wrong".
    """
    found = connection.execute(
        "SELECT 1 FROM hall_account a JOIN hall_place p USING (number)"
        " WHERE p.device = ? AND a.number = ? AND a.state = 'active'",
        (device, number),
    ).fetchone()
    if found is None or device not in {place.device for place in places(connection)}:
        raise Refused("not-at-this-place", number)
    key = key_of(device)
    if not pins.is_challenge(key, number, challenge):
        raise Refused("challenge-wrong", number)
    audit.record(
        at=now,
        actor=by,
        act=Act.HALL_UNLOCK_TOLD,
        subject=number,
        detail={"device": device, "challenge": challenge},
    )
    return pins.answer_to(key, number, challenge)


def unlockings(connection: sqlite3.Connection, most: int = 20) -> list[Unlocking]:
    """The answers that were told last, newest first."""
    names = dict(connection.execute("SELECT id, name FROM device").fetchall())
    rows = connection.execute(
        "SELECT at, actor, subject, detail FROM audit WHERE act = ? ORDER BY seq DESC LIMIT ?",
        (Act.HALL_UNLOCK_TOLD, most),
    )
    return [
        Unlocking(from_stamp(at), by, number, names.get(json.loads(detail)["device"], ""))
        for at, by, number, detail in rows.fetchall()
    ]


def plain_name(typed: str) -> str:
    """A name as it is stored: half width, no outer space."""
    return unicodedata.normalize("NFKC", typed).strip()


def _account(connection: sqlite3.Connection, row: tuple[str, ...]) -> HallAccount:
    number, name, state, created_at, created_by, pin_set_at = row
    devices = connection.execute("SELECT device FROM hall_place WHERE number = ? ORDER BY device", (number,))
    return HallAccount(
        number=number,
        name=name,
        state=HallState(state),
        created_at=from_stamp(created_at),
        created_by=created_by,
        pin_set_at=from_stamp(pin_set_at),
        devices=tuple(device for (device,) in devices.fetchall()),
    )


def _open_account(connection: sqlite3.Connection, number: str) -> HallAccount:
    found = account(connection, number)
    if found.state is HallState.CLOSED:
        raise Refused("hall-account-closed", number)
    return found


def _known_places(connection: sqlite3.Connection, devices: Iterable[str]) -> list[str]:
    known = {place.device for place in places(connection)}
    chosen = sorted(set(devices) & known)
    if not chosen:
        raise Refused("no-place")
    return chosen


def _set_places(connection: sqlite3.Connection, number: str, devices: list[str]) -> None:
    connection.execute("DELETE FROM hall_place WHERE number = ?", (number,))
    connection.executemany(
        "INSERT INTO hall_place (number, device) VALUES (?, ?)", [(number, device) for device in devices]
    )


def _record(
    connection: sqlite3.Connection, now: datetime, by: str, act: Act, number: str, **detail: int
) -> None:
    """The audit line of a change, and the note that lists of terminals changed with it."""
    audit.record(at=now, actor=by, act=act, subject=number, detail=detail)
    connection.execute(
        "INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
        (CHANGES,),
    )
