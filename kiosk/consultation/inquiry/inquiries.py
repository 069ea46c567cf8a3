"""At the hub: inquiries taken in, given to a person or another organ, added to; the state that citizens track."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import beijing_day, from_stamp
from kiosk.consultation.inquiry import inquiry_course as way
from kiosk.consultation.inquiry import models, rules
from kiosk.consultation.inquiry.models import Added, Inquiry, InquiryAddition, InquiryRow
from kiosk.consultation.inquiry.questions import TOPIC
from kiosk.consultation.inquiry.rules import AnswerState, InquiryState
from kiosk.consultation.library import consent
from kiosk.intake import sealed
from kiosk.intake.begun import ABOUT
from kiosk.intake.by_organ import organ_register
from kiosk.intake.handling import HandOver, Work, said
from kiosk.intake.handover.detail import ANSWER, READY, TIMELINE
from kiosk.intake.handover.rating import RATING, Rating
from kiosk.seen import UNSEEN, Seen
from sync.hub import parcels, statuses
from sync.hub.greeting import SealKey
from sync.hub.statuses import SetStatus
from sync.wire.submission import SealedSubmission

TERMINAL, CITIZEN = "terminal", "citizen"
"""Actors that are no account of the desk."""
USUAL_WORKDAYS = 5
"""Promised by a terminal that says nothing."""


def take_in(submission: SealedSubmission, work: Work, set_status: SetStatus) -> None:
    """Store an inquiry in the transaction of its arrival; the promise that was printed is the one that counts."""
    envelope = submission.envelope
    workdays = rules.promised_workdays(envelope, USUAL_WORKDAYS)
    submitted_at = from_stamp(envelope["submitted_at"])
    trusted = envelope.get("received_on") is not None
    due = work.calendar.after(beijing_day(submitted_at if trusted else work.now), workdays)
    found = Inquiry(
        number=submission.number,
        key=submission.key,
        organ_code=str(envelope.get("organ", "")),
        topic=_topic(envelope),
        submitted_at=submitted_at,
        taken_at=work.now,
        state=InquiryState.SUBMITTED,
        due=due.day,
        is_provisional=due.is_provisional,
        due_why=due.why,
        workdays=workdays,
        may_publish=consent.agreed(envelope),
    )
    InquiryRow.insert(**vars(found)).execute()
    set_status(
        db.store,
        number=found.number,
        state=found.state,
        detail=_detail(found, work),
        changed_at=work.now,
    )
    _note(Act.INQUIRY_TAKEN_IN, found.number, work.by or TERMINAL, work)


def _topic(envelope: Mapping[str, Any]) -> str:
    """Return the topic; empty where an organ was chosen in its place."""
    said = str(envelope.get(TOPIC, ""))[:60]
    return "" if said in (envelope.get("organ"), envelope.get("addressed_to")) else said


def add(submission: SealedSubmission, work: Work, set_status: SetStatus) -> None:
    """Store what was added to an inquiry, in the transaction of its arrival; it takes effect if that one is here."""
    if models.is_known_addition(submission.key):
        return
    envelope = submission.envelope
    rating = str(envelope.get(RATING, ""))
    found = Added(
        number=submission.number,
        about=str(envelope.get(ABOUT, "")),
        kind=submission.kind,
        rating=rating if rating in set(Rating) else "",
        taken_at=work.now,
        is_done=False,
    )
    InquiryAddition.insert(**vars(found), key=submission.key).execute()
    detail = said(submission.kind, str(envelope.get("organ", "")), work)
    set_status(
        db.store, number=found.number, state=InquiryState.SUBMITTED, detail=detail, changed_at=work.now
    )
    _note(Act.INQUIRY_ADDED, found.about, TERMINAL, work, kind=found.kind, added=found.number)
    catch_up(found.about, work)


def catch_up(number: str, work: Work) -> None:
    """Let take effect what was added, now that its inquiry is here."""
    waiting = [each for each in models.additions(number) if not each.is_done]
    if not waiting or not models.inquiries([number]):
        return
    for each in waiting:
        if each.kind == rules.SATISFACTION:
            models.change(number, rating=each.rating)
        else:
            _ask_again(number, work)
        InquiryAddition.update(is_done=True).where(InquiryAddition.number == each.number).execute()
    tell(models.inquiry(number), work)


def _ask_again(number: str, work: Work) -> None:
    """Open an inquiry once more; the promise runs from today."""
    due = work.calendar.after(beijing_day(work.now), models.inquiry(number).workdays)
    models.change(
        number,
        state=InquiryState.ASKED_AGAIN,
        asked_again_at=work.now,
        due=due.day,
        is_provisional=due.is_provisional,
        due_why=due.why,
    )


@db.writing(db.store)
def rate(number: str, rating: str, work: Work) -> None:
    """Keep how satisfied the citizen was."""
    models.change(number, rating=rating)
    tell(models.inquiry(number), work)


def tell(found: Inquiry, work: Work) -> None:
    """Say to the terminal where an inquiry is, inside the caller's transaction."""
    statuses.set_status(
        db.store, number=found.number, state=found.state, detail=_detail(found, work), changed_at=work.now
    )


