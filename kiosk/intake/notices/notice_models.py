"""The states of which the county's way to telephones has been notified, and those that wait for another try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import peewee

from kiosk import db
from sync.hub.models import InboxEntry, NumberStatus

AT_ONCE = 200
"""States looked at in one round."""
POSITION = ""
"""The row that holds the position in the states of the hub, in place of a number."""


class StatusNotice(db.StoreModel):
    """A number whose owner left a telephone: the state that is to be said, and the one that was."""

    number = peewee.TextField(primary_key=True)
    kind = peewee.TextField(default="")
    seq = peewee.BigIntegerField()
    state = peewee.TextField(default="")
    said = peewee.TextField(default="")
    tries = peewee.IntegerField(default=0)
    due_at = db.StampField(null=True)
    fault = peewee.TextField(default="")


@dataclass(frozen=True)
class WaitingNotice:
    """A state that waits to be said; fault: of the last try."""

    number: str
    kind: str
    state: str
    tries: int
    fault: str


_SHOWN = (
    StatusNotice.number, StatusNotice.kind, StatusNotice.state, StatusNotice.tries, StatusNotice.fault,
)  # fmt: skip


def follow(now: datetime, has_phone: str) -> None:
    """
    Queue what changed since the last look, inside the caller's transaction; what was before the first look is left out.

    Args:
        has_phone: Name of the fact in the envelope that says that a telephone was left.
    """
    row = StatusNotice.get_or_none(StatusNotice.number == POSITION)
    if row is None:
        head = NumberStatus.select(peewee.fn.COALESCE(peewee.fn.MAX(NumberStatus.seq), 0)).scalar(db.store)
        StatusNotice.insert(number=POSITION, seq=head).execute(db.store)
        return
    left = db.JsonText(InboxEntry.envelope, has_phone)
    found = (
        NumberStatus.select(NumberStatus.seq, NumberStatus.number, NumberStatus.state, InboxEntry.kind, left)
        .join(InboxEntry, on=(InboxEntry.number == NumberStatus.number))
        .where(NumberStatus.seq > row.seq)
        .order_by(NumberStatus.seq)
        .limit(AT_ONCE)
    )
    for seq, number, state, kind, phone in list(found.tuples().execute(db.store)):
        StatusNotice.update(seq=seq).where(StatusNotice.number == POSITION).execute(db.store)
        if phone:
            _queue(seq, number, state, kind, now)


def _queue(seq: int, number: str, state: str, kind: str, now: datetime) -> None:
    before = StatusNotice.get_or_none(StatusNotice.number == number)
    if before is None:
        StatusNotice.insert(number=number, kind=kind, seq=seq, state=state, due_at=now).execute(db.store)
    elif before.state != state:
        StatusNotice.update(seq=seq, state=state, tries=0, due_at=now, fault="").where(
            StatusNotice.number == number
        ).execute(db.store)


def waiting(now: datetime) -> list[WaitingNotice]:
    """Return the states that are due to be said, the oldest first."""
    found = StatusNotice.select(*_SHOWN).where(StatusNotice.due_at <= now)
    return db.rows(found.order_by(StatusNotice.due_at).limit(AT_ONCE), WaitingNotice)


def note(number: str, state: str, *, fault: str, due_at: datetime | None) -> None:
    """Note what became of a try, unless the state has changed since, inside the caller's transaction."""
    changed = {"due_at": due_at, "fault": fault, "tries": StatusNotice.tries + 1}
    said = {} if fault else {"said": state}
    StatusNotice.update({**changed, **said}).where(
        StatusNotice.number == number, StatusNotice.state == state
    ).execute(db.store)


def failing() -> list[WaitingNotice]:
    """Return the states that could not be said at the last try."""
    found = StatusNotice.select(*_SHOWN).where(StatusNotice.fault != "")
    return db.rows(found.order_by(StatusNotice.number), WaitingNotice)
