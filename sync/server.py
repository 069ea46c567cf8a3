"""
The hub's side of the sync as functions over a connection: take submissions once, welcome, statuses.

No HTTP here: a refusal is an error with a code. The
caller has identified the device and spent its nonce (gate.py), in the same write transaction.
"""

import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import rfc8785

from sync.device import Device
from sync.devices import note_hello, quarantine
from sync.errors import refused
from sync.fields import stamp
from sync.protocol import (
    MAX_GAPS,
    MAX_STATUSES,
    Hello,
    StatusChange,
    Statuses,
    Submission,
    Taken,
    Welcome,
    submission_body,
)

OnTaken = Callable[[sqlite3.Connection, Submission], None]
"""Called in the transaction that stores a new submission, so that the feature's case exists with it."""


@dataclass(frozen=True)
class SealKey:
    """The public key that terminals seal to."""

    key_id: str
    public_key: bytes


def prepare(connection: sqlite3.Connection, terminal_prefix: str = "T") -> None:
    """Give a new hub its epoch and the head of its terminals' codes; harmless when it has them."""
    connection.execute(
        "INSERT INTO sync_position(one, hub_epoch, terminal_prefix) VALUES (1, ?, ?) ON CONFLICT(one) DO NOTHING",
        (secrets.token_hex(8), terminal_prefix),
    )


def begin_new_epoch(connection: sqlite3.Connection) -> None:
    """
    To be called after the hub was restored from a backup: terminals offer again what the backup lacks.

    Sessions and nonces start anew, or every terminal would look like a clone. The feed gets a new epoch too,
    because its positions after the backup will be given out a second time.
    """
    connection.execute("UPDATE sync_position SET hub_epoch = ? WHERE one = 1", (secrets.token_hex(8),))
    connection.execute("UPDATE feed_position SET epoch = ? WHERE one = 1", (secrets.token_hex(16),))
    connection.execute("UPDATE device SET session = '', session_next = '', hello_nonce_at = NULL")
    connection.execute("DELETE FROM device_nonce")


def take_submission(
    connection: sqlite3.Connection,
    device: Device,
    key: str,
    submission: Submission,
    *,
    now: datetime,
    on_taken: OnTaken,
) -> bytes:
    """
    The answer to a submission that is stored exactly once; word for word the same for each repeated try.

    A revoked device does not come this far; a quarantined one may still hand in, so that no citizen suffers.

    Raises:
        Refused: "digest-differs" (the key holds other bytes), "seq-taken" or "number-taken" (another
            submission holds its place: kept in quarantine, the device too), "wrong-terminal", "wrong-key".
            These must be committed, not rolled back.
    """
    if submission.key != key:
        raise refused("wrong-key")
    if submission.terminal != device.terminal:
        raise refused("wrong-terminal")
    known = connection.execute("SELECT device, digest, answer FROM inbox WHERE key = ?", (key,)).fetchone()
    if known:
        if known[0] != device.id or known[1] != submission.digest:
            raise refused("digest-differs")
        return str(known[2]).encode()
    code = _conflict(connection, device, submission)
    if code:
        _set_aside(connection, device, submission, code, now)
        raise refused(code)
    return _store(connection, device, submission, now, on_taken)


def _conflict(connection: sqlite3.Connection, device: Device, submission: Submission) -> str | None:
    place = (device.id, submission.epoch, submission.seq)
    if connection.execute("SELECT 1 FROM inbox WHERE device = ? AND epoch = ? AND seq = ?", place).fetchone():
        return "seq-taken"
    if connection.execute("SELECT 1 FROM inbox WHERE number = ?", (submission.number,)).fetchone():
        return "number-taken"
    return None


