"""The working of a deadline in words: lines of a page, of the paper file, and of a letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiosk.disclosure import clocks
from kiosk.disclosure.days.day_count import ClockStart, CountKind, CountRow, DayCount, rows
from kiosk.disclosure.events import CaseAct
from kiosk.intake.kinds import CountLine
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from kiosk.workdays import REPLY_WORKDAYS, Deadline
from printers.paper.document import Block, Bullets, KeyValue, Para, Rule, Slip, Title

KIND = "deadline-working"
STARTS: Mapping[ClockStart, str] = {
    ClockStart.RECEIVED: N_("从收到申请之日算（条例第三十一条、第三十三条）"),
    ClockStart.CORRECTED: N_("从收到补正后的申请之日重新算（条例第三十条）"),
    ClockStart.PAID: N_("从完成缴费之日重新算"),
    ClockStart.AGAIN: N_("从收到要求重新答复的决定或者判决之日重新算"),
}
UNCOUNTED: Mapping[CountKind, str] = {
    CountKind.WEEKEND: N_("周末，不计"),
    CountKind.SUSPENDED: N_("征求意见，不计（条例第三十三条第三款）"),
    CountKind.WAITING: N_("等申请人补正或者缴费，不计"),
}
HAPPENED: Mapping[CaseAct, str] = {
    CaseAct.RECEIPT_CONFIRMED: N_("确认收到日期"),
    CaseAct.RECEIPT_CORRECTED: N_("更正收到日期"),
    CaseAct.CORRECTION_ASKED: N_("发出补正告知书"),
    CaseAct.CORRECTED: N_("收到补正后的申请"),
    CaseAct.EXTENDED: N_("告知延期答复"),
    CaseAct.OPINION_ASKED: N_("发出征求意见书"),
    CaseAct.OPINION_ARRIVED: N_("收到意见"),
    CaseAct.OPINION_LAPSED: N_("征求意见期满"),
    CaseAct.DELAYED: N_("告知延迟答复"),
    CaseAct.FEE_ASKED: N_("发出收费通知"),
    CaseAct.FEE_PAID: N_("收到缴费"),
    CaseAct.ANSWERED: N_("作出答复"),
    CaseAct.SERVED: N_("送达答复"),
    CaseAct.REVIEW_DECIDED: N_("收到复议决定或者判决"),
}


def line(row: CountRow) -> CountLine:
    """Return a line in words."""
    begins_year = row.kind is CountKind.ZERO or (row.first.month, row.first.day) == (1, 1)
    days = date_words(row.first, weekday=True, year=begins_year)
    if row.last != row.first:
        days = _(
            "%(first)s至%(last)s",
            first=date_words(row.first, year=False),
            last=date_words(row.last, year=False),
        )
    happened = "；".join(_(HAPPENED[act]) for act in row.acts if act in HAPPENED)
    return CountLine(days, _how(row), happened, row.kind.value)


def _how(row: CountRow) -> str:
    if row.kind is CountKind.ZERO:
        return _("第0天，当天不计")
    if row.number is None:
        return (
            _("%(holiday)s放假，不计", holiday=row.name)
            if row.kind is CountKind.HOLIDAY
            else _(UNCOUNTED[row.kind])
        )
    counted = _("第%(days)s个工作日", days=row.number)
    if row.kind is CountKind.MADE_UP:
        counted = _("%(counted)s（调休上班）", counted=counted)
    return _("%(counted)s，原来的期限", counted=counted) if row.is_first_end else counted


def clocks_in_words(
    found: Sequence[tuple[ClockStart, Sequence[CountRow]]],
) -> list[tuple[str, list[CountLine]]]:
    """Return each clock: why it begins, and its lines."""
    return [(_(STARTS[why]), [line(row) for row in each]) for why, each in found]


def of_count(count: DayCount) -> list[tuple[str, list[CountLine]]]:
    """Return each clock of a working in words."""
    return clocks_in_words([(run.why, rows(run)) for run in count.runs])


def summary(count: DayCount) -> list[str]:
    """Return the sentences of a letter that explain the date."""
    run = count.runs[-1]
    said = [_("%(start)s，当天不计；%(why)s。", start=date_words(run.start), why=_(STARTS[run.why]))]
    names = dict.fromkeys(each.name for each in run.days if each.kind is CountKind.HOLIDAY and each.name)
    if names:
        said.append(_("其间%(holidays)s放假和周末不计。", holidays="、".join(names)))
    made_up = [date_words(each.day, year=False) for each in run.days if each.kind is CountKind.MADE_UP]
    if made_up:
        said.append(_("%(days)s调休上班，计入。", days="、".join(made_up)))
    if run.suspended:
        said.append(_("征求意见的%(days)s个工作日不计（条例第三十三条第三款）。", days=run.suspended))
    if count.extended_by:
        said.append(_("经批准延长%(days)s个工作日（条例第三十三条第二款）。", days=count.extended_by))
    return [*said, *_last(count.deadline, count)]


def _last(deadline: Deadline | None, count: DayCount) -> list[str]:
    if deadline is None:
        return [_("现在没有期限在走。")]
    if count.decided_until:
        return [_("复议决定或者判决要求在%(day)s以前重新答复。", day=date_words(count.decided_until))]
    if count.delayed_until:
        return [_("已告知延迟到%(day)s答复（条例第三十五条）。", day=date_words(count.delayed_until))]
    many = REPLY_WORKDAYS + count.extended_by
    said = [_("第%(days)s个工作日是%(day)s。", days=many, day=date_words(deadline.day, weekday=True))]
    return [*said, *doubts(deadline)]


def doubts(deadline: Deadline) -> list[str]:
    """Return why a date may still move; nothing for a settled one."""
    if not deadline.is_provisional:
        return []
    if deadline.why == clocks.OPINION_OPEN:
        return [_("暂定：还在征求意见，对方收到的日期记下以后才能算准。")]
    if deadline.why == "year-not-announced":
        return [_("暂定：算到了放假安排还没有公布的年份，公布后重新计算。")]
    return [_("暂定：期限靠近年底，下一年的放假安排还没有公布，可能调休，公布后重新计算。")]


def paper(count: DayCount, number: str, organ: str, lang: str) -> Slip:
    """Return the working on A4, for the paper file."""
    title = _("答复期限计算表")
    blocks: list[Block] = [Title(title, above=organ), KeyValue(_("编号"), number)]
    for why, lines in of_count(count):
        blocks += [Rule(), Para(why, strong=True)]
        blocks += [
            KeyValue(each.days, "；".join(filter(None, (each.words, each.happened)))) for each in lines
        ]
    blocks += [Rule(), Bullets(tuple(summary(count)))]
    sources = "；".join(source.number or source.name for source in count.sources)
    blocks.append(
        Para(
            _(
                "依据：%(sources)s。工作日历版本 %(version)s。",
                sources=sources,
                version=count.calendar_version,
            ),
            small=True,
        )
    )
    return Slip(KIND, title, tuple(blocks), lang=lang)
