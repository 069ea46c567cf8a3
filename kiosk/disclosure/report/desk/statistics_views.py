"""Statistics of requests by month and organ: tables with small groups hidden, a picture beside each, one file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as BaseResponse

from kiosk.clock import today
from kiosk.disclosure.report import gathering, tables
from kiosk.disclosure.report.annual import WHOLE
from kiosk.disclosure.report.desk import scope
from kiosk.disclosure.report.gathering import ReportScope
from kiosk.disclosure.report.rows import THREE
from kiosk.disclosure.report.statistics import GROUPS, OTHERS, OrganTable, YearStatistics
from kiosk.figures import charts
from kiosk.figures.charts import Chart, Series
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language.wording import gettext as _

Answer = str | BaseResponse
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add_to(pages: Blueprint) -> None:
    """Add the pages of statistics."""
    pages.add_url_rule("/statistics", "statistics", statistics)
    pages.add_url_rule("/statistics.xlsx", "statistics_file", statistics_file)


def _found() -> YearStatistics:
    """Return the statistics of all that the person may see: a page for one organ would give others' figures away."""
    asked = scope.asked()
    return gathering.year_statistics(
        ReportScope(asked.year, WHOLE, asked.allowed), today(hub().clock), hub().calendar
    )


def statistics() -> Answer:
    """Show the statistics of a year."""
    access.require(Permission.SEE_REQUESTS)
    found = _found()
    return render_template(
        "disclosure/report/statistics.html",
        asked=scope.asked(),
        choices=scope.choices(),
        found=found,
        pages=[(title, table, chart) for title, table, chart in _pictured(found)],
        named=_named,
        column=_column,
        notes=_notes(found),
    )


def _pictured(found: YearStatistics) -> list[tuple[str, OrganTable, Chart]]:
    months = [_column(month) for month in found.months]
    pictured = [
        (
            _("每月收到"),
            found.received,
            charts.upright(_("每月收到"), months, [Series(_("收到"), found.received.whole)]),
        ),
        (
            _("每月答复"),
            found.answered,
            charts.upright(_("每月答复"), months, [Series(_("答复"), found.answered.whole)]),
        ),
        (_("是否按期"), found.punctual, _lying(_("是否按期"), found.punctual)),
        (_("办理结果"), found.results, _lying(_("办理结果"), found.results)),
        (_("满意程度"), found.satisfaction, _lying(_("满意程度"), found.satisfaction)),
    ]
    if found.now:
        pictured.append((_("正在办理"), found.now, _lying(_("正在办理"), found.now)))
    return pictured


def _lying(title: str, table: OrganTable) -> Chart:
    return charts.lying(title, [_column(each) for each in table.columns], table.whole)


def _named(organ: str) -> str:
    """Return the name of a row."""
    if organ == "all":
        return _("全部机关")
    return _("申请少的机关合在一起") if organ == OTHERS else hub().organ_name(organ)


def _column(code: str) -> str:
    """Return the name of a column."""
    if code in GROUPS:
        return next(row.parts[1] for row in THREE if row.id.startswith(code)).partition("（区分")[0]
    names = {
        "in-time": _("按期"),
        "late": _("超期"),
        "good": _("满意"),
        "fair": _("一般"),
        "poor": _("不满意"),
        "unconfirmed": _("待确认收到"),
        "running": _("正在办理"),
        "overdue": _("已超期"),
    }
    return names.get(code) or _("%(month)s月", month=int(code[-2:]))


def _notes(found: YearStatistics) -> list[str]:
    notes = [
        _(
            "1到4件的不显示，记作“%(mark)s”；为了不让人从合计推算出来，有的数也一并不显示。",
            mark=tables.HIDDEN,
        )
    ]
    if found.together:
        notes.append(
            _("合在一起的机关：%(names)s", names="、".join(hub().organ_name(code) for code in found.together))
        )
    if found.year == today(hub().clock).year:
        notes.append(_("本月还没有结束，数据是暂定的。"))
    return notes


def statistics_file() -> Answer:
    """Send the statistics as an XLSX file."""
    access.require(Permission.SEE_REQUESTS)
    found = _found()
    answer = Response(tables.of_statistics(found, _named, _column, _notes(found)), content_type=XLSX_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="statistics-{found.year}.xlsx"'
    return answer
