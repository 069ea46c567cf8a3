"""The docket of reviews and lawsuits about requests, from which table 4 is counted."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as May

from kiosk.clock import today
from kiosk.disclosure.events import ReviewKind, ReviewResult
from kiosk.disclosure.report import actions, case_counts, report_models
from kiosk.disclosure.report.desk import scope, shown
from kiosk.disclosure.report.proceedings import Proceeding
from kiosk.disclosure.report.report_models import OnDocket
from kiosk.errors import NotFound, RuleBroken
from kiosk.seen import UNSEEN, Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

Answer = str | tuple[str, int] | Response
FIELDS = {
    "kind": TypedField(N_("种类"), shown.KINDS),
    "organ": TypedField(N_("机关")),
    "reference": TypedField(N_("案号")),
    "opened_on": TypedField(N_("提起日期")),
    "result": TypedField(N_("结果"), shown.RESULTS),
    "decided_on": TypedField(N_("审结日期")),
}


class ProceedingForm(FlaskForm):
    """A review or a lawsuit."""

    kind = RadioField(_l("种类"), validators=[InputRequired(_l("请选一种。"))])
    organ = SelectField(_l("被申请人（被告）是哪个机关"), validators=[InputRequired(_l("请选一个机关。"))])
    reference = StringField(_l("复议机关、法院的案号（没有的不填）"), validators=[Length(max=60)])
    opened_on = DateField(_l("收到受理通知的日期"), validators=[InputRequired(_l("请选一个日期。"))])
    result = RadioField(_l("结果"), default="")
    decided_on = DateField(_l("决定、判决的日期"), validators=[May()])


def add_to(pages: Blueprint) -> None:
    """Add the pages of the docket."""
    both = ["GET", "POST"]
    pages.add_url_rule("/docket", "docket", docket)
    pages.add_url_rule("/docket/new", "new_proceeding", new_proceeding, methods=both)
    pages.add_url_rule("/docket/<int:entry>", "proceeding", proceeding, methods=both)


def docket() -> Answer:
    """Show all reviews and lawsuits: those noted at a request, and those about requests that are not here."""
    access.require(Permission.SEE_REQUESTS)
    return render_template(
        "disclosure/report/docket.html",
        docket=report_models.docket(access.organs()),
        reviews=case_counts.reviews(access.organs()),
        kinds=shown.KINDS,
        results=shown.RESULTS,
        may_handle=access.may(Permission.HANDLE_REQUESTS),
    )


def _form(found: OnDocket | None) -> ProceedingForm:
    form = ProceedingForm(obj=found, organ=found.organ_code if found else request.args.get("organ"))
    form.kind.choices = [(kind, _(words)) for kind, words in shown.KINDS.items()]
    form.result.choices = [(result, _(words)) for result, words in shown.RESULTS.items()]
    form.organ.choices = [(code, hub().organ_name(code)) for code in scope.known()]
    return form


def new_proceeding() -> Answer:
    """Show or store a new line of the docket."""
    access.require(Permission.HANDLE_REQUESTS)
    return _kept(_form(None), None, UNSEEN)


@acts_on(shown.proceeding, N_("保存"), FIELDS)
def proceeding(entry: int, *, seen: Seen) -> Answer:
    """Show or change a line of the docket."""
    access.require(Permission.HANDLE_REQUESTS)
    try:
        found = report_models.on_docket(entry)
    except NotFound:
        abort(404)
    if not access.sees(found.organ_code):
        abort(404)
    return _kept(_form(found), found, seen)


def _kept(form: ProceedingForm, found: OnDocket | None, seen: Seen) -> Answer:
    person = access.require(Permission.HANDLE_REQUESTS)
    if request.method == "GET":
        return _page(form, found)
    if not form.validate():
        return _page(form, found), 422
    result = ReviewResult(form.result.data) if form.result.data else None
    try:
        actions.enter(
            Proceeding(ReviewKind(form.kind.data), form.opened_on.data, result, form.decided_on.data),
            organ=form.organ.data,
            reference=form.reference.data.strip(),
            actor=person.name,
            now=hub().clock.now(),
            entry=found.id if found else None,
            seen=seen,
        )
    except RuleBroken as broken:
        field = form.decided_on if broken.code.startswith(("decided", "result")) else form.opened_on
        field.errors = [_why(broken.code)]
        return _page(form, found), 422
    flash(_("已保存，表四跟着变。"))
    return redirect(url_for(".docket"), 303)


def _why(code: str) -> str:
    return {
        "entered-already": _("同一天、同一个案号的已经登记过了。"),
        "opened-after-today": _("日期不能晚于今天。"),
        "decided-after-today": _("日期不能晚于今天。"),
        "decided-before-opened": _("审结日期不能早于提起日期。"),
        "result-without-day": _("有结果的要填日期，没有结果的不填日期。"),
    }[code]


def _page(form: ProceedingForm, found: OnDocket | None) -> str:
    return render_template(
        "disclosure/report/proceeding.html",
        form=form,
        found=found,
        shown=shown.proceeding_shown(found) if found else None,
        today=today(hub().clock),
    )
