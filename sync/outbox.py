"""
What a terminal still owes its hub: entries are added in the caller's transaction and leave only by a signed answer.

An entry is frozen once it was sent for the first time. Parked entries wait for a person; the queue goes on
without them. Rows are never deleted here.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785

from sync.errors import NotEnrolled, OutboxClosed
from sync.protocol import MAX_SEALED_BYTES, VERSION, stamp
from sync.sealing import ALG

_COLUMNS = "seq, epoch, key, kind, number, envelope, sealed, digest, created_at, state"


@dataclass(frozen=True)
class Entry:
    """One submission on its way; `sealed` is None once it was erased."""

    seq: int
    epoch: str
    key: str
    kind: str
    number: str
    envelope: dict[str, Any]
    sealed: bytes | None
    digest: str
    created_at: str
    state: str


@dataclass(frozen=True)
class Backlog:
    """What has not arrived yet: entries waiting or sent, parked ones, and since when the oldest waits."""

    unsent: int
    parked: int
    oldest_unsent_at: str | None


def add(
    connection: sqlite3.Connection,
    *,
    key: str,
    kind: str,
    number: str,
    envelope: Mapping[str, Any],
    sealed: bytes,
    created_at: datetime,
) -> int:
    """
    The place (seq) of a new entry, inside the caller's transaction.

    The envelope is completed here with v, alg, terminal, epoch, seq, key, kind, number and digest.

    Raises:
        NotEnrolled: this terminal has no hub.
        OutboxClosed: "envelope-conflict" when the envelope already names one of those fields otherwise,
            "entry-too-large" when the hub would refuse its size.
    """
    if len(sealed) > MAX_SEALED_BYTES:
        raise OutboxClosed("entry-too-large")
    terminal, epoch, seq = _next_place(connection)
    digest = sha256(sealed).hexdigest()
    fixed: dict[str, Any] = {
        "v": VERSION,
        "alg": ALG,
        "terminal": terminal,
        "epoch": epoch,
        "seq": seq,
        "key": key,
        "kind": kind,
        "number": number,
        "digest": digest,
    }
    if any(envelope.get(name, value) != value for name, value in fixed.items()):
        raise OutboxClosed("envelope-conflict")
    text = rfc8785.dumps({**envelope, **fixed}).decode()
    connection.execute(
        "INSERT INTO outbox(epoch, seq, key, kind, number, envelope, sealed, digest, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (epoch, seq, key, kind, number, text, sealed, digest, stamp(created_at)),
    )
    return seq


def next_batch(connection: sqlite3.Connection, limit: int) -> list[Entry]:
    """The oldest entries that the hub has not answered, in the order of their birth."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM outbox WHERE state IN ('waiting', 'sent') AND sealed IS NOT NULL"
        " ORDER BY id LIMIT ?",
        (limit,),
    )
    return [_entry(row) for row in rows.fetchall()]


def mark_sent(connection: sqlite3.Connection, key: str, now: datetime) -> None:
    """Freeze an entry; to be committed before its first byte leaves."""
    connection.execute(
        "UPDATE outbox SET state = 'sent', first_sent_at = COALESCE(first_sent_at, ?)"
        " WHERE key = ? AND state = 'waiting'",
        (stamp(now), key),
    )


def mark_acked(
    connection: sqlite3.Connection, key: str, *, hub_no: int, hub_epoch: str, now: datetime
) -> None:
    """Note the hub's answer "taken"; the sealed bytes stay until a backup holds them."""
    connection.execute(
        "UPDATE outbox SET state = 'acked', acked_at = ?, hub_no = ?, hub_epoch = ?, parked_code = NULL"
        " WHERE key = ?",
        (stamp(now), hub_no, hub_epoch, key),
    )


def mark_parked(connection: sqlite3.Connection, key: str, code: str) -> None:
    """Set an entry aside for a person, with the hub's code; nothing is erased."""
    connection.execute(
        "UPDATE outbox SET state = 'parked', parked_code = ? WHERE key = ? AND state IN ('waiting', 'sent')",
        (code, key),
    )


def release(connection: sqlite3.Connection, key: str) -> None:
    """
    Put a parked entry back in the queue, after a person looked at it.

    Raises:
        OutboxClosed: "entry-unknown".
    """
    done = connection.execute(
        "UPDATE outbox SET state = 'sent', parked_code = NULL WHERE key = ? AND state = 'parked'", (key,)
    )
    if done.rowcount != 1:
        raise OutboxClosed("entry-unknown")


def offer_again(connection: sqlite3.Connection, epoch: str, *, highest: int, missing: Iterable[int]) -> int:
    """
    How many acked entries go out again because the hub no longer holds them (it was restored).

    Args:
        highest: The highest seq of this epoch that the hub holds.
        missing: Gaps below it.
    """
    again = connection.execute(
        "UPDATE outbox SET state = 'sent' WHERE state = 'acked' AND sealed IS NOT NULL AND epoch = ? AND seq > ?",
        (epoch, highest),
    ).rowcount
    for seq in missing:
        again += connection.execute(
            "UPDATE outbox SET state = 'sent'"
            " WHERE state = 'acked' AND sealed IS NOT NULL AND epoch = ? AND seq = ?",
            (epoch, seq),
        ).rowcount
    return again


def adopt_hub_epoch(connection: sqlite3.Connection, hub_epoch: str) -> None:
    """
    After `offer_again`: what a restored hub still holds keeps its running number under the hub's new epoch.
    """
    connection.execute("UPDATE outbox SET hub_epoch = ? WHERE state = 'acked'", (hub_epoch,))


def erase_backed_up(
    connection: sqlite3.Connection, *, hub_epoch: str, backed_up_through: int, now: datetime
) -> int:
    """How many sealed blobs were erased because a backup of the hub holds their submissions."""
    return connection.execute(
        "UPDATE outbox SET sealed = NULL, erased_at = ?"
        " WHERE state = 'acked' AND sealed IS NOT NULL AND hub_epoch = ? AND hub_no <= ?",
        (stamp(now), hub_epoch, backed_up_through),
    ).rowcount


def backlog(connection: sqlite3.Connection) -> Backlog:
    """What has not arrived, for the staff page and the readiness report."""
    unsent, oldest = connection.execute(
        "SELECT COUNT(*), MIN(created_at) FROM outbox WHERE state IN ('waiting', 'sent')"
    ).fetchone()
    (parked,) = connection.execute("SELECT COUNT(*) FROM outbox WHERE state = 'parked'").fetchone()
    return Backlog(unsent=unsent, parked=parked, oldest_unsent_at=oldest)


def entry(connection: sqlite3.Connection, key: str) -> Entry | None:
    """One entry by its key."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM outbox WHERE key = ?", (key,)).fetchone()
    return None if row is None else _entry(row)


def _next_place(connection: sqlite3.Connection) -> tuple[str, str, int]:
    connection.execute("UPDATE hub_link SET last_seq = last_seq + 1 WHERE one = 1")
    row = connection.execute("SELECT terminal, epoch, last_seq FROM hub_link WHERE one = 1").fetchone()
    if row is None:
        raise NotEnrolled("not-enrolled")
    return row[0], row[1], row[2]


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, epoch, key, kind, number, envelope, sealed, digest, created_at, state = row
    return Entry(
        seq=seq,
        epoch=epoch,
        key=key,
        kind=kind,
        number=number,
        envelope=json.loads(envelope),
        sealed=None if sealed is None else bytes(sealed),
        digest=digest,
        created_at=created_at,
        state=state,
    )
