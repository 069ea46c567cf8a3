"""The clerk's desk for requests: the list, each deadline, and the steps of handling a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.disclosure import cases, deadlines, lawful, steps
from kiosk.disclosure.case_models import Case
from kiosk.disclosure.course import Course, replay
from kiosk.disclosure.days.desk import day_pages, fee_pages
from kiosk.disclosure.desk import additions, form_paper, handing_over, lost, shown, step_views
from kiosk.disclosure.desk.entering_pages import SOURCES
from kiosk.disclosure.desk.event_words import history
from kiosk.disclosure.desk.letters import covering, letter_acts, letter_settings, letter_views, step_letters
from kiosk.disclosure.desk.rule_words import sentence
from kiosk.disclosure.desk.step_pages import STEP_PAGES, StepPage, party_words
from kiosk.disclosure.events import CaseAct
from kiosk.disclosure.letters import models
from kiosk.disclosure.letters.models import CaseLetter
from kiosk.disclosure.office import dossier
from kiosk.disclosure.outcomes import OUTCOMES, Outcome
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.attached import arrived_pieces
from kiosk.intake.desk.views import refusal_words, sealed_rows, work
from kiosk.intake.handling import Handling
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import acts_on
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from kiosk.workdays import workdays_left

Answer = str | tuple[str, int] | Response
OVER = {
    CaseAct.EXTENDED: N_("答复期限已过，不能再延期；只能补记到期以前告知的"),
    CaseAct.CORRECTION_ASKED: N_("已过7个工作日，不能再通知（条例第三十条）；只能补记以前发出的"),
}
"""What is said at a step whose time is over."""


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add the page of a case and its steps, below `/desk/requests`."""
    desk = CasePages(handling)
    pages.context_processor(desk.words)
    pages.add_url_rule("/<number>", "case", desk.show)
    pages.add_url_rule("/<number>/open", "open", desk.open_sealed, methods=["POST"])
    pages.add_url_rule("/<number>/register", "register", desk.register, methods=["POST"])
    step_views.add_to(pages)
    day_pages.add_to(pages)
    fee_pages.add_to(pages)
    form_paper.add_to(pages, handling)
    for more in (additions, handing_over, lost):
        more.add_to(pages, handling)
    letter_settings.add_to(pages)
    letter_views.add_to(pages)
    step_letters.add_to(pages)
    letter_acts.add_to(pages, handling)
    covering.add_to(pages)


def _left(found: Case) -> int | None:
    """Return the working days left for the answer, negative if it is late; None while no clock runs."""
    if not found.is_running or found.reply_due is None:
        return None
    return workdays_left(today(hub().clock), found.reply_due, hub().calendar)


def _recount_waits() -> bool:
    """Return whether a date was counted with another calendar; asked only by the page that shows it."""
    return cases.is_counted_otherwise(hub().calendar)


def _source_words(source: str) -> str:
    return str(SOURCES.get(source, source))


def _outcome_words(outcome: Outcome) -> str:
    return str(OUTCOMES[outcome].words)


def _case(number: str) -> Case:
    try:
        return cases.case(number)
    except NotFound:
        abort(404)


@dataclass(frozen=True)
class CasePages:
    """The views of a case."""

    handling: Handling

    def words(self) -> dict[str, Any]:
        """Return the variables of its pages and of its row in the list."""
        return {
            "applicant_words": self._applicant_words,
            "case_version": shown.case_shown,
            "left": _left,
            "urgent": deadlines.URGENT_WORKDAYS,
            "recount_waits": _recount_waits,
            "source_words": _source_words,
            "outcome_words": _outcome_words,
            "charges_fees": hub().settings.charges_fees,
        }

    def _applicant_words(self, code: str) -> str:
        return self.handling.kind.brief("applicant", code)

    def show(self, number: str) -> Answer:
        """Show one case: clear facts, its deadline and how it was counted, its events, the possible steps."""
        access.require(Permission.SEE_REQUESTS)
        return _page(number)

    def open_sealed(self, number: str) -> Answer:
        """Show the personal part, in this response only; the opening is logged on disk before."""
        person = access.require(Permission.READ_PERSONAL)
        found = _case(number)
        try:
            opened = steps.open_sealed(number, person.reading_keys, person.name, hub().clock.now())
        except Refused as refused:
            status = 403 if refused.code == "reading-key-missing" else 409
            return _page(number, problem=refusal_words(refused.code)), status
        return render_template(
            "disclosure/desk/opened.html",
            case=found,
            rows=sealed_rows(self.handling, opened),
            notes=dossier.notes(number, person.reading_keys),
            scans=dossier.scans(number, person.reading_keys),
            files=arrived_pieces.files_of(number, opened),
        )

    @acts_on(shown.case, N_("登记"))
    def register(self, number: str, *, seen: Seen) -> Answer:
        """Register the case; the terminal receives the status in its next round."""
        person = access.require(Permission.HANDLE_REQUESTS)
        _case(number)
        try:
            steps.register(number, person.name, work(), seen)
        except RuleBroken as broken:
            return _page(number, problem=sentence(broken.code)), 409
        flash(_("已登记。申请人凭编号和查询码能查到。"))
        return redirect(url_for(".case", number=number), code=303)


def _page(number: str, problem: str = "") -> str:
    found = _case(number)
    person = access.signed_in()
    assert person is not None
    calendar, happened = hub().calendar, cases.events(number)
    course, written = replay(happened, calendar), models.of_case(number)
    start, due = course.clock_from, course.due
    is_counted = start is not None and due is not None and due.workdays and course.closed_on is None
    return render_template(
        "disclosure/desk/case.html",
        case=found,
        course=course,
        outcome=OUTCOMES.get(course.outcome),
        party_words=party_words,
        shown=shown.case_shown(found),
        counting=deadlines.counting(start, due, calendar) if is_counted and start and due else None,
        events=history(happened, course, date_words),
        next_steps=_next_steps(number, course, written) if access.may(Permission.HANDLE_REQUESTS) else (),
        open_letters=sum(each.is_open for each in written),
        problem=problem,
        may_handle=access.may(Permission.HANDLE_REQUESTS),
        may_read=access.may(Permission.READ_PERSONAL),
        holds_key=sealed.key_of(number) in person.reading_keys,
    )


def _next_steps(
    number: str, course: Course, written: Sequence[CaseLetter]
) -> list[tuple[StepPage, str, str]]:
    """Return the steps that are open, in the order of the desk, each with where it leads and what is late about it."""
    day = today(hub().clock)
    open_acts = lawful.allowed(course, day)
    is_open = [row for row in STEP_PAGES.values() if row.act in open_acts]
    return [
        (
            row,
            step_letters.address(number, row, written),
            _(OVER[row.act]) if lawful.is_over(course, row.act, day) else "",
        )
        for row in is_open
    ]
