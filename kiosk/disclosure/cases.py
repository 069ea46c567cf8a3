"""
The acts on a case at the hub: taken in, opened, receipt confirmed, registered.

Each act is an event, a line of the audit chain and, if the citizen may know it, a status for the terminal,
all in one transaction. Every deadline that was ever shown is kept in an event.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

import peewee

from kiosk import audit, counters, db
from kiosk.clock import beijing_day, from_stamp
from kiosk.disclosure import deadlines
from kiosk.disclosure.deadlines import CaseAct, CaseEvent, CaseState
from kiosk.disclosure.rules import KIND, ReceivedBasis
from kiosk.errors import NotFound
from kiosk.hall import pins
from kiosk.intake import sealed
from kiosk.intake.handling import Work, said
from kiosk.intake.sealed import OpenedSubmission
from kiosk.seen import UNSEEN, Seen
from kiosk.workdays import REPLY_WORKDAYS, Basis, Deadline, WorkCalendar
from sync.hub import inbox as hub_inbox
from sync.hub.inbox import SetStatus
from sync.wire.protocol import SealedSubmission

TERMINAL = "terminal"
SYSTEM = "system"
CONFIRMED = "confirmed"
"""`received_basis` after both sides confirmed the day (art. 31)."""
EVENTS = "disclosure-event"
"""Name of the counter of events."""
AUDITED = {
    CaseAct.TAKEN_IN: audit.Act.DISCLOSURE_TAKEN_IN,
    CaseAct.RECEIPT_CONFIRMED: audit.Act.DISCLOSURE_RECEIPT_CONFIRMED,
    CaseAct.REGISTERED: audit.Act.DISCLOSURE_REGISTERED,
    CaseAct.RECOUNTED: audit.Act.DISCLOSURE_RECOUNTED,
}
"""The act in the audit chain for each event of a case."""
LAST_CHARACTER = chr(sys.maxunicode)
"""Sorts after every text with the same beginning."""
Detail = Mapping[str, str | int | bool | None]


class DisclosureCase(db.StoreModel):
    """A case: nothing in it is personal."""

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

    @property
    def due(self) -> Deadline | None:
        """Return the last day for an answer; None until the day of receipt is certain."""
        if self.reply_due is None:
            return None
        return Deadline(self.reply_due, REPLY_WORKDAYS, self.is_provisional, Basis.RECEIVED, self.due_why)

    @property
    def earliest_receipt(self) -> date | None:
        """Return the first possible day of receipt; None if the terminal's clock could not be trusted."""
        if self.received_basis == ReceivedBasis.CLOCK_UNVERIFIED:
            return None
        return beijing_day(self.submitted_at)


_COLUMNS = tuple(DisclosureCase._meta.sorted_fields)
_CASE = db.Statement(
    lambda: DisclosureCase.select(*_COLUMNS).where(DisclosureCase.number == db.slot(DisclosureCase.number))
)
_KNOWN = db.Statement(
    lambda: DisclosureCase.select(DisclosureCase.number).where(
        DisclosureCase.key == db.slot(DisclosureCase.key)
    )
)
_ADD = db.Statement(lambda: DisclosureCase.insert(db.inserted(*_COLUMNS)))
_CHANGE = db.Statement(
    lambda: DisclosureCase.update(
        db.inserted(
            DisclosureCase.received_on,
            DisclosureCase.received_basis,
            DisclosureCase.state,
            DisclosureCase.reply_due,
            DisclosureCase.is_provisional,
            DisclosureCase.due_why,
            DisclosureCase.calendar_version,
            DisclosureCase.registered_on,
        )
    ).where(DisclosureCase.number == db.slot(DisclosureCase.number))
)
_HAPPENED = db.Statement(
    lambda: (
        DisclosureEvent.select(
            DisclosureEvent.seq,
            DisclosureEvent.at,
            DisclosureEvent.actor,
            DisclosureEvent.act,
            DisclosureEvent.detail,
        )
        .where(DisclosureEvent.number == db.slot(DisclosureEvent.number))
        .order_by(DisclosureEvent.seq)
    )
)
_HAPPENS = db.Statement(lambda: DisclosureEvent.insert(db.inserted(*DisclosureEvent._meta.sorted_fields)))


def case(number: str) -> Case:
    """
    Return the case with this number.

    Raises:
        NotFound: "no-such-case".
    """
    found = _CASE.one(db.store, Case, number=number)
    if found is None:
        raise NotFound("no-such-case", number)
    return found


