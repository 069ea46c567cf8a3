"""The clerk's desk for requests: the list, each deadline, and the steps of handling a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField
from wtforms.validators import InputRequired

from kiosk.clock import today
from kiosk.disclosure import cases, deadlines, steps
from kiosk.disclosure.case_models import Case
from kiosk.disclosure.course import replay
from kiosk.disclosure.desk import form_paper, shown
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.desk.views import refusal_words, sealed_rows, work
from kiosk.intake.handling import Handling
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

Answer = str | tuple[str, int] | Response


class ReceiptForm(FlaskForm):
    """The day on which organ and applicant confirmed receipt (art. 31)."""

    day = DateField(_l("双方确认收到的日期"), validators=[InputRequired(_l("请选一个日期。"))])


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add the page of a case and its steps, below `/desk/requests`."""
    desk = CasePages(handling)
    pages.context_processor(desk.words)
    pages.add_url_rule("/<number>", "case", desk.show)
    pages.add_url_rule("/<number>/open", "open", desk.open_sealed, methods=["POST"])
    pages.add_url_rule("/<number>/confirm-receipt", "confirm_receipt", desk.confirm_receipt, methods=["POST"])
    pages.add_url_rule("/<number>/register", "register", desk.register, methods=["POST"])
    form_paper.add_to(pages, handling)


def _left(found: Case) -> int | None:
    """Return the working days left for the answer, negative if it is late."""
    if found.due is None:
        return None
    return deadlines.workdays_left(today(hub().clock), found.due.day, hub().calendar)


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
            "left": _left,
            "urgent": deadlines.URGENT_WORKDAYS,
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
            "disclosure/desk/opened.html", case=found, rows=sealed_rows(self.handling, opened)
        )

    @acts_on(shown.case, N_("确认收到"), {"day": TypedField(N_("双方确认收到的日期"))})
    def confirm_receipt(self, number: str, *, seen: Seen) -> Answer:
        """Store the day of receipt, from which the deadline of art. 33 runs."""
        person = access.require(Permission.HANDLE_REQUESTS)
        _case(number)
        form = ReceiptForm()
        if not form.validate():
            return _page(number, form), 422
        try:
            steps.confirm_receipt(number, form.day.data, person.name, work(), seen)
        except RuleBroken as broken:
            if broken.code in ("before-submission", "after-today"):
                form.day.errors = [_sentence(broken.code)]
                return _page(number, form), 422
            return _page(number, problem=_sentence(broken.code)), 409
        flash(_("收到日期已确认，答复期限开始计算。"))
        return redirect(url_for(".case", number=number), code=303)

    @acts_on(shown.case, N_("登记"))
    def register(self, number: str, *, seen: Seen) -> Answer:
        """Register the case; the terminal receives the status in its next round."""
        person = access.require(Permission.HANDLE_REQUESTS)
        _case(number)
        try:
            steps.register(number, person.name, work(), seen)
        except RuleBroken as broken:
            return _page(number, problem=_sentence(broken.code)), 409
        flash(_("已登记。申请人凭编号和查询码能查到。"))
        return redirect(url_for(".case", number=number), code=303)


def _page(number: str, form: ReceiptForm | None = None, problem: str = "") -> str:
    found = _case(number)
    person = access.signed_in()
    assert person is not None
    happened = cases.events(number)
    due = replay(happened, hub().calendar).due
    return render_template(
        "disclosure/desk/case.html",
        case=found,
        shown=shown.case_shown(found),
        counting=deadlines.counting(found.received_on, due, hub().calendar)
        if found.received_on and due
        else None,
        events=happened,
        form=form or ReceiptForm(formdata=None, day=today(hub().clock)),
        problem=problem,
        may_handle=access.may(Permission.HANDLE_REQUESTS),
        may_read=access.may(Permission.READ_PERSONAL),
        holds_key=sealed.key_of(number) in person.reading_keys,
    )


def _sentence(code: str) -> str:
    return {
        "receipt-not-confirmed": _("还没有确认收到日期，先确认，再登记。"),
        "already-registered": _("这件申请已经登记过了，不用再登记。"),
        "receipt-known": _("收到日期已经定了，不能再改。"),
        "before-submission": _("收到日期不能早于提交的那一天。"),
        "after-today": _("收到日期不能晚于今天。"),
    }[code]
