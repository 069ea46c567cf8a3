"""
The hub's inbox: takes each submission once, answers hello with a welcome, and keeps the states of numbers.

No HTTP here: a refusal is an error with a code. The caller has identified the device and spent its nonce
(admission.py), in the same write transaction.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Protocol

import rfc8785
from peewee import JOIN, fn

from sync.carried import marks
from sync.carried.feed_models import FeedPosition
from sync.hub.device import Device
from sync.hub.devices import note_hello, quarantine
from sync.hub.models import DeviceNonce, EnrolledDevice, InboxEntry, NumberStatus, SetAside, SyncPosition
from sync.statements import Database, Statement, inserted, number_slot, slot
from sync.wire.errors import refused
from sync.wire.protocol import (
    MAX_GAPS,
    MAX_STATUSES,
    Hello,
    SealedSubmission,
    StatusChange,
    Statuses,
    Taken,
    Welcome,
    submission_body,
)
from sync.wire.reading import stamp


class SetStatus(Protocol):
    """The function by which a feature sets a submission's state; see `set_status`."""

    def __call__(
        self, database: Database, *, number: str, state: str, detail: dict[str, Any], changed_at: datetime
    ) -> int | None: ...


OnTaken = Callable[[Database, SealedSubmission, SetStatus], None]
"""
Called in the transaction that stores a new submission, so that the feature's case exists with it.

The case comes first and the hub's counters last: a counter is locked until its transaction ends. So the
submission is not in the inbox yet, and its first state is set by the function given here.
"""

IsOwnNumber = Callable[[str, str], bool]
"""Returns whether the terminal with this code can have issued this number; what a number looks like is the caller's."""


def any_number(terminal: str, number: str) -> bool:
    """Return true: for a caller whose numbers name no terminal."""
    return True


STATUS_COLUMNS = (
    NumberStatus.seq,
    NumberStatus.number,
    NumberStatus.state,
    NumberStatus.detail,
    NumberStatus.changed_at,
)
"""Columns that `status_change` reads."""
_KNOWN = Statement(
    lambda: InboxEntry.select(
        InboxEntry.device,
        fn.COALESCE(fn.NULLIF(InboxEntry.came_as, ""), InboxEntry.digest),
        InboxEntry.answer,
    ).where(InboxEntry.key == slot(InboxEntry.key))
)
_NUMBER = Statement(
    lambda: InboxEntry.select(InboxEntry.number).where(InboxEntry.key == slot(InboxEntry.key))
)
_PLACE = Statement(
    lambda: InboxEntry.select(InboxEntry.no).where(
        InboxEntry.device == slot(InboxEntry.device),
        InboxEntry.epoch == slot(InboxEntry.epoch),
        InboxEntry.seq == slot(InboxEntry.seq),
    )
)
_OWNER = Statement(
    lambda: InboxEntry.select(InboxEntry.device).where(InboxEntry.number == slot(InboxEntry.number))
)
_NEXT_NO = Statement(
    lambda: (
        SyncPosition.update({SyncPosition.inbox_no: SyncPosition.inbox_no + 1})
        .where(SyncPosition.one == 1)
        .returning(SyncPosition.hub_epoch, SyncPosition.inbox_no)
    )
)
_NEXT_STATUS = Statement(
    lambda: (
        SyncPosition.update({SyncPosition.status_seq: SyncPosition.status_seq + 1})
        .where(SyncPosition.one == 1)
        .returning(SyncPosition.status_seq)
    )
)
_STORE = Statement(
    lambda: InboxEntry.insert(
        inserted(
            InboxEntry.no,
            InboxEntry.device,
            InboxEntry.epoch,
            InboxEntry.seq,
            InboxEntry.key,
            InboxEntry.kind,
            InboxEntry.number,
            InboxEntry.digest,
            InboxEntry.code_hash,
            InboxEntry.envelope,
            InboxEntry.sealed,
            InboxEntry.received_at,
            InboxEntry.answer,
            InboxEntry.envelope_digest,
        )
    )
)
_SAY = Statement(
    lambda: NumberStatus.insert(
        inserted(
            NumberStatus.seq,
            NumberStatus.number,
            NumberStatus.device,
            NumberStatus.state,
            NumberStatus.detail,
            NumberStatus.changed_at,
        )
    ).on_conflict(
        conflict_target=[NumberStatus.number],
        preserve=[NumberStatus.seq, NumberStatus.state, NumberStatus.detail, NumberStatus.changed_at],
    )
)
_STATUSES = Statement(
    lambda: (
        NumberStatus.select(*STATUS_COLUMNS, fn.COALESCE(InboxEntry.key, ""))
        .join(InboxEntry, JOIN.LEFT_OUTER, on=(InboxEntry.number == NumberStatus.number))
        .where(NumberStatus.device == slot(NumberStatus.device), NumberStatus.seq > slot(NumberStatus.seq))
        .order_by(NumberStatus.seq)
        .limit(number_slot("limit"))
    )
)