@cache
def _inbox(*, of_state: bool, of_number: bool) -> db.Statement:
    """Return the prepared statement of the desk's list, which is read all day."""
    turn = peewee.Case(DisclosureCase.state, ((CaseState.SUBMITTED, 0), (CaseState.RECEIVED, 1)), 2)
    due = peewee.fn.COALESCE(DisclosureCase.reply_due, "")
    found = DisclosureCase.select(*_COLUMNS).order_by(turn, due, DisclosureCase.submitted_at)
    if of_state:
        found = found.where(DisclosureCase.state == db.slot(DisclosureCase.state))
    if of_number:
        begin, end = db.slot(DisclosureCase.number), db.slot(DisclosureCase.number, "end")
        found = found.where(DisclosureCase.number >= begin, DisclosureCase.number < end)
    return db.Statement(lambda: found.limit(db.number_slot("limit")).offset(db.number_slot("offset")))


def inbox(*, state: str, number: str, limit: int, offset: int) -> list[Case]:
    """Return cases in this state (or all) whose number begins so: unconfirmed first, then by due date."""
    begin = number.strip().upper()
    statement = _inbox(of_state=bool(state), of_number=bool(begin))
    return statement.rows(
        db.store, Case, state=state, number=begin, end=begin + LAST_CHARACTER, limit=limit, offset=offset
    )


def counts() -> dict[CaseState, int]:
    """Return how many cases are in each state."""
    many = peewee.fn.COUNT(DisclosureCase.state)
    rows = DisclosureCase.select(DisclosureCase.state, many).group_by(DisclosureCase.state)
    found = dict(rows.tuples().execute())
    return {state: found.get(state, 0) for state in CaseState}


def events(number: str) -> list[CaseEvent]:
    """Return the events of a case, oldest first."""
    return _HAPPENED.rows(db.store, CaseEvent, number=number)


def take_in(submission: SealedSubmission, work: Work, set_status: SetStatus) -> None:
    """
    Create the case of a request that the hub stores in this transaction.

    Its first status is set by `set_status`, since the submission itself is stored after its case. The day of receipt
    is
    known only if it was handed in in person (art. 31); sync never changes it.
    """
    if _KNOWN.first(db.store, key=submission.key):
        return  # a salvaged hub kept the case, and its sealed part comes again
    envelope = submission.envelope
    received = _received_in_person(envelope)
    begun = Case(
        number=submission.number,
        key=submission.key,
        organ_code=_word(envelope, "organ"),
        applicant_type=_word(envelope, "applicant_type"),
        entry_mode=_word(envelope, "entry_mode"),
        submitted_at=from_stamp(envelope["submitted_at"]),
        received_on=received,
        received_basis=_word(envelope, "received_basis"),
        state=CaseState.RECEIVED if received else CaseState.SUBMITTED,
        assisted_by=_staff_number(envelope),
    )
    detail: dict[str, str | int | bool | None] = {
        "terminal": submission.terminal,
        "received_basis": begun.received_basis,
    }
    if begun.assisted_by:
        detail["assisted_by"] = begun.assisted_by
    if "renumbered_from" in envelope:
        detail["renumbered_from"] = _word(envelope, "renumbered_from")
    happens = CaseEvent(0, work.now, TERMINAL, CaseAct.TAKEN_IN, {**detail, **_day_said(received)})
    found, event = _counted(begun, (), happens, work.calendar)
    _ADD.run(db.store, **vars(found))
    _tell(found, event, work, set_status)


