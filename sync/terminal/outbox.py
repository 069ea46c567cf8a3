"""
The outbox: submissions on their way to the hub, added in the caller's transaction, settled by a signed answer.

An entry is frozen once it was sent for the first time. Parked entries wait for a person; the queue goes on
without them. Rows are never deleted here.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785
from peewee import fn

from sync.statements import Database, Statement, inserted, number_slot, slot
from sync.terminal.models import HubLink, OutboxEntry
from sync.wire.errors import NotEnrolled, OutboxClosed
from sync.wire.protocol import VERSION, StatusChange
from sync.wire.reading import stamp
from sync.wire.sealing import ALG
from sync.wire.submission import MAX_SEALED_BYTES

UNSENT = ("waiting", "sent")
_COLUMNS = (
    OutboxEntry.seq,
    OutboxEntry.epoch,
    OutboxEntry.key,
    OutboxEntry.kind,
    OutboxEntry.number,
    OutboxEntry.envelope,
    OutboxEntry.sealed,
    OutboxEntry.digest,
    OutboxEntry.created_at,
    OutboxEntry.state,
)
_NEXT_PLACE = Statement(
    lambda: HubLink.update({HubLink.last_seq: HubLink.last_seq + 1}).returning(
        HubLink.terminal, HubLink.epoch, HubLink.last_seq
    )
)
_ADD = Statement(
    lambda: OutboxEntry.insert(
        inserted(
            OutboxEntry.epoch,
            OutboxEntry.seq,
            OutboxEntry.key,
            OutboxEntry.kind,
            OutboxEntry.number,
            OutboxEntry.envelope,
            OutboxEntry.sealed,
            OutboxEntry.digest,
            OutboxEntry.created_at,
        )
    )
)
_BATCH = Statement(
    lambda: (
        OutboxEntry.select(*_COLUMNS)
        .where(OutboxEntry.state.in_(UNSENT), OutboxEntry.sealed.is_null(False))
        .order_by(OutboxEntry.id)
        .limit(number_slot("limit"))
    )
)
_BY_KEY = Statement(lambda: OutboxEntry.select(*_COLUMNS).where(OutboxEntry.key == slot(OutboxEntry.key)))
_DELIVERY = Statement(
    lambda: OutboxEntry.select(OutboxEntry.state, OutboxEntry.parked_code).where(
        OutboxEntry.key == slot(OutboxEntry.key)
    )
)
_BACKLOG = Statement(
    lambda: OutboxEntry.select(fn.COUNT(OutboxEntry.id), fn.MIN(OutboxEntry.created_at)).where(
        OutboxEntry.state.in_(UNSENT)
    )
)
_PARKED = Statement(lambda: OutboxEntry.select(fn.COUNT(OutboxEntry.id)).where(OutboxEntry.state == "parked"))


@dataclass(frozen=True)
class OutgoingSubmission:
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
    """Entries that have not arrived yet: waiting or sent, parked, and since when the oldest waits."""

    unsent: int
    parked: int
    oldest_unsent_at: str | None


def add(
    database: Database,
    *,
    key: str,
    kind: str,
    number: str,
    envelope: Mapping[str, Any],
    sealed: bytes,
    created_at: datetime,
    alg: str = ALG,
) -> int:
    """
    Add an entry inside the caller's transaction; return its place (seq).

    The envelope is completed here with v, alg, terminal, epoch, seq, key, kind, number and digest.

    Args:
        alg: How `sealed` was made, in the words of `sealing`.

    Raises:
        NotEnrolled: This terminal has no hub.
        OutboxClosed: "envelope-conflict" when the envelope already names one of those fields otherwise,
            "entry-too-large" when the hub would refuse its size.
    """
    if len(sealed) > MAX_SEALED_BYTES:
        raise OutboxClosed("entry-too-large")
    terminal, epoch, seq = _next_place(database)
    shared = {"epoch": epoch, "seq": seq, "key": key, "kind": kind, "number": number}
    shared["digest"] = sha256(sealed).hexdigest()
    text = _completed(envelope, {"v": VERSION, "alg": alg, "terminal": terminal, **shared})
    _ADD.run(database, envelope=text, sealed=sealed, created_at=stamp(created_at), **shared)
    return seq


def _completed(envelope: Mapping[str, Any], fixed: dict[str, Any]) -> str:
    """
    Return the canonical envelope with the fields that are not the caller's to choose.

    Raises:
        OutboxClosed: "envelope-conflict".
    """
    if any(envelope.get(name, value) != value for name, value in fixed.items()):
        raise OutboxClosed("envelope-conflict")
    return rfc8785.dumps({**envelope, **fixed}).decode()


def next_batch(database: Database, limit: int) -> list[OutgoingSubmission]:
    """Return the oldest entries that the hub has not answered, in the order in which they were added."""
    return [_entry(row) for row in _BATCH.tuples(database, limit=limit)]


def mark_sent(database: Database, key: str, now: datetime) -> None:
    """Freeze an entry; to be committed before its first byte leaves."""
    OutboxEntry.update(state="sent", first_sent_at=fn.COALESCE(OutboxEntry.first_sent_at, stamp(now))).where(
        OutboxEntry.key == key, OutboxEntry.state == "waiting"
    ).execute(database)


def mark_acked(database: Database, key: str, *, hub_no: int, hub_epoch: str, now: datetime) -> None:
    """Record the hub's answer "taken"; the sealed bytes stay until a backup holds them."""
    OutboxEntry.update(
        state="acked", acked_at=stamp(now), hub_no=hub_no, hub_epoch=hub_epoch, parked_code=None
    ).where(OutboxEntry.key == key).execute(database)


