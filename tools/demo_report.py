"""Made-up requests of the past year for the demo: answered, rated, disputed, published; what a report counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from kiosk.app import hub
from kiosk.catalogue.publishing import approval
from kiosk.catalogue.publishing.approval import Release
from kiosk.catalogue.records.hand import Hand
from kiosk.clock import BEIJING, Clock, FixedClock, beijing_day, today
from kiosk.disclosure import steps
from kiosk.disclosure.events import (
    AnswerFacts,
    CaseAct,
    ReviewFacts,
    ReviewKind,
    ReviewResult,
    ReviewResultFacts,
    ServiceFacts,
    ServiceWay,
    StepFacts,
)
from kiosk.disclosure.handover.release import APPLICANT
from kiosk.disclosure.office.channels import RequestSource
from kiosk.disclosure.outcomes import Outcome
from kiosk.disclosure.report import actions, catalogue_records
from kiosk.disclosure.report.proceedings import Proceeding
from kiosk.intake import codes
from kiosk.intake.handling import Work
from kiosk.intake.handover.rating import RATING, Rating
from kiosk.machine import homes
from kiosk.web.context import HubWiring
from tools.demo_cases import Sample, entered, workdays_before

BEFORE, EVERY, LAST = 230, 8, 34
"""Working days ago of the first request, between two, and of the last one."""
OUTCOMES = (
    Outcome.GRANTED,
    Outcome.GRANTED_PUBLIC,
    Outcome.GRANTED,
    Outcome.PARTIAL,
    Outcome.REFUSED_PROCESS,
    Outcome.NONE_FOUND,
)
APPLICANTS = ("citizen", "citizen", "business", "citizen", "legal")
WANTED = (
    "示例河两岸的征地补偿安置方案",
    "2025年农村公路养护资金的分配表",
    "县城公交补贴的发放依据",
    "示例小区的规划许可和总平面图",
    "示例镇高标准农田项目的验收报告",
)
TOOK = (12, 15, 18, 9, 20, 24)
"""Working days up to the answer; the last of them is late."""
RATED = (Rating.GOOD, Rating.GOOD, Rating.FAIR, None)


@dataclass(frozen=True)
class LogSample:
    """What the public log says of an answered request; is_approved: the second person approved it."""

    at: int
    question: str
    answer: str
    is_approved: bool


LOG = (
    LogSample(
        0,
        "示例河治理的征地补偿标准是多少？（示例）",
        "按县里公布的区片综合地价补偿，标准和附着物清单在“征地补偿”栏目可以查到（示例）。",
        is_approved=True,
    ),
    LogSample(
        2,
        "县城公交一年补贴多少，依据是什么？（示例）",
        "依据县财政局和交通运输局的补贴办法，按运营里程计算，每年随决算公开（示例）。",
        is_approved=True,
    ),
    LogSample(
        4,
        "农村公路养护资金怎样分到各乡镇？（示例）",
        "按里程和路况评分分配，分配表每年三月公开（示例）。",
        is_approved=False,
    ),
)


def add(home: Path, clock: Clock, clerk: str, publisher: str) -> list[str]:
    """Enter the past year at a hub that is open, the oldest request first; return the numbers."""
    wired = hub.wiring(home, homes.hub_settings(home), clock)
    code, found = codes.new_code(), []
    for at, day in enumerate(_days(wired, today(clock))):
        past = FixedClock(datetime.combine(day, time(10), BEIJING))
        then = hub.wiring(home, wired.settings, past)
        number = entered(
            _sample(at, wired), then, Work(past.now(), wired.calendar, wired.organ_name), clerk, code
        )
        _finish(number, at, day, wired, clerk)
        found.append(number)
    _dispute(found, wired, clerk)
    for sample in LOG:
        _publish(found[sample.at], sample, wired, clerk, publisher)
    return found


def _days(wired: HubWiring, day: date) -> Iterator[date]:
    for many in range(BEFORE, LAST - 1, -EVERY):
        yield workdays_before(wired, day, many)


def _sample(at: int, wired: HubWiring) -> Sample:
    others = [organ.code for organ in wired.organs() if organ.code != wired.settings.office_code]
    organs = ["", *others[:1]]
    return Sample(
        RequestSource.COUNTER,
        0,
        "赵示例",
        WANTED[at % len(WANTED)],
        organ=organs[at % len(organs)],
        applicant=APPLICANTS[at % len(APPLICANTS)],
    )


def _finish(number: str, at: int, came: date, wired: HubWiring, clerk: str) -> None:
    """Register a request on the day after it came, answer and serve it, and let some applicants rate it."""
    answered = wired.calendar.after(came, TOOK[at % len(TOOK)]).day
    served = wired.calendar.after(answered, 1).day
    registered = _work(wired, wired.calendar.after(came, 1).day)
    steps.register(number, clerk, registered)
    answer = AnswerFacts(on=answered, outcome=OUTCOMES[at % len(OUTCOMES)])
    _take(number, CaseAct.ANSWERED, answer, wired, clerk)
    _take(number, CaseAct.SERVED, ServiceFacts(on=served, way=ServiceWay.DIRECT), wired, clerk)
    rating = RATED[at % len(RATED)]
    if rating:
        steps.note(number, CaseAct.FEEDBACK, {RATING: rating.value}, APPLICANT, _work(wired, served))


def _take(number: str, act: CaseAct, facts: StepFacts, wired: HubWiring, clerk: str) -> None:
    steps.take(number, act, facts, clerk, _work(wired, facts.on))


def _work(wired: HubWiring, day: date) -> Work:
    return Work(datetime.combine(day, time(15), BEIJING), wired.calendar, wired.organ_name)


def _dispute(numbers: list[str], wired: HubWiring, clerk: str) -> None:
    """Note a decided and a running review at requests, and a lawsuit about a request that is not registered here."""
    day, now = today(wired.clock), wired.clock.now()
    organ = wired.organ_name(wired.settings.office_code)
    first = workdays_before(wired, day, BEFORE - 40)
    opened = ReviewFacts(
        on=first, kind=ReviewKind.REVIEW, organ="示例县人民政府（示例）", file="示例复〔1〕号"
    )
    decided = ReviewResultFacts(
        on=first + timedelta(days=50), file="示例复〔1〕号", result=ReviewResult.UPHELD
    )
    _take(numbers[4], CaseAct.REVIEW_OPENED, opened, wired, clerk)
    _take(numbers[4], CaseAct.REVIEW_DECIDED, decided, wired, clerk)
    running = ReviewFacts(
        on=workdays_before(wired, day, 8), kind=ReviewKind.REVIEW, organ=organ, file="示例复〔2〕号"
    )
    _take(numbers[10], CaseAct.REVIEW_OPENED, running, wired, clerk)
    actions.enter(
        Proceeding(ReviewKind.SUIT, workdays_before(wired, day, 30)),
        organ=wired.settings.office_code,
        reference="（示例）行初1号",
        actor=clerk,
        now=now,
    )


def _publish(number: str, sample: LogSample, wired: HubWiring, clerk: str, publisher: str) -> None:
    now, organ = wired.clock.now(), wired.settings.office_code
    record = catalogue_records.of_answer(
        actions.new_log_id(beijing_day(now).year),
        kind=wired.answer_kind,
        question=sample.question,
        answer=sample.answer,
        organ_name=wired.organ_name(organ),
        day=beijing_day(now),
    )
    actions.publish_answer(number, record, organ=organ, propose=wired.propose_record, actor=clerk, now=now)
    if sample.is_approved:
        approval.approve(record["id"], Hand(publisher, now), Release("proactive"))
