"""Statistics of inquiries: tables with small groups hidden, a picture beside each."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request

from kiosk.clock import today
from kiosk.consultation.inquiry import inquiry_statistics, models
from kiosk.consultation.inquiry.desk import inquiry_views
from kiosk.consultation.inquiry.inquiry_statistics import CountedInquiry, CountTable
from kiosk.figures import charts
from kiosk.figures.charts import Chart
from kiosk.intake.handling import Handling
from kiosk.intake.handover.rating import SATISFIED
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language.wording import gettext as _

Pictured = tuple[str, str, CountTable, Chart, Callable[[str], str], Callable[[str], str]]
"""Title, head of the rows, table, picture, words of a row, words of a column."""


def add_to(pages: Blueprint, _handling: Handling) -> None:
    """Add `/figures`."""
    pages.add_url_rule("/figures", "figures", figures)


def figures() -> str:
    """Show the statistics of a year, of what this person may see."""
    access.require(Permission.SEE_REQUESTS)
    day = today(hub().clock)
    year = request.args.get("year", day.year, type=int)
    rows = [CountedInquiry(*each) for each in models.count_rows()]
    found = inquiry_statistics.of_year(rows, year, day, hub().calendar, access.organs())
    years = sorted({day.year, *(each.submitted_at.year for each in rows)}, reverse=True)
    organ = hub().organ_name
    pictured: list[Pictured] = [
        _pictured(_("是否按期答复"), _("单位"), found.punctual, organ, _punctual, by_row=False),
        _pictured(_("问的是什么"), _("哪方面的事"), found.topics, inquiry_views.topic_words, _answered),
        _pictured(_("在哪里、几点留言"), _("终端"), found.hours, hub().device_name, _hours, by_row=False),
        _pictured(_("满意程度"), _("单位"), found.ratings, organ, SATISFIED.blanks[0].brief, by_row=False),
    ]
    return render_template(
        "consultation/inquiry/desk/figures.html",
        year=found.year,
        years=years,
        pictured=pictured,
        workdays=[(organ(code), days) for code, days in found.workdays],
    )


def _pictured(
    title: str,
    head: str,
    table: CountTable,
    row: Callable[[str], str],
    column: Callable[[str], str],
    *,
    by_row: bool = True,
) -> Pictured:
    names = [row(each) for each in table.rows] if by_row else [column(each) for each in table.columns]
    figures_of = table.totals if by_row else table.whole
    picture = charts.lying(title, names if table.rows else [], figures_of)
    return title, head, table, picture, row, column


def _punctual(code: str) -> str:
    return {
        "in-time": _("按期"),
        "late": _("超期"),
        "running": _("等着答复"),
        "overdue": _("超期未答"),
    }[code]


def _answered(code: str) -> str:
    return _("已答复") if code == "answered" else _("等着答复")


def _hours(code: str) -> str:
    start, end = code.split("-")
    return _("%(start)s到%(end)s点", start=start, end=end)
