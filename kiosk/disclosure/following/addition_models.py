"""The table of what citizens add to their requests, and one addition as the desk handles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import peewee

from kiosk import db
from kiosk.clock import beijing_day
from kiosk.disclosure.rules import ReceivedBasis


class FollowUpState(StrEnum):
    """What became of an addition."""

    WAITING = "waiting"
    """A clerk decides, or the request has not arrived."""
    DONE = "done"
    REFUSED = "refused"


class DisclosureFollowUp(db.StoreModel):
    """What a citizen added to a request; nothing in it is personal."""

    number = peewee.TextField(primary_key=True)
    key = peewee.TextField(unique=True)
    about = peewee.TextField(index=True)
    kind = peewee.TextField()
    said = db.JsonField()
    submitted_at = db.StampField()
    taken_at = db.StampField()
    state = db.WordField(FollowUpState)
    settled_at = db.StampField(null=True)
    settled_by = peewee.TextField(default="")


@dataclass(frozen=True)
class FollowUp:
    """An addition as the desk handles it."""

    number: str
    key: str
    about: str
    kind: str
    said: Mapping[str, Any]
    """What the hub reads without a key: a rating, the staff number of the assistant, the basis of its day."""
    submitted_at: datetime
    taken_at: datetime
    state: FollowUpState
    settled_at: datetime | None = None
    settled_by: str = ""

    @property
    def received_on(self) -> date:
        """Return its day of receipt: in person the day it was handed in, else the day it arrived (art. 31)."""
        is_in_person = self.said.get("received_basis") == ReceivedBasis.IN_PERSON
        return beijing_day(self.submitted_at if is_in_person else self.taken_at)
