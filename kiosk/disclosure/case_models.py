"""The tables of requests and their events at the hub, and a request as the desk handles it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import peewee

from kiosk import db
from kiosk.clock import beijing_day
from kiosk.disclosure.clocks import OPINION_OPEN
from kiosk.disclosure.events import CaseAct, CaseState
from kiosk.disclosure.outcomes import Outcome
from kiosk.disclosure.rules import ReceivedBasis
from kiosk.workdays import REPLY_WORKDAYS, Basis, Deadline

TERMINAL_SOURCE = "terminal"
"""`source` of a request that came through a terminal."""

LIGHTS = (
    "closed_on", "state", "reply_due", "submitted_at", "assigned_to", "urged_until", "organ_code", "number",
)  # fmt: skip
"""Columns of the index that answers lights and orders of the desk's list alone."""


class DisclosureCase(db.StoreModel):
    """A case: nothing in it is personal; what follows from its events equals `course.replay` of them."""

    number = peewee.TextField(primary_key=True)
    key = peewee.TextField(unique=True)
    organ_code = peewee.TextField()
    applicant_type = peewee.TextField()
    entry_mode = peewee.TextField()
    submitted_at = db.StampField()
    received_on = db.DayField(null=True)
    received_basis = peewee.TextField()
    state = db.WordField(CaseState, index=True)
    reply_due = db.DayField(null=True)
    is_provisional = peewee.BooleanField(column_name="due_provisional", default=False)
    due_why = peewee.TextField(default="")
    calendar_version = peewee.TextField(default="")
    registered_on = db.DayField(null=True)
    assisted_by = peewee.TextField(default="")
    outcome = db.WordField(Outcome, default=Outcome.OPEN)
    assigned_to = peewee.TextField(default="")
    source = peewee.TextField(default=TERMINAL_SOURCE)
    answered_on = db.DayField(null=True)
    served_on = db.DayField(null=True)
    closed_on = db.DayField(null=True)
    suspended_since = db.DayField(null=True)
    is_extended = peewee.BooleanField(column_name="extended", default=False)
    correction_due = db.DayField(null=True)
    correction_until = db.DayField(null=True)
    urged_until = db.DayField(null=True)
    first_outcome = db.WordField(Outcome, default=Outcome.OPEN)
    first_ended_on = db.DayField(null=True)
    first_due = db.DayField(null=True)

    class Meta:
        indexes = (
            (("closed_on", "reply_due"), False),
            (("closed_on", "calendar_version"), False),
            (("assigned_to", "closed_on"), False),
            (LIGHTS, False),
        )


class DisclosureEvent(db.StoreModel):
    """An event of a case; never changed afterwards."""

    seq = peewee.BigIntegerField(primary_key=True)
    number = peewee.TextField()
    at = db.StampField()
    actor = peewee.TextField()
    act = db.WordField(CaseAct, column_name="event")
    detail = db.JsonField(default="{}")

    class Meta:
        indexes = ((("number", "seq"), False),)


@dataclass(frozen=True)
class Case:
    """A request as the desk handles it."""

    number: str
    key: str
    organ_code: str
    applicant_type: str
    entry_mode: str
    submitted_at: datetime
    received_on: date | None
    received_basis: str
    state: CaseState
    reply_due: date | None = None
    is_provisional: bool = False
    due_why: str = ""
    calendar_version: str = ""
    registered_on: date | None = None
    assisted_by: str = ""
    """Staff number of the assistant who filled it in; empty if there was none."""
    outcome: Outcome = Outcome.OPEN
    assigned_to: str = ""
    source: str = TERMINAL_SOURCE
    answered_on: date | None = None
    served_on: date | None = None
    closed_on: date | None = None
    """The day on which it ended: served, given up or withdrawn."""
    suspended_since: date | None = None
    is_extended: bool = False
    correction_due: date | None = None
    """The last day to send a notice to correct (art. 30)."""
    correction_until: date | None = None
    """The last day that the applicant has for the correction."""
    urged_until: date | None = None
    """The day until which its handling was urged."""
    first_outcome: Outcome = Outcome.OPEN
    """Of the first answer, with its day and its last day, where a review or a judgment ordered another one."""
    first_ended_on: date | None = None
    first_due: date | None = None

    @property
    def due(self) -> Deadline | None:
        """Return the last day for an answer; None while no clock runs."""
        if self.reply_due is None:
            return None
        return Deadline(self.reply_due, REPLY_WORKDAYS, self.is_provisional, Basis.RECEIVED, self.due_why)

    @property
    def is_running(self) -> bool:
        """Return whether its last day says something about today: a day is counted, and the answer is not served."""
        return self.reply_due is not None and self.closed_on is None and self.due_why != OPINION_OPEN

    @property
    def earliest_receipt(self) -> date | None:
        """Return the first possible day of receipt; None if it came by no terminal, or its clock was not trusted."""
        if self.received_basis == ReceivedBasis.CLOCK_UNVERIFIED or self.source != TERMINAL_SOURCE:
            return None
        return beijing_day(self.submitted_at)
