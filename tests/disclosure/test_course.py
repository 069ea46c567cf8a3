"""The clocks of a request over correction, suspension, extension, delay, fee and corrected receipts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.clock import beijing_day
from kiosk.disclosure import clocks, lawful
from kiosk.disclosure.course import Course, replay
from kiosk.disclosure.events import (
    AnswerFacts,
    CaseAct,
    CaseEvent,
    CaseState,
    CorrectedFacts,
    CorrectionFacts,
    DelayFacts,
    ExtensionFacts,
    FeeFacts,
    OpinionAnswer,
    OpinionAnswerFacts,
    OpinionFacts,
    OpinionKind,
    PartyFacts,
    ReasonsFacts,
    ReceiptFacts,
    ReviewFacts,
    ReviewKind,
    ReviewResult,
    ReviewResultFacts,
    ServiceFacts,
    ServiceWay,
    StepFacts,
    WithdrawalFacts,
)
from kiosk.disclosure.outcomes import ANSWERS, OUTCOMES, Outcome, Remedies
from kiosk.disclosure.rules import ReceivedBasis
from kiosk.errors import RuleBroken
from kiosk.workdays import WorkCalendar, load_calendar

CALENDAR = load_calendar()
VECTORS = Path(__file__).parents[3] / "shared" / "law" / "workday_vectors.json"
"""More dates than are committed, where they lie beside the checkout."""
OWN_VECTORS = (
    {"received": "2026-02-14", "+7": "2026-03-03", "+15": "2026-03-13", "+20": "2026-03-20", "+40": "2026-04-20"},
    {"received": "2026-09-20", "+7": "2026-09-30", "+15": "2026-10-16", "+20": "2026-10-23", "+40": "2026-11-20"},
    {"received": "2025-01-26", "+7": "2025-02-11", "+15": "2025-02-21", "+20": "2025-02-28", "+40": "2025-03-28"},
)  # fmt: skip
"""By hand on the notices of 2025 and 2026."""


def vectors() -> Sequence[dict[str, Any]]:
    """Ours, and the ones beside the checkout."""
    return [*OWN_VECTORS, *(json.loads(VECTORS.read_text("utf-8")) if VECTORS.exists() else [])]


def day(text: str) -> date:
    return date.fromisoformat(text)


def event(act: CaseAct, facts: StepFacts, seq: int = 1) -> CaseEvent:
    at = datetime.combine(facts.on, datetime.min.time(), UTC)
    return CaseEvent(seq, at, "lina", act, facts.detail())


def received(on: str) -> list[CaseEvent]:
    """Received and registered on a day."""
    return [
        event(CaseAct.RECEIPT_CONFIRMED, ReceiptFacts(on=day(on), basis=ReceivedBasis.CONFIRMED)),
        event(CaseAct.REGISTERED, StepFacts(on=day(on))),
    ]


def opinion(on: str, party: int = 1, kind: OpinionKind = OpinionKind.THIRD_PARTY) -> CaseEvent:
    return event(CaseAct.OPINION_ASKED, OpinionFacts(on=day(on), kind=kind, party=party, organ="某局"))


def delivered(on: str, party: int = 1) -> CaseEvent:
    return event(CaseAct.OPINION_DELIVERED, PartyFacts(on=day(on), party=party))


def arrived(on: str, party: int = 1) -> CaseEvent:
    facts = OpinionAnswerFacts(on=day(on), party=party, answer=OpinionAnswer.AGREES)
    return event(CaseAct.OPINION_ARRIVED, facts)


def extended(on: str, workdays: int = 20) -> CaseEvent:
    facts = ExtensionFacts(on=day(on), workdays=workdays, approved_by="王主任", reason="档案多")
    return event(CaseAct.EXTENDED, facts)


def due(*events: CaseEvent, calendar: WorkCalendar = CALENDAR) -> str:
    """The last day, "?" after it if it may still move."""
    found = replay(events, calendar).due
    return f"{found.day}{'?' * found.is_provisional}" if found else "none"


@pytest.mark.parametrize("vector", vectors(), ids=lambda each: each["received"])
def test_the_days_of_law_are_counted_from_receipt(vector: dict[str, str]) -> None:
    """Correction 7, opinion 15, answer 20, with the longest extension 40 (art. 30, 32, 33)."""
    start = vector["received"]
    course = replay(received(start), CALENDAR)
    assert course.correction_due is not None
    asked = replay([*received(start), opinion(start), delivered(start)], CALENDAR).opinions[0]
    assert asked.until is not None
    found = (
        str(course.correction_due.day),
        str(asked.until.day),
        due(*received(start))[:10],
        due(*received(start), extended(start))[:10],
    )
    assert found == (vector["+7"], vector["+15"], vector["+20"], vector["+40"])


def test_a_correction_starts_the_days_anew_and_nothing_runs_before_it() -> None:
    """Received 2026-03-02, asked on the 5th, corrected on the 18th: 20 working days with Qingming (April 6 off)."""
    asked = event(CaseAct.CORRECTION_ASKED, CorrectionFacts(on=day("2026-03-05"), until=day("2026-03-20")))
    corrected = event(CaseAct.CORRECTED, CorrectedFacts(on=day("2026-03-18")))
    start = received("2026-03-02")
    assert due(*start) == "2026-03-30"
    assert due(*start, asked) == "none"
    assert replay([*start, asked], CALENDAR).state is CaseState.AWAITING_CORRECTION
    assert due(*start, asked, corrected) == "2026-04-16"


@pytest.mark.parametrize(
    ("events", "last"),
    [
        ([opinion("2026-03-09"), delivered("2026-03-09"), arrived("2026-03-13")], "2026-04-03"),
        ([opinion("2026-03-09"), delivered("2026-03-11"), arrived("2026-03-13")], "2026-04-03"),
        ([opinion("2026-03-09"), delivered("2026-03-09")], "2026-04-21"),
        ([opinion("2026-03-09"), delivered("2026-03-12")], "2026-04-24"),
        ([opinion("2026-03-09")], "2026-04-21?"),
        ([opinion("2026-03-09"), delivered("2026-03-09"), arrived("2026-04-15")], "2026-04-21"),
        (
            [
                opinion("2026-03-09", 1), opinion("2026-03-09", 2), opinion("2026-03-10", 3),
                *(delivered("2026-03-11", party) for party in (1, 2, 3)),
                arrived("2026-03-12", 1), arrived("2026-03-13", 2), arrived("2026-03-16", 3),
            ],
            "2026-04-07",
        ),
    ],
    ids=["in time", "received later", "expires", "expires later", "unknown", "too late", "three parties"],
)  # fmt: skip
def test_an_opinion_takes_its_days_out_of_the_deadline(events: list[CaseEvent], last: str) -> None:
    """Received 2026-03-02, due 2026-03-30 without: overlaps count once, silence ends after 15 working days."""
    assert due(*received("2026-03-02"), *events) == last


def test_an_extension_counts_from_the_old_end_and_not_in_days_of_an_opinion() -> None:
    """Old end 2026-03-30; with the opinion of 9 to 13 March, 10th to 13th not counted, 2026-04-03."""
    start = received("2026-03-02")
    assert due(*start, extended("2026-03-25", 10)) == "2026-04-14"
    suspended = [opinion("2026-03-09"), delivered("2026-03-09"), arrived("2026-03-13")]
    assert due(*start, *suspended, extended("2026-03-25", 10)) == "2026-04-20"


def test_a_later_day_by_art_35_stands_beyond_forty_working_days() -> None:
    delay = event(
        CaseAct.DELAYED, DelayFacts(on=day("2026-03-20"), until=day("2026-07-01"), approved_by="王")
    )
    assert due(*received("2026-03-02"), delay) == "2026-07-01"
    later = [opinion("2026-03-23"), delivered("2026-03-23"), arrived("2026-03-27")]
    assert due(*received("2026-03-02"), delay, *later) == "2026-07-07"


def test_a_fee_stops_the_days_until_it_is_paid() -> None:
    asked = event(CaseAct.FEE_ASKED, FeeFacts(on=day("2026-03-09"), amount_fen=200_000))
    notified = event(CaseAct.FEE_DELIVERED, StepFacts(on=day("2026-03-10")))
    course = replay([*received("2026-03-02"), asked, notified], CALENDAR)
    assert course.due is None
    assert course.fee is not None
    assert course.fee.until is not None
    assert str(course.fee.until.day) == "2026-04-08"
    paid = event(CaseAct.FEE_PAID, StepFacts(on=day("2026-03-16")))
    assert due(*received("2026-03-02"), asked, notified, paid) == "2026-04-14"


def test_a_corrected_receipt_counts_everything_again() -> None:
    """From Friday 2026-02-27 day 1 is the worked Saturday: 2026-03-26, and four days of the opinion do not count."""
    other = ReceiptFacts(on=day("2026-02-27"), basis=ReceivedBasis.SIGNED, reason="看错邮戳")
    suspended = [opinion("2026-03-09"), delivered("2026-03-09"), arrived("2026-03-13")]
    events = [*received("2026-03-02"), *suspended, event(CaseAct.RECEIPT_CORRECTED, other)]
    assert due(*events) == "2026-04-01"
    assert replay(events, CALENDAR).received_basis == ReceivedBasis.SIGNED


@pytest.mark.parametrize(
    ("way", "on", "signed", "known", "late"),
    [
        (ServiceWay.DIRECT, "2026-03-30", None, "2026-03-30", False),
        (ServiceWay.DIRECT, "2026-03-31", None, "2026-03-31", True),
        (ServiceWay.POST, "2026-03-30", None, None, False),
        (ServiceWay.POST, "2026-03-30", "2026-04-02", "2026-04-02", False),
    ],
)
def test_service_keeps_the_term_and_knowledge_starts_the_remedies(
    way: ServiceWay, on: str, signed: str | None, known: str | None, *, late: bool
) -> None:
    answer = event(CaseAct.ANSWERED, AnswerFacts(on=day("2026-03-30"), outcome=Outcome.GRANTED))
    events = [*received("2026-03-02"), answer, event(CaseAct.SERVED, ServiceFacts(on=day(on), way=way))]
    if signed:
        events.append(event(CaseAct.DELIVERED, StepFacts(on=day(signed))))
    course = replay(events, CALENDAR)
    assert (course.known_on, course.is_late) == (day(known) if known else None, late)
    assert (course.remedies is None) == (known is None)


LAPSED_CORRECTION = (
    event(CaseAct.CORRECTION_ASKED, CorrectionFacts(on=day("2026-03-05"), until=day("2026-04-20"))),
    event(CaseAct.CORRECTION_LAPSED, StepFacts(on=day("2026-04-21"))),
)
LAPSED_FEE = (
    event(CaseAct.FEE_ASKED, FeeFacts(on=day("2026-03-09"), amount_fen=200_000)),
    event(CaseAct.FEE_DELIVERED, StepFacts(on=day("2026-03-10"))),
    event(CaseAct.FEE_LAPSED, StepFacts(on=day("2026-04-21"))),
)


@pytest.mark.parametrize("lapse", [LAPSED_CORRECTION, LAPSED_FEE], ids=["correction", "fee"])
def test_remedies_of_a_lapse_run_from_the_service_of_its_letter_and_nothing_is_late(
    lapse: tuple[CaseEvent, ...],
) -> None:
    """Given up on 2026-04-21, served on the 27th: 60 days end on 06-26, six months on 10-27; the end stays."""
    ended = replay([*received("2026-03-02"), *lapse], CALENDAR)
    served = ServiceFacts(on=day("2026-04-27"), way=ServiceWay.DIRECT)
    assert (ended.state, ended.due, ended.remedies) == (CaseState.ENDED, None, None)
    lawful.check(ended, CaseAct.SERVED, served, day("2026-04-27"))
    with pytest.raises(RuleBroken, match="before-answer"):
        lawful.check(ended, CaseAct.SERVED, replace(served, on=day("2026-04-20")), day("2026-04-27"))
    course = replay([*received("2026-03-02"), *lapse, event(CaseAct.SERVED, served)], CALENDAR)
    assert (course.closed_on, course.known_on) == (day("2026-04-21"), day("2026-04-27"))
    assert course.remedies
    assert course.remedies.suit
    assert (str(course.remedies.review.day), str(course.remedies.suit.day)) == ("2026-06-26", "2026-10-27")
    assert not course.is_late
    with pytest.raises(RuleBroken, match="already-served"):
        lawful.check(course, CaseAct.SERVED, served, day("2026-04-27"))


def test_a_withdrawal_has_nothing_to_serve() -> None:
    ended = replay(
        [*received("2026-03-02"), event(CaseAct.WITHDRAWN, WithdrawalFacts(on=day("2026-03-05")))], CALENDAR
    )
    with pytest.raises(RuleBroken, match="case-ended"):
        lawful.check(
            ended,
            CaseAct.SERVED,
            ServiceFacts(on=day("2026-03-06"), way=ServiceWay.DIRECT),
            day("2026-03-06"),
        )


def test_an_answer_that_is_not_served_becomes_overdue() -> None:
    answer = event(CaseAct.ANSWERED, AnswerFacts(on=day("2026-03-27"), outcome=Outcome.GRANTED))
    course = replay([*received("2026-03-02"), answer], CALENDAR)
    assert not course.is_overdue(day("2026-03-30"))
    assert course.is_overdue(day("2026-03-31"))


def test_an_open_suspension_is_never_overdue() -> None:
    assert not replay([*received("2026-03-02"), opinion("2026-03-09")], CALENDAR).is_overdue(
        day("2026-06-01")
    )


def answered(on: str, outcome: Outcome = Outcome.REFUSED_THIRD) -> list[CaseEvent]:
    """Answered and served on a day."""
    return [
        event(CaseAct.ANSWERED, AnswerFacts(on=day(on), outcome=outcome)),
        event(CaseAct.SERVED, ServiceFacts(on=day(on), way=ServiceWay.DIRECT)),
    ]


def reviewed(opened: str, decided: str, *, again: bool = True, until: str = "") -> list[CaseEvent]:
    """A review of a day, decided on another one."""
    last = day(until) if until else None
    result = ReviewResult.CORRECTED if again else ReviewResult.UPHELD
    facts = ReviewResultFacts(on=day(decided), file="1", result=result, answer_again=again, until=last)
    return [
        event(
            CaseAct.REVIEW_OPENED, ReviewFacts(on=day(opened), kind=ReviewKind.REVIEW, organ="市", file="1")
        ),
        event(CaseAct.REVIEW_DECIDED, facts),
    ]


@pytest.mark.parametrize(("until", "last"), [("", "2026-06-30"), ("2026-06-12", "2026-06-12")])
def test_an_answer_that_was_taken_back_is_given_again_by_a_clock_of_its_own(until: str, last: str) -> None:
    """Decided on Monday 2026-06-01: 20 working days with the Dragon Boat Friday 06-19 off, or the day it sets."""
    events = [
        *received("2026-03-02"), extended("2026-03-20", 5), *answered("2026-03-30"),
        *reviewed("2026-04-10", "2026-06-01", until=until),
    ]  # fmt: skip
    course = replay(events, CALENDAR)
    assert (course.state, course.outcome, course.closed_on, course.remedies) == (
        CaseState.REGISTERED, Outcome.OPEN, None, None,
    )  # fmt: skip
    assert due(*events) == last
    (first,) = course.earlier
    assert (first.outcome, first.ended_on) == (Outcome.REFUSED_THIRD, day("2026-03-30"))
    assert first.due is not None, "the clock of the first answer is kept with it"
    assert str(first.due.day) == "2026-04-07"
    again = [*events, *answered("2026-06-08", Outcome.GRANTED)]
    assert replay(again, CALENDAR).outcome is Outcome.GRANTED
    assert replay(again, CALENDAR).remedies is not None


def test_a_decision_that_upholds_changes_nothing() -> None:
    events = [*received("2026-03-02"), *answered("2026-03-30")]
    after = replay([*events, *reviewed("2026-04-10", "2026-06-01", again=False)], CALENDAR)
    assert (after.state, after.outcome, after.earlier) == (CaseState.ENDED, Outcome.REFUSED_THIRD, ())


def test_what_was_not_answered_is_answered_by_the_clock_of_the_decision() -> None:
    events = [*received("2026-03-02"), *reviewed("2026-04-10", "2026-06-01")]
    assert due(*events) == "2026-06-30"
    assert not replay(events, CALENDAR).is_overdue(day("2026-06-30"))


def test_neither_an_opinion_nor_an_extension_moves_the_day_of_a_decision() -> None:
    start = [
        *received("2026-03-02"), *answered("2026-03-30"), *reviewed("2026-04-10", "2026-06-01", until="2026-06-12"),
    ]  # fmt: skip
    course = replay([*start, opinion("2026-06-02"), delivered("2026-06-02")], CALENDAR)
    assert course.due is not None
    assert (str(course.due.day), course.state) == ("2026-06-12", CaseState.REGISTERED)
    for act in (CaseAct.EXTENDED, CaseAct.FEE_ASKED):
        assert lawful.forbidden(course, act) == "day-decided"


def test_what_is_given_once_is_not_given_again_with_the_new_answer() -> None:
    events = [
        *received("2026-03-02"), extended("2026-03-20", 5), opinion("2026-03-23"), *answered("2026-03-30"),
        *reviewed("2026-04-10", "2026-06-01"),
    ]  # fmt: skip
    course = replay(events, CALENDAR)
    assert lawful.forbidden(course, CaseAct.EXTENDED) == "extension-once"
    assert lawful.forbidden(course, CaseAct.CORRECTION_ASKED) == "correction-too-late"
    assert lawful.forbidden(course, CaseAct.OPINION_ARRIVED) == "no-opinion-asked", (
        "nobody waits for the old one"
    )
    assert due(*events, opinion("2026-06-02", 2), delivered("2026-06-02", 2), arrived("2026-06-05", 2)) == (
        "2026-07-03"
    )


@pytest.mark.parametrize(
    ("known", "review", "suit"),
    [
        ("2026-03-16", "2026-05-15", "2026-09-16"),
        ("2026-03-02", "2026-05-06", "2026-09-02"),
        ("2026-04-30", "2026-06-29", "2026-10-30"),
        ("2026-08-31", "2026-10-30", "2027-03-01"),
    ],
)
def test_remedies_end_on_days_that_are_worked(known: str, review: str, suit: str) -> None:
    """60 natural days and six months; 2026-05-01 is in the holidays until the 5th, 2027-02-28 a Sunday."""
    assert str(clocks.review_until(day(known), CALENDAR).day) == review
    assert str(clocks.suit_until(day(known), CALENDAR).day) == suit


def test_every_outcome_has_one_row_and_refusals_alone_name_the_review_first() -> None:
    assert set(OUTCOMES) == set(Outcome) - {Outcome.OPEN}
    refused = {"r3_1", "r3_2", "r3_3", "r3_4", "r3_5", "r3_6", "r3_7"}
    first = {row.report_row for row in OUTCOMES.values() if row.remedies is Remedies.REVIEW_FIRST}
    assert first == refused, "row 3(3)8 follows art. 36(7), outside art. 14 to 16"


# No order of steps breaks a rule

START = day("2026-03-02")
SOON = st.integers(0, 60).map(lambda days: START + timedelta(days=days))
PARTY = st.integers(1, 3)


def step(act: CaseAct, of: type[StepFacts], /, **facts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Steps of one act; `until` is drawn as days after the day of the step."""

    def made(on: date, more: dict[str, Any]) -> tuple[CaseAct, StepFacts]:
        until = {"until": on + timedelta(days=more.pop("until"))} if "until" in more else {}
        return act, of(on=on, **more, **until)

    return st.builds(made, SOON, st.fixed_dictionaries(facts))


