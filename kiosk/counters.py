"""Counters of a store by name; the one who takes a number holds its counter until the transaction ends."""

from __future__ import annotations

import peewee

from kiosk import db


class Counter(db.StoreModel):
    """The number of a counter that was taken last."""

    name = peewee.TextField(primary_key=True)
    value = peewee.BigIntegerField()


_TAKE = db.Statement(
    lambda: (
        Counter.insert({Counter.name: db.slot(Counter.name), Counter.value: 1})
        .on_conflict(conflict_target=[Counter.name], update={Counter.value: Counter.value + 1})
        .returning(Counter.value)
    )
)
_LAST = db.Statement(lambda: Counter.select(Counter.value).where(Counter.name == db.slot(Counter.name)))


def take(name: str) -> int:
    """Return the next number, from 1, inside the caller's transaction; take it late, for nobody else can meanwhile."""
    found = _TAKE.first(db.store, name=name)
    assert found is not None
    return int(found[0])


def last(name: str) -> int:
    """Return the number that was taken last; 0 when none was."""
    found = _LAST.first(db.store, name=name)
    return int(found[0]) if found else 0
