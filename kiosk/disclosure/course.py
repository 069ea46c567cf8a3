"""
The course of a request: what follows from its events. Status and outcome are two fields.

A pure function of events and calendar; knows neither Flask, a database nor today. What is allowed next says
`lawful`. Source: 政府信息公开条例 (2019 revision), art. 29-36; LAW.md §1.4; LETTERS.md §4, §7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kiosk.disclosure import clocks
from kiosk.disclosure.clocks import Suspension
from kiosk.disclosure.events import (
    KNOWN_LATER,
    AnswerFacts,
    CaseAct,
    CaseEvent,
    CaseState,
    CorrectionFacts,
    DelayFacts,
    ExtensionFacts,
    FeeFacts,
    OpinionAnswerFacts,
    OpinionFacts,
    ReasonsFacts,
    ReviewFacts,
    ReviewResultFacts,
    ServiceFacts,
    StepFacts,
    facts_of,
)
from kiosk.disclosure.outcomes import LAPSES, OUTCOMES, Outcome, Remedies
from kiosk.workdays import CORRECTION_WORKDAYS, REPLY_WORKDAYS, Basis, Deadline, WorkCalendar


@dataclass(frozen=True)
class CourseStep:
    """One dated step, for a timeline; noted_at and actor: when and by whom it was noted."""

    seq: int
    act: CaseAct
    facts: StepFacts
    noted_at: datetime
    actor: str


@dataclass(frozen=True)
class AskedOpinion:
    """
    An opinion that was asked for.

    until: its last day, known once the letter was received (art. 32, 34). is_over: the request is answered again since.
    """

    asked: OpinionFacts
    delivered_on: date | None = None
    answer: OpinionAnswerFacts | None = None
    lapsed_on: date | None = None
    until: Deadline | None = None
    is_over: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether neither an opinion nor its expiry was noted."""
        return self.answer is None and self.lapsed_on is None and not self.is_over

    @property
    def suspension_end(self) -> date | None:
        """Return the last day that does not count: of the opinion, of its expiry at the latest; None: unknown."""
        noted = self.answer.on if self.answer else self.lapsed_on
        known = [day for day in (noted, self.until.day if self.until else None) if day]
        return min(known, default=None)


@dataclass(frozen=True)
class AskedFee:
    """A fee that was asked for; until: the last day to pay, known once the notice was received."""

    asked: FeeFacts
    delivered_on: date | None = None
    paid_on: date | None = None
    until: Deadline | None = None


@dataclass(frozen=True)
class KnownReview:
    """A review or a suit, and its result once there is one."""

    opened: ReviewFacts
    decided: ReviewResultFacts | None = None


@dataclass(frozen=True)
class EarlierRound:
    """How a request was handled until a review or a judgment ordered a new answer."""

    decided: ReviewResultFacts
    outcome: Outcome
    answer: AnswerFacts | None
    service: ServiceFacts | None
    closed_on: date | None
    extension: ExtensionFacts | None
    delay: DelayFacts | None
    fee: AskedFee | None
    due: Deadline | None = None

    @property
    def ended_on(self) -> date | None:
        """Return the day of its result; None: it had none."""
        return self.answer.on if self.answer else self.closed_on


@dataclass(frozen=True)
class RemedyDays:
    """The last days of the remedies; suit: only where one may be filed without a review first."""

    review: Deadline
    suit: Deadline | None

    @property
    def is_provisional(self) -> bool:
        """Return whether one of them may still move."""
        return self.review.is_provisional or bool(self.suit and self.suit.is_provisional)