def _set_aside(
    connection: sqlite3.Connection, device: Device, submission: Submission, code: str, now: datetime
) -> None:
    connection.execute(
        "INSERT INTO inbox_quarantine(key, digest, device, epoch, seq, number, code, envelope, sealed, received_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key, digest) DO NOTHING",
        (
            submission.key,
            submission.digest,
            device.id,
            submission.epoch,
            submission.seq,
            submission.number,
            code,
            _canonical(submission.envelope),
            submission.sealed,
            stamp(now),
        ),
    )
    quarantine(connection, device.id, code)


def _store(
    connection: sqlite3.Connection,
    device: Device,
    submission: Submission,
    now: datetime,
    on_taken: OnTaken,
    issued: str = "",
) -> bytes:
    """`issued`: the number that the terminal gave, where the hub gave another; the terminal knows no other."""
    connection.execute("UPDATE sync_position SET inbox_no = inbox_no + 1 WHERE one = 1")
    hub_epoch, no = connection.execute("SELECT hub_epoch, inbox_no FROM sync_position").fetchone()
    answer = Taken(submission.key, issued or submission.number, no, hub_epoch, now).body()
    connection.execute(
        "INSERT INTO inbox(no, device, epoch, seq, key, kind, number, digest, code_hash, envelope, sealed,"
        " received_at, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            no,
            device.id,
            submission.epoch,
            submission.seq,
            submission.key,
            submission.kind,
            submission.number,
            submission.digest,
            submission.code_hash,
            _canonical(submission.envelope),
            submission.sealed,
            stamp(now),
            answer.decode(),
        ),
    )
    on_taken(connection, submission)
    return answer


def accept_quarantined(
    connection: sqlite3.Connection, key: str, *, now: datetime, on_taken: OnTaken, number: str = ""
) -> bool:
    """
    Whether an upload that was set aside is now a submission like any other, after a person looked at it.

    Its place is taken for good, so it stands under an epoch of its own; the terminal's entry is acknowledged
    when it is released there. An upload whose key is taken stays where it is, and so does one whose number is taken
    unless the caller gives another, free one; its envelope then says what it was ("renumbered_from").
    """
    row = connection.execute(
        "SELECT q.device, q.epoch, q.envelope, q.sealed, d.name, d.terminal, d.state FROM inbox_quarantine q"
        " JOIN device d ON d.id = q.device WHERE q.key = ?"
        " AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.key = q.key OR i.number = coalesce(nullif(?, ''), q.number))",
        (key, number),
    ).fetchone()
    if row is None:
        return False
    device_id, epoch, envelope, sealed, name, terminal, state = row
    submission = Submission.read(submission_body(json.loads(envelope), bytes(sealed)))
    set_apart = replace(submission, epoch=f"{epoch}.{key[:8]}")
    if number and number != submission.number:
        told = {**submission.envelope, "number": number, "renumbered_from": submission.number}
        set_apart = replace(set_apart, number=number, envelope=told)
    _store(
        connection,
        Device(device_id, name, terminal, epoch, state),
        set_apart,
        now,
        on_taken,
        submission.number,
    )
    connection.execute("DELETE FROM inbox_quarantine WHERE key = ? AND digest = ?", (key, submission.digest))
    return True


def welcome(
    connection: sqlite3.Connection,
    device: Device,
    hello: Hello,
    *,
    session: str,
    now: datetime,
    seal_key: SealKey,
) -> Welcome:
    """
    What the hub holds of the device and what is new; the device's report is noted.

    Raises:
        Refused: "feed-missing" when the hub has no catalogue yet.
    """
    feed = connection.execute("SELECT epoch, seq FROM feed_position WHERE one = 1").fetchone()
    if feed is None:
        raise refused("feed-missing")
    note_hello(connection, device, hello, now)
    (state,) = connection.execute("SELECT state FROM device WHERE id = ?", (device.id,)).fetchone()
    hub_epoch, backed_up = connection.execute(
        "SELECT hub_epoch, backed_up_through FROM sync_position WHERE one = 1"
    ).fetchone()
    highest, missing = _held(connection, device, hello.epoch)
    return Welcome(
        hub_time=now,
        hub_epoch=hub_epoch,
        session=session,
        state=state,
        held_highest=highest,
        held_missing=missing,
        backed_up_through=backed_up,
        feed_epoch=feed[0],
        feed_seq=feed[1],
        status_seq=_status_head(connection, device),
        seal_key=seal_key.public_key,
        seal_key_id=seal_key.key_id,
    )


