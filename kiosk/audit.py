"""The audit chain: rows that are only added, each bound to the one before, so that a change is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import peewee

from kiosk import db
from kiosk.clock import stamp

FIRST = "0" * 64


class AuditLine(db.StoreModel):
    """One act; `at` and `detail` are the very texts that the chain binds."""

    seq = peewee.BigIntegerField(primary_key=True)
    at = peewee.TextField()
    actor = peewee.TextField()
    act = peewee.TextField()
    subject = peewee.TextField()
    detail = peewee.TextField()
    chain = peewee.TextField()

    class Meta:
        table_name = "audit"


class AuditHead(db.StoreModel):
    """The end of the chain, one row: whoever adds to the chain takes it, so that two never bind to the same line."""

    one = peewee.IntegerField(primary_key=True)
    seq = peewee.BigIntegerField()
    chain = peewee.TextField()


@dataclass(frozen=True)
class _Line:
    at: str
    actor: str
    act: str
    subject: str
    detail: str


_TAKE = db.Statement(
    lambda: (
        AuditHead.update(seq=AuditHead.seq + db.number_slot("many"))
        .where(AuditHead.one == 1)
        .returning(AuditHead.seq, AuditHead.chain)
    )
)
_ADD = db.Statement(
    lambda: AuditLine.insert(
        db.inserted(
            AuditLine.seq,
            AuditLine.at,
            AuditLine.actor,
            AuditLine.act,
            AuditLine.subject,
            AuditLine.detail,
            AuditLine.chain,
        )
    )
)
_LEAVE = db.Statement(
    lambda: AuditHead.update(chain=db.slot(AuditHead.chain)).where(AuditHead.one == 1),
)


def record(
    *,
    at: datetime,
    actor: str,
    act: str,
    subject: str,
    detail: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    """
    Add one act to the chain with the caller's transaction, as the last thing before its commit.

    `subject` is a number or an account, `detail` plain words: neither may hold personal data of citizens.
    """
    words = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True)
    db.at_commit(db.store, _bind, _Line(stamp(at), actor, act, subject, words))


def _bind(lines: list[_Line]) -> None:
    """Write the lines of one transaction behind the end of the chain."""
    head = _TAKE.first(db.store, many=len(lines))
    assert head is not None, "the chain has no head"
    (last, chain) = head
    for seq, line in enumerate(lines, last - len(lines) + 1):
        row = (seq, line.at, line.actor, line.act, line.subject, line.detail)
        chain = _link(chain, row)
        _ADD.run(db.store, seq=seq, chain=chain, **vars(line))
    _LEAVE.run(db.store, chain=chain)


def first_break() -> int | None:
    """Return the sequence of the first row that does not follow from the one before, or None: the chain holds."""
    before, expected = FIRST, 1
    for *row, chain in AuditLine.select().order_by(AuditLine.seq).tuples().iterator():
        if row[0] != expected or chain != _link(before, tuple(row)):
            return int(row[0])
        before, expected = chain, expected + 1
    head = AuditHead.get_by_id(1)
    return None if (head.seq, head.chain) == (expected - 1, before) else expected


def _link(before: str, row: tuple[object, ...]) -> str:
    text = json.dumps([before, *row], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
