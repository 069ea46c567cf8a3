"""Table of acts that one person has proposed and another must confirm."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import peewee

from kiosk import db


class StaffProposal(db.StoreModel):
    """An act on an account that waits for a second person."""

    act = peewee.TextField()
    name = peewee.TextField()
    version = peewee.IntegerField()
    """The account's version that the first person saw."""
    half = peewee.TextField()
    """What was shown to the first person alone, such as half of a one-time password."""
    proposed_by = peewee.TextField()
    proposed_at = db.StampField()
    ends_at = db.StampField()

    class Meta:
        primary_key = peewee.CompositeKey("act", "name")


@dataclass(frozen=True)
class Proposal:
    """An act on an account that waits for a second person."""

    act: str
    name: str
    version: int
    half: str = field(repr=False)
    proposed_by: str
    proposed_at: datetime
    ends_at: datetime


def proposals() -> list[Proposal]:
    """Return all proposals, the oldest first."""
    return db.rows(StaffProposal.select().order_by(StaffProposal.proposed_at, StaffProposal.name), Proposal)


def proposal(act: str, name: str) -> Proposal | None:
    """Return the proposal of this act on this account."""
    found = StaffProposal.select().where(StaffProposal.act == act, StaffProposal.name == name)
    return db.one(found, Proposal)


def store(proposal: Proposal) -> None:
    """Add a proposal; there must be none of this act on this account."""
    StaffProposal.insert(**vars(proposal)).execute()


def forget(act: str, name: str) -> None:
    """Delete a proposal, and with it what was shown to the first person."""
    StaffProposal.delete().where(StaffProposal.act == act, StaffProposal.name == name).execute()


def forget_ended(now: datetime) -> None:
    """Delete the proposals whose time is over."""
    StaffProposal.delete().where(StaffProposal.ends_at <= now).execute()