WHO = st.just("王主任")
FACTS = st.one_of(
    step(CaseAct.CORRECTION_ASKED, CorrectionFacts, until=st.integers(0, 20)),
    step(CaseAct.CORRECTED, CorrectedFacts, excused=st.booleans()),
    step(CaseAct.CORRECTION_LAPSED, StepFacts),
    step(CaseAct.EXTENDED, ExtensionFacts, workdays=st.integers(0, 25), approved_by=WHO, reason=WHO),
    step(CaseAct.OPINION_ASKED, OpinionFacts, kind=st.just(OpinionKind.THIRD_PARTY), party=PARTY),
    step(CaseAct.OPINION_DELIVERED, PartyFacts, party=PARTY),
    step(CaseAct.OPINION_ARRIVED, OpinionAnswerFacts, party=PARTY, answer=st.just(OpinionAnswer.OBJECTS)),
    step(CaseAct.OPINION_LAPSED, PartyFacts, party=PARTY),
    step(CaseAct.REASONS_ASKED, ReasonsFacts, until=st.just(9)),
    step(CaseAct.DELAYED, DelayFacts, until=st.integers(0, 120), approved_by=WHO),
    step(CaseAct.FEE_ASKED, FeeFacts, amount_fen=st.just(1)),
    step(CaseAct.FEE_DELIVERED, StepFacts),
    step(CaseAct.FEE_PAID, StepFacts),
    step(CaseAct.FEE_LAPSED, StepFacts),
    step(CaseAct.ANSWERED, AnswerFacts, outcome=st.sampled_from(ANSWERS)),
    step(CaseAct.SERVED, ServiceFacts, way=st.just(ServiceWay.DIRECT)),
    step(CaseAct.WITHDRAWN, WithdrawalFacts),
    step(
        CaseAct.REVIEW_OPENED,
        ReviewFacts,
        kind=st.just(ReviewKind.REVIEW),
        organ=WHO,
        file=st.sampled_from("12"),
    ),
    step(
        CaseAct.REVIEW_DECIDED,
        ReviewResultFacts,
        file=st.sampled_from("12"),
        result=st.sampled_from(ReviewResult),
        answer_again=st.booleans(),
    ),
    step(
        CaseAct.REVIEW_DECIDED,
        ReviewResultFacts,
        file=st.sampled_from("12"),
        result=st.just(ReviewResult.CORRECTED),
        answer_again=st.just(True),
        until=st.integers(1, 30),
    ),
)
TODAY = START + timedelta(days=400)


