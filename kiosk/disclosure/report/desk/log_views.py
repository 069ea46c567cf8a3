"""
The public log of answered requests: a clerk writes question and answer without persons, a publisher approves them.

Before anything is submitted, the texts are compared with what the applicant wrote about themselves, opened in the
clerk's session and logged as every opening is.
"""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.disclosure.outcomes import OUTCOMES, Outcome
from kiosk.disclosure.report import actions, case_counts, catalogue_records, report_models
from kiosk.disclosure.report.case_counts import CountedCase
from kiosk.disclosure.report.desk import shown
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.desk.anonymous import STATES, TRACES, LookedAt, PublicForm, TakeBackForm, looked_at, marked
from kiosk.intake.desk.views import refusal_words
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response
NOT_ABOUT_PERSONS = frozenset({"wanted", "supply", "obtain", "document", "query_code", "request_number"})
"""Sealed answers that are choices, or what is asked for."""


def add_to(pages: Blueprint) -> None:
    """Add the pages of the public log."""
    pages.add_url_rule("/log", "log", log)
    pages.add_url_rule("/log/<number>", "log_case", log_case, methods=["GET", "POST"])
    pages.add_url_rule("/log/<number>/take-back", "take_back", take_back, methods=["POST"])


def log() -> Answer:
    """Show the public log; a number typed above the list leads to its page."""
    access.require(Permission.SEE_REQUESTS)
    number = request.args.get("number", "").strip().upper()[:40]
    if number and case_counts.one(number, access.organs()):
        return redirect(url_for(".log_case", number=number), 303)
    found = report_models.whole_log(access.organs())
    logged = {each.number for each in found}
    return render_template(
        "disclosure/report/log.html",
        found=[(each, hub().record_state(each.doc_id)) for each in found],
        suggested=[each for each in case_counts.suggested(access.organs()) if each not in logged],
        states=STATES,
        number=number,
    )


def _case(number: str) -> CountedCase:
    found = case_counts.one(number, access.organs())
    if found is None:
        abort(404)
    return found


@acts_on(shown.logged, N_("提交审核"), {"question": TypedField(N_("问题")), "answer": TypedField(N_("答复"))})
def log_case(number: str, *, seen: Seen) -> Answer:
    """Show what the log has of a request, or check and submit its question and answer."""
    access.require(Permission.SEE_REQUESTS)
    found = _case(number)
    form = PublicForm()
    if request.method == "GET":
        return _page(found, form)
    person = access.require(Permission.READ_PERSONAL)
    if not found.decided_on:
        return _page(found, form, _("这件申请还没有答复，不能公开。")), 409
    seen.hold()
    if not form.validate():
        return _page(found, form), 422
    try:
        opened = sealed.read(number, person.reading_keys)
    except NotFound:
        abort(404)
    except Refused as refused:
        return _page(found, form, refusal_words(refused.code)), 409
    looked = looked_at(form, opened, NOT_ABOUT_PERSONS, quoted=str(opened.personal.get("wanted", "")))
    if looked.is_barred or (looked.found and request.form.get("confirmed") != looked.digest):
        actions.note_opening(number, person.name, hub().clock.now())
        return _page(found, form, looked=looked), 422
    return _submit(found, form, person.name, seen)


def _submit(found: CountedCase, form: PublicForm, name: str, seen: Seen) -> Answer:
    before = report_models.logged(found.number)
    day = today(hub().clock)
    record = catalogue_records.of_answer(
        before.doc_id if before else actions.new_log_id(day.year),
        kind=hub().answer_kind,
        question=form.question.data.strip(),
        answer=form.answer.data.strip(),
        organ_name=hub().organ_name(found.organ_code),
        day=day,
    )
    try:
        actions.publish_answer(
            found.number,
            record,
            organ=found.organ_code,
            propose=hub().propose_record,
            actor=name,
            now=hub().clock.now(),
            seen=seen,
        )
    except RuleBroken as broken:
        return _page(found, form, _("公开目录没有收下：%(fault)s", fault=broken.detail)), 409
    flash(_("已提交，等发布人员审核后公开。"))
    return redirect(url_for(".log_case", number=found.number), 303)


@acts_on(shown.logged, N_("收回"), {"reason": TypedField(N_("理由"))})
def take_back(number: str, *, seen: Seen) -> Answer:
    """Take an answer out of the public log, at once."""
    person = access.require(Permission.HANDLE_REQUESTS)
    found, form = _case(number), TakeBackForm()
    if not form.validate():
        return _page(found, PublicForm(formdata=None), back=form), 422
    try:
        actions.take_back(
            number,
            form.reason.data,
            take_back=hub().take_record_back,
            actor=person.name,
            now=hub().clock.now(),
            seen=seen,
        )
    except RuleBroken:
        return _page(found, PublicForm(formdata=None), _("这件申请没有在公开的答复里。")), 409
    flash(_("已收回，终端下次同步时删除。"))
    return redirect(url_for(".log_case", number=number), 303)


def _page(
    found: CountedCase,
    form: PublicForm,
    problem: str = "",
    looked: LookedAt | None = None,
    back: TakeBackForm | None = None,
) -> str:
    kept = report_models.logged(found.number)
    return render_template(
        "disclosure/report/log_case.html",
        case=found,
        kept=kept,
        state=hub().record_state(kept.doc_id) if kept else "",
        states=STATES,
        shown=shown.logged_shown(found.number, kept),
        form=form,
        back=back or TakeBackForm(formdata=None),
        problem=problem,
        looked=looked,
        marked=marked,
        trace_words=TRACES,
        outcome_words=str(OUTCOMES[Outcome(found.outcome)].words) if found.outcome else "",
        may_read=access.may(Permission.READ_PERSONAL),
        may_handle=access.may(Permission.HANDLE_REQUESTS),
    )
