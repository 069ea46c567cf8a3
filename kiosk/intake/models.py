"""The submissions on a terminal: masked, for tracking and printing; the sealed part is in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import peewee

from kiosk import db
from kiosk.errors import UNKNOWN_OUTCOME, KioskError, StoreFull


class KeptSubmission(db.StoreModel):
    """A submission of this terminal; `state_seq` is the position of its state in the hub's list."""

    key = peewee.TextField(primary_key=True)
    number = peewee.TextField(unique=True)
    kind = peewee.TextField()
    organ_code = peewee.TextField()
    organ_name = peewee.TextField()
    submitted_at = db.StampField()
    received_on = db.DayField(null=True)
    received_basis = peewee.TextField()
    masked = db.JsonField()
    code_hash = peewee.TextField()
    state = peewee.TextField()
    state_at = db.StampField()
    state_seq = peewee.BigIntegerField(default=0)
    detail = db.JsonField(default="{}")
    content_mark = peewee.TextField(default="")

    class Meta:
        table_name = "submission"


@dataclass(frozen=True)
class Submission:
    """A submission as this terminal's pages read it; `content_mark` as `actions.content_mark` makes it."""

    key: str
    number: str
    kind: str
    organ_code: str
    organ_name: str
    submitted_at: datetime
    received_on: date | None
    received_basis: str
    masked: dict[str, Any]
    code_hash: str
    state: str
    state_at: datetime
    detail: dict[str, Any] = field(default_factory=dict)
    content_mark: str = ""


CODE_HASH = "code_hash"
"""Member of a state's detail: the hash of a new slip's query code, which holds in place of the first one."""
_COLUMNS = tuple(each for each in KeptSubmission._meta.sorted_fields if each.name != "state_seq")
_BY_KEY = db.Statement(
    lambda: KeptSubmission.select(*_COLUMNS).where(KeptSubmission.key == db.slot(KeptSubmission.key))
)
_BY_NUMBER = db.Statement(
    lambda: KeptSubmission.select(*_COLUMNS).where(KeptSubmission.number == db.slot(KeptSubmission.number))
)
_ADD = db.Statement(lambda: KeptSubmission.insert({**db.inserted(*_COLUMNS), KeptSubmission.state_seq: 0}))
_PUT_STATE = db.Statement(
    lambda: KeptSubmission.update(
        db.inserted(
            KeptSubmission.state, KeptSubmission.state_at, KeptSubmission.state_seq, KeptSubmission.detail
        )
    ).where(KeptSubmission.number == db.slot(KeptSubmission.number))
)
_PUT_STATE_OF = db.Statement(
    lambda: KeptSubmission.update(
        db.inserted(
            KeptSubmission.state, KeptSubmission.state_at, KeptSubmission.state_seq, KeptSubmission.detail
        )
    ).where(KeptSubmission.key == db.slot(KeptSubmission.key))
)


def by_key(key: str) -> Submission | None:
    """Return the submission handed in under a form's key, if any."""
    return _BY_KEY.one(db.store, Submission, key=key)


def after_a_fault(key: str) -> Submission | None:
    """
    Return what is stored under a form's key after the disk failed; None: certainly nothing.

    Raises:
        StoreFull: "outcome-unknown": it cannot be read now.
    """
    try:
        return by_key(key)
    except (peewee.PeeweeException, KioskError) as error:
        raise StoreFull(UNKNOWN_OUTCOME) from error


def by_number(number: str) -> Submission | None:
    """Return the submission with this number, if this terminal issued it."""
    return _BY_NUMBER.one(db.store, Submission, number=number)


def add(submission: Submission) -> None:
    """Store a new submission, inside the caller's transaction."""
    _ADD.run(db.store, **vars(submission))


def put_state(
    number: str, state: str, at: datetime, detail: Mapping[str, Any], *, position: int, key: str = ""
) -> None:
    """
    Store a new state from the hub; positions rise, so the last one is valid.

    Args:
        key: Of the submission, which the hub may know under another number; empty where the hub did not send it.
    """
    new = {"state": state, "state_at": at, "state_seq": position, "detail": dict(detail)}
    code_hash = detail.get(CODE_HASH)
    if isinstance(code_hash, str):
        owned = KeptSubmission.key == key if key else KeptSubmission.number == number
        KeptSubmission.update(code_hash=code_hash).where(owned).execute()
    if key:
        _PUT_STATE_OF.run(db.store, key=key, **new)
    else:
        _PUT_STATE.run(db.store, number=number, **new)


def handed_in_since(moment: datetime) -> list[datetime]:
    """Return the times at which submissions were handed in since `moment`."""
    found = KeptSubmission.select(KeptSubmission.submitted_at).where(KeptSubmission.submitted_at >= moment)
    return [at for (at,) in found.tuples().execute()]


def how_many(start: datetime, end: datetime) -> list[tuple[str, int]]:
    """Return how many submissions of each kind were handed in from `start` to before `end`, by kind name."""
    found = (
        KeptSubmission.select(KeptSubmission.kind, peewee.fn.COUNT(KeptSubmission.key))
        .where(KeptSubmission.submitted_at >= start, KeptSubmission.submitted_at < end)
        .group_by(KeptSubmission.kind)
        .order_by(KeptSubmission.kind)
    )
    return list(found.tuples().execute())