def tried(steps: Sequence[tuple[CaseAct, StepFacts]]) -> tuple[list[CaseEvent], list[Course]]:
    """Take the steps that are lawful; the events, and the course after each."""
    events = received(START.isoformat())
    courses = [replay(events, CALENDAR)]
    for act, facts in steps:
        try:
            lawful.check(courses[-1], act, facts, TODAY)
        except RuleBroken:
            continue
        events.append(event(act, facts, len(events)))
        courses.append(replay(events, CALENDAR))
    return events, courses


def counted(course: Course) -> int:
    """Working days of the running clock up to its last day, without those of suspensions."""
    assert course.clock_from is not None
    assert course.due is not None
    span = (course.due.day - course.clock_from).days
    days = [course.clock_from + timedelta(days=n) for n in range(1, span + 1)]
    stops = course.suspensions
    return sum(CALENDAR.is_workday(each) and not any(stop.holds(each) for stop in stops) for each in days)


@settings(max_examples=150, deadline=None)
@given(st.lists(FACTS, max_size=14))
def test_no_order_of_steps_breaks_a_rule(steps: list[tuple[CaseAct, StepFacts]]) -> None:
    """Never two corrections or extensions, one answer a round; never over 40 counted days without art. 35."""
    events, courses = tried(steps)
    acts, last = [each.act for each in events], courses[-1]
    for once in (CaseAct.CORRECTION_ASKED, CaseAct.EXTENDED, CaseAct.DELAYED):
        assert acts.count(once) <= 1
    for once_a_round in (CaseAct.ANSWERED, CaseAct.SERVED):
        assert acts.count(once_a_round) <= 1 + len(last.earlier)
    assert replay(events, CALENDAR) == last
    assert (last.state is CaseState.ENDED) == (last.closed_on is not None)
    assert (last.outcome is Outcome.OPEN) == (last.answer is None and last.closed_on is None)
    for before, course in pairwise(courses):
        if before.has_lapsed and not course.again:
            assert (course.outcome, course.closed_on) == (before.outcome, before.closed_on)
    for course in courses:
        assert not (course.service and not course.has_result)
        if course.decided_until:
            assert course.due
            assert (course.due.day, course.due.is_provisional) == (course.decided_until, False)
        elif course.due and course.delay is None:
            assert 20 <= counted(course) <= 40
        if course.again:
            assert course.clock_from
            assert course.clock_from >= course.again.on
            assert course.again.result is ReviewResult.CORRECTED


@settings(max_examples=100, deadline=None)
@given(st.lists(FACTS, max_size=10))
def test_an_opinion_never_makes_a_deadline_earlier(steps: list[tuple[CaseAct, StepFacts]]) -> None:
    events, courses = tried(steps)
    without = [each for each in events if not each.act.value.startswith("opinion")]
    plain = replay(without, CALENDAR).due
    if plain and courses[-1].due:
        assert courses[-1].due.day >= plain.day


@settings(max_examples=60, deadline=None)
@given(st.lists(FACTS, max_size=10))
def test_facts_are_read_as_they_were_written(steps: list[tuple[CaseAct, StepFacts]]) -> None:
    for step in tried(steps)[1][-1].steps[2:]:
        written = json.loads(json.dumps(step.facts.detail(), ensure_ascii=False))
        assert type(step.facts).read(written) == step.facts
        assert step.facts.on <= beijing_day(step.noted_at)
