"""
The supply at the hub: one table of every state that a thing ever had; nothing in it is changed or deleted.

A thing is as its last row says; a row without content ended it. Rows of one act share its number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import peewee

from kiosk import db
from kiosk.consultation.supply import things, written
from kiosk.consultation.supply.things import Supply, SupplyPart, Thing


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
class SupplyChange:
    """A thing as it is to be; thing None: it ends."""

    part: SupplyPart
    code: str
    thing: Thing | None


def change_to(thing: Thing) -> SupplyChange:
    """Return the change that puts a thing in place of what has its code."""
    return SupplyChange(things.part_of(thing), things.code_of(thing), thing)


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
