"""The step of a case that goes with issuing a letter, with its facts; and the one that goes with serving it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from kiosk.disclosure.course import Course
from kiosk.disclosure.events import (
    AnswerFacts,
    CaseAct,
    CorrectionFacts,
    DelayFacts,
    ExtensionFacts,
    FeeFacts,
    OpinionFacts,
    OpinionKind,
    PartyFacts,
    ReasonsFacts,
    ServiceFacts,
    ServiceWay,
    StepFacts,
)
from kiosk.disclosure.letters.drafting import DraftWords
from kiosk.disclosure.letters.kinds import FEE, KindRow
from kiosk.disclosure.letters.models import CaseLetter
from kiosk.disclosure.outcomes import WITHOUT_AN_ANSWER, Outcome
from kiosk.errors import RuleBroken
from kiosk.workdays import WorkCalendar


@dataclass(frozen=True)
class LetterStep:
    """An act on the case with its facts."""

    act: CaseAct
    facts: StepFacts


@dataclass(frozen=True)
class Issuing:
    """What a step is made of: the draft, the day of the letter, the course of the case so far."""

    content: DraftWords
    day: date
    course: Course
    calendar: WorkCalendar


Made = Callable[[Issuing], LetterStep]


def of_issue(row: KindRow, issuing: Issuing) -> LetterStep | None:
    """
    Return the step that a letter takes; None for letters that change nothing in the course.

    Raises:
        RuleBroken: "day-unreadable", "amount-unreadable", "no-deadline", "extension-backwards".
    """
    if row.outcome and row.outcome not in WITHOUT_AN_ANSWER:
        return LetterStep(CaseAct.ANSWERED, AnswerFacts(on=issuing.day, outcome=row.outcome))
    made = STEPS.get(row.name)
    return made[1](issuing) if made else None


def act_of(row: KindRow) -> CaseAct | None:
    """Return the act that issuing a kind of letter takes; None: it changes nothing in the course."""
    if row.outcome and row.outcome not in WITHOUT_AN_ANSWER:
        return CaseAct.ANSWERED
    made = STEPS.get(row.name)
    return made[0] if made else None


def of_service(found: CaseLetter, way: ServiceWay, on: date, proof: str) -> LetterStep | None:
    """Return the step that the service of a letter takes; None where it is only noted with the letter."""
    if found.row.is_answer:
        return LetterStep(CaseAct.SERVED, ServiceFacts(on=on, way=way, proof=proof))
    if found.party:
        return LetterStep(CaseAct.OPINION_DELIVERED, PartyFacts(on=on, party=found.party))
    if found.kind == FEE:
        return LetterStep(CaseAct.FEE_DELIVERED, StepFacts(on=on))
    return None


def _day(issuing: Issuing, name: str) -> date:
    try:
        return date.fromisoformat(issuing.content.facts.get(name, ""))
    except ValueError as fault:
        raise RuleBroken("day-unreadable", name) from fault


def _fact(issuing: Issuing, name: str) -> str:
    return issuing.content.facts.get(name, "").strip()


def _correction(issuing: Issuing) -> LetterStep:
    return LetterStep(CaseAct.CORRECTION_ASKED, CorrectionFacts(on=issuing.day, until=_day(issuing, "until")))


def _reasons(issuing: Issuing) -> LetterStep:
    return LetterStep(CaseAct.REASONS_ASKED, ReasonsFacts(on=issuing.day, until=_day(issuing, "until")))


def _extension(issuing: Issuing) -> LetterStep:
    due, until = issuing.course.due, _day(issuing, "until")
    if due is None:
        raise RuleBroken("no-deadline")
    if until <= due.day:
        raise RuleBroken("extension-backwards")
    days = (due.day + timedelta(days=n) for n in range(1, (until - due.day).days + 1))
    workdays = sum(issuing.calendar.is_workday(day) for day in days)
    approved_by, reason = _fact(issuing, "approved_by"), _fact(issuing, "reason")
    facts = ExtensionFacts(on=issuing.day, workdays=workdays, approved_by=approved_by, reason=reason)
    return LetterStep(CaseAct.EXTENDED, facts)


def _delay(issuing: Issuing) -> LetterStep:
    facts = DelayFacts(
        on=issuing.day, until=_day(issuing, "until"), approved_by=_fact(issuing, "approved_by")
    )
    return LetterStep(CaseAct.DELAYED, facts)


def _opinion(kind: OpinionKind) -> Made:
    def made(issuing: Issuing) -> LetterStep:
        organ = "" if kind is OpinionKind.THIRD_PARTY else issuing.content.addressee.strip()
        facts = OpinionFacts(on=issuing.day, kind=kind, party=len(issuing.course.opinions) + 1, organ=organ)
        return LetterStep(CaseAct.OPINION_ASKED, facts)

    return made


def _fee(issuing: Issuing) -> LetterStep:
    try:
        amount = Decimal(_fact(issuing, "amount").replace(",", ""))
    except InvalidOperation as fault:
        raise RuleBroken("amount-unreadable") from fault
    return LetterStep(CaseAct.FEE_ASKED, FeeFacts(on=issuing.day, amount_fen=int(amount * 100)))


def _lapsed(act: CaseAct) -> Made:
    return lambda issuing: LetterStep(act, StepFacts(on=issuing.day))


STEPS: Mapping[str, tuple[CaseAct, Made]] = {
    "correction": (CaseAct.CORRECTION_ASKED, _correction),
    "reasons": (CaseAct.REASONS_ASKED, _reasons),
    "extension": (CaseAct.EXTENDED, _extension),
    "delay": (CaseAct.DELAYED, _delay),
    "third_party": (CaseAct.OPINION_ASKED, _opinion(OpinionKind.THIRD_PARTY)),
    "co_maker": (CaseAct.OPINION_ASKED, _opinion(OpinionKind.CO_MAKER)),
    "assist": (CaseAct.OPINION_ASKED, _opinion(OpinionKind.OTHER_ORGAN)),
    FEE: (CaseAct.FEE_ASKED, _fee),
    Outcome.ABANDONED_CORRECTION.value: (CaseAct.CORRECTION_LAPSED, _lapsed(CaseAct.CORRECTION_LAPSED)),
    Outcome.ABANDONED_FEE.value: (CaseAct.FEE_LAPSED, _lapsed(CaseAct.FEE_LAPSED)),
}
"""The steps of letters that are no answers."""
