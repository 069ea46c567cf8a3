"""Rows of accounts, wrong tries, reading keys and grants: plain SQL on the caller's connection."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.clock import from_stamp, stamp
from kiosk.staff.keys import OwnPair
from kiosk.staff.rules import Role, State
from kiosk.tries import Tries


@dataclass(frozen=True)
class Account:
    """One row of `staff_account`."""

    name: str
    role: Role
    state: State
    version: int
    password_hash: str = field(repr=False)
    pair: OwnPair | None = field(repr=False)
    created_at: datetime
    approved_by: str | None
    must_change: bool
    """The password came from an administrator: nothing else before it is changed."""


@dataclass(frozen=True)
class ReadingKey:
    """One row of `reading_key`: the public half, and the private half under the recovery code."""

    key_id: str
    public: bytes
    recovery_wrapped: bytes = field(repr=False)


@dataclass(frozen=True)
class Device:
    """What the desk shows of a terminal; its row belongs to the sync."""

    id: str
    name: str
    terminal: str
    state: str
    state_code: str
    enrolled_at: datetime
    seen_at: datetime | None
    unsent: int
    parked: int
    paper_mm: dict[str, int]
    townships: tuple[str, ...]
    channel: str

    @property
    def paper_m(self) -> float:
        """Metres of paper that it has used in all."""
        return round(sum(self.paper_mm.values()) / 1000, 1)


@dataclass(frozen=True)
class WaitingCode:
    """A one-time code that nobody used yet; the code itself is kept nowhere."""

    name: str
    expires_at: datetime


_ACCOUNT = (
    "name, role, state, version, password_hash, wrap_salt, public_key, wrapped_private, created_at, approved_by,"
    " must_change"
)


def account(connection: sqlite3.Connection, name: str) -> Account | None:
    """The account with this name (plain form)."""
    row = connection.execute(f"SELECT {_ACCOUNT} FROM staff_account WHERE name = ?", (name,)).fetchone()
    return _account(row) if row else None


def accounts(connection: sqlite3.Connection) -> list[Account]:
    """All accounts, those that wait first, then by name."""
    rows = connection.execute(
        f"SELECT {_ACCOUNT} FROM staff_account"
        " ORDER BY CASE state WHEN 'pending' THEN 0 WHEN 'active' THEN 1 ELSE 2 END, name"
    )
    return [_account(row) for row in rows.fetchall()]


def _account(row: tuple[object, ...]) -> Account:
    name, role, state, version, password_hash, salt, public, wrapped, created_at, approved_by, must_change = (
        row
    )
    pair = None
    if isinstance(salt, bytes) and isinstance(public, bytes) and isinstance(wrapped, bytes):
        pair = OwnPair(salt, public, wrapped)
    return Account(
        name=str(name),
        role=Role(str(role)),
        state=State(str(state)),
        version=int(str(version)),
        password_hash=str(password_hash),
        pair=pair,
        created_at=from_stamp(str(created_at)),
        approved_by=str(approved_by) if approved_by else None,
        must_change=bool(must_change),
    )


def insert_account(
    connection: sqlite3.Connection,
    *,
    name: str,
    role: Role,
    state: State,
    password_hash: str,
    pair: OwnPair | None,
    now: datetime,
    by: str,
) -> None:
    """A new row; the name must be free."""
    connection.execute(
        "INSERT INTO staff_account (name, role, state, password_hash, wrap_salt, public_key, wrapped_private,"
        " created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            name,
            role,
            state,
            password_hash,
            pair.salt if pair else None,
            pair.public if pair else None,
            pair.wrapped if pair else None,
            stamp(now),
            by,
        ),
    )


def set_password(connection: sqlite3.Connection, name: str, password_hash: str, pair: OwnPair | None) -> None:
    """Another hash, and the account's own key under the password."""
    connection.execute(
        "UPDATE staff_account SET password_hash = ?, wrap_salt = ?, public_key = ?, wrapped_private = ?"
        " WHERE name = ?",
        (
            password_hash,
            pair.salt if pair else None,
            pair.public if pair else None,
            pair.wrapped if pair else None,
            name,
        ),
    )


def set_active(connection: sqlite3.Connection, name: str, *, by: str, now: datetime) -> None:
    """Approved; sessions of this account end, so that the next sign-in takes up the key."""
    connection.execute(
        "UPDATE staff_account SET state = 'active', version = version + 1, approved_at = ?, approved_by = ?"
        " WHERE name = ?",
        (stamp(now), by, name),
    )


def note_reset(connection: sqlite3.Connection, name: str, state: State) -> None:
    """The password came from somebody else: sessions end, and nobody vouches for the account until it is approved."""
    connection.execute(
        "UPDATE staff_account SET state = ?, version = version + 1, must_change = 1, approved_at = NULL,"
        " approved_by = NULL WHERE name = ?",
        (state.value, name),
    )


def note_changed(connection: sqlite3.Connection, name: str) -> None:
    """The person set the password: other sessions of the account end."""
    connection.execute(
        "UPDATE staff_account SET version = version + 1, must_change = 0 WHERE name = ?", (name,)
    )


