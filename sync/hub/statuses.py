"""States of numbers at the hub: set by features, fetched by the terminal that issued the number."""

import json
from datetime import datetime
from typing import Any, Protocol

from peewee import JOIN, fn

from sync.carried import marks
from sync.hub.device import Device
from sync.hub.models import InboxEntry, NumberStatus, SyncPosition
from sync.statements import Database, Statement, inserted, number_slot, slot
from sync.wire.protocol import (
    MAX_STATUSES,
    StatusChange,
    Statuses,
    write,
)
from sync.wire.reading import stamp


class SetStatus(Protocol):
    """The function by which a feature sets a submission's state; see `set_status`."""

    def __call__(
        self, database: Database, *, number: str, state: str, detail: dict[str, Any], changed_at: datetime
    ) -> int | None: ...


STATUS_COLUMNS = (
    NumberStatus.seq,
    NumberStatus.number,
    NumberStatus.state,
    NumberStatus.detail,
    NumberStatus.changed_at,
)
"""Columns that `status_change` reads."""
OWNER = Statement(
    lambda: InboxEntry.select(InboxEntry.device).where(InboxEntry.number == slot(InboxEntry.number))
)
_NEXT_STATUS = Statement(
    lambda: (
        SyncPosition.update({SyncPosition.status_seq: SyncPosition.status_seq + 1})
        .where(SyncPosition.one == 1)
        .returning(SyncPosition.status_seq)
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


def set_status(
    database: Database, *, number: str, state: str, detail: dict[str, Any], changed_at: datetime
) -> int | None:
    """
    Set the state of a number; return its position (seq), or None for a number that no terminal handed in.

    The terminal that issued the number gets the state with its next round.

    Args:
        detail: For the tracking page; nothing personal.
    """
    owner = OWNER.first(database, number=number)
    if owner is None:
        return None
    return note_status(
        database, device=owner[0], number=number, state=state, detail=detail, changed_at=changed_at
    )


def note_status(
    database: Database,
    *,
    device: str,
    number: str,
    state: str,
    detail: dict[str, Any],
    changed_at: datetime,
) -> int:
    [(seq,)] = _NEXT_STATUS.tuples(database)
    said, at = write(detail).decode(), stamp(changed_at)
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


def status_head(database: Database, device: Device) -> int:
    head = (
        NumberStatus.select(fn.COALESCE(fn.MAX(NumberStatus.seq), 0))
        .where(NumberStatus.device == device.id)
        .scalar(database)
    )
    return int(head)
