"""Made-up questions left for the county, in several states, by the product's acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from kiosk.app import hub
from kiosk.clock import BEIJING, Clock, today
from kiosk.consultation.inquiry import inquiries, models, rules, written_answers
from kiosk.consultation.inquiry.rules import AnswerState
from kiosk.consultation.library import proposals
from kiosk.intake import begun, codes
from kiosk.intake.handling import Work
from kiosk.intake.office import entering
from kiosk.intake.office.entering import HandEntry
from kiosk.intake.promises import PromisedTerms
from kiosk.machine import homes
from kiosk.web.context import HubWiring


@dataclass(frozen=True)
class SampleInquiry:
    """A made-up question: days ago, its topic, what was asked, its answer; is_draft: only a draft of it."""

    days_ago: int
    topic: str
    asked: str
    answer: str = ""
    is_draft: bool = False
    rating: str = ""


SAMPLES = (
    SampleInquiry(
        12, "health", "住院费用出院以后还能报销吗？",
        "可以。出院后一年内带发票、出院记录和社保卡到医保窗口（示例）。", rating="good",
    ),
    SampleInquiry(
        9, "pension", "养老待遇资格认证在手机上怎么做？", "在手机上按提示扫脸，也可以请村里协办（示例）。",
        rating="good",
    ),
    SampleInquiry(
        8, "school", "孩子跟着我在县城租房，能在县城上小学吗？", "可以，按居住证积分入学（示例）。", rating="fair"
    ),
    SampleInquiry(10, "tax", "开小卖部要不要缴税？"),
    SampleInquiry(1, "job", "返乡创业有没有贷款？", "有担保贷款，条件见办事指南（示例）。", is_draft=True),
    SampleInquiry(0, "birth", "二胎生育津贴找谁领？"),
)  # fmt: skip
IN_THE_LIBRARY = 0
"""Which of them is proposed to the library."""


def add(home: Path, clock: Clock, clerk: str, reading_keys: Mapping[str, bytes]) -> list[str]:
    """Leave the samples at a hub that is open, answer some in a clerk's session; return their numbers."""
    wired = hub.wiring(home, homes.hub_settings(home), clock)
    found = [_left(sample, wired, clerk, reading_keys) for sample in SAMPLES]
    sample, now = SAMPLES[IN_THE_LIBRARY], clock.now()
    organ = models.inquiry(found[IN_THE_LIBRARY]).organ_code
    day = today(clock)
    record = proposals.record_of(
        proposals.new_id(day.year),
        kind=wired.library_kind,
        question=f"{sample.asked}（示例）",
        answer=sample.answer,
        organ_name=wired.organ_name(organ),
        day=day,
    )
    proposals.propose(
        found[IN_THE_LIBRARY], record, organ=organ, propose=wired.propose_record, actor=clerk, now=now
    )
    return found


def _left(sample: SampleInquiry, wired: HubWiring, clerk: str, reading_keys: Mapping[str, bytes]) -> str:
    now, organ = wired.clock.now(), wired.organ(wired.settings.office_code)
    day = today(wired.clock) - timedelta(days=sample.days_ago)
    entry = HandEntry(
        key=begun.new_key(),
        kind=rules.KIND,
        organ=organ,
        clear={"topic": sample.topic, "may_publish": "yes", "entry_mode": "self"},
        personal={"asked": sample.asked, "name": "赵示例", "phone": "0635-0000002"},
        source="terminal",
        came_at=datetime.combine(day, time(9, 30), BEIJING) if sample.days_ago else now,
        terms=PromisedTerms(day, "in_person"),
        code=codes.new_code(),
    )
    number = entering.take_in(
        entry,
        register=entering.register_code(wired.settings.terminal_prefix),
        seal_key=wired.seal_key(organ.code),
        now=now,
        on_taken=wired.taken_by(clerk),
    )
    work = Work(now, wired.calendar, wired.organ_name)
    if sample.answer:
        _answer(number, sample, clerk, reading_keys, replace(work, now=_answered_at(sample, entry, now)))
    return number


def _answered_at(sample: SampleInquiry, entry: HandEntry, now: datetime) -> datetime:
    return min(entry.came_at + timedelta(days=2), now) if not sample.is_draft else now


def _answer(
    number: str, sample: SampleInquiry, clerk: str, reading_keys: Mapping[str, bytes], work: Work
) -> None:
    inquiries.assign(number, clerk, clerk, work)
    if sample.is_draft:
        written_answers.keep(
            number, sample.answer, reading_keys, state=AnswerState.DRAFT, actor=clerk, work=work
        )
        return
    day = work.now.astimezone(BEIJING).date()
    given = written_answers.parcel_of(number, sample.answer, "答复", reading_keys, day)
    written_answers.release(
        number, sample.answer, given, reading_keys, needs_second=False, actor=clerk, work=work
    )
    inquiries.rate(number, sample.rating, work)