def forget_grants(connection: sqlite3.Connection, name: str) -> int:
    """Erases the reading keys that were sealed to this account; returns how many."""
    return connection.execute("DELETE FROM reading_grant WHERE name = ?", (name,)).rowcount


def set_closed(connection: sqlite3.Connection, name: str) -> None:
    """Closed for good: grants and keys go, sessions end."""
    forget_grants(connection, name)
    connection.execute(
        "UPDATE staff_account SET state = 'closed', version = version + 1, wrapped_private = NULL,"
        " wrap_salt = NULL, public_key = NULL WHERE name = ?",
        (name,),
    )


def how_many(connection: sqlite3.Connection, role: Role) -> int:
    """How many accounts of a role are active."""
    (many,) = connection.execute(
        "SELECT count(*) FROM staff_account WHERE role = ? AND state = ?", (role.value, State.ACTIVE.value)
    ).fetchone()
    return int(many)


def is_current(connection: sqlite3.Connection, name: str, version: int) -> bool:
    """Whether the account still is as it was at sign-in."""
    row = connection.execute(
        "SELECT 1 FROM staff_account WHERE name = ? AND version = ? AND state <> 'closed'", (name, version)
    ).fetchone()
    return row is not None


def tries(connection: sqlite3.Connection, subject: str) -> Tries | None:
    """Wrong tries of this subject since the last right one."""
    row = connection.execute(
        "SELECT wrong, boot_id, since FROM staff_attempt WHERE subject = ?", (subject,)
    ).fetchone()
    return Tries(*row) if row else None


def keep_tries(connection: sqlite3.Connection, subject: str, counted: Tries) -> None:
    """Notes them."""
    connection.execute(
        "INSERT INTO staff_attempt (subject, wrong, boot_id, since) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (subject) DO UPDATE SET wrong = excluded.wrong, boot_id = excluded.boot_id,"
        " since = excluded.since",
        (subject, counted.wrong, counted.boot_id, counted.since_s),
    )


def forget_tries(connection: sqlite3.Connection, subject: str) -> None:
    """The right password was given."""
    connection.execute("DELETE FROM staff_attempt WHERE subject = ?", (subject,))


def reading_keys(connection: sqlite3.Connection) -> list[ReadingKey]:
    """All reading keys, the present one first."""
    rows = connection.execute(
        "SELECT key_id, public_key, recovery_wrapped FROM reading_key ORDER BY seq DESC"
    )
    return [ReadingKey(key_id, bytes(public), bytes(wrapped)) for key_id, public, wrapped in rows.fetchall()]


def insert_reading_key(connection: sqlite3.Connection, key: ReadingKey, now: datetime) -> None:
    """A new reading key, from now on the present one."""
    (last,) = connection.execute("SELECT COALESCE(MAX(seq), 0) FROM reading_key").fetchone()
    connection.execute(
        "INSERT INTO reading_key (key_id, seq, public_key, recovery_wrapped, created_at) VALUES (?, ?, ?, ?, ?)",
        (key.key_id, last + 1, key.public, key.recovery_wrapped, stamp(now)),
    )


def grants(connection: sqlite3.Connection, name: str) -> dict[str, bytes]:
    """Key id to the reading key sealed to this account."""
    rows = connection.execute("SELECT key_id, sealed FROM reading_grant WHERE name = ?", (name,))
    return {key_id: bytes(sealed) for key_id, sealed in rows.fetchall()}


def insert_grant(
    connection: sqlite3.Connection, *, key_id: str, name: str, sealed: bytes, by: str, now: datetime
) -> None:
    """Gives an account a reading key; a grant that exists stays as it is."""
    connection.execute(
        "INSERT INTO reading_grant (key_id, name, sealed, granted_at, granted_by) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (key_id, name) DO NOTHING",
        (key_id, name, sealed, stamp(now), by),
    )


def devices(connection: sqlite3.Connection) -> list[Device]:
    """All terminals, those that need somebody first, then by their code."""
    rows = connection.execute(
        "SELECT id, name, terminal, state, state_code, enrolled_at, seen_at, unsent, parked,"
        " paper, townships, channel FROM device"
        " ORDER BY CASE state WHEN 'quarantined' THEN 0 WHEN 'active' THEN 1 ELSE 2 END, terminal"
    )
    return [
        Device(
            id=row[0],
            name=row[1],
            terminal=row[2],
            state=row[3],
            state_code=row[4],
            enrolled_at=from_stamp(row[5]),
            seen_at=from_stamp(row[6]) if row[6] else None,
            unsent=row[7],
            parked=row[8],
            paper_mm=json.loads(row[9]),
            townships=tuple(json.loads(row[10])),
            channel=row[11],
        )
        for row in rows.fetchall()
    ]


def waiting_codes(connection: sqlite3.Connection, now: datetime) -> list[WaitingCode]:
    """One-time codes that still open, by name."""
    rows = connection.execute(
        "SELECT name, expires_at FROM enrolment_code WHERE used_at IS NULL AND expires_at > ? ORDER BY name",
        (stamp(now),),
    )
    return [WaitingCode(name, from_stamp(expires_at)) for name, expires_at in rows.fetchall()]