@dataclass(frozen=True)
class SealKey:
    """The public key that terminals seal to."""

    key_id: str
    public_key: bytes


def prepare(database: Database, terminal_prefix: str = "T") -> None:
    """Give a new hub its epoch and the prefix of its terminals' codes; harmless when it has them."""
    SyncPosition.insert(
        one=1, hub_epoch=secrets.token_hex(8), terminal_prefix=terminal_prefix
    ).on_conflict_ignore().execute(database)


def begin_new_epoch(database: Database) -> None:
    """
    Begin a new epoch, after the hub was restored from a backup: terminals offer again what the backup lacks.

    Sessions and nonces are reset, or every terminal would look like a clone. The feed gets a new epoch too,
    because its positions after the backup will be given out a second time.
    """
    SyncPosition.update(hub_epoch=secrets.token_hex(8)).execute(database)
    FeedPosition.update(epoch=secrets.token_hex(16)).execute(database)
    EnrolledDevice.update(session="", session_next="", hello_nonce_at=None).execute(database)
    DeviceNonce.delete().execute(database)


def epochs(database: Database) -> tuple[str, str]:
    """Return the epoch of the hub and that of its feed."""
    hub_epoch = SyncPosition.select(SyncPosition.hub_epoch).scalar(database)
    feed_epoch = FeedPosition.select(FeedPosition.epoch).scalar(database)
    return str(hub_epoch or ""), str(feed_epoch or "")


def take_submission(
    database: Database,
    device: Device,
    key: str,
    submission: SealedSubmission,
    *,
    now: datetime,
    on_taken: OnTaken,
    is_own_number: IsOwnNumber = any_number,
) -> bytes:
    """
    Store a submission exactly once; return the answer, word for word the same for each repeated try.

    A revoked device does not come this far; a quarantined one may still hand in, so that no citizen suffers.

    Args:
        is_own_number: See `IsOwnNumber`.

    Raises:
        HubRefused: "digest-differs" (the key holds other bytes), "seq-taken" or "number-taken" (another
            submission holds its place) or "number-foreign" (this device cannot have issued the number): kept in
            quarantine, the device too; "wrong-terminal", "wrong-key".
            These must be committed, not rolled back.
    """
    if submission.key != key:
        raise refused("wrong-key")
    if submission.terminal != device.terminal:
        raise refused("wrong-terminal")
    known = _KNOWN.first(database, key=key)
    if known:
        if known[0] != device.id or known[1] != submission.digest:
            raise refused("digest-differs")
        return str(known[2]).encode()
    code = _conflict(database, device, submission)
    if not code and not is_own_number(device.terminal, submission.number):
        code = "number-foreign"
    if code:
        set_aside(database, device, submission, code, now)
        raise refused(code)
    return _store(database, device, submission, now, on_taken)


def number_of(database: Database, key: str) -> str:
    """Return the number of the submission with this key; empty when there is none."""
    found = _NUMBER.first(database, key=key)
    return str(found[0]) if found else ""


def _conflict(database: Database, device: Device, submission: SealedSubmission) -> str | None:
    if _PLACE.first(database, device=device.id, epoch=submission.epoch, seq=submission.seq):
        return "seq-taken"
    if _OWNER.first(database, number=submission.number):
        return "number-taken"
    return None


