"""Why this date: the working of a case's deadline day by day, on its own page and on A4 for the paper file."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template

from kiosk.disclosure import cases
from kiosk.disclosure.case_models import Case
from kiosk.disclosure.days import day_words
from kiosk.disclosure.days.day_count import DayCount, day_count
from kiosk.errors import NotFound
from kiosk.intake.desk.views import Answer
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language.wording import language
from printers.paper import pdf

PDF_TYPE = "application/pdf"


def add_to(pages: Blueprint) -> None:
    """Add `/desk/requests/<number>/days` and its PDF."""
    pages.add_url_rule("/<number>/days", "days", days)
    pages.add_url_rule("/<number>/days.pdf", "days_paper", days_paper)


def days(number: str) -> Answer:
    """Show the working of the deadline: every day, counted or not, and what happened on it."""
    access.require(Permission.SEE_REQUESTS)
    found, count = _counted(number)
    return render_template(
        "disclosure/desk/days.html",
        case=found,
        count=count,
        clocks=day_words.of_count(count),
        summary=day_words.summary(count),
    )


def days_paper(number: str) -> Answer:
    """Send the working on A4, made in memory; nothing on it is personal."""
    access.require(Permission.SEE_REQUESTS)
    found, count = _counted(number)
    organ = hub().organ_name(found.organ_code)
    page = pdf.render(day_words.paper(count, found.number, organ, language().tag))
    name = f"attachment; filename={found.number}-days.pdf"
    return Response(page, content_type=PDF_TYPE, headers={"Content-Disposition": name})


def _counted(number: str) -> tuple[Case, DayCount]:
    """Return a case and its working, or answer that no clock has begun."""
    calendar = hub().calendar
    try:
        found = cases.case(number)
    except NotFound:
        abort(404)
    count = day_count(cases.course_of(found.number, calendar), calendar)
    if count is None:
        abort(404)
    return found, count
