"""Statistics of inquiries: tables with small groups hidden, a picture beside each."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from kiosk.clock import today
from kiosk.consultation.inquiry import inquiry_statistics, models
from kiosk.consultation.inquiry.desk import inquiry_views
from kiosk.consultation.inquiry.inquiry_statistics import CountedInquiry
from kiosk.figures import pictured
from kiosk.figures.pictured import Pictured
from kiosk.intake.handling import Handling
from kiosk.intake.handover.rating import SATISFIED
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language.wording import gettext as _


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
    shown: list[Pictured] = [
        pictured.of(_("是否按期答复"), _("单位"), found.punctual, organ, _punctual, by_row=False),
        pictured.of(_("问的是什么"), _("哪方面的事"), found.topics, inquiry_views.topic_words, _answered),
        pictured.of(_("在哪里、几点留言"), _("终端"), found.hours, hub().device_name, _hours, by_row=False),
        pictured.of(_("满意程度"), _("单位"), found.ratings, organ, SATISFIED.blanks[0].brief, by_row=False),
    ]
    return render_template(
        "consultation/desk/figures.html",
        year=found.year,
        years=years,
        pictured=shown,
        title=_("咨询留言统计"),
        workdays=[(organ(code), days) for code, days in found.workdays],
    )


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
