"""
Requests at the hub: what is stored of them, and the first act on each.

`steps` has the other acts. Every act is an event, a line of the audit chain and, if the citizen may know it, a status
for the terminal, all in one transaction. Every deadline that was ever shown is kept in an event.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import peewee

from kiosk import audit, counters, db
from kiosk.clock import from_stamp
from kiosk.disclosure.case_models import TERMINAL_SOURCE, Case, DisclosureCase, DisclosureEvent
from kiosk.disclosure.course import Course, replay
from kiosk.disclosure.days.day_count import day_count, travelling
from kiosk.disclosure.events import CaseAct, CaseEvent, CaseState, ReviewResultFacts, Said
from kiosk.disclosure.letters import models as letters
from kiosk.disclosure.office.sealed_parts import SEALED_PARTS
from kiosk.disclosure.outcomes import Outcome
from kiosk.disclosure.rules import KIND, ReceivedBasis
from kiosk.errors import NotFound
from kiosk.hall import pins
from kiosk.intake import sealed
from kiosk.intake.by_organ import organ_register
from kiosk.intake.handling import HandOver, Work, said
from kiosk.workdays import Deadline, WorkCalendar
from sync.hub import parcels, progress, statuses
from sync.hub.greeting import SealKey
from sync.hub.statuses import SetStatus
from sync.wire.submission import SealedSubmission

TERMINAL = "terminal"
SYSTEM = "system"
EVENTS = "disclosure-event"
"""Name of the counter of events."""
AUDITED = {
    CaseAct.TAKEN_IN: audit.Act.DISCLOSURE_TAKEN_IN,
    CaseAct.OPENED: audit.Act.DISCLOSURE_OPENED,
    CaseAct.RECEIPT_CONFIRMED: audit.Act.DISCLOSURE_RECEIPT_CONFIRMED,
    CaseAct.RECEIPT_CORRECTED: audit.Act.DISCLOSURE_RECEIPT_CORRECTED,
    CaseAct.REGISTERED: audit.Act.DISCLOSURE_REGISTERED,
    CaseAct.RECOUNTED: audit.Act.DISCLOSURE_RECOUNTED,
    CaseAct.ASSIGNED: audit.Act.DISCLOSURE_ASSIGNED,
    CaseAct.HANDED_OVER: audit.Act.DISCLOSURE_HANDED_OVER,
    CaseAct.CORRECTION_ASKED: audit.Act.DISCLOSURE_CORRECTION_ASKED,
    CaseAct.CORRECTED: audit.Act.DISCLOSURE_CORRECTED,
    CaseAct.CORRECTION_LAPSED: audit.Act.DISCLOSURE_CORRECTION_LAPSED,
    CaseAct.EXTENDED: audit.Act.DISCLOSURE_EXTENDED,
    CaseAct.OPINION_ASKED: audit.Act.DISCLOSURE_OPINION_ASKED,
    CaseAct.OPINION_DELIVERED: audit.Act.DISCLOSURE_OPINION_DELIVERED,
    CaseAct.OPINION_ARRIVED: audit.Act.DISCLOSURE_OPINION_ARRIVED,
    CaseAct.OPINION_LAPSED: audit.Act.DISCLOSURE_OPINION_LAPSED,
    CaseAct.REASONS_ASKED: audit.Act.DISCLOSURE_REASONS_ASKED,
    CaseAct.DELAYED: audit.Act.DISCLOSURE_DELAYED,
    CaseAct.FEE_ASKED: audit.Act.DISCLOSURE_FEE_ASKED,
    CaseAct.FEE_DELIVERED: audit.Act.DISCLOSURE_FEE_DELIVERED,
    CaseAct.FEE_PAID: audit.Act.DISCLOSURE_FEE_PAID,
    CaseAct.FEE_LAPSED: audit.Act.DISCLOSURE_FEE_LAPSED,
    CaseAct.ANSWERED: audit.Act.DISCLOSURE_ANSWERED,
    CaseAct.SERVED: audit.Act.DISCLOSURE_SERVED,
    CaseAct.DELIVERED: audit.Act.DISCLOSURE_DELIVERED,
    CaseAct.WITHDRAWN: audit.Act.DISCLOSURE_WITHDRAWN,
    CaseAct.REVIEW_OPENED: audit.Act.DISCLOSURE_REVIEW_OPENED,
    CaseAct.REVIEW_DECIDED: audit.Act.DISCLOSURE_REVIEW_DECIDED,
    CaseAct.NOTED: audit.Act.DISCLOSURE_NOTED,
    CaseAct.URGED: audit.Act.DISCLOSURE_URGED,
    CaseAct.LINKED: audit.Act.DISCLOSURE_LINKED,
    CaseAct.SCANNED: audit.Act.DISCLOSURE_SCANNED,
    CaseAct.RECEIPT_PRINTED: audit.Act.DISCLOSURE_RECEIPT_PRINTED,
    CaseAct.ARCHIVED: audit.Act.DISCLOSURE_ARCHIVED,
    CaseAct.FEEDBACK: audit.Act.DISCLOSURE_FEEDBACK,
    CaseAct.PUBLICATION_ASKED: audit.Act.DISCLOSURE_PUBLICATION_ASKED,
}
"""The act in the audit chain for each event of a case."""
IN_WORDS = frozenset({"reason", "proof", "note"})
"""Facts in a clerk's own words: they stay in the event, out of the chain, which nobody can correct."""
OF_THE_DESK = frozenset(
    {
        CaseAct.OPENED,
        CaseAct.ASSIGNED,
        CaseAct.HANDED_OVER,
        CaseAct.OPINION_DELIVERED,
        CaseAct.NOTED,
        CaseAct.URGED,
        CaseAct.LINKED,
        CaseAct.SCANNED,
        CaseAct.RECEIPT_PRINTED,
        CaseAct.RECOUNTED,
        CaseAct.ARCHIVED,
        CaseAct.FEEDBACK,
        CaseAct.PUBLICATION_ASKED,
        CaseAct.REVIEW_OPENED,
        CaseAct.REVIEW_DECIDED,
    }
)
"""Acts that the citizen's timeline does not list; of a decision only that the request is answered again."""
Detail = Mapping[str, Said]

