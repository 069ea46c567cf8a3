"""Papers for the staff of a hall: the counts of a day, and the readiness report. No persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from kiosk import countersigned, db
from kiosk.app.submissions import KINDS
from kiosk.clock import BEIJING
from kiosk.intake import models
from kiosk.web.language import languages
from kiosk.web.language.wording import gettext as _
from printers.paper.document import Block, KeyValue, Mark, Para, Rule, Slip
from printers.spooler import spool
from sync.terminal import outbox

if TYPE_CHECKING:  # the checks load what only a hub has
    from kiosk.app.readiness import CheckResult

DAY, READINESS = "day-report", "readiness-report"


@dataclass(frozen=True)
class ReportHead:
    """Place, machine and time of a report."""

    station_name: str
    at: datetime
    lang: str = languages.SOURCE.tag
    large: bool = False

    def foot(self) -> list[Block]:
        """Return the lines below a report."""
        at = self.at.astimezone(BEIJING)
        return [Rule(), Para(f"{self.station_name}  {at:%Y-%m-%d %H:%M}", small=True)]


def day(on: date, head: ReportHead) -> Slip:
    """
    Return a slip with what this terminal took in and printed on one Beijing calendar day, and what still waits to be
    sent.
    """
    start = datetime.combine(on, time.min, BEIJING)
    end = start + timedelta(days=1)
    papers = spool.ordered(db.store, start, end)
    backlog = outbox.backlog(db.store)
    blocks: list[Block] = [
        KeyValue(_("日期"), on.isoformat()),
        Para(_("收到的申请"), strong=True),
        *_counts(_submissions(start, end)),
        Para(_("打印的纸"), strong=True),
        *_counts(_papers(papers)),
        KeyValue(_("用纸"), _("%(mm)s毫米", mm=sum(each.paper_mm for each in papers))),
        Para(_("还没送到县里"), strong=True),
        KeyValue(_("等着送"), str(backlog.unsent)),
        KeyValue(_("要人处理"), str(backlog.parked)),
        *_logs(),
    ]
    return Slip(DAY, _("本机日报"), (*blocks, *head.foot()), lang=head.lang, large=head.large)


def readiness(lines: Sequence[CheckResult], head: ReportHead) -> Slip:
    """Return the readiness report as a slip; what needs a person comes first, below a bar."""
    words = _names()
    wrong = [KeyValue(words.get(line.name, line.name), line.words) for line in lines if not line.ok]
    fine = [KeyValue(words.get(line.name, line.name), line.words) for line in lines if line.ok]
    blocks: list[Block] = []
    if wrong:
        blocks += [Mark(_("要人处理 %(count)s 项", count=len(wrong))), *wrong, Rule()]
    blocks += [Para(_("正常 %(count)s 项", count=len(fine)), strong=True), *fine]
    return Slip(READINESS, _("开机检查"), (*blocks, *head.foot()), lang=head.lang, large=head.large)


def _logs() -> list[Block]:
    """
    Return the heads of the logs of acts, of this machine and of the hub as it is kept here.

    Paper cannot be changed afterwards: `audit verify --printed` compares a log with it.
    """
    blocks: list[Block] = [
        Para(_("操作记录写到第几条（请留存，以后可以核对）"), strong=True),
        KeyValue(_("本机"), countersigned.written(countersigned.own_head())),
    ]
    for each in countersigned.kept_of_others():
        blocks.append(KeyValue(_("县中心"), countersigned.written(each.head)))
        if each.is_faulty:
            blocks.append(Mark(_("县中心的操作记录少了或者改了")))
    return blocks


def _counts(rows: Sequence[tuple[str, int]]) -> list[Block]:
    return [KeyValue(label, str(count)) for label, count in rows] or [Para(_("没有"))]


def _submissions(start: datetime, end: datetime) -> list[tuple[str, int]]:
    words = {kind.name: str(kind.counted_as) for kind in KINDS}
    return [(words.get(kind, kind), many) for kind, many in models.how_many(start, end)]


def _papers(ordered: Sequence[spool.Ordered]) -> list[tuple[str, int]]:
    """Return the number of papers in each state, reprints apart."""
    words = {
        spool.PrintJobState.PRINTED: _("打印好的"),
        spool.PrintJobState.UNCERTAIN: _("不知道打出来没有"),
        spool.PrintJobState.SENT: _("已发送，未确认"),
        spool.PrintJobState.SUPERSEDED: _("没拿到，补打过"),
        spool.PrintJobState.CANCELLED: _("没有打印"),
        spool.PrintJobState.QUEUED: _("等着打印"),
        spool.PrintJobState.SENDING: _("正在打印"),
    }
    return [
        (_("补打：%(what)s", what=words[each.state]) if each.is_reprint else words[each.state], each.many)
        for each in ordered
    ]


def _names() -> dict[str, str]:
    return {
        "settings": _("设置"),
        "disk": _("硬盘"),
        "clock": _("时钟"),
        "database": _("数据库"),
        "audit": _("操作记录"),
        "sync": _("与县里联系"),
        "outbox": _("等着送的"),
        "printer": _("小票打印机"),
        "page-printer": _("A4打印机"),
        "certificate": _("证书"),
        "page": _("屏幕页面"),
    }
