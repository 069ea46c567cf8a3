"""Table of mergers of organs that one person has proposed and another must confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import peewee

from kiosk import db


class OrganMerger(db.StoreModel):
    """A merger that waits for a second person."""

    organ = peewee.TextField(primary_key=True)
    successor = peewee.TextField()
    version = peewee.TextField()
    """What the first person saw of both organs' keys."""
    proposed_by = peewee.TextField()
    proposed_at = db.StampField()
    ends_at = db.StampField()


@dataclass(frozen=True)
class Merger:
    """A merger that waits for a second person: the organ that ends, and the one that receives all of it."""

    organ: str
    successor: str
    version: str
    proposed_by: str
    proposed_at: datetime
    ends_at: datetime


def mergers() -> list[Merger]:
    """Return all that are proposed, the oldest first."""
    return db.rows(OrganMerger.select().order_by(OrganMerger.proposed_at), Merger)


def merger(organ: str) -> Merger | None:
    """Return the proposal that this organ ends."""
    return db.one(OrganMerger.select().where(OrganMerger.organ == organ), Merger)


def store(merger: Merger) -> None:
    """Add a proposal; there must be none for this organ."""
    OrganMerger.insert(**vars(merger)).execute()


def forget(organ: str) -> None:
    """Delete a proposal."""
    OrganMerger.delete().where(OrganMerger.organ == organ).execute()


def forget_ended(now: datetime) -> None:
    """Delete the proposals whose time is over."""
    OrganMerger.delete().where(OrganMerger.ends_at <= now).execute()
