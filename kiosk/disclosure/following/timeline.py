"""
The way of a request as a citizen follows it: dated steps, what happens next, by when and why, what can be done.

Made of the state and the detail that the hub sends (`steps.py`), which hold nothing personal. Knows neither Flask nor
a database. Articles: 政府信息公开条例 (2019 revision).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from kiosk.clock import beijing_day
from kiosk.disclosure.course import remedy_days
from kiosk.disclosure.days.day_count import read_clocks
from kiosk.disclosure.days.day_words import clocks_in_words
from kiosk.disclosure.following import addition_kinds
from kiosk.disclosure.outcomes import WITHOUT_AN_ANSWER, Outcome
from kiosk.intake.handover.detail import TIMELINE, is_ready
from kiosk.intake.kinds import SUBMITTED, Delivery, NextStep, OpenWay, TrackedCourse
from kiosk.intake.kinds import DatedStep as Step
from kiosk.intake.slips import due_words
from kiosk.intake.tracking import Progress
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import gettext as _
from kiosk.workdays import WorkCalendar

CORRECTION, REMEDIES = "correction", "remedies"
"""Members of the detail of a state."""
RECEIVED, REGISTERED, AWAITING, SUSPENDED, ANSWERED, ENDED = (
    "received",
    "registered",
    "awaiting-correction",
    "suspended",
    "answered",
    "ended",
)
RUNNING = frozenset({SUBMITTED, RECEIVED, REGISTERED, AWAITING, SUSPENDED})
"""States in which a request can be withdrawn."""


def course(seen: Progress) -> TrackedCourse:
    """Return the way of a request that was looked up."""
    working = clocks_in_words(read_clocks(seen.detail))
    note = _("办理中需要补正、延期或者征求别人意见的，期限依法相应变化。")
    return TrackedCourse(tuple(_steps(seen)), _next(seen), tuple(_ways(seen)), working, note)


def remedies(seen: Progress) -> Mapping[str, Any]:
    """
    Return the last days of the remedies, `review_until` and `suit_until`; empty: none, or not known.

    provisional: whether they may still move. counted_here: by this machine, before the hub said them.
    """
    return _part(seen, REMEDIES)


def collected(seen: Progress, on: date, calendar: WorkCalendar) -> Progress:
    """Return what is known of a request whose answer was opened here, where the hub could not be asked since."""
    outcome = str(seen.detail.get("outcome", ""))
    days = remedy_days(Outcome(outcome), on, calendar) if outcome in set(Outcome) else None
    if remedies(seen) or days is None:
        return seen
    counted = {
        "review_until": days.review.day.isoformat(),
        "suit_until": days.suit.day.isoformat() if days.suit else None,
        "provisional": days.is_provisional,
        "counted_here": True,
    }
    dated = [*_said(seen), {"at": on.isoformat(), "act": "delivered"}]
    return replace(seen, detail={**seen.detail, REMEDIES: counted, TIMELINE: dated})


def _part(seen: Progress, name: str) -> Mapping[str, Any]:
    found = seen.detail.get(name)
    return found if isinstance(found, dict) else {}


def _steps(seen: Progress) -> Sequence[Step]:
    steps = [step for each in _said(seen) if (step := _step(each))]
    if not steps and seen.submitted_at:
        return [Step(_("提交申请"), beijing_day(seen.submitted_at))]
    return steps


def _said(seen: Progress) -> list[Mapping[str, Any]]:
    """Return the dated steps as the hub sent them."""
    found = seen.detail.get(TIMELINE)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _step(said: Mapping[str, Any]) -> Step | None:
    """Return a step in words; None for one that this version does not know, or that concerns the office alone."""
    on = _day(said.get("on") or said.get("at"))
    words = _words(said)
    return Step(words[0], on, words[1]) if on and words else None


def _day(written: object) -> date | None:
    """Return the Beijing day of a date or a time; None for anything else."""
    if not isinstance(written, str):
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return beijing_day(moment) if moment.tzinfo else moment.date()


def _words(said: Mapping[str, Any]) -> tuple[str, str] | None:
    until = _day(said.get("until"))
    by = date_words(until) if until else ""
    again = _("从这一天起重新计算20个工作日（第三十条）。")
    words = {
        "taken-in": (_("提交申请"), ""),
        "receipt-confirmed": (_("办理机关收到"), _("从第二天起计算答复期限（第三十一条）。")),
        "receipt-corrected": (_("收到日期更正"), _("答复期限跟着重新计算（第三十一条）。")),
        "registered": (_("已登记"), ""),
        "correction-asked": (
            _("请您补正，最晚%(day)s", day=by) if by else _("请您补正"),
            _("原来写的还找不到是哪条信息（第三十条）。"),
        ),
        "corrected": (_("收到您的补正"), again),
        "correction-lapsed": (_("逾期没有补正"), _("没有正当理由的，视为放弃申请（第三十条）。")),
        "extended": (_("延长答复期限"), _("最多延长20个工作日（第三十三条）。")),
        "opinion-asked": (
            _("征求第三方或者其他机关的意见"),
            _("等意见的时间不算在答复期限里（第三十三条）。"),
        ),
        "opinion-arrived": (_("意见收到了"), _("答复期限接着算。")),
        "opinion-lapsed": (_("等意见的时间到了"), _("答复期限接着算。")),
        "reasons-asked": (_("请您说明理由"), _("申请的数量、次数明显超过合理范围时可以问（第三十五条）。")),
        "delayed": (
            _("延迟到%(day)s答复", day=by) if by else _("延迟答复"),
            _("申请量大，告知了合理的期限（第三十五条）。"),
        ),
        "fee-asked": (_("通知缴纳信息处理费"), _("数量、次数明显超过合理范围时才收（第四十二条）。")),
        "fee-paid": (_("已经缴费"), ""),
        "fee-lapsed": (_("逾期没有缴费"), _("不再处理。")),
        "answered": (_("作出答复"), ""),
        "served": (_("答复已送达"), ""),
        "delivered": (_("答复已签收"), ""),
        "review-decided": (
            _("要重新答复您，最晚%(day)s", day=by) if by else _("要重新答复您"),
            _("复议决定或者法院判决要求的。")
            if by
            else _("复议决定或者法院判决要求的，20个工作日重新计算。"),
        ),
        "withdrawn": (_("您撤回了申请"), ""),
    }
    return words.get(str(said.get("act")))


def _next(seen: Progress) -> NextStep | None:
    due = due_words(seen.due) if seen.due else ""
    why = _("收到之日起20个工作日，周末和法定节假日不算，调休上班的算（第三十三条）。")
    if is_ready(seen.detail):
        return NextStep(_("答复做好了，您可以在这里看、打印。"), waits_for_citizen=True)
    if seen.state == SUBMITTED and seen.delivery is not Delivery.ARRIVED:
        return NextStep(_("联网后自动送到办理机关，不用您再做什么。"), due, why if due else "")
    if seen.state == SUBMITTED:
        return NextStep(_("办理机关和您确认收到申请（第三十一条），然后登记。"), due, why if due else "")
    if seen.state == AWAITING:
        until = _day(_part(seen, CORRECTION).get("until"))
        by = _("最晚%(day)s", day=date_words(until)) if until else ""
        return NextStep(
            _("等您补正。"),
            by,
            _("没有正当理由逾期不补正的，视为放弃申请（第三十条）。"),
            waits_for_citizen=True,
        )
    if seen.state == SUSPENDED:
        return NextStep(
            _("等第三方或者其他机关的意见，收到后接着办。"),
            due,
            _("等意见最多15个工作日，不算在答复期限里（第三十二条、第三十三条）。"),
        )
    if seen.state == ANSWERED:
        return NextStep(_("办理机关按您选的方式把答复送给您。"))
    if seen.state == ENDED:
        return None
    if _is_again(seen):
        return NextStep(_("办理机关重新答复您。"), due)
    return NextStep(_("办理机关答复您。"), due, why if due else "")


def _is_again(seen: Progress) -> bool:
    """Return whether the request is answered again after a review or a judgment."""
    return "review-decided" in [each.get("act") for each in _said(seen)]


def _ways(seen: Progress) -> Sequence[OpenWay]:
    kinds = addition_kinds
    ways = []
    if is_ready(seen.detail):
        ways.append(OpenWay(_("看答复"), "answers.ask", "file-text", is_main=True))
    if seen.state == AWAITING:
        ways.append(OpenWay(_("现在补正"), f"{kinds.CORRECTION.name}.start", "pencil", is_main=True))
    if remedies(seen):
        ways.append(OpenWay(_("不同意答复怎么办"), "disclosure.remedies", "scale"))
    if seen.state in (ANSWERED, ENDED):
        ways.append(OpenWay(_("办得怎么样"), "answers.rate", "star"))
    if seen.state in (ANSWERED, ENDED) and seen.detail.get("outcome") not in WITHOUT_AN_ANSWER:
        ways.append(OpenWay(_("建议让大家都看到"), f"{kinds.PUBLICATION.name}.start", "send"))
    if seen.state in RUNNING and not is_ready(seen.detail):
        ways.append(OpenWay(_("撤回申请"), f"{kinds.WITHDRAWAL.name}.start", "x"))
    return ways
