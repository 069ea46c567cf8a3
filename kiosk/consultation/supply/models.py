"""
The supply at the hub: every state that a thing ever had, and what became of bookings that a change hit.

A thing is as its last row says; a row without content ended it. Rows of one act share its number. Nothing is changed or
deleted; only a telephone call is noted later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import peewee

from kiosk import db
from kiosk.consultation.supply import written
from kiosk.consultation.supply.things import Supply, SupplyPart
from kiosk.consultation.supply.whole import SupplyChange


class SupplyEntry(db.StoreModel):
    """One state of one thing, who made it in which act, and why."""

    seq = peewee.IntegerField(primary_key=True)
    part = peewee.TextField()
    code = peewee.TextField()
    content = peewee.TextField()
    act = peewee.IntegerField()
    at = db.StampField()
    actor = peewee.TextField()
    why = peewee.TextField()


@dataclass(frozen=True)
class SupplyState:
    """A row of the history."""

    seq: int
    part: str
    code: str
    content: str
    act: int
    at: datetime
    actor: str
    why: str


_LAST = db.Statement(lambda: SupplyEntry.select(peewee.fn.COALESCE(peewee.fn.MAX(SupplyEntry.seq), 0)))


def last_seq() -> int:
    """Return the number of the last row; it changes with every act. 0 before the first."""
    row = _LAST.first(db.store)
    assert row is not None
    return int(row[0])


def now() -> Supply:
    """Return the supply as it is."""
    of = SupplyEntry
    newest = of.select(peewee.fn.MAX(of.seq)).group_by(of.part, of.code)
    rows = of.select(of.part, of.content).where(of.seq.in_(newest), of.content != "").order_by(of.seq)
    return written.supply_of(
        written.read(SupplyPart(part), content) for part, content in rows.tuples().execute(db.store)
    )


def history(part: SupplyPart | None = None, code: str = "", most: int = 200) -> list[SupplyState]:
    """Return the states of a thing, of a part, or of all, the newest first."""
    of = SupplyEntry
    found = of.select().order_by(of.seq.desc()).limit(most)
    if part:
        found = found.where(of.part == part.value)
    if code:
        found = found.where(of.code == code)
    return db.rows(found, SupplyState)


def codes(part: SupplyPart) -> set[str]:
    """Return every code that a thing of this part has or had: none is given twice."""
    of = SupplyEntry
    rows = of.select(of.code).where(of.part == part.value).distinct()
    return {code for (code,) in rows.tuples().execute(db.store)}


def add(changes: Iterable[SupplyChange], *, at: datetime, actor: str, why: str) -> int:
    """Add the states of one act inside the caller's transaction; return the number of the act."""
    seq = last_seq()
    act = seq + 1
    for seq, each in enumerate(changes, start=act):
        content = written.written(each.thing) if each.thing else ""
        SupplyEntry.insert(
            seq=seq,
            part=each.part.value,
            code=each.code,
            content=content,
            act=act,
            at=at,
            actor=actor,
            why=why,
        ).execute()
    return act


class RebookingOutcome(StrEnum):
    """What becomes of a booking that a change hits."""

    MOVED = "moved"
    KEPT = "kept"
    """It stays although the hours end: somebody waits for it."""
    CALLED_OFF = "called-off"


class Rebooking(db.StoreModel):
    """What was decided for a booking, and who called about it; nobody is called about one that is kept."""

    id = peewee.AutoField()
    number = peewee.TextField()
    outcome = db.WordField(RebookingOutcome)
    was_session = peewee.TextField()
    was_seat = peewee.IntegerField()
    new_session = peewee.TextField()
    reason = peewee.TextField()
    at = db.StampField()
    actor = peewee.TextField()
    called_at = db.StampField(null=True)
    called_by = peewee.TextField()


@dataclass(frozen=True)
class Rebooked:
    """A row of the telephone list."""

    id: int
    number: str
    outcome: RebookingOutcome
    was_session: str
    was_seat: int
    new_session: str
    reason: str
    at: datetime
    actor: str
    called_at: datetime | None
    called_by: str


def add_rebooking(
    number: str,
    outcome: RebookingOutcome,
    *,
    was_session: str,
    was_seat: int,
    new_session: str,
    reason: str,
    at: datetime,
    actor: str,
) -> None:
    """Note what became of a booking, inside the caller's transaction."""
    Rebooking.insert(
        number=number,
        outcome=outcome,
        was_session=was_session,
        was_seat=was_seat,
        new_session=new_session,
        reason=reason,
        at=at,
        actor=actor,
        called_by="",
    ).execute()


def rebooked(row: int) -> Rebooked | None:
    """Return a row of the telephone list."""
    return db.one(Rebooking.select().where(Rebooking.id == row), Rebooked)


def to_call(most: int = 500) -> list[Rebooked]:
    """Return the bookings that were moved or called off and about which nobody called yet, the oldest first."""
    of = Rebooking
    found = of.select().where(of.called_at.is_null(), of.outcome != RebookingOutcome.KEPT)
    return db.rows(found.order_by(of.id).limit(most), Rebooked)


def kept(numbers: Sequence[str]) -> set[tuple[str, str]]:
    """Return those of these bookings that were kept, each with the session in which."""
    of = Rebooking
    asked = of.select(of.number, of.was_session).where(
        of.outcome == RebookingOutcome.KEPT, of.number.in_(numbers)
    )
    return {(number, session) for number, session in asked.tuples().execute(db.store)}


def note_call(row: int, *, at: datetime, by: str) -> None:
    """Note that somebody called, inside the caller's transaction."""
    Rebooking.update(called_at=at, called_by=by).where(Rebooking.id == row).execute()
