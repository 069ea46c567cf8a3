"""Table of second factors: the secret of an account's authenticator, sealed, and hashes of its recovery codes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

import peewee

from kiosk import db


class StaffFactor(db.StoreModel):
    """The second factor of an account."""

    name = peewee.TextField(primary_key=True)
    sealed = peewee.BlobField()
    """The secret, under a key that is not in the database."""
    last_step = peewee.BigIntegerField()
    """The latest time step whose code was used: none is taken twice."""
    recovery = peewee.TextField()
    """Keyed hashes of the recovery codes that are left, in JSON."""
    enrolled_at = db.StampField()


@dataclass(frozen=True)
class Factor:
    """The second factor of an account."""

    name: str
    sealed: bytes = field(repr=False)
    last_step: int
    recovery: tuple[str, ...] = field(repr=False)


def factor(name: str) -> Factor | None:
    """Return the second factor of an account."""
    found = StaffFactor.select(
        StaffFactor.name, StaffFactor.sealed, StaffFactor.last_step, StaffFactor.recovery
    )
    return db.one(found.where(StaffFactor.name == name), _factor)


def _factor(*, name: str, sealed: bytes, last_step: int, recovery: str) -> Factor:
    return Factor(name, bytes(sealed), last_step, tuple(json.loads(recovery)))


def names() -> set[str]:
    """Return the names of the accounts that have one."""
    return {name for (name,) in StaffFactor.select(StaffFactor.name).tuples().execute()}


def store(name: str, sealed: bytes, last_step: int, recovery: tuple[str, ...], now: datetime) -> None:
    """Give an account its second factor; it must have none."""
    StaffFactor.insert(
        name=name, sealed=sealed, last_step=last_step, recovery=json.dumps(recovery), enrolled_at=now
    ).execute()


def use_step(name: str, step: int) -> bool:
    """Note that the code of a time step was used; return false if that one, or a later one, was used before."""
    used = StaffFactor.update(last_step=step).where(StaffFactor.name == name, StaffFactor.last_step < step)
    return bool(used.execute())


def keep_recovery(name: str, recovery: tuple[str, ...]) -> None:
    """Store the recovery codes that are left."""
    StaffFactor.update(recovery=json.dumps(recovery)).where(StaffFactor.name == name).execute()


def forget(name: str) -> bool:
    """Delete the second factor of an account; return whether there was one."""
    return bool(StaffFactor.delete().where(StaffFactor.name == name).execute())