_COLUMNS = tuple(DisclosureCase._meta.sorted_fields)
_FOLLOWING = (
    DisclosureCase.organ_code,
    DisclosureCase.received_on,
    DisclosureCase.received_basis,
    DisclosureCase.state,
    DisclosureCase.reply_due,
    DisclosureCase.is_provisional,
    DisclosureCase.due_why,
    DisclosureCase.calendar_version,
    DisclosureCase.registered_on,
    DisclosureCase.outcome,
    DisclosureCase.assigned_to,
    DisclosureCase.answered_on,
    DisclosureCase.served_on,
    DisclosureCase.closed_on,
    DisclosureCase.suspended_since,
    DisclosureCase.is_extended,
    DisclosureCase.correction_due,
    DisclosureCase.correction_until,
    DisclosureCase.first_outcome,
    DisclosureCase.first_ended_on,
    DisclosureCase.first_due,
)
"""Columns that an act may change."""
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
    lambda: DisclosureCase.update(db.inserted(*_FOLLOWING)).where(
        DisclosureCase.number == db.slot(DisclosureCase.number)
    )
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


def newest(most: int) -> list[str]:
    """Return the numbers of so many cases, the newest first."""
    found = DisclosureCase.select(DisclosureCase.number).order_by(DisclosureCase.submitted_at.desc())
    return [number for (number,) in found.limit(most).tuples().execute()]


def events(number: str) -> list[CaseEvent]:
    """Return the events of a case, oldest first."""
    return _HAPPENED.rows(db.store, CaseEvent, number=number)


def take_in(submission: SealedSubmission, work: Work, set_status: SetStatus) -> None:
    """
    Create the case of a request that the hub stores in this transaction.

    Its first status is set by `set_status`, since the submission itself is stored after its case. The day of receipt is
    known only if it was handed in in person (art. 31); sync never changes it.
    """
    if _KNOWN.first(db.store, key=submission.key):
        return  # a salvaged hub kept the case, and its sealed part comes again
    envelope = submission.envelope
    begun = Case(
        number=submission.number,
        key=submission.key,
        organ_code=_word(envelope, "organ"),
        applicant_type=_word(envelope, "applicant_type"),
        entry_mode=_word(envelope, "entry_mode"),
        submitted_at=from_stamp(envelope["submitted_at"]),
        received_on=_certain_receipt(envelope, work),
        received_basis=_word(envelope, "received_basis"),
        state=CaseState.SUBMITTED,
        assisted_by=_staff_number(envelope),
        source=_word(envelope, "source") if work.by else TERMINAL_SOURCE,
    )
    detail: dict[str, Said] = {"terminal": submission.terminal, "received_basis": begun.received_basis}
    if work.by:
        detail["source"] = begun.source
    if begun.received_on:
        detail["received_on"] = begun.received_on.isoformat()
    if begun.assisted_by:
        detail["assisted_by"] = begun.assisted_by
    if "renumbered_from" in envelope:
        detail["renumbered_from"] = _word(envelope, "renumbered_from")
    add(begun, CaseEvent(0, work.now, work.by or TERMINAL, CaseAct.TAKEN_IN, detail), work, set_status)


