"""Several hundred requests in many states, made through the product's own actions; the people are invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kiosk import db
from kiosk.clock import BEIJING, beijing_day, stamp
from kiosk.disclosure import steps
from kiosk.disclosure.events import (
    AnswerFacts,
    CaseAct,
    OpinionFacts,
    OpinionKind,
    ServiceFacts,
    ServiceWay,
)
from kiosk.disclosure.office import dossier
from kiosk.disclosure.outcomes import Outcome
from tests.hub import PERSONAL, Hub

ORGANS = ("GX-ZFB", "GX-JY", "GX-MZ")
FAMILY, GIVEN = "张王李赵陈刘杨黄", "样例示范"
WISHES = ("低保名额怎样分配", "农村公路养护合同", "校车财政补贴明细", "征地补偿安置方案", "粮食补贴发放清册")
EACH_DAY = 12


def workday_before(hub: Hub, day: date, many: int) -> date:
    """The day that lies this many working days before another."""
    while many:
        day -= timedelta(days=1)
        many -= hub.calendar.is_workday(day)
    return day


def many_cases(hub: Hub, many: int, clerks: tuple[str, ...] = ("lina", "chenbo")) -> list[str]:
    """Numbers of requests that came over the last 45 working days, as they are today."""
    now, today = hub.clock.moment, beijing_day(hub.clock.moment)
    numbers = []
    with db.writing(db.store):
        for at in range(many):
            came = workday_before(hub, today, at % 46)
            hub.clock.moment = datetime(came.year, came.month, came.day, 8, at % 60, tzinfo=BEIJING)
            numbers.append(_one(hub, at, came))
        hub.clock.moment = now
        for at, number in enumerate(numbers):
            _go_on(hub, at, number)
        dossier.assign(numbers[::3], clerks[0], clerks[0], hub.work())
        dossier.assign(numbers[1::3], clerks[1], clerks[0], hub.work())
    return numbers


def _one(hub: Hub, at: int, came: date) -> str:
    name = FAMILY[at % len(FAMILY)] + GIVEN[at % len(GIVEN)] + GIVEN[at // 7 % len(GIVEN)]
    wanted = f"{WISHES[at % len(WISHES)]}（{at}）"
    is_in_person = at % 10 > 2
    number = hub.take_in(
        personal={**PERSONAL, "name": name, "wanted": wanted},
        organ=ORGANS[at % len(ORGANS)],
        submitted_at=stamp(hub.clock.now()),
        received_basis="in_person" if is_in_person else "to_confirm",
        received_on=came.isoformat() if is_in_person else None,
        applicant_type="business" if at % 6 == 5 else "citizen",
    )
    if is_in_person:
        steps.register(number, "lina", hub.work())
    return number


def _go_on(hub: Hub, at: int, number: str) -> None:
    """What happened to a case since; an answer is issued and served a moment ago."""
    today, work = beijing_day(hub.clock.now()), hub.work()
    if at % 10 == 7:
        asked = OpinionFacts(on=today, kind=OpinionKind.CO_MAKER, party=1, organ="县教育局")
        steps.take(number, CaseAct.OPINION_ASKED, asked, "lina", work)
    if at % 10 in (8, 9):
        outcome = Outcome.GRANTED if at % 20 < 10 else Outcome.NONE_FOUND
        steps.take(number, CaseAct.ANSWERED, AnswerFacts(on=today, outcome=outcome), "lina", work)
    if at % 10 == 9:
        served = ServiceFacts(on=today, way=ServiceWay.DIRECT)
        steps.take(number, CaseAct.SERVED, served, "lina", work)
