"""
The acts on a request, one transaction each: event, case, status for the citizen, line of the audit chain.

What may happen is said by `lawful`, what follows by `course`. A letter that goes with a step is issued by `along`
inside the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from kiosk import db
from kiosk.clock import beijing_day
from kiosk.disclosure import cases, lawful
from kiosk.disclosure.case_models import Case
from kiosk.disclosure.course import Course, replay
from kiosk.disclosure.deadlines import check_confirmed_day
from kiosk.disclosure.events import FACTS, CaseAct, CaseEvent, ReceiptFacts, Said, StepFacts
from kiosk.disclosure.rules import ReceivedBasis
from kiosk.intake import sealed
from kiosk.intake.handling import Work
from kiosk.intake.sealed import OpenedSubmission
from kiosk.seen import UNSEEN, Seen

Along = Callable[[Case, Course], Mapping[str, Said]]
"""Does what goes with a step in its transaction, such as issuing a letter; returns what the event says of it."""


@db.writing(db.store)
def take(
    number: str,
    act: CaseAct,
    facts: StepFacts,
    actor: str,
    work: Work,
    seen: Seen = UNSEEN,
    *,
    along: Along | None = None,
) -> Case:
    """
    Take one step; return the case after it.

    Args:
        facts: Of the type that `events.FACTS` names for the act.
        actor: Account of the desk, or who else acts ("applicant").
    Raises:
        NotFound: "no-such-case".
        RuleBroken: see `lawful.check`; "before-submission" for a day of receipt.
        ChangedMeanwhile: see `Seen.hold`.
    """
    assert type(facts) is FACTS[act], (act, facts)
    seen.hold()
    found = cases.case(number)
    course = _checked(found, act, facts, work)
    extra = along(found, course) if along else {}
    return cases.advance(found, CaseEvent(0, work.now, actor, act, {**facts.detail(), **extra}), work)


def preview(number: str, act: CaseAct, facts: StepFacts, work: Work) -> Course:
    """Return the course as it would be after a step; nothing is stored. Errors as of `take`."""
    _checked(cases.case(number), act, facts, work)
    happens = CaseEvent(0, work.now, "", act, facts.detail())
    return replay([*cases.events(number), happens], work.calendar)


def _checked(found: Case, act: CaseAct, facts: StepFacts, work: Work) -> Course:
    """Return the course of a case to which a step may happen."""
    today = beijing_day(work.now)
    course = cases.course_of(found.number, work.calendar)
    lawful.check(course, act, facts, today)
    if isinstance(facts, ReceiptFacts):
        check_confirmed_day(facts.on, earliest=found.earliest_receipt, today=today)
    return course


def confirm_receipt(
    number: str, day: date, actor: str, work: Work, seen: Seen = UNSEEN, basis: str = ReceivedBasis.CONFIRMED
) -> Case:
    """Note the day of receipt (art. 31), from which the clock runs; for the errors see `take`."""
    return take(number, CaseAct.RECEIPT_CONFIRMED, ReceiptFacts(on=day, basis=basis), actor, work, seen)


def register(number: str, actor: str, work: Work, seen: Seen = UNSEEN) -> Case:
    """Register the case with the organ; the citizen sees it, with the date of the answer. Errors as of `take`."""
    today = beijing_day(work.now)
    return take(number, CaseAct.REGISTERED, StepFacts(on=today), actor, work, seen)


@db.writing(db.store)
def assign(number: str, to: str, actor: str, work: Work, seen: Seen = UNSEEN) -> Case:
    """
    Give a case to an account of the desk; empty: to nobody.

    Raises:
        NotFound: "no-such-case".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    given = replace(cases.case(number), assigned_to=to)
    return cases.advance(given, CaseEvent(0, work.now, actor, CaseAct.ASSIGNED, {"to": to}), work)


@db.writing(db.store)
def note(
    number: str, act: CaseAct, detail: Mapping[str, Said], actor: str, work: Work, seen: Seen = UNSEEN
) -> None:
    """
    Note what changes nothing in the course of a case: a note, an urging, a link, the applicant's opinion of it.

    Raises:
        NotFound: "no-such-case".
        ChangedMeanwhile: see `Seen.hold`.
    """
    assert act not in FACTS, act
    seen.hold()
    cases.add_event(cases.case(number).number, CaseEvent(0, work.now, actor, act, detail))


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
        cases.add_event(number, CaseEvent(0, now, actor, CaseAct.OPENED, {}))
    return opened


@dataclass(frozen=True)
class Recounted:
    """A running case before and after another calendar."""

    before: Case
    after: Case

    @property
    def has_moved(self) -> bool:
        """Return whether a day or its doubt is another one."""
        return _days(self.before) != _days(self.after)


def _days(found: Case) -> tuple[object, ...]:
    return found.reply_due, found.is_provisional, found.correction_due


def recounts(work: Work) -> list[Recounted]:
    """Return the running cases that were counted with another calendar, each before and after."""
    return [Recounted(each, cases.recounted(each, work)) for each in cases.counted_otherwise(work.calendar)]


@db.writing(db.store)
def recount(actor: str, work: Work, seen: Seen = UNSEEN) -> int:
    """
    Count the days of all running cases with the calendar of today; return how many moved.

    A date that was shown stays in its event; the new date is an event of its own and goes to the terminal.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    moved = 0
    for each in recounts(work):
        if not each.has_moved:
            cases.keep_recounted(each.after)
            continue
        moved += 1
        before = each.before.reply_due
        detail = {"before": before.isoformat() if before else None}
        cases.advance(each.before, CaseEvent(0, work.now, actor, CaseAct.RECOUNTED, detail), work)
    return moved
