"""
The hub's inbox: takes each submission once, and sets aside what a person has to decide.

No HTTP here: a refusal is an error with a code. The caller has identified the device and spent its nonce
(admission.py), in the same write transaction.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from peewee import fn

from sync.hub.device import Device
from sync.hub.devices import quarantine
from sync.hub.models import EnrolledDevice, InboxEntry, SetAside, SyncPosition
from sync.hub.statuses import OWNER, SetStatus, note_status
from sync.statements import Database, Statement, inserted, slot
from sync.wire.errors import refused
from sync.wire.protocol import write
from sync.wire.reading import stamp
from sync.wire.submission import SealedSubmission, Taken, submission_body

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
_NEXT_NO = Statement(
    lambda: (
        SyncPosition.update({SyncPosition.inbox_no: SyncPosition.inbox_no + 1})
        .where(SyncPosition.one == 1)
        .returning(SyncPosition.hub_epoch, SyncPosition.inbox_no)
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
    if OWNER.first(database, number=submission.number):
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
    envelope = write({**json.loads(before), **said, "digest": new}).decode()
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
        envelope=write(submission.envelope).decode(),
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
    on_taken(database, submission, partial(note_status, device=device.id))
    [(hub_epoch, no)] = _NEXT_NO.tuples(database)
    answer = Taken(submission.key, issued or submission.number, no, hub_epoch, now).body()
    envelope = write(submission.envelope).decode()
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