@dataclass(frozen=True, kw_only=True)
class Course:
    """
    A request as its events and the calendar make it.

    correction_due: last day to send a notice to correct; None once one was sent or there is an answer.
    due: last day to answer; None while no clock runs (not received, awaiting a correction or a fee) and after a lapse.
    known_on: day from which the applicant's remedies run; None until it is certain.
    earlier: the rounds before the present one, each ended by a decision that orders a new answer; what is given once to
        a request, such as its extension, stays given.
    """

    state: CaseState = CaseState.SUBMITTED
    outcome: Outcome = Outcome.OPEN
    received_on: date | None = None
    received_basis: str = ""
    registered_on: date | None = None
    correction: CorrectionFacts | None = None
    corrected_on: date | None = None
    extension: ExtensionFacts | None = None
    opinions: tuple[AskedOpinion, ...] = ()
    reasons: ReasonsFacts | None = None
    delay: DelayFacts | None = None
    fee: AskedFee | None = None
    answer: AnswerFacts | None = None
    service: ServiceFacts | None = None
    delivered_on: date | None = None
    closed_on: date | None = None
    archived_on: date | None = None
    reviews: tuple[KnownReview, ...] = ()
    earlier: tuple[EarlierRound, ...] = ()
    steps: tuple[CourseStep, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    correction_due: Deadline | None = None
    due: Deadline | None = None
    remedies: RemedyDays | None = None

    @property
    def is_awaiting_correction(self) -> bool:
        """Return whether a corrected request is awaited."""
        is_open = self.closed_on is None and self.again is None
        return self.correction is not None and self.corrected_on is None and is_open

    @property
    def is_awaiting_fee(self) -> bool:
        """Return whether a fee is payable."""
        return self.fee is not None and self.fee.paid_on is None and self.closed_on is None

    @property
    def has_lapsed(self) -> bool:
        """Return whether the applicant let the period of a correction or a fee pass: a letter says so, no answer."""
        return self.outcome in LAPSES

    @property
    def has_result(self) -> bool:
        """Return whether there is something to serve: an answer, or the letter of a lapse."""
        return self.answer is not None or self.has_lapsed

    @property
    def again(self) -> ReviewResultFacts | None:
        """Return the last decision that ordered a new answer; None: there was none."""
        return self.earlier[-1].decided if self.earlier else None

    @property
    def decided_until(self) -> date | None:
        """Return the last day for the new answer that the decision set: no extension or opinion moves it."""
        return self.again.until if self.again else None

    @property
    def clock_from(self) -> date | None:
        """Return day 0 of the answer: the last receipt, of request, corrected request, fee or decision."""
        paid = self.fee.paid_on if self.fee else None
        begun = (self.again.on,) if self.again else (self.received_on, self.corrected_on)
        return max((day for day in (*begun, paid) if day), default=None)

    @property
    def suspended_since(self) -> date | None:
        """Return the day of the first letter whose opinion is still open; None where no opinion stops the days."""
        if self.decided_until:
            return None
        return min((each.asked.on for each in self.opinions if each.is_open), default=None)

    @property
    def extended_by(self) -> int:
        """Return the working days of the extension."""
        return self.extension.workdays if self.extension else 0

    @property
    def known_on(self) -> date | None:
        """Return the day on which the answer reached the applicant: signed for, or collected with number and code."""
        if self.service is None:
            return None
        return self.delivered_on if self.service.way in KNOWN_LATER else self.service.on

    @property
    def is_late(self) -> bool:
        """Return whether the answer was served after its last day."""
        return bool(self.due and self.service and self.service.on > self.due.day)

    def is_overdue(self, today: date) -> bool:
        """Return whether the last day has passed and the answer is not served; never while its day is open."""
        runs = self.due is not None and self.closed_on is None and self.due.why != clocks.OPINION_OPEN
        return bool(runs and self.due and today > self.due.day)


def replay(events: Iterable[CaseEvent], calendar: WorkCalendar) -> Course:
    """Return the course that these events, oldest first, and this calendar make."""
    course = Course()
    for event in events:
        follow = FOLLOWS.get(event.act)
        if follow is None:
            continue
        facts = facts_of(event)
        step = CourseStep(event.seq, event.act, facts, event.at, event.actor)
        if _orders_an_answer(facts):
            course = _counted(course, calendar)
        course = replace(follow(course, facts), steps=(*course.steps, step))
    return _counted(course, calendar)


def _counted(course: Course, calendar: WorkCalendar) -> Course:
    """Return the course with its state and all that is counted in days."""
    course = replace(
        course,
        opinions=tuple(_with_expiry(each, calendar) for each in course.opinions),
        fee=_with_last_day(course.fee, calendar),
    )
    course = replace(course, suspensions=_suspensions(course, calendar), state=_state(course))
    return replace(
        course,
        correction_due=_correction_due(course, calendar),
        due=_due(course, calendar),
        remedies=_remedies(course, calendar),
    )


def _with_expiry(opinion: AskedOpinion, calendar: WorkCalendar) -> AskedOpinion:
    if opinion.delivered_on is None:
        return opinion
    return replace(opinion, until=calendar.after(opinion.delivered_on, clocks.OPINION_WORKDAYS))


def _with_last_day(fee: AskedFee | None, calendar: WorkCalendar) -> AskedFee | None:
    if fee is None or fee.delivered_on is None:
        return fee
    return replace(fee, until=calendar.after(fee.delivered_on, clocks.FEE_WORKDAYS))


def _suspensions(course: Course, calendar: WorkCalendar) -> tuple[Suspension, ...]:
    """Return the days that do not count; an open end is taken as if the letter had arrived when it was sent."""
    found = []
    for each in course.opinions:
        if each.is_over or course.decided_until:
            continue
        end = each.suspension_end
        earliest = calendar.after(each.asked.on, clocks.OPINION_WORKDAYS).day
        found.append(Suspension(each.asked.on, end or earliest, is_open=end is None))
    return tuple(found)


def _state(course: Course) -> CaseState:
    if course.closed_on:
        return CaseState.ENDED
    if course.answer:
        return CaseState.ANSWERED
    if course.is_awaiting_correction:
        return CaseState.AWAITING_CORRECTION
    if course.suspended_since:
        return CaseState.SUSPENDED
    if course.registered_on:
        return CaseState.REGISTERED
    return CaseState.RECEIVED if course.received_on else CaseState.SUBMITTED


def _correction_due(course: Course, calendar: WorkCalendar) -> Deadline | None:
    if course.received_on is None or course.correction or course.answer or course.closed_on or course.again:
        return None
    return calendar.after(course.received_on, CORRECTION_WORKDAYS)


def _due(course: Course, calendar: WorkCalendar) -> Deadline | None:
    if course.decided_until:
        return Deadline(course.decided_until, 0, False, Basis.RECEIVED, "")
    start = course.clock_from
    is_waiting = course.answer is None and (course.is_awaiting_correction or course.is_awaiting_fee)
    if start is None or is_waiting or course.has_lapsed:
        return None
    workdays = REPLY_WORKDAYS + course.extended_by
    due = clocks.answer_due(start, workdays, course.suspensions, calendar)
    if course.delay is None:
        return due
    delayed = clocks.delayed_due(course.delay.until, course.delay.on, course.suspensions, calendar)
    return max(due, delayed, key=lambda each: each.day)


def _remedies(course: Course, calendar: WorkCalendar) -> RemedyDays | None:
    return remedy_days(course.outcome, course.known_on, calendar) if course.known_on else None


def remedy_days(outcome: Outcome, known_on: date, calendar: WorkCalendar) -> RemedyDays | None:
    """Return the last days of the remedies against an outcome that became known on a day; None: there are none."""
    row = OUTCOMES.get(outcome)
    if row is None or row.remedies is Remedies.NONE:
        return None
    suit = None if row.remedies is Remedies.REVIEW_FIRST else clocks.suit_until(known_on, calendar)
    return RemedyDays(clocks.review_until(known_on, calendar), suit)


def _ended(course: Course, on: date, outcome: Outcome) -> Course:
    return replace(course, closed_on=on, outcome=outcome)


def _of_party(course: Course, party: int, **changes: Any) -> Course:
    """Return the course with what is known of one party's opinion."""
    opinions = (replace(each, **changes) if each.asked.party == party else each for each in course.opinions)
    return replace(course, opinions=tuple(opinions))


def _of_fee(course: Course, **changes: Any) -> Course:
    return replace(course, fee=replace(course.fee, **changes)) if course.fee else course


def _decided(course: Course, result: ReviewResultFacts) -> Course:
    reviews = (
        replace(each, decided=result) if each.opened.file == result.file and not each.decided else each
        for each in course.reviews
    )
    course = replace(course, reviews=tuple(reviews))
    return _begun_again(course, result) if result.answer_again else course


def _orders_an_answer(facts: StepFacts) -> bool:
    return isinstance(facts, ReviewResultFacts) and facts.answer_again


def _begun_again(course: Course, decided: ReviewResultFacts) -> Course:
    """Return the course without what is decided again: the answer with its service, its extension, delay and fee."""
    ended = EarlierRound(
        decided=decided,
        outcome=course.outcome,
        answer=course.answer,
        service=course.service,
        closed_on=course.closed_on,
        extension=course.extension,
        delay=course.delay,
        fee=course.fee,
        due=course.due,
    )
    return replace(
        course,
        earlier=(*course.earlier, ended),
        opinions=tuple(replace(each, is_over=True) for each in course.opinions),
        outcome=Outcome.OPEN,
        answer=None,
        service=None,
        delivered_on=None,
        closed_on=None,
        archived_on=None,
        extension=None,
        delay=None,
        fee=None,
    )


def _taken_in(course: Course, taken: Any) -> Course:
    return replace(course, received_on=taken.received_on, received_basis=taken.received_basis)


def _received(course: Course, facts: Any) -> Course:
    return replace(course, received_on=facts.on, received_basis=facts.basis)


FOLLOWS: Mapping[CaseAct, Callable[[Course, Any], Course]] = {
    CaseAct.TAKEN_IN: _taken_in,
    CaseAct.RECEIPT_CONFIRMED: _received,
    CaseAct.RECEIPT_CORRECTED: _received,
    CaseAct.REGISTERED: lambda course, step: replace(course, registered_on=step.on),
    CaseAct.CORRECTION_ASKED: lambda course, step: replace(course, correction=step),
    CaseAct.CORRECTED: lambda course, step: replace(course, corrected_on=step.on),
    CaseAct.CORRECTION_LAPSED: lambda course, step: _ended(course, step.on, Outcome.ABANDONED_CORRECTION),
    CaseAct.EXTENDED: lambda course, step: replace(course, extension=step),
    CaseAct.OPINION_ASKED: lambda course, step: replace(
        course, opinions=(*course.opinions, AskedOpinion(step))
    ),
    CaseAct.OPINION_DELIVERED: lambda course, step: _of_party(course, step.party, delivered_on=step.on),
    CaseAct.OPINION_ARRIVED: lambda course, step: _of_party(course, step.party, answer=step),
    CaseAct.OPINION_LAPSED: lambda course, step: _of_party(course, step.party, lapsed_on=step.on),
    CaseAct.REASONS_ASKED: lambda course, step: replace(course, reasons=step),
    CaseAct.DELAYED: lambda course, step: replace(course, delay=step),
    CaseAct.FEE_ASKED: lambda course, step: replace(course, fee=AskedFee(step)),
    CaseAct.FEE_DELIVERED: lambda course, step: _of_fee(course, delivered_on=step.on),
    CaseAct.FEE_PAID: lambda course, step: _of_fee(course, paid_on=step.on),
    CaseAct.FEE_LAPSED: lambda course, step: _ended(course, step.on, Outcome.ABANDONED_FEE),
    CaseAct.ANSWERED: lambda course, step: replace(course, answer=step, outcome=step.outcome),
    CaseAct.SERVED: lambda course, step: replace(course, service=step, closed_on=course.closed_on or step.on),
    CaseAct.DELIVERED: lambda course, step: replace(course, delivered_on=step.on),
    CaseAct.WITHDRAWN: lambda course, step: _ended(course, step.on, Outcome.WITHDRAWN),
    CaseAct.REVIEW_OPENED: lambda course, step: replace(course, reviews=(*course.reviews, KnownReview(step))),
    CaseAct.REVIEW_DECIDED: _decided,
    CaseAct.ARCHIVED: lambda course, step: replace(course, archived_on=step.on),
}
"""What each act changes; the others change nothing."""