def seal_again(database: Database, number: str, sealed: bytes, said: Mapping[str, Any]) -> None:
    """
    Replace the sealed part of a submission, whose terminal still knows it under the digest that came.

    Args:
        said: Members of the envelope that are another now, such as "key_id".
    """
    row = InboxEntry.select(InboxEntry.envelope, InboxEntry.digest, InboxEntry.came_as).where(
        InboxEntry.number == number
    )
    ((before, digest, came_as),) = row.tuples().execute(database)
    new = sha256(sealed).hexdigest()
    envelope = _canonical({**json.loads(before), **said, "digest": new})
    InboxEntry.update(
        sealed=sealed,
        digest=new,
        envelope=envelope,
        envelope_digest=sha256(envelope.encode()).hexdigest(),
        came_as=came_as or digest,
    ).where(InboxEntry.number == number).execute(database)


def set_aside(
    database: Database, device: Device, submission: SealedSubmission, code: str, now: datetime
) -> None:
    """Keep an upload for a person's decision, and its terminal in quarantine, until then; `code` says why."""
    SetAside.insert(
        key=submission.key,
        digest=submission.digest,
        device=device.id,
        epoch=submission.epoch,
        seq=submission.seq,
        number=submission.number,
        code=code,
        envelope=_canonical(submission.envelope),
        sealed=submission.sealed,
        received_at=stamp(now),
    ).on_conflict_ignore().execute(database)
    quarantine(database, device.id, code)


def _store(
    database: Database,
    device: Device,
    submission: SealedSubmission,
    now: datetime,
    on_taken: OnTaken,
    issued: str = "",
) -> bytes:
    """
    Store a submission with its case and first state; return the answer.

    Args:
        issued: The number that the terminal gave, where the hub gave another; the terminal knows no other.
    """
    on_taken(database, submission, partial(_say, device=device.id))
    [(hub_epoch, no)] = _NEXT_NO.tuples(database)
    answer = Taken(submission.key, issued or submission.number, no, hub_epoch, now).body()
    envelope = _canonical(submission.envelope)
    _STORE.run(
        database,
        no=no,
        device=device.id,
        epoch=submission.epoch,
        seq=submission.seq,
        key=submission.key,
        kind=submission.kind,
        number=submission.number,
        digest=submission.digest,
        code_hash=submission.code_hash,
        envelope=envelope,
        sealed=submission.sealed,
        received_at=stamp(now),
        answer=answer.decode(),
        envelope_digest=sha256(envelope.encode()).hexdigest(),
    )
    return answer


def accept_quarantined(
    database: Database, key: str, *, now: datetime, on_taken: OnTaken, number: str = ""
) -> bool:
    """
    Turn an upload that was set aside into a submission, after a person's decision; return whether that was done.

    Its place is taken for good, so it gets an epoch of its own; the terminal's entry is acknowledged
    when it is released there. An upload whose key is taken stays where it is, and so does one whose number is taken
    unless the caller gives another, free one; its envelope then says what it was ("renumbered_from").
    """
    is_there = InboxEntry.select(InboxEntry.no).where(
        (InboxEntry.key == SetAside.key) | (InboxEntry.number == (number or SetAside.number))
    )
    row = (
        SetAside.select(
            SetAside.device,
            SetAside.epoch,
            SetAside.envelope,
            SetAside.sealed,
            EnrolledDevice.name,
            EnrolledDevice.terminal,
            EnrolledDevice.state,
        )
        .join(EnrolledDevice, on=(EnrolledDevice.id == SetAside.device))
        .where(SetAside.key == key, ~fn.EXISTS(is_there))
        .tuples()
        .first(database)
    )
    if row is None:
        return False
    device_id, epoch, envelope, sealed, name, terminal, state = row
    submission = SealedSubmission.read(submission_body(json.loads(envelope), bytes(sealed)))
    set_apart = replace(submission, epoch=f"{epoch}.{key[:8]}")
    if number and number != submission.number:
        renumbered = {**submission.envelope, "number": number, "renumbered_from": submission.number}
        set_apart = replace(set_apart, number=number, envelope=renumbered)
    _store(
        database,
        Device(device_id, name, terminal, epoch, state),
        set_apart,
        now,
        on_taken,
        submission.number,
    )
    SetAside.delete().where(SetAside.key == key, SetAside.digest == submission.digest).execute(database)
    return True


