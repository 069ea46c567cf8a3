"""Made-up requests in several states for the demo's desk and a sample head of letters, by the product's acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from kiosk.app import hub
from kiosk.clock import BEIJING, Clock, today
from kiosk.disclosure import steps
from kiosk.disclosure.events import (
    AnswerFacts,
    CaseAct,
    CorrectionFacts,
    ExtensionFacts,
    OpinionFacts,
    OpinionKind,
    ServiceFacts,
    ServiceWay,
    StepFacts,
)
from kiosk.disclosure.kind import REQUEST
from kiosk.disclosure.letters import letterheads
from kiosk.disclosure.letters.letterheads import Letterhead
from kiosk.disclosure.letters.remedies import RemedyPlaces
from kiosk.disclosure.office import channels, dossier
from kiosk.disclosure.office.channels import RequestSource
from kiosk.disclosure.outcomes import Outcome
from kiosk.intake import begun, codes
from kiosk.intake.codes import QueryCode
from kiosk.intake.handling import Work
from kiosk.intake.office import entering
from kiosk.intake.office.entering import HandEntry
from kiosk.machine import homes
from kiosk.web.context import HubWiring

Facts = Callable[[date, HubWiring], StepFacts]


SAMPLE_CONTACT = "联系人：王示例（示例）；电话：0635-0000001；地址：示例县示例路3号。"
SAMPLE_REMEDIES = RemedyPlaces(
    review_organ="示例县人民政府（示例）",
    review_address="示例县示例路1号，示例县行政复议受理窗口（示例）",
    review_online="示例县行政复议网上申请（示例）",
    court="示例县人民法院（示例）",
    court_address="示例县示例路2号（示例）",
)


@dataclass(frozen=True)
class Sample:
    """
    A made-up request: how it came, working days ago, who asks for what, and the steps taken since.

    organ: Code of the one it is for; empty: the office.
    """

    source: RequestSource
    days_ago: int
    name: str
    wanted: str
    is_confirmed: bool = True
    steps: tuple[tuple[CaseAct, Facts], ...] = ()
    organ: str = ""
    applicant: str = "citizen"


def _correction(day: date, wired: HubWiring) -> StepFacts:
    return CorrectionFacts(on=day, until=wired.calendar.after(day, 15).day)


def _extension(day: date, _wired: HubWiring) -> StepFacts:
    return ExtensionFacts(on=day, workdays=20, approved_by="吴示例", reason="材料多，要逐份核对")


def _opinion(day: date, _wired: HubWiring) -> StepFacts:
    return OpinionFacts(on=day, kind=OpinionKind.CO_MAKER, party=1, organ="示例县水利局")


def _answer(outcome: Outcome) -> Facts:
    return lambda day, _wired: AnswerFacts(on=day, outcome=outcome)


def _served(day: date, _wired: HubWiring) -> StepFacts:
    return ServiceFacts(on=day, way=ServiceWay.DIRECT)


SAMPLES = (
    Sample(RequestSource.EMAIL, 6, "赵示例", "2025年农村公路养护工程的中标合同", is_confirmed=False),
    Sample(RequestSource.WEBSITE, 0, "钱示例", "本镇今年粮食补贴的发放标准", is_confirmed=False),
    Sample(RequestSource.COUNTER, 1, "孙示例", "县实验小学校车财政补贴的明细"),
    Sample(RequestSource.SIGNED_POST, 18, "李示例", "示例河治理工程的环评批复"),
    Sample(RequestSource.POST, 24, "周示例", "2024年低保名额的分配办法"),
    Sample(
        RequestSource.FAX, 10, "吴示例", "两县共用水源地的保护方案", steps=((CaseAct.OPINION_ASKED, _opinion),)
    ),
    Sample(RequestSource.EMAIL, 3, "郑示例", "那份文件", steps=((CaseAct.CORRECTION_ASKED, _correction),)),
    Sample(
        RequestSource.COUNTER, 15, "王示例", "十年来征地补偿安置方案全部批复", steps=((CaseAct.EXTENDED, _extension),)
    ),
    Sample(
        RequestSource.SIGNED_POST, 9, "冯示例", "养老服务中心的运营补贴协议",
        steps=((CaseAct.ANSWERED, _answer(Outcome.GRANTED)),),
    ),
    Sample(
        RequestSource.COUNTER, 12, "陈示例", "县城公交线路调整的会议纪要",
        steps=((CaseAct.ANSWERED, _answer(Outcome.NONE_FOUND)), (CaseAct.SERVED, _served)),
    ),
)  # fmt: skip


def add_letterheads(home: Path, clock: Clock, clerk: str) -> None:
    """Fill in what the letters of each organ say of it, all of it marked as a sample; nobody confirmed it."""
    wired = hub.wiring(home, homes.hub_settings(home), clock)
    for code in sorted({wired.settings.office_code, *(organ.code for organ in wired.organs())}):
        head = Letterhead(code, "示例公开", SAMPLE_CONTACT, places=SAMPLE_REMEDIES)
        letterheads.change(head, now=clock.now(), by=clerk)


def add(home: Path, clock: Clock, clerk: str) -> list[str]:
    """Enter the samples at a hub that is open, in the name of a clerk; return their numbers."""
    wired = hub.wiring(home, homes.hub_settings(home), clock)
    work = Work(clock.now(), wired.calendar, wired.organ_name)
    found = [entered(sample, wired, work, clerk, codes.new_code()) for sample in SAMPLES]
    dossier.assign(found[3:8], clerk, clerk, work)
    dossier.urge(found[4], today(clock), clerk, work)
    dossier.link(found[9], found[4], clerk, work)
    return found


def entered(sample: Sample, wired: HubWiring, work: Work, clerk: str, code: QueryCode) -> str:
    """Enter one sample with its steps; return its number."""
    day = today(wired.clock)
    came = workdays_before(wired, day, sample.days_ago)
    organ = wired.organ(sample.organ or wired.settings.office_code)
    entry = HandEntry(
        key=begun.new_key(),
        kind=REQUEST.name,
        organ=organ,
        clear={"applicant_type": sample.applicant, "entry_mode": "self"},
        personal={
            "wanted": sample.wanted,
            "name": sample.name,
            "phone": "0635-0000002",
            "supply": "paper",
            "obtain": "collect",
        },
        source=sample.source,
        came_at=datetime.combine(came, time(9, 30), BEIJING) if sample.days_ago else work.now,
        terms=channels.terms(
            sample.source,
            came,
            came if sample.is_confirmed else None,
            today=day,
            calendar=wired.calendar,
        ),
        code=code,
    )
    number = entering.take_in(
        entry,
        register=entering.register_code(wired.settings.terminal_prefix),
        seal_key=wired.seal_key(organ.code),
        now=work.now,
        on_taken=wired.taken_by(clerk),
    )
    if sample.is_confirmed and sample.days_ago > 1:
        steps.register(number, clerk, work)
    for act, facts in sample.steps:
        steps.take(number, act, facts(day, wired), clerk, work)
    return number


def workdays_before(wired: HubWiring, day: date, many: int) -> date:
    """Return the day that many working days before another."""
    while many:
        day -= timedelta(days=1)
        many -= wired.calendar.is_workday(day)
    return day