def _held(connection: sqlite3.Connection, device: Device, epoch: str) -> tuple[int, tuple[int, ...]]:
    """The highest seq held of this epoch, and the gaps below it; with many gaps only what lies below the last."""
    count, highest = connection.execute(
        "SELECT COUNT(*), COALESCE(MAX(seq), 0) FROM inbox WHERE device = ? AND epoch = ?", (device.id, epoch)
    ).fetchone()
    if count == highest:
        return highest, ()
    rows = connection.execute(
        "SELECT seq FROM inbox WHERE device = ? AND epoch = ? ORDER BY seq", (device.id, epoch)
    )
    missing: list[int] = []
    expected = 1
    for (seq,) in rows:
        missing.extend(range(expected, min(seq, expected + MAX_GAPS + 1 - len(missing))))
        if len(missing) > MAX_GAPS:
            return missing[MAX_GAPS] - 1, tuple(missing[:MAX_GAPS])
        expected = seq + 1
    return highest, tuple(missing)


def set_status(
    connection: sqlite3.Connection, *, number: str, state: str, detail: dict[str, Any], changed_at: datetime
) -> int | None:
    """
    The position (seq) of a number's new state, to reach its terminal with the next round; None for a number
    that no terminal handed in.

    Args:
        detail: For the tracking page; nothing personal.
    """
    owner = connection.execute("SELECT device FROM inbox WHERE number = ?", (number,)).fetchone()
    if owner is None:
        return None
    connection.execute("UPDATE sync_position SET status_seq = status_seq + 1 WHERE one = 1")
    (seq,) = connection.execute("SELECT status_seq FROM sync_position WHERE one = 1").fetchone()
    connection.execute(
        "INSERT INTO status(seq, number, device, state, detail, changed_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(number) DO UPDATE SET seq = excluded.seq, state = excluded.state,"
        " detail = excluded.detail, changed_at = excluded.changed_at",
        (seq, number, owner[0], state, _canonical(detail), stamp(changed_at)),
    )
    return int(seq)


def statuses_since(connection: sqlite3.Connection, device: Device, since: int) -> Statuses:
    """The states that changed after position `since`, of this device's numbers, oldest first."""
    rows = connection.execute(
        "SELECT seq, number, state, detail, changed_at FROM status WHERE device = ? AND seq > ?"
        " ORDER BY seq LIMIT ?",
        (device.id, since, MAX_STATUSES),
    ).fetchall()
    changes = tuple(status_change(row) for row in rows)
    through = changes[-1].seq if changes else since
    return Statuses(changes, through, more=len(changes) == MAX_STATUSES)


def status_change(row: tuple[Any, ...]) -> StatusChange:
    """A row (seq, number, state, detail, changed_at) as a value."""
    seq, number, state, detail, changed_at = row
    return StatusChange(seq, number, state, json.loads(detail), datetime.fromisoformat(changed_at))


def note_backup(connection: sqlite3.Connection, through: int) -> None:
    """Let terminals erase what a finished and verified backup holds: all inbox numbers up to `through`."""
    connection.execute(
        "UPDATE sync_position SET backed_up_through = ? WHERE one = 1 AND backed_up_through < ?",
        (through, through),
    )


def _status_head(connection: sqlite3.Connection, device: Device) -> int:
    (head,) = connection.execute(
        "SELECT COALESCE(MAX(seq), 0) FROM status WHERE device = ?", (device.id,)
    ).fetchone()
    return int(head)


def _canonical(values: dict[str, Any]) -> str:
    return rfc8785.dumps(values).decode()