def welcome(
    database: Database,
    device: Device,
    hello: Hello,
    *,
    session: str,
    now: datetime,
    seal_key: SealKey,
) -> Welcome:
    """
    Store the device's report; return what the hub holds of the device and what is new.

    Raises:
        HubRefused: "feed-missing" when the hub has no catalogue yet.
    """
    feed = FeedPosition.select(FeedPosition.epoch, FeedPosition.seq).tuples().first(database)
    if feed is None:
        raise refused("feed-missing")
    note_hello(database, device, hello, now)
    [(state,)] = (
        EnrolledDevice.select(EnrolledDevice.state)
        .where(EnrolledDevice.id == device.id)
        .tuples()
        .execute(database)
    )
    [(hub_epoch, backed_up)] = (
        SyncPosition.select(SyncPosition.hub_epoch, SyncPosition.backed_up_through).tuples().execute(database)
    )
    highest, missing = _held(database, device, hello.epoch)
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
        status_seq=_status_head(database, device),
        seal_key=seal_key.public_key,
        seal_key_id=seal_key.key_id,
    )


def _held(database: Database, device: Device, epoch: str) -> tuple[int, tuple[int, ...]]:
    """Return the highest seq held of this epoch, and the gaps below it; with many gaps only those below the last."""
    of_epoch = (InboxEntry.device == device.id) & (InboxEntry.epoch == epoch)
    count, highest = (
        InboxEntry.select(fn.COUNT(InboxEntry.no), fn.COALESCE(fn.MAX(InboxEntry.seq), 0))
        .where(of_epoch)
        .scalar(database, as_tuple=True)
    )
    if count == highest:
        return highest, ()
    places = InboxEntry.select(InboxEntry.seq).where(of_epoch).order_by(InboxEntry.seq)
    missing: list[int] = []
    expected = 1
    for (seq,) in places.tuples().execute(database):
        missing.extend(range(expected, min(seq, expected + MAX_GAPS + 1 - len(missing))))
        if len(missing) > MAX_GAPS:
            return missing[MAX_GAPS] - 1, tuple(missing[:MAX_GAPS])
        expected = seq + 1
    return highest, tuple(missing)


def set_status(
    database: Database, *, number: str, state: str, detail: dict[str, Any], changed_at: datetime
) -> int | None:
    """
    Set the state of a number; return its position (seq), or None for a number that no terminal handed in.

    The terminal that issued the number gets the state with its next round.

    Args:
        detail: For the tracking page; nothing personal.
    """
    owner = _OWNER.first(database, number=number)
    if owner is None:
        return None
    return _say(database, device=owner[0], number=number, state=state, detail=detail, changed_at=changed_at)


def _say(
    database: Database,
    *,
    device: str,
    number: str,
    state: str,
    detail: dict[str, Any],
    changed_at: datetime,
) -> int:
    [(seq,)] = _NEXT_STATUS.tuples(database)
    said, at = _canonical(detail), stamp(changed_at)
    _SAY.run(database, seq=seq, number=number, device=device, state=state, detail=said, changed_at=at)
    marks.bind(database, marks.STATUS, seq, number, state, said, at)
    return int(seq)


def statuses_since(database: Database, device: Device, since: int) -> Statuses:
    """Return the states of this device's numbers that changed after position `since`, oldest first."""
    rows = _STATUSES.tuples(database, device=device.id, seq=since, limit=MAX_STATUSES)
    changes = tuple(status_change(row) for row in rows)
    through = changes[-1].seq if changes else since
    return Statuses(changes, through, more=len(changes) == MAX_STATUSES)


def status_change(row: tuple[Any, ...]) -> StatusChange:
    """Return a row of `STATUS_COLUMNS` as a value; the key of its submission may follow."""
    seq, number, state, detail, changed_at, *key = row
    at = datetime.fromisoformat(changed_at)
    return StatusChange(seq, number, state, json.loads(detail), at, *key)


def note_backup(database: Database, through: int) -> None:
    """Allow terminals to erase what a finished and verified backup holds: all inbox numbers up to `through`."""
    SyncPosition.update(backed_up_through=through).where(SyncPosition.backed_up_through < through).execute(
        database
    )


def _status_head(database: Database, device: Device) -> int:
    head = (
        NumberStatus.select(fn.COALESCE(fn.MAX(NumberStatus.seq), 0))
        .where(NumberStatus.device == device.id)
        .scalar(database)
    )
    return int(head)


def _canonical(values: dict[str, Any]) -> str:
    return rfc8785.dumps(values).decode()
