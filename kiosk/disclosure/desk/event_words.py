"""What happened to a case, in words: one sentence an event, with its days and its facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from kiosk.disclosure import course
from kiosk.disclosure.course import Course
from kiosk.disclosure.desk import step_forms
from kiosk.disclosure.desk.entering_pages import SOURCES
from kiosk.disclosure.desk.step_pages import party_words
from kiosk.disclosure.events import CaseAct, CaseEvent, Said, facts_of
from kiosk.disclosure.outcomes import OUTCOMES
from kiosk.disclosure.rules import ReceivedBasis
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

TITLES: Mapping[CaseAct, str] = {
    CaseAct.TAKEN_IN: N_("终端送达"),
    CaseAct.OPENED: N_("打开了申请人的信息"),
    CaseAct.RECEIPT_CONFIRMED: N_("确认收到日期"),
    CaseAct.RECEIPT_CORRECTED: N_("更正收到日期"),
    CaseAct.REGISTERED: N_("登记"),
    CaseAct.RECOUNTED: N_("放假安排有变，重新计算期限"),
    CaseAct.ASSIGNED: N_("分派"),
    CaseAct.HANDED_OVER: N_("转给另一个机关办理"),
    CaseAct.CORRECTION_ASKED: N_("发出补正告知书"),
    CaseAct.CORRECTED: N_("收到补正的申请，答复期限重新计算"),
    CaseAct.CORRECTION_LAPSED: N_("逾期不补正，不再处理"),
    CaseAct.EXTENDED: N_("延长答复期限"),
    CaseAct.OPINION_ASKED: N_("发出征求意见书，时间不计入答复期限"),
    CaseAct.OPINION_DELIVERED: N_("对方收到征求意见书"),
    CaseAct.OPINION_ARRIVED: N_("收到意见"),
    CaseAct.OPINION_LAPSED: N_("对方逾期没有答复"),
    CaseAct.REASONS_ASKED: N_("要求申请人说明理由"),
    CaseAct.DELAYED: N_("告知延迟答复的期限"),
    CaseAct.FEE_ASKED: N_("发出收费通知"),
    CaseAct.FEE_DELIVERED: N_("申请人收到收费通知"),
    CaseAct.FEE_PAID: N_("申请人缴费，处理期限重新计算"),
    CaseAct.FEE_LAPSED: N_("逾期未缴费，不再处理"),
    CaseAct.ANSWERED: N_("答复"),
    CaseAct.SERVED: N_("送达"),
    CaseAct.DELIVERED: N_("申请人签收或者领取了答复"),
    CaseAct.WITHDRAWN: N_("申请人撤回"),
    CaseAct.REVIEW_OPENED: N_("有了复议或者诉讼"),
    CaseAct.REVIEW_DECIDED: N_("复议或者诉讼有了结果"),
    CaseAct.NOTED: N_("记了一条备注"),
    CaseAct.URGED: N_("催办"),
    CaseAct.LINKED: N_("和另一件关联"),
    CaseAct.SCANNED: N_("添加来件扫描件"),
    CaseAct.RECEIPT_PRINTED: N_("打印接收回执"),
    CaseAct.ARCHIVED: N_("归档"),
    CaseAct.FEEDBACK: N_("申请人评价"),
    CaseAct.PUBLICATION_ASKED: N_("申请人建议主动公开"),
}
"""The name of each act in the history."""
Day = Callable[[date], str]
"""Writes a day in the language of the page."""


def history(events: Sequence[CaseEvent], happened: Course, day: Day) -> list[tuple[CaseEvent, str]]:
    """Return each event with its sentence; a deadline is named where it moved."""
    known_due: tuple[Said, Said] = (None, None)
    found = []
    for event in events:
        due = (event.detail.get("reply_due"), event.detail.get("provisional"))
        found.append((event, _sentence(event, happened, day, has_moved=due != known_due)))
        known_due = due if due[0] else known_due
    return found


def _sentence(event: CaseEvent, happened: Course, day: Day, *, has_moved: bool) -> str:
    facts = facts_of(event)
    is_by_hand = event.act is CaseAct.TAKEN_IN and event.detail.get("source")
    said = [_("登记来件") if is_by_hand else _(TITLES[event.act])]
    if event.act in course.FOLLOWS and event.act is not CaseAct.TAKEN_IN:
        said.append(day(facts.on))
    more = _MORE.get(event.act)
    said += more(facts, happened, day) if more else []
    said += _of_detail(event.detail, day)
    if has_moved:
        said.append(_deadline(event.detail, day))
    return _("，").join(each for each in said if each)


def _of_detail(detail: Mapping[str, Any], day: Day) -> list[str]:
    """Return what the detail says beside the facts: numbers of papers, and the deadline before."""
    said = []
    if number := detail.get("assisted_by"):
        said.append(_("工号%(number)s代为填写", number=number))
    if number := detail.get("renumbered_from"):
        said.append(_("申请人手里的纸上是%(number)s，请打电话告诉本人现在的编号", number=number))
    if source := detail.get("source"):
        said.append(str(SOURCES.get(str(source), source)))
    if "to" in detail:
        said.append(_("交给%(name)s", name=detail["to"]) if detail["to"] else _("不分给谁"))
    if until := detail.get("until"):
        said += [] if "on" in detail else [_("%(day)s以前", day=day(date.fromisoformat(str(until))))]
    if other := detail.get("other"):
        said.append(str(other))
    if many := detail.get("many"):
        said.append(_("%(many)s个", many=many))
    if number := detail.get("letter_no"):
        said.append(_("文书%(number)s", number=number))
    if before := detail.get("before"):
        said.append(_("原来的答复期限是%(day)s", day=day(date.fromisoformat(str(before)))))
    return said


def _deadline(detail: Mapping[str, Any], day: Day) -> str:
    due = detail.get("reply_due")
    doubt = _("（暂定）") if detail.get("provisional") else ""
    return _("答复期限%(day)s", day=day(date.fromisoformat(str(due)))) + doubt if due else ""


def _party(number: int, happened: Course) -> str:
    return next((party_words(each) for each in happened.opinions if each.asked.party == number), "")


def _basis(basis: str) -> str:
    known = {str(each): str(said) for each, said in step_forms.BASES.items()}
    return known.get(basis, "") if basis != ReceivedBasis.TO_CONFIRM else ""


_MORE: Mapping[CaseAct, Callable[[Any, Course, Day], list[str]]] = {
    CaseAct.TAKEN_IN: lambda facts, _course, day: (
        [_("收到日期%(day)s", day=day(facts.received_on))] if facts.received_on else []
    ),
    CaseAct.RECEIPT_CONFIRMED: lambda facts, _course, _day: [_basis(facts.basis)],
    CaseAct.RECEIPT_CORRECTED: lambda facts, _course, _day: [
        _basis(facts.basis),
        _("理由：%(reason)s", reason=facts.reason),
    ],
    CaseAct.CORRECTION_ASKED: lambda facts, _course, day: [_("请在%(day)s以前补正", day=day(facts.until))],
    CaseAct.CORRECTED: lambda facts, _course, _day: [_("超过期限，有正当理由")] if facts.excused else [],
    CaseAct.EXTENDED: lambda facts, _course, _day: [
        _("%(days)s个工作日", days=facts.workdays),
        _("%(name)s同意", name=facts.approved_by),
        _("理由：%(reason)s", reason=facts.reason),
    ],
    CaseAct.OPINION_ASKED: lambda facts, happened, _day: [_party(facts.party, happened)],
    CaseAct.OPINION_DELIVERED: lambda facts, happened, _day: [_party(facts.party, happened)],
    CaseAct.OPINION_ARRIVED: lambda facts, happened, _day: [
        _party(facts.party, happened),
        str(step_forms.OPINIONS[facts.answer]),
    ],
    CaseAct.OPINION_LAPSED: lambda facts, happened, _day: [_party(facts.party, happened)],
    CaseAct.REASONS_ASKED: lambda facts, _course, day: [_("请在%(day)s以前说明", day=day(facts.until))],
    CaseAct.DELAYED: lambda facts, _course, day: [
        _("延到%(day)s", day=day(facts.until)),
        _("%(name)s同意", name=facts.approved_by),
    ],
    CaseAct.FEE_ASKED: lambda facts, _course, _day: [_("%(yuan)s元", yuan=f"{facts.amount_fen / 100:.2f}")],
    CaseAct.ANSWERED: lambda facts, _course, _day: [
        str(OUTCOMES[facts.outcome].words),
        _("当场答复") if facts.on_the_spot else "",
    ],
    CaseAct.SERVED: lambda facts, happened, _day: [
        str(step_forms.WAYS[facts.way]),
        facts.proof,
        _("逾期") if happened.is_late else "",
    ],
    CaseAct.WITHDRAWN: lambda facts, _course, _day: [facts.way],
    CaseAct.REVIEW_OPENED: lambda facts, _course, _day: [
        str(step_forms.REVIEWS[facts.kind]),
        facts.organ,
        facts.file,
    ],
    CaseAct.REVIEW_DECIDED: lambda facts, _course, day: [
        facts.file,
        str(step_forms.RESULTS[facts.result]),
        _("要求重新答复，重新办理") if facts.answer_again else "",
        _("最晚%(day)s", day=day(facts.until)) if facts.until else "",
    ],
}
"""What is said of an act beside its name and its day."""
