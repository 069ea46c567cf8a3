"""
Terminals as the desk looks after them: where each stands, its name, and uploads that the hub holds for a person.

What a terminal is belongs to the sync; here are only the acts of the desk, each with its line in the audit chain.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from kiosk import audit
from kiosk.audit import Act
from kiosk.clock import from_stamp
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import numbers
from sync import devices, server
from sync.server import OnTaken

KIOSK, WEB = "kiosk", "web"
SEQ_TAKEN, NUMBER_TAKEN = "seq-taken", "number-taken"
MOST_TRIES = 100
LONGEST_REASON = 200


@dataclass(frozen=True)
class Held:
    """
    An upload that the hub neither took nor lost. Nothing in it is personal: that part is sealed.

    code: why it is held. is_here: the very same upload came in otherwise, so that letting it go loses nothing.
    """

    key: str
    digest: str
    number: str
    terminal: str
    device_name: str
    code: str
    organ: str
    submitted_at: datetime
    received_at: datetime
    is_here: bool


def set_place(
    connection: sqlite3.Connection,
    device_id: str,
    *,
    name: str,
    townships: tuple[str, ...],
    channel: str,
    now: datetime,
    by: str,
) -> None:
    """
    Says anew what a terminal is called and where it stands, which decides what names it may show.

    Raises:
        NotFound: "no-device".
        Refused: "name-taken" by another terminal that is not revoked.
    """
    row = connection.execute(
        "SELECT name FROM device WHERE id = ? AND state <> 'revoked'", (device_id,)
    ).fetchone()
    if row is None:
        raise NotFound("no-device", device_id)
    other = connection.execute(
        "SELECT 1 FROM device WHERE name = ? AND id <> ? AND state <> 'revoked'", (name, device_id)
    ).fetchone()
    if other:
        raise Refused("name-taken", name)
    connection.execute("UPDATE device SET name = ? WHERE id = ?", (name, device_id))
    devices.set_place(connection, name, townships, channel)
    audit.record(
        at=now,
        actor=by,
        act=Act.DEVICE_PLACED,
        subject=name,
        detail={"was": row[0], "channel": channel, "townships": " ".join(townships)},
    )


def held(connection: sqlite3.Connection) -> list[Held]:
    """Uploads that wait for a person, the oldest first."""
    rows = connection.execute(
        "SELECT q.key, q.digest, q.number, d.terminal, d.name, q.code, q.envelope, q.received_at,"
        " EXISTS (SELECT 1 FROM inbox i WHERE i.key = q.key) FROM inbox_quarantine q"
        " JOIN device d ON d.id = q.device ORDER BY q.received_at, q.key"
    )
    return [_held(row) for row in rows.fetchall()]


def _held(row: tuple[str, ...]) -> Held:
    envelope = json.loads(row[6])
    organ = envelope.get("organ", "")
    return Held(
        key=row[0],
        digest=row[1],
        number=row[2],
        terminal=row[3],
        device_name=row[4],
        code=row[5],
        organ=organ if isinstance(organ, str) else "",
        submitted_at=from_stamp(envelope["submitted_at"]),
        received_at=from_stamp(row[7]),
        is_here=bool(row[8]),
    )


def how_many_held(connection: sqlite3.Connection) -> int:
    """How many uploads wait for a person."""
    return int(connection.execute("SELECT count(*) FROM inbox_quarantine").fetchone()[0])


def let_in(connection: sqlite3.Connection, key: str, *, now: datetime, by: str, on_taken: OnTaken) -> str:
    """
    The number under which a held upload is now a request like any other.

    It keeps its own unless another request has it; then it gets one that differs in its random characters, and
    somebody must tell the citizen, whose paper shows the old one.

    Raises:
        NotFound: "not-held".
        Refused: "already-here": the same upload came in otherwise.
    """
    row = connection.execute("SELECT number, code FROM inbox_quarantine WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise NotFound("not-held", key)
    number = row[0] if _is_free(connection, row[0]) else _another(connection, row[0])
    if not server.accept_quarantined(connection, key, now=now, on_taken=on_taken, number=number):
        raise Refused("already-here", key)
    audit.record(
        at=now,
        actor=by,
        act=Act.HELD_LET_IN,
        subject=number,
        detail={"key": key, "code": row[1], "was": row[0]},
    )
    return str(number)


def _is_free(connection: sqlite3.Connection, number: str) -> bool:
    return not connection.execute("SELECT 1 FROM inbox WHERE number = ?", (number,)).fetchone()


def _another(connection: sqlite3.Connection, number: str) -> str:
    for _ in range(MOST_TRIES):
        made = numbers.another(number)
        if _is_free(connection, made):
            return made
    raise Refused("numbers-used-up", number)


def discard(
    connection: sqlite3.Connection, key: str, digest: str, reason: str, *, now: datetime, by: str
) -> None:
    """
    Erases a held upload for good; why stands in the audit chain.

    Raises:
        NotFound: "not-held".
        RuleBroken: "reason-missing", "reason-too-long".
    """
    if not reason.strip():
        raise RuleBroken("reason-missing", "say why it is discarded")
    if len(reason) > LONGEST_REASON:
        raise RuleBroken("reason-too-long", f"at most {LONGEST_REASON} characters")
    row = connection.execute(
        "DELETE FROM inbox_quarantine WHERE key = ? AND digest = ? RETURNING number, code", (key, digest)
    ).fetchone()
    if row is None:
        raise NotFound("not-held", key)
    audit.record(
        at=now,
        actor=by,
        act=Act.HELD_DISCARDED,
        subject=row[0],
        detail={"key": key, "code": row[1], "reason": reason.strip()},
    )