@db.writing(db.store)
def confirm_receipt(number: str, day: date, actor: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Note the day on which both sides confirmed receipt (art. 31, internet channel); the clock starts.

    Raises:
        NotFound: "no-such-case".
        RuleBroken: "receipt-known", "before-submission", "after-today".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    found = case(number)
    state = deadlines.next_state(found.state, CaseAct.RECEIPT_CONFIRMED)
    deadlines.check_confirmed_day(day, earliest=found.earliest_receipt, today=beijing_day(work.now))
    confirmed = replace(found, state=state, received_on=day, received_basis=CONFIRMED)
    _advance(confirmed, CaseEvent(0, work.now, actor, CaseAct.RECEIPT_CONFIRMED, _day_said(day)), work)


@db.writing(db.store)
def register(number: str, actor: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Register the case with the organ; the citizen sees it, with the date of the answer.

    Raises:
        NotFound: "no-such-case".
        RuleBroken: "receipt-not-confirmed", "already-registered".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    found, day = case(number), beijing_day(work.now)
    state = deadlines.next_state(found.state, CaseAct.REGISTERED)
    registered = replace(found, state=state, registered_on=day)
    detail = {"registered_on": day.isoformat()}
    _advance(registered, CaseEvent(0, work.now, actor, CaseAct.REGISTERED, detail), work)


def open_sealed(
    number: str, reading_keys: Mapping[str, bytes], actor: str, now: datetime
) -> OpenedSubmission:
    """
    Log the opening of a case, then return it in clear.

    Raises:
        NotFound: "no-such-case".
        Refused: as `sealed.read`.
    """
    opened = sealed.read(number, reading_keys)
    with db.writing(db.store):
        _add_event(number, CaseEvent(0, now, actor, CaseAct.OPENED, {}))
        audit.record(at=now, actor=actor, act=audit.Act.DISCLOSURE_OPENED, subject=number)
    return opened


@db.writing(db.store)
def recount(work: Work) -> int:
    """
    Recompute open deadlines after a holiday notice changed the calendar; return how many moved.

    A date that was shown stays in its event; the new date is an event of its own and goes to the terminal.
    """
    moved = 0
    for before in db.rows(_counted_otherwise(work.calendar), Case):
        happens = CaseEvent(0, work.now, SYSTEM, CaseAct.RECOUNTED, {"before": _iso(before.reply_due)})
        after, _ = _counted(before, events(before.number), happens, work.calendar)
        if (after.reply_due, after.is_provisional) == (before.reply_due, before.is_provisional):
            _CHANGE.run(db.store, **vars(after))
            continue
        moved += 1
        _advance(before, happens, work)
    return moved


def is_counted_otherwise(calendar: WorkCalendar) -> bool:
    """Return whether a deadline was counted with another calendar than this one, with one cheap query."""
    return _OTHERWISE.first(db.store, calendar_version=calendar.version) is not None


_OTHERWISE = db.Statement(
    lambda: (
        DisclosureCase.select(DisclosureCase.number)
        .where(
            DisclosureCase.received_on.is_null(False),
            DisclosureCase.calendar_version != db.slot(DisclosureCase.calendar_version),
        )
        .limit(1)
    )
)


def _counted_otherwise(calendar: WorkCalendar) -> peewee.ModelSelect[DisclosureCase]:
    return (
        DisclosureCase.select(*_COLUMNS)
        .where(DisclosureCase.received_on.is_null(False), DisclosureCase.calendar_version != calendar.version)
        .order_by(DisclosureCase.number)
    )


def _advance(found: Case, happens: CaseEvent, work: Work) -> None:
    """Store a case after an act, with its new deadline, event, status and audit line."""
    after, event = _counted(found, events(found.number), happens, work.calendar)
    _CHANGE.run(db.store, **vars(after))
    _tell(after, event, work)


def _counted(
    found: Case, so_far: Sequence[CaseEvent], happens: CaseEvent, calendar: WorkCalendar
) -> tuple[Case, CaseEvent]:
    """Return the case and the event with the deadline after it, if there is one."""
    due = deadlines.reply_due([*so_far, happens], calendar)
    if due is None:
        return found, happens
    counted = replace(
        found,
        reply_due=due.day,
        is_provisional=due.is_provisional,
        due_why=due.why,
        calendar_version=calendar.version,
    )
    said: Detail = {**due.as_dict(), "calendar_version": calendar.version}
    return counted, replace(happens, detail={**happens.detail, **said})


def _tell(after: Case, event: CaseEvent, work: Work, set_status: SetStatus = hub_inbox.set_status) -> None:
    """Store the event of an act, the status for the citizen and the audit line."""
    number = after.number
    _add_event(number, event)
    set_status(
        db.store,
        number=number,
        state=after.state,
        detail=_for_citizen(after, work),
        changed_at=work.now,
    )
    audit.record(at=work.now, actor=event.actor, act=AUDITED[event.act], subject=number, detail=event.detail)


def _add_event(number: str, event: CaseEvent) -> None:
    detail = json.dumps(event.detail, ensure_ascii=False, sort_keys=True)
    _HAPPENS.run(
        db.store,
        seq=counters.take(EVENTS),
        number=number,
        at=event.at,
        actor=event.actor,
        act=event.act,
        detail=detail,
    )


def _for_citizen(found: Case, work: Work) -> dict[str, Any]:
    """Return the content of the tracking page; nothing personal, nobody's name."""
    received = {"received_on": _iso(found.received_on)}
    return {**said(KIND, found.organ_code, work, found.due), **received}


def _received_in_person(envelope: Mapping[str, Any]) -> date | None:
    if envelope.get("received_basis") != ReceivedBasis.IN_PERSON:
        return None
    try:
        return date.fromisoformat(envelope.get("received_on") or "")
    except (TypeError, ValueError):
        return None


def _day_said(day: date | None) -> Detail:
    return {"received_on": day.isoformat()} if day else {}


def _word(envelope: Mapping[str, Any], name: str) -> str:
    value = envelope.get(name)
    return value if isinstance(value, str) else ""


def _staff_number(envelope: Mapping[str, Any]) -> str:
    number = _word(envelope, "assisted_by")
    return number if pins.NUMBER_FORM.fullmatch(number) else ""


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
