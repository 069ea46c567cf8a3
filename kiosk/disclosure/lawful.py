"""
What may happen next in a request: each step is refused with a code where the law forbids it.

A step that is late and has effect all the same (an answer, its service) is noted and shows as late, never refused.
Knows neither Flask nor a database. Source: 政府信息公开条例 (2019 revision), art. 30-35, 42, 45; LAW.md §1.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kiosk.disclosure.clocks import EXTENSION_WORKDAYS
from kiosk.disclosure.course import AskedFee, AskedOpinion, Course, EarlierRound
from kiosk.disclosure.events import KNOWN_LATER, CaseAct, OpinionKind, ReviewResult, StepFacts
from kiosk.disclosure.outcomes import ANSWERS, Outcome
from kiosk.errors import RuleBroken

Rule = Callable[[Course], str]
"""Returns the code of what forbids an act in this course, or nothing."""
FactsRule = Callable[[Course, Any], str]
"""The same for an act with these facts."""
AFTER_THE_END = frozenset(
    {CaseAct.DELIVERED, CaseAct.REVIEW_OPENED, CaseAct.REVIEW_DECIDED, CaseAct.ARCHIVED}
)
"""Steps of a case that has ended; the letter of a lapse is served besides."""
BEFORE_RECEIPT = frozenset({CaseAct.RECEIPT_CORRECTED, CaseAct.WITHDRAWN})
"""Steps whose day may lie before receipt: a terminal that was offline brings a withdrawal days later."""
OF_A_REVIEW = frozenset({CaseAct.REVIEW_OPENED, CaseAct.REVIEW_DECIDED})
"""Steps that may be older than the decision that ordered a new answer: another review of the first answer."""


def check(course: Course, act: CaseAct, facts: StepFacts, today: date) -> None:
    """
    Refuse a step that the law or the order of things forbids.

    Raises:
        RuleBroken: The code names the rule; the desk has a sentence with the article for each (desk/rule_words.py).
    """
    code = forbidden(course, act) or _day_fault(course, act, facts, today)
    facts_rule = FACTS_RULES.get(act)
    code = code or (facts_rule(course, facts) if facts_rule else "")
    if code:
        raise RuleBroken(code, act)


def allowed(course: Course, today: date) -> tuple[CaseAct, ...]:
    """Return the steps that are open today, in the order of the desk."""
    return tuple(act for act in RULES if not forbidden(course, act) and not _too_early(course, act, today))


def forbidden(course: Course, act: CaseAct) -> str:
    """Return the code of what forbids an act, whatever its facts; empty: nothing does."""
    if course.closed_on and not _stays_open(course, act):
        return "case-ended"
    rule = RULES.get(act)
    return rule(course) if rule else ""


def _stays_open(course: Course, act: CaseAct) -> bool:
    is_of_a_lapse = act is CaseAct.SERVED and course.has_lapsed
    return is_of_a_lapse or act in AFTER_THE_END or act is CaseAct.RECEIPT_CORRECTED


def _day_fault(course: Course, act: CaseAct, facts: StepFacts, today: date) -> str:
    if facts.on > today:
        return "after-today"
    if act in BEFORE_RECEIPT:
        return ""
    if course.again and facts.on < course.again.on and act not in OF_A_REVIEW:
        return "before-decision"
    return "before-receipt" if course.received_on and facts.on < course.received_on else ""


def _too_early(course: Course, act: CaseAct, today: date) -> bool:
    """Return whether a step depends on the end of a period that is still running."""
    if act is CaseAct.CORRECTION_LAPSED:
        return course.correction is not None and today <= course.correction.until
    if act is CaseAct.FEE_LAPSED:
        return not (course.fee and course.fee.until and today > course.fee.until.day)
    if act is CaseAct.OPINION_LAPSED:
        return not any(each.is_open and each.until and today > each.until.day for each in course.opinions)
    return False


def is_over(course: Course, act: CaseAct, today: date) -> bool:
    """Return whether the time for an act is over, so that only one of an earlier day can still be noted."""
    ends = {CaseAct.EXTENDED: course.due, CaseAct.CORRECTION_ASKED: course.correction_due}
    end = ends.get(act)
    return end is not None and today > end.day


def _first(*codes: str) -> str:
    return next((code for code in codes if code), "")


def _unless(holds: object, code: str) -> str:
    return "" if holds else code


def _received(course: Course) -> str:
    return _unless(course.received_on, "receipt-not-confirmed")


def _in_hand(course: Course) -> str:
    """Return what forbids work on the substance of a request."""
    return _first(
        _received(course),
        _unless(course.registered_on, "not-registered"),
        _unless(course.answer is None, "already-answered"),
    )


def _running(course: Course) -> str:
    """Return what forbids a step that needs a running clock."""
    return _first(
        _in_hand(course),
        _unless(not course.is_awaiting_correction, "awaiting-correction"),
        _unless(not course.is_awaiting_fee, "awaiting-fee"),
    )


def _has_correction(course: Course) -> str:
    return _first(_in_hand(course), _unless(course.is_awaiting_correction, "no-correction-asked"))


def _has_fee(course: Course) -> str:
    return _first(_in_hand(course), _unless(course.is_awaiting_fee, "no-fee-asked"))


def _has_opinion(course: Course) -> str:
    return _unless(any(each.is_open for each in course.opinions), "no-opinion-asked")


def _to_deliver(course: Course) -> str:
    is_waiting = any(each.is_open and each.delivered_on is None for each in course.opinions)
    return _unless(is_waiting, "no-opinion-asked")


def _fee_to_deliver(course: Course) -> str:
    return _first(_has_fee(course), _unless(course.fee and not course.fee.delivered_on, "already-delivered"))


def _posted(course: Course) -> str:
    is_under_way = course.service is not None and course.service.way in KNOWN_LATER
    return _first(
        _unless(is_under_way, "not-posted"), _unless(course.delivered_on is None, "already-delivered")
    )


def _receipt_open(course: Course) -> str:
    return _unless(course.received_on is None, "receipt-known")


def _register(course: Course) -> str:
    return _first(_received(course), _unless(course.registered_on is None, "already-registered"))


def _rounds(course: Course) -> tuple[Course | EarlierRound, ...]:
    """Return the present round and those before: what is given once to a request may lie in any of them."""
    return (course, *course.earlier)


def _bound(course: Course) -> str:
    return _unless(course.decided_until is None, "day-decided")


def _undecided(course: Course) -> str:
    return _unless(any(each.decided is None for each in course.reviews), "no-such-review")


RULES: Mapping[CaseAct, Rule] = {
    CaseAct.RECEIPT_CONFIRMED: _receipt_open,
    CaseAct.REGISTERED: _register,
    CaseAct.ANSWERED: _in_hand,
    CaseAct.SERVED: lambda course: _first(
        _unless(course.has_result, "not-answered"), _unless(course.service is None, "already-served")
    ),
    CaseAct.DELIVERED: _posted,
    CaseAct.CORRECTED: _has_correction,
    CaseAct.CORRECTION_LAPSED: _has_correction,
    CaseAct.OPINION_DELIVERED: _to_deliver,
    CaseAct.OPINION_ARRIVED: _has_opinion,
    CaseAct.OPINION_LAPSED: _has_opinion,
    CaseAct.FEE_DELIVERED: _fee_to_deliver,
    CaseAct.FEE_PAID: _has_fee,
    CaseAct.FEE_LAPSED: _has_fee,
    CaseAct.CORRECTION_ASKED: lambda course: _first(
        _in_hand(course),
        _unless(course.correction is None, "correction-once"),
        _unless(course.again is None, "correction-too-late"),
    ),
    CaseAct.EXTENDED: lambda course: _first(
        _running(course),
        _unless(not any(each.extension for each in _rounds(course)), "extension-once"),
        _bound(course),
    ),
    CaseAct.OPINION_ASKED: _running,
    CaseAct.REASONS_ASKED: lambda course: _first(
        _running(course), _unless(course.reasons is None, "reasons-once")
    ),
    CaseAct.DELAYED: lambda course: _first(
        _running(course),
        _unless(course.reasons, "reasons-not-asked"),
        _unless(not any(each.delay for each in _rounds(course)), "delay-once"),
        _bound(course),
    ),
    CaseAct.FEE_ASKED: lambda course: _first(
        _running(course), _unless(not any(each.fee for each in _rounds(course)), "fee-once"), _bound(course)
    ),
    CaseAct.WITHDRAWN: lambda course: _unless(course.answer is None, "already-answered"),
    CaseAct.RECEIPT_CORRECTED: lambda course: _first(
        _received(course), _unless(course.archived_on is None, "archived")
    ),
    CaseAct.REVIEW_OPENED: _received,
    CaseAct.REVIEW_DECIDED: _undecided,
    CaseAct.ARCHIVED: lambda course: _first(
        _unless(course.closed_on, "not-ended"), _unless(course.archived_on is None, "archived")
    ),
}
"""What forbids each step, in the order in which the desk offers them."""


def _receipt_correction(course: Course, facts: Any) -> str:
    later = [step.facts.on for step in course.steps if step.act in _BOUND_TO_RECEIPT]
    is_same = (facts.on, facts.basis) == (course.received_on, course.received_basis)
    return _first(
        _unless(facts.reason.strip(), "reason-missing"),
        _unless(not is_same, "receipt-same"),
        _unless(facts.on <= min(later, default=facts.on), "receipt-after-step"),
    )


_BOUND_TO_RECEIPT = frozenset(
    {
        CaseAct.CORRECTION_ASKED,
        CaseAct.EXTENDED,
        CaseAct.OPINION_ASKED,
        CaseAct.REASONS_ASKED,
        CaseAct.FEE_ASKED,
        CaseAct.ANSWERED,
    }
)
"""Steps that cannot come before receipt."""


def _correction(course: Course, facts: Any) -> str:
    due = course.correction_due
    return _first(
        _unless(due and facts.on <= due.day, "correction-too-late"),
        _unless(facts.until > facts.on, "until-not-later"),
    )


def _corrected(course: Course, facts: Any) -> str:
    asked = course.correction
    assert asked is not None
    return _first(
        _unless(facts.on >= asked.on, "before-notice"),
        _unless(facts.on <= asked.until or facts.excused, "correction-late"),
    )


def _correction_lapsed(course: Course, facts: Any) -> str:
    return _unless(course.correction and facts.on > course.correction.until, "correction-still-open")


def _extension(course: Course, facts: Any) -> str:
    return _first(
        _unless(course.due and facts.on <= course.due.day, "extension-too-late"),
        _unless(1 <= facts.workdays <= EXTENSION_WORKDAYS, "extension-too-long"),
        _unless(facts.approved_by.strip(), "approver-missing"),
        _unless(facts.reason.strip(), "reason-missing"),
    )


def _opinion(course: Course, facts: Any) -> str:
    parties = {each.asked.party for each in course.opinions}
    is_organ = facts.kind is not OpinionKind.THIRD_PARTY
    return _first(
        _unless(facts.party not in parties, "party-known"),
        _unless(facts.organ.strip() or not is_organ, "organ-missing"),
    )


def _party(course: Course, party: int) -> AskedOpinion | None:
    return next((each for each in course.opinions if each.asked.party == party), None)


def _opinion_delivered(course: Course, facts: Any) -> str:
    found = _party(course, facts.party)
    if found is None:
        return "no-such-party"
    return _first(
        _unless(found.is_open, "opinion-ended"),
        _unless(found.delivered_on is None, "already-delivered"),
        _unless(facts.on >= found.asked.on, "before-notice"),
    )


def _opinion_arrived(course: Course, facts: Any) -> str:
    found = _party(course, facts.party)
    if found is None:
        return "no-such-party"
    return _first(
        _unless(found.is_open, "opinion-ended"),
        _unless(facts.on >= (found.delivered_on or found.asked.on), "before-notice"),
    )


def _opinion_lapsed(course: Course, facts: Any) -> str:
    found = _party(course, facts.party)
    if found is None:
        return "no-such-party"
    return _first(
        _unless(found.is_open, "opinion-ended"),
        _unless(found.until, "opinion-not-delivered"),
        _unless(found.until and facts.on > found.until.day, "opinion-still-open"),
    )


def _reasons(_course: Course, facts: Any) -> str:
    return _unless(facts.until > facts.on, "until-not-later")


def _delay(course: Course, facts: Any) -> str:
    due = course.due
    return _first(
        _unless(due and facts.on <= due.day, "delay-too-late"),
        _unless(due and facts.until > due.day, "delay-not-later"),
        _unless(facts.approved_by.strip(), "approver-missing"),
    )


def _fee(course: Course, facts: Any) -> str:
    return _first(
        _unless(facts.amount_fen > 0, "fee-missing"),
        _unless(course.due and facts.on <= course.due.day, "fee-too-late"),
    )


def _asked_fee(course: Course) -> AskedFee:
    assert course.fee is not None
    return course.fee


def _fee_delivered(course: Course, facts: Any) -> str:
    return _unless(facts.on >= _asked_fee(course).asked.on, "before-notice")


def _fee_paid(course: Course, facts: Any) -> str:
    fee = _asked_fee(course)
    return _first(
        _unless(facts.on >= fee.asked.on, "before-notice"),
        _unless(fee.until is None or facts.on <= fee.until.day, "fee-expired"),
    )


def _fee_lapsed(course: Course, facts: Any) -> str:
    until = _asked_fee(course).until
    return _first(
        _unless(until, "fee-not-delivered"), _unless(until and facts.on > until.day, "fee-still-open")
    )


def _answer(course: Course, facts: Any) -> str:
    is_unclear, is_mass = facts.outcome is Outcome.UNCLEAR, facts.outcome is Outcome.MASS
    return _first(
        _unless(facts.outcome in ANSWERS, "outcome-of-its-own"),
        _unless(course.corrected_on or not is_unclear, "unclear-without-correction"),
        _unless(course.reasons or not is_mass, "mass-without-reasons"),
    )


def _served(course: Course, facts: Any) -> str:
    decided = course.answer.on if course.answer else course.closed_on
    return _unless(decided and facts.on >= decided, "before-answer")


def _delivered(course: Course, facts: Any) -> str:
    return _unless(course.service and facts.on >= course.service.on, "before-notice")


def _review_decided(course: Course, facts: Any) -> str:
    opened = next(
        (each.opened for each in course.reviews if each.opened.file == facts.file and not each.decided), None
    )
    if opened is None:
        return "no-such-review"
    ended = [step.facts.on for step in course.steps if step.act in _ENDS]
    return _first(
        _unless(facts.on >= opened.on, "decided-before-opened"),
        _unless(not facts.answer_again or facts.result is ReviewResult.CORRECTED, "again-without-correction"),
        _unless(facts.answer_again or facts.until is None, "until-without-again"),
        _unless(facts.until is None or facts.until > facts.on, "until-not-later"),
        _unless(
            not facts.answer_again or facts.on >= max(ended, default=facts.on), "answered-after-decision"
        ),
        _unless(
            not facts.answer_again or course.outcome is not Outcome.WITHDRAWN, "withdrawn-is-not-answered"
        ),
    )


_ENDS = frozenset(
    {
        CaseAct.ANSWERED,
        CaseAct.SERVED,
        CaseAct.CORRECTION_LAPSED,
        CaseAct.FEE_LAPSED,
        CaseAct.REVIEW_DECIDED,
    }
)
"""Steps that a decision about the answer cannot precede."""


FACTS_RULES: Mapping[CaseAct, FactsRule] = {
    CaseAct.RECEIPT_CORRECTED: _receipt_correction,
    CaseAct.CORRECTION_ASKED: _correction,
    CaseAct.CORRECTED: _corrected,
    CaseAct.CORRECTION_LAPSED: _correction_lapsed,
    CaseAct.EXTENDED: _extension,
    CaseAct.OPINION_ASKED: _opinion,
    CaseAct.OPINION_DELIVERED: _opinion_delivered,
    CaseAct.OPINION_ARRIVED: _opinion_arrived,
    CaseAct.OPINION_LAPSED: _opinion_lapsed,
    CaseAct.REASONS_ASKED: _reasons,
    CaseAct.DELAYED: _delay,
    CaseAct.FEE_ASKED: _fee,
    CaseAct.FEE_DELIVERED: _fee_delivered,
    CaseAct.FEE_PAID: _fee_paid,
    CaseAct.FEE_LAPSED: _fee_lapsed,
    CaseAct.ANSWERED: _answer,
    CaseAct.SERVED: _served,
    CaseAct.DELIVERED: _delivered,
    CaseAct.REVIEW_DECIDED: _review_decided,
}
"""What forbids each step with its facts, once nothing forbids the step as such."""
