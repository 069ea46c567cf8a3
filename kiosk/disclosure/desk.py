"""The clerk's desk for requests: what came in, when its answer is due, and the steps of handling it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField
from wtforms.validators import InputRequired

from kiosk.clock import today
from kiosk.disclosure import cases, deadlines, paper_desk
from kiosk.disclosure.cases import Case, Work
from kiosk.disclosure.deadlines import CaseState
from kiosk.disclosure.kind import REQUEST
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import questions
from kiosk.intake.questions import Answers, Goes
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.wording import gettext as _
from kiosk.web.wording import lazy_gettext as _l

Answer = str | tuple[str, int] | Response

PAGE_ROWS = 50
STATE_WORDS = {
    CaseState.SUBMITTED: _l("待确认收到"),
    CaseState.RECEIVED: _l("待登记"),
    CaseState.REGISTERED: _l("已登记"),
}


class ReceiptForm(FlaskForm):
    """The day on which organ and applicant confirmed receipt (art. 31)."""

    day = DateField(_l("双方确认收到的日期"), validators=[InputRequired(_l("请选一个日期。"))])


def blueprint() -> Blueprint:
    """The pages below `/desk/requests`."""
    pages = Blueprint("requests_desk", __name__, url_prefix="/desk/requests")
    pages.before_request(_recount)
    pages.context_processor(_names)
    pages.add_url_rule("", "inbox", inbox)
    pages.add_url_rule("/<number>", "case", show)
    pages.add_url_rule("/<number>/open", "open", open_sealed, methods=["POST"])
    pages.add_url_rule("/<number>/confirm-receipt", "confirm_receipt", confirm_receipt, methods=["POST"])
    pages.add_url_rule("/<number>/register", "register", register, methods=["POST"])
    paper_desk.add_to(pages)
    return pages


def _names() -> dict[str, Any]:
    return {"organ_name": hub().organ_name, "staff_name": hub().staff_name}


def _work() -> Work:
    wiring = hub()
    return Work(wiring.clock.now(), wiring.calendar, wiring.organ_name)


def _recount() -> None:
    """A new holiday notice moves open deadlines before anybody looks at them."""
    if cases.is_counted_otherwise(hub().calendar):
        cases.recount(_work())


def inbox() -> Answer:
    """The list, in clear only what is not personal: number, organ, kind, dates, state."""
    access.require(Permission.SEE_REQUESTS)
    state = _asked_state()
    number = request.args.get("number", "")[:40]
    page = max(request.args.get("page", 1, type=int), 1)
    found = cases.inbox(state=state, number=number, limit=PAGE_ROWS + 1, offset=(page - 1) * PAGE_ROWS)
    return render_template(
        "disclosure/desk/inbox.html",
        rows=[(each, _left(each)) for each in found[:PAGE_ROWS]],
        counts=cases.counts(),
        state=state,
        number=number,
        page=page,
        has_more=len(found) > PAGE_ROWS,
        **_words(),
    )


def _asked_state() -> CaseState | None:
    asked = request.args.get("state", "")
    return CaseState(asked) if asked in set(CaseState) else None


def _left(found: Case) -> int | None:
    """Working days left for the answer, negative when it is late."""
    if found.due is None:
        return None
    return deadlines.workdays_left(today(hub().clock), found.due.day, hub().calendar)


def _words() -> dict[str, Any]:
    return {
        "applicant_words": _applicant_words,
        "state_words": STATE_WORDS,
        "urgent": deadlines.URGENT_WORKDAYS,
        "today": today(hub().clock),
    }


def _applicant_words(code: str) -> str:
    return REQUEST.brief("applicant", code)


def show(number: str) -> Answer:
    """One case: clear facts, its deadline and how it was counted, what happened, what may be done now."""
    access.require(Permission.SEE_REQUESTS)
    return _page(number)


def _page(number: str, form: ReceiptForm | None = None, problem: str = "") -> str:
    found = _case(number)
    person = access.signed_in()
    assert person is not None
    happened = cases.events(number)
    due = deadlines.reply_due(happened, hub().calendar)
    return render_template(
        "disclosure/desk/case.html",
        case=found,
        left=_left(found),
        counting=deadlines.counting(found.received_on, due, hub().calendar)
        if found.received_on and due
        else None,
        events=happened,
        form=form or ReceiptForm(formdata=None, day=today(hub().clock)),
        problem=problem,
        may_handle=access.may(Permission.HANDLE_REQUESTS),
        may_read=access.may(Permission.READ_PERSONAL),
        holds_key=cases.sealed_with(found) in person.reading_keys,
        **_words(),
    )


def _case(number: str) -> Case:
    try:
        return cases.case(number)
    except NotFound:
        abort(404)


def open_sealed(number: str) -> Answer:
    """The personal part, in this answer only; that it was opened is on disk before it is shown."""
    person = access.require(Permission.READ_PERSONAL)
    found = _case(number)
    try:
        personal = cases.open_sealed(number, person.reading_keys, person.name, hub().clock.now())
    except Refused as refused:
        status = 403 if refused.code == "reading-key-missing" else 409
        return _page(number, problem=_sentence(refused.code)), status
    opened = paper_desk.answers(found, personal)
    return render_template("disclosure/desk/opened.html", case=found, rows=_rows(opened), **_words())


def _rows(answers: Answers) -> list[dict[str, str]]:
    """The sealed answers in words; the citizen's query code stays sealed from the clerk's eyes too."""
    told = questions.rows(REQUEST.questions, answers, goes=Goes.SEALED)
    return [{"label": label, "value": value} for label, value in told]


def confirm_receipt(number: str) -> Answer:
    """Notes the day of receipt; the clock of art. 33 starts."""
    person = access.require(Permission.HANDLE_REQUESTS)
    _case(number)
    form = ReceiptForm()
    if not form.validate():
        return _page(number, form), 422
    try:
        cases.confirm_receipt(number, form.day.data, person.name, _work())
    except RuleBroken as broken:
        if broken.code in ("before-submission", "after-today"):
            form.day.errors = [_sentence(broken.code)]
            return _page(number, form), 422
        return _page(number, problem=_sentence(broken.code)), 409
    flash(_("收到日期已确认，答复期限开始计算。"))
    return redirect(url_for("requests_desk.case", number=number), code=303)


def register(number: str) -> Answer:
    """Registers the case; the terminal learns it with the next round."""
    person = access.require(Permission.HANDLE_REQUESTS)
    _case(number)
    try:
        cases.register(number, person.name, _work())
    except RuleBroken as broken:
        return _page(number, problem=_sentence(broken.code)), 409
    flash(_("已登记。申请人凭编号和查询码能查到。"))
    return redirect(url_for("requests_desk.case", number=number), code=303)


def _sentence(code: str) -> str:
    return {
        "receipt-not-confirmed": _("还没有确认收到日期，先确认，再登记。"),
        "already-registered": _("这件申请已经登记过了，不用再登记。"),
        "receipt-known": _("收到日期已经定了，不能再改。"),
        "before-submission": _("收到日期不能早于提交的那一天。"),
        "after-today": _("收到日期不能晚于今天。"),
        "reading-key-missing": _("待密钥：您这次登录没有这件申请的读取密钥。请持钥人批准后重新登录。"),
        "sealed-part-broken": _("封存的内容打不开，原件没有改动。请联系管理员核对密钥。"),
    }[code]