def mark_parked(database: Database, key: str, code: str) -> None:
    """Set an entry aside for a person, with the hub's code; nothing is erased."""
    OutboxEntry.update(state="parked", parked_code=code).where(
        OutboxEntry.key == key, OutboxEntry.state.in_(UNSENT)
    ).execute(database)


def release(database: Database, key: str) -> None:
    """
    Put a parked entry back in the queue, after a person looked at it.

    Raises:
        OutboxClosed: "entry-unknown".
    """
    done = OutboxEntry.update(state="sent", parked_code=None).where(
        OutboxEntry.key == key, OutboxEntry.state == "parked"
    )
    if not done.execute(database):
        raise OutboxClosed("entry-unknown")


def release_taken(database: Database, change: StatusChange) -> None:
    """
    Put a parked entry back in the queue when the hub has a state for it: somebody let it in there.

    Sent again, it is answered as taken. An older hub names only the number, under which it may have been let in.
    """
    which = OutboxEntry.key == change.key if change.key else OutboxEntry.number == change.number
    OutboxEntry.update(state="sent", parked_code=None).where(which, OutboxEntry.state == "parked").execute(
        database
    )


def delivery(database: Database, key: str) -> tuple[str, str] | None:
    """Return the state of an entry and, if it is parked, the hub's code; None for an unknown key."""
    row = _DELIVERY.first(database, key=key)
    return None if row is None else (row[0], row[1] or "")


def offer_again(database: Database, epoch: str, *, highest: int, missing: Iterable[int]) -> int:
    """
    Queue again the acknowledged entries that the hub no longer holds (it was restored); return how many.

    Args:
        highest: The highest seq of this epoch that the hub holds.
        missing: Gaps below it.
    """
    place = OutboxEntry.seq
    is_lost = (place > highest) | place.in_(list(missing))
    again = OutboxEntry.update(state="sent").where(
        OutboxEntry.state == "acked", OutboxEntry.sealed.is_null(False), OutboxEntry.epoch == epoch, is_lost
    )
    return int(again.execute(database))


def adopt_hub_epoch(database: Database, hub_epoch: str) -> None:
    """Give what a restored hub still holds the hub's new epoch; call it after `offer_again`."""
    OutboxEntry.update(hub_epoch=hub_epoch).where(OutboxEntry.state == "acked").execute(database)


def erase_backed_up(database: Database, *, hub_epoch: str, backed_up_through: int, now: datetime) -> int:
    """Erase the sealed bytes of submissions that a backup of the hub holds; return how many."""
    erased = OutboxEntry.update(sealed=None, erased_at=stamp(now)).where(
        OutboxEntry.state == "acked",
        OutboxEntry.sealed.is_null(False),
        OutboxEntry.hub_epoch == hub_epoch,
        OutboxEntry.hub_no <= backed_up_through,
    )
    return int(erased.execute(database))


def backlog(database: Database) -> Backlog:
    """Return the entries that have not arrived, for the staff page and the readiness report."""
    [(unsent, oldest)] = _BACKLOG.tuples(database)
    [(parked,)] = _PARKED.tuples(database)
    return Backlog(unsent=unsent, parked=parked, oldest_unsent_at=oldest)


def entry(database: Database, key: str) -> OutgoingSubmission | None:
    """Return one entry by its key."""
    row = _BY_KEY.first(database, key=key)
    return None if row is None else _entry(row)


def _next_place(database: Database) -> tuple[str, str, int]:
    row = _NEXT_PLACE.first(database)
    if row is None:
        raise NotEnrolled("not-enrolled")
    return row[0], row[1], row[2]


def _entry(row: tuple[Any, ...]) -> OutgoingSubmission:
    seq, epoch, key, kind, number, envelope, sealed, digest, created_at, state = row
    return OutgoingSubmission(
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