def organ_of(number: str) -> str | None:
    """Return the organ that handles a case; None for an unknown number."""
    found = _CASE.one(db.store, Case, number=number)
    return found.organ_code if found else None


def seal_again(number: str, to: SealKey, reading_keys: Mapping[str, bytes], organ: str) -> None:
    """
    Seal everything about a case to another key, in the caller's transaction: request, letters, notes, scans.

    Raises:
        NotFound, Refused: as `sealed.read`.
    """
    sealed.seal_again(number, to, reading_keys, organ, SEALED_PARTS)


def hand_over(number: str, given: HandOver, work: Work) -> None:
    """
    Give a case to another organ, in the caller's transaction; the applicant sees who handles it now.

    Raises:
        NotFound: "no-such-case".
        Refused: as `sealed.read` where its sealed part has to be sealed again.
    """
    found = case(number)
    for each in (number, *organ_register.added_to(number)):
        if given.to and sealed.key_of(each) != given.to.key_id:
            seal_again(each, given.to, given.reading_keys, given.organ)
        organ_register.keep(each, given.organ)
    letters.hand_on(number, given.organ)
    detail = {"before": found.organ_code, "organ_code": given.organ, "why": given.why}
    event = CaseEvent(0, work.now, given.actor, CaseAct.HANDED_OVER, detail)
    advance(replace(found, organ_code=given.organ, assigned_to=""), event, work)


def add(begun: Case, happens: CaseEvent, work: Work, set_status: SetStatus = statuses.set_status) -> Case:
    """Store a new case with its first event, inside the transaction that brings it; return it as stored."""
    course = replay([happens], work.calendar)
    found = _with_course(begun, course, work.calendar)
    _ADD.run(db.store, **vars(found))
    _note(found, course, happens, work, set_status)
    return found


def advance(found: Case, happens: CaseEvent, work: Work) -> Case:
    """Store a case after an act, with event, status and audit line, inside the act's transaction; return it."""
    course = replay([*events(found.number), happens], work.calendar)
    after = _with_course(found, course, work.calendar)
    _CHANGE.run(db.store, **vars(after))
    _note(after, course, happens, work, statuses.set_status)
    return after


def course_of(number: str, calendar: WorkCalendar) -> Course:
    """Return the course of a case, as its events and this calendar make it."""
    return replay(events(number), calendar)


def add_event(number: str, event: CaseEvent) -> None:
    """Store an event with its line in the audit chain; it changes nothing else."""
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
    facts = {name: value for name, value in event.detail.items() if name not in IN_WORDS}
    audit.record(at=event.at, actor=event.actor, act=AUDITED[event.act], subject=number, detail=facts)


def counted_otherwise(calendar: WorkCalendar) -> list[Case]:
    """Return the running cases whose days were counted with another calendar than this one, by number."""
    running = DisclosureCase.closed_on.is_null() & DisclosureCase.received_on.is_null(False)
    found = DisclosureCase.select(*_COLUMNS).where(
        running, DisclosureCase.calendar_version != calendar.version
    )
    return db.rows(found.order_by(DisclosureCase.number), Case)


def is_counted_otherwise(calendar: WorkCalendar) -> bool:
    """Return whether there is such a case, with two cheap queries."""
    version = calendar.version
    return any(each.first(db.store, calendar_version=version) is not None for each in _OTHERWISE)


_VERSION = db.slot(DisclosureCase.calendar_version)
_OTHERWISE = (
    db.Statement(lambda: _with_version(DisclosureCase.calendar_version < _VERSION)),
    db.Statement(lambda: _with_version(DisclosureCase.calendar_version > _VERSION)),
)
"""Both sides of a version in the index; a case whose receipt is not known has no version."""


def _with_version(is_other: Any) -> peewee.ModelSelect[DisclosureCase]:
    is_counted = DisclosureCase.closed_on.is_null() & (DisclosureCase.calendar_version > "")
    return DisclosureCase.select(DisclosureCase.number).where(is_counted, is_other).limit(1)


def recounted(found: Case, work: Work) -> Case:
    """Return a case as the calendar of today makes it; nothing is stored."""
    return _with_course(found, course_of(found.number, work.calendar), work.calendar)


