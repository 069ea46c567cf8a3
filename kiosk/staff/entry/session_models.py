"""Table of the sessions at the desk, for their owners: when, from where, with what; nothing in it opens a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import peewee

from kiosk import db


class DeskSession(db.StoreModel):
    """A session of an account; without its row it has ended."""

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    begun_at = db.StampField()
    seen_at = db.StampField()
    address = peewee.TextField()
    browser = peewee.TextField()


@dataclass(frozen=True)
class OwnSession:
    """A session as its owner sees it."""

    id: str
    name: str
    begun_at: datetime
    seen_at: datetime
    address: str
    browser: str


_SEEN = db.Statement(
    lambda: DeskSession.select(DeskSession.seen_at).where(
        DeskSession.id == db.slot(DeskSession.id), DeskSession.name == db.slot(DeskSession.name)
    )
)


def sessions(name: str, since: datetime) -> list[OwnSession]:
    """Return the sessions of an account that were used since then, the last used first."""
    found = DeskSession.select().where(DeskSession.name == name, DeskSession.seen_at >= since)
    return db.rows(found.order_by(DeskSession.seen_at.desc(), DeskSession.id), OwnSession)


def begin(session: OwnSession, *, forget_before: datetime) -> None:
    """Add a session, and remove those that nobody has used since then."""
    DeskSession.delete().where(DeskSession.seen_at < forget_before).execute()
    DeskSession.insert(**vars(session)).execute()


def seen_at(id: str, name: str) -> datetime | None:
    """Return when the session was used last; None when it has ended."""
    row = _SEEN.first(db.store, id=id, name=name)
    return row[0] if row else None


def see(id: str, now: datetime) -> None:
    """Note that the session is used."""
    DeskSession.update(seen_at=now).where(DeskSession.id == id).execute()


def end(id: str, name: str) -> bool:
    """End a session of an account; return whether it was there."""
    return bool(DeskSession.delete().where(DeskSession.id == id, DeskSession.name == name).execute())


def end_all(name: str) -> None:
    """End every session of an account."""
    DeskSession.delete().where(DeskSession.name == name).execute()