def _detail(found: Inquiry, work: Work) -> dict[str, Any]:
    """Return what tracking shows: the timeline, the promise, whether an answer can be collected; nothing personal."""
    timeline = [{"act": way.TAKEN_IN, "on": beijing_day(found.submitted_at).isoformat()}]
    happened = (
        (way.HANDED_OVER, found.moved_at),
        (way.ANSWERED, found.first_answered_at),
        (way.ASKED_AGAIN, found.asked_again_at),
        (way.ANSWERED, found.answered_at if found.answered_at != found.first_answered_at else None),
    )
    for act, at in sorted((each for each in happened if each[1]), key=lambda each: str(each[1])):
        organ = {"organ": work.organ_name(found.organ_code)} if act == way.HANDED_OVER else {}
        timeline.append({"act": act, "on": beijing_day(at).isoformat() if at else "", **organ})
    return {
        **said(rules.KIND, found.organ_code, work, found.deadline),
        TIMELINE: timeline,
        ANSWER: {READY: parcels.is_there(db.store, found.number)},
        way.MAY_ASK_AGAIN: found.state is InquiryState.ANSWERED and found.asked_again_at is None,
    }


@db.writing(db.store)
def assign(number: str, to: str, actor: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Give an inquiry to a person, or to nobody (empty).

    Raises:
        NotFound: "no-such-case".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    before = models.inquiry(number).assigned_to
    models.change(number, assigned_to=to)
    _note(Act.INQUIRY_ASSIGNED, number, actor, work, to=to, before=before)


def seal_again(number: str, to: SealKey, reading_keys: Any, organ: str) -> None:
    """Seal an inquiry with its answers to another key, in the caller's transaction. Raises NotFound, Refused."""
    sealed.seal_again(number, to, reading_keys, organ, (models.SEALED_ANSWERS,))


def hand_over(number: str, given: HandOver, work: Work) -> None:
    """
    Give an inquiry and what was added to it to another organ, in the caller's transaction.

    Raises:
        NotFound: "no-such-case".
        Refused: as `sealed.read` where it has to be sealed again.
    """
    found = models.inquiry(number)
    for each in (number, *organ_register.added_to(number)):
        if given.to and sealed.key_of(each) != given.to.key_id:
            seal_again(each, given.to, given.reading_keys, given.organ)
        organ_register.keep(each, given.organ)
    models.change(number, organ_code=given.organ, assigned_to="", moved_at=work.now)
    _note(Act.SUBMISSION_HANDED_OVER, number, given.actor, work, before=found.organ_code, organ=given.organ)
    tell(models.inquiry(number), work)


def collected(number: str, work: Work) -> None:
    """Note that the citizen read the answer for the first time, inside the caller's transaction."""
    for found in models.inquiries([number]):
        if found.collected_at is None:
            models.change(number, collected_at=work.now)
            _note(Act.INQUIRY_COLLECTED, number, CITIZEN, work)


def after_answer(number: str, work: Work) -> None:
    """Mark an inquiry as answered and say so to its terminal, inside the caller's transaction."""
    found = models.inquiry(number)
    models.change(
        number,
        state=InquiryState.ANSWERED,
        answered_at=work.now,
        first_answered_at=found.first_answered_at or work.now,
    )
    tell(models.inquiry(number), work)


def is_waiting(number: str) -> bool:
    """Return whether an answer waits for a second person."""
    return any(each.state is AnswerState.WAITING for each in models.answers(number))


def _note(act: Act, number: str, actor: str, work: Work, **detail: str) -> None:
    audit.record(at=work.now, actor=actor, act=act, subject=number, detail=detail)
