"""What a case knows of itself, as letters say it: always in Chinese, whatever language the clerk reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kiosk.disclosure.case_models import Case
from kiosk.disclosure.course import Course
from kiosk.disclosure.days import day_words as day_words_of
from kiosk.disclosure.days.day_count import day_count
from kiosk.disclosure.events import CaseAct
from kiosk.disclosure.kind import REQUEST
from kiosk.disclosure.letters.kinds import FEE, KindRow
from kiosk.disclosure.letters.models import CaseLetter
from kiosk.disclosure.letters.page.letter_text import day_words
from kiosk.disclosure.outcomes import Outcome
from kiosk.intake.sealed import OpenedSubmission
from kiosk.web.language.languages import SOURCE
from kiosk.web.language.wording import speaking
from kiosk.workdays import WorkCalendar

CITIZEN = "citizen"
BASES: Mapping[str, str] = {
    "in_person": "当面提交（条例第三十一条第一项）",
    "signed": "邮寄，签收之日（条例第三十一条第二项）",
    "ordinary": "平常信函，双方确认之日（条例第三十一条第二项）",
    "confirmed": "双方确认之日（条例第三十一条第三项）",
}
STEPS: Mapping[CaseAct, str] = {
    CaseAct.RECEIPT_CONFIRMED: "确认收到",
    CaseAct.REGISTERED: "登记",
    CaseAct.CORRECTION_ASKED: "告知补正",
    CaseAct.CORRECTED: "收到补正",
    CaseAct.EXTENDED: "延期",
    CaseAct.OPINION_ASKED: "征求意见",
    CaseAct.OPINION_ARRIVED: "收到意见",
    CaseAct.REASONS_ASKED: "要求说明理由",
    CaseAct.DELAYED: "延迟答复",
    CaseAct.FEE_ASKED: "通知缴费",
    CaseAct.FEE_PAID: "缴费",
    CaseAct.ANSWERED: "答复",
    CaseAct.SERVED: "送达",
}
"""Steps that the register sheet names."""


def values(
    case: Case,
    course: Course,
    opened: OpenedSubmission,
    *,
    organ: str,
    channel: str,
    clerk: str,
    calendar: WorkCalendar | None = None,
) -> dict[str, str]:
    """Return the places that a case fills in, by label; what is not known yet stays empty for the clerk."""
    personal = opened.personal
    you = "您" if case.applicant_type == CITIZEN else "你单位"
    found = {
        "您": you,
        "申请人": str(personal.get("name", "")),
        "申请人类型": _brief("applicant", case.applicant_type),
        "编号": case.number,
        "收到依据": BASES.get(case.received_basis, "条例第三十一条"),
        "收到经过": _received(case, course, you),
        "申请内容": _quoted(str(personal.get("wanted", ""))),
        "申请渠道": channel,
        "提供方式": _supply(personal),
        "机关": organ,
        "经办人": clerk,
        "办理经过": _so_far(course) + (_counted(course, calendar) if calendar else ""),
    }
    if case.received_on:
        found["收到日期"] = day_words(case.received_on)
    if course.due:
        found["答复期限"] = day_words(course.due.day)
    return {label: value for label, value in found.items() if value}


NOTICES: Mapping[str, str] = {
    Outcome.UNCLEAR: "correction",
    Outcome.ABANDONED_CORRECTION: "correction",
    Outcome.ABANDONED_FEE: FEE,
}
"""The notice that an answer, or the letter of a lapse, refers to."""


def facts(row: KindRow, course: Course, written: Sequence[CaseLetter]) -> dict[str, str]:
    """Return the facts of a new letter that its case knows, by name: the last day, and the notice it refers to."""
    found: dict[str, object] = {"old_due": course.due.day if course.due else None}
    asked = course.fee.asked if course.fee and NOTICES.get(row.name) == FEE else course.correction
    if row.name in NOTICES and asked:
        fee_until = course.fee.until.day if course.fee and course.fee.until else None
        found["asked_on"] = asked.on
        found["until"] = fee_until if NOTICES[row.name] == FEE else getattr(asked, "until", None)
    notices = [each for each in written if each.kind == NOTICES.get(row.name) and each.service.get("way")]
    if notices:
        served = notices[-1].service
        found |= {"asked": notices[-1].letter_no, "served_on": served.get("delivered") or served["on"]}
    asked_for = {fact.name for fact in row.facts}
    return {name: str(value) for name, value in found.items() if value and name in asked_for}


def _received(case: Case, course: Course, you: str) -> str:
    if case.received_on is None:
        return ""
    said = f"本机关于{day_words(case.received_on)}收到{you}提出的政府信息公开申请（编号：{case.number}）"
    if course.corrected_on:
        said += f"，并于{day_words(course.corrected_on)}收到{you}补正后的申请"
    return f"{said}。"


def _quoted(text: str) -> str:
    """Return a text for quotation: quotation marks inside it become single ones."""
    return text.strip().replace("“", "‘").replace("”", "’")


def _supply(personal: Mapping[str, Any]) -> str:
    words = [_brief(name, str(personal[name])) for name in ("supply", "obtain") if personal.get(name)]
    return "，".join(words)


def _brief(name: str, value: str) -> str:
    with speaking(SOURCE):
        return REQUEST.brief(name, value)


def _counted(course: Course, calendar: WorkCalendar) -> str:
    """Return why the last day is that one, as the desk and the paper file say it."""
    count = day_count(course, calendar)
    if count is None or count.deadline is None:
        return ""
    with speaking(SOURCE):
        return f"期限计算：{''.join(day_words_of.summary(count))}"


def _so_far(course: Course) -> str:
    named: Sequence[str] = [
        f"{day_words(step.facts.on)}{STEPS[step.act]}" for step in course.steps if step.act in STEPS
    ]
    return "；".join(named) + ("。" if named else "")