def keep_recounted(after: Case) -> None:
    """Store a case that another calendar left as it was, inside the recount's transaction."""
    _CHANGE.run(db.store, **vars(after))


def _with_course(found: Case, course: Course, calendar: WorkCalendar) -> Case:
    """Return the case with all that follows from its events."""
    due = course.due
    first = next((each for each in course.earlier if each.ended_on), None)
    return replace(
        found,
        first_outcome=first.outcome if first else Outcome.OPEN,
        first_ended_on=first.ended_on if first else None,
        first_due=first.due.day if first and first.due else None,
        received_on=course.received_on,
        received_basis=course.received_basis or found.received_basis,
        state=course.state,
        reply_due=due.day if due else None,
        is_provisional=due.is_provisional if due else False,
        due_why=due.why if due else "",
        calendar_version=calendar.version if course.received_on else "",
        registered_on=course.registered_on,
        outcome=course.outcome,
        answered_on=course.answer.on if course.answer else None,
        served_on=course.service.on if course.service else None,
        closed_on=course.closed_on,
        suspended_since=None if course.closed_on else course.suspended_since,
        is_extended=course.extension is not None,
        correction_due=course.correction_due.day if course.correction_due else None,
        correction_until=course.correction.until if course.correction else None,
    )


def _note(after: Case, course: Course, happens: CaseEvent, work: Work, set_status: SetStatus) -> None:
    """Store the event of an act with the deadline after it, the status for the citizen and the audit line."""
    counted: Detail = (
        {**course.due.as_dict(), "calendar_version": work.calendar.version} if course.due else {}
    )
    add_event(after.number, replace(happens, detail={**happens.detail, **counted}))
    set_status(
        db.store,
        number=after.number,
        state=after.state,
        detail=for_citizen(after, course, work),
        changed_at=work.now,
    )


def tell(found: Case, work: Work) -> None:
    """Say the state of a case to the citizen again, inside the caller's transaction: what goes with it has changed."""
    statuses.set_status(
        db.store,
        number=found.number,
        state=found.state,
        detail=for_citizen(found, course_of(found.number, work.calendar), work),
        changed_at=work.now,
    )


def for_citizen(found: Case, course: Course, work: Work) -> dict[str, Any]:
    """Return the content of the tracking page; nothing personal, nobody's name."""
    asked, service = course.correction, course.service
    return {
        **said(KIND, found.organ_code, work, course.due),
        **({"code_hash": newer} if (newer := progress.new_code_hash(db.store, found.number)) else {}),
        "received_on": _iso(course.received_on),
        "outcome": course.outcome.value,
        "timeline": list(_timeline(course)),
        "count": travelling(day_count(course, work.calendar)) if course.closed_on is None else [],
        "correction": {"until": asked.until.isoformat()} if asked and course.is_awaiting_correction else None,
        "answer": {
            "ready": course.has_result and parcels.is_there(db.store, found.number),
            "way": service.way.value if service else "",
        },
        "remedies": {
            "review_until": _day(course.remedies.review),
            "suit_until": _day(course.remedies.suit),
            "provisional": course.remedies.is_provisional,
        }
        if course.remedies
        else None,
    }


def _timeline(course: Course) -> Iterable[dict[str, Any]]:
    """Yield the dated steps that a citizen may know, by day and act alone."""
    for step in course.steps:
        begins_again = isinstance(step.facts, ReviewResultFacts) and step.facts.answer_again
        if step.act not in OF_THE_DESK or begins_again:
            until = getattr(step.facts, "until", None)
            last = {"until": until.isoformat()} if until else {}
            yield {"at": step.facts.on.isoformat(), "act": step.act.value, **last}


def _certain_receipt(envelope: Mapping[str, Any], work: Work) -> date | None:
    """Return the day of receipt where it is certain: over the counter; what the desk enters says it by its channel."""
    if not work.by and envelope.get("received_basis") != ReceivedBasis.IN_PERSON:
        return None
    try:
        return date.fromisoformat(envelope.get("received_on") or "")
    except (TypeError, ValueError):
        return None


def _word(envelope: Mapping[str, Any], name: str) -> str:
    value = envelope.get(name)
    return value if isinstance(value, str) else ""


def _staff_number(envelope: Mapping[str, Any]) -> str:
    number = _word(envelope, "assisted_by")
    return number if pins.NUMBER_FORM.fullmatch(number) else ""


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(deadline: Deadline | None) -> str | None:
    return _iso(deadline.day if deadline else None)
