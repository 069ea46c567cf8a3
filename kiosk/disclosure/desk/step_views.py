"""The pages of the steps of a case, one thing a page; the day of receipt in two steps; the recount."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from kiosk.clock import today
from kiosk.disclosure import cases, deadlines, lawful, steps
from kiosk.disclosure.case_models import Case
from kiosk.disclosure.course import Course
from kiosk.disclosure.desk import shown
from kiosk.disclosure.desk.letters.letter_words import sentence as of_letters
from kiosk.disclosure.desk.rule_words import OF_THE_DAY, RULES, sentence
from kiosk.disclosure.desk.step_forms import ReceiptCorrectionForm, ReceiptForm, hints
from kiosk.disclosure.desk.step_pages import STEP_PAGES, TYPED, StepPage
from kiosk.disclosure.events import CaseAct, ReceiptFacts, ServiceFacts, StepFacts
from kiosk.disclosure.letters import issuing, models
from kiosk.disclosure.office.channels import CHANNELS, RequestSource
from kiosk.disclosure.rules import ReceivedBasis
from kiosk.errors import NotFound, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.desk.views import Answer, work
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from kiosk.web.unsent import form_drafts
from kiosk.web.unsent.form_drafts import DraftOfForm

RECEIPT_TYPED = {
    "on": TypedField(N_("收到申请的日期")),
    "basis": TypedField(N_("按哪一种")),
    "reason": TypedField(N_("为什么更正")),
}


def add_to(pages: Blueprint) -> None:
    """Add the pages of steps below a case, and the recount."""
    pages.add_url_rule("/recount", "recount", recount_page)
    pages.add_url_rule("/recount", "keep_recount", keep_recount, methods=["POST"])
    pages.add_url_rule("/<number>/receipt", "receipt", receipt_page)
    pages.add_url_rule("/<number>/receipt", "keep_receipt", keep_receipt, methods=["POST"])
    pages.add_url_rule("/<number>/steps/<step>", "step", step_page)
    pages.add_url_rule("/<number>/steps/<step>", "take_step", take_step, methods=["POST"])


def case_of(number: str) -> Case:
    """Return the case of a page, or answer that there is none."""
    try:
        return cases.case(number)
    except NotFound:
        abort(404)


def step_page(number: str, step: str) -> Answer:
    """Show the page of one step: what the law says, the clocks as they are, its form."""
    access.require(Permission.HANDLE_REQUESTS)
    found, row = case_of(number), _row(step)
    course = cases.course_of(number, hub().calendar)
    if code := lawful.forbidden(course, row.act):
        flash(sentence(code), "wrong")
        return redirect(url_for(".case", number=number), code=303)
    kept = _draft(number, row)
    form = row.form(formdata=kept.fields, **({} if kept.fields else {"on": today(hub().clock)}))
    row.ready(form, course)
    return _step_page(found, row, form, course)


def _draft(number: str, row: StepPage) -> DraftOfForm:
    """Return what this person left in the form of a step: sealed to the key of the case where they hold it."""
    key, person = sealed.key_of(number), access.require_somebody()
    return form_drafts.here(f"step/{number}/{row.path}", key if key in person.reading_keys else "")


@acts_on(lambda number, step: shown.case(number), N_("记下这一步"), TYPED)
def take_step(number: str, step: str, *, seen: Seen) -> Answer:
    """Take one step."""
    person = access.require(Permission.HANDLE_REQUESTS)
    found, row = case_of(number), _row(step)
    course = cases.course_of(number, hub().calendar)
    form = row.form()
    row.ready(form, course)
    if not form.validate():
        return _step_page(found, row, form, course), 422
    facts = row.facts(form, course)
    try:
        if "look" in request.form:
            return _step_page(found, row, form, course, after=steps.preview(number, row.act, facts, work()))
        _take(number, row.act, facts, person.name, seen)
    except RuleBroken as broken:
        if broken.code in OF_THE_DAY:
            form.on.errors = [sentence(broken.code)]
            return _step_page(found, row, form, course), 422
        words = sentence(broken.code) if broken.code in RULES else of_letters(broken.code, broken.detail)
        return _step_page(found, row, form, course, words), 409
    form_drafts.end(f"step/{number}/{row.path}")
    flash(_("已记下：%(step)s。", step=_(row.title)))
    return redirect(url_for(".case", number=number), code=303)


def _take(number: str, act: CaseAct, facts: StepFacts, by: str, seen: Seen) -> None:
    """Take a step; an answer that was issued here is served, or signed for, as the letter that it is."""
    letter = _LETTERS[act](number) if act in _LETTERS else None
    if letter and isinstance(facts, ServiceFacts):
        issuing.serve(letter, facts.way, facts.on, facts.proof, by=by, work=work(), seen=seen)
    elif letter:
        issuing.delivered(letter, facts.on, by=by, work=work(), seen=seen)
    else:
        steps.take(number, act, facts, by, work(), seen)


_LETTERS = {CaseAct.SERVED: models.issued_answer, CaseAct.DELIVERED: models.posted_answer}
"""Which letter a step of service is about."""


def receipt_page(number: str) -> Answer:
    """
    Ask for the day of receipt; once it is given show the date that follows, before anything is stored.

    The field starts empty: a day that nobody chose must not start the clock.
    """
    access.require(Permission.HANDLE_REQUESTS)
    found = case_of(number)
    given = MultiDict(request.args) if "on" in request.args else None
    form = _receipt_form(found, given)
    if given is None:
        return _receipt_page(found, form)
    if not form.validate():
        return _receipt_page(found, form), 422
    try:
        after = steps.preview(number, *_receipt_step(form), work())
    except RuleBroken as broken:
        return _receipt_fault(found, form, broken.code)
    return _receipt_page(found, form, after)


@acts_on(shown.case, N_("确认收到"), RECEIPT_TYPED)
def keep_receipt(number: str, *, seen: Seen) -> Answer:
    """Store the day of receipt, or another one with its reason, from which the deadline of art. 33 runs."""
    person = access.require(Permission.HANDLE_REQUESTS)
    found = case_of(number)
    form = _receipt_form(found, request.form)
    if not form.validate():
        return _receipt_page(found, form), 422
    act, facts = _receipt_step(form)
    try:
        steps.take(number, act, facts, person.name, work(), seen)
    except RuleBroken as broken:
        return _receipt_fault(found, form, broken.code)
    is_first = act is CaseAct.RECEIPT_CONFIRMED
    flash(_("收到日期已确认，答复期限开始计算。") if is_first else _("收到日期已更正，期限已重新计算。"))
    return redirect(url_for(".case", number=number), code=303)


def recount_page() -> Answer:
    """List the running cases that another calendar moves, old and new."""
    access.require(Permission.HANDLE_REQUESTS)
    found = steps.recounts(work())
    return render_template(
        "disclosure/desk/recount.html",
        moved=[each for each in found if each.has_moved],
        others=sum(not each.has_moved for each in found),
        shown=shown.recount(),
    )


@acts_on(shown.recount, N_("按新的放假安排重新计算"))
def keep_recount(*, seen: Seen) -> Answer:
    """Count all running cases by the calendar of today."""
    person = access.require(Permission.HANDLE_REQUESTS)
    moved = steps.recount(person.name, work(), seen)
    flash(_("已重新计算，%(count)s件的期限有变。", count=moved))
    return redirect(url_for(".inbox"), code=303)


def _row(step: str) -> StepPage:
    row = STEP_PAGES.get(step)
    if row is None:
        abort(404)
    return row


def _step_page(
    found: Case, row: StepPage, form: Any, course: Course, problem: str = "", after: Course | None = None
) -> str:
    form.on.label.text = _(row.day)
    return render_template(
        "disclosure/desk/step.html",
        case=found,
        step=row,
        form=form,
        course=course,
        shown=shown.case_shown(found),
        hints=hints(),
        kept=_draft(found.number, row),
        today=today(hub().clock),
        after=after,
        problem=problem,
    )


def _receipt_form(found: Case, given: Any) -> ReceiptForm:
    """Return the form of a first day, or of a correction: as it was sent, else as the case is."""
    is_correction = "reason" in given if given else found.received_on is not None
    kind = ReceiptCorrectionForm if is_correction else ReceiptForm
    basis = found.received_basis if found.received_on else _usual_basis(found.source)
    form = kind(
        formdata=given, basis=basis, meta={"csrf": False}
    )  # of a POST the whole application checks it
    form.on.label.text = _("收到申请的日期")
    return form


def _usual_basis(source: str) -> ReceivedBasis:
    """Return the basis that the page proposes, by the way in which the request came."""
    way = CHANNELS.get(RequestSource(source))
    return way.basis if way else ReceivedBasis.CONFIRMED


def _receipt_step(form: Any) -> tuple[CaseAct, ReceiptFacts]:
    facts = ReceiptFacts(on=form.on.data, basis=form.basis.data)
    if not isinstance(form, ReceiptCorrectionForm):
        return CaseAct.RECEIPT_CONFIRMED, facts
    return CaseAct.RECEIPT_CORRECTED, replace(facts, reason=form.reason.data)


def _receipt_fault(found: Case, form: Any, code: str) -> Answer:
    if code in OF_THE_DAY:
        form.on.errors = [sentence(code)]
        return _receipt_page(found, form), 422
    return _receipt_page(found, form, problem=sentence(code)), 409


def _receipt_page(found: Case, form: Any, after: Course | None = None, problem: str = "") -> str:
    calendar = hub().calendar
    start = after.clock_from if after else None
    due = after.due if after else None
    return render_template(
        "disclosure/desk/receipt.html",
        case=found,
        form=form,
        after=after,
        counting=deadlines.counting(start, due, calendar) if start and due else None,
        before=found.reply_due,
        left=_no_days,
        shown=shown.case_shown(found),
        problem=problem,
    )


def _no_days(_found: Case) -> None:
    """Say nothing of the days left: the date on the page is not stored yet."""
