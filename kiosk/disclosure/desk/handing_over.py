"""Handing over the answer by number and code: the stamped PDF is sealed in this session, for the citizen alone."""

from __future__ import annotations

import io

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from kiosk.clock import today
from kiosk.disclosure import cases
from kiosk.disclosure.desk import shown
from kiosk.disclosure.handover import release
from kiosk.disclosure.handover.release import Letter
from kiosk.disclosure.letters import models
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.desk.views import refusal_words, work
from kiosk.intake.handling import Handling
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l
from sync.hub import parcels

Answer = str | tuple[str, int] | Response
PDF_HEAD = b"%PDF-"


class ReleaseForm(FlaskForm):
    """The answer of record."""

    letter_no = StringField(_l("答复文号"), validators=[Length(max=60)])
    file = FileField(_l("盖章的答复书（PDF）"), validators=[FileRequired(_l("请选一个PDF文件。"))])
    name = StringField(
        _l("申请人看到的名称"),
        default=_l("政府信息公开答复书"),
        validators=[InputRequired(_l("请写一个名称。")), Length(max=60)],
    )


def add_to(pages: Blueprint, _handling: Handling) -> None:
    """Add `/<number>/release`."""
    pages.url_value_preprocessor(_allow_a_letter)
    pages.add_url_rule("/<number>/release", "release", show)
    pages.add_url_rule("/<number>/release", "release_answer", release_answer, methods=["POST"])


def _allow_a_letter(endpoint: str | None, _values: object) -> None:
    """Allow a clerk to send a scan, which is kept in memory while it is read: it must be on no disk in clear."""
    if endpoint and endpoint.endswith(".release_answer") and access.may(Permission.READ_PERSONAL):
        asked = request._get_current_object()  # type: ignore[attr-defined]  # flask's proxy
        asked.max_content_length = parcels.MOST_BYTES
        asked._get_file_stream = lambda *_size, **_kind: io.BytesIO()


def show(number: str) -> Answer:
    """Show the form."""
    access.require(Permission.READ_PERSONAL)
    if letter := models.issued_answer(number):
        return redirect(url_for(".one_letter", number=number, seq=letter.seq), code=303)
    return _page(number, ReleaseForm(formdata=None))


@acts_on(
    shown.case,
    N_("放到终端领取"),
    {
        "letter_no": TypedField(N_("答复文号")),
        "file": TypedField(N_("盖章的答复书（PDF）")),
        "name": TypedField(N_("申请人看到的名称")),
    },
)
def release_answer(number: str, *, seen: Seen) -> Answer:
    """Seal the answer for the citizen and note its service."""
    person = access.require(Permission.READ_PERSONAL)
    if Permission.HANDLE_REQUESTS not in person.permissions:
        abort(403)
    form = ReleaseForm()
    if models.issued_answer(number):
        return _page(
            number, form, problem=_("这件申请的答复是在这里签发的，请在那份文书上存盖章扫描件、记下送达。")
        ), 409
    if not form.validate():
        return _page(number, form), 422
    pdf = form.file.data.read()
    if not pdf.startswith(PDF_HEAD):
        form.file.errors = [_("这不是PDF文件。")]
        return _page(number, form), 422
    try:
        parcel = release.sealed_for(
            number,
            Letter(pdf, form.letter_no.data.strip()),
            reading_keys=person.reading_keys,
            identity_step=hub().settings.identity_step,
            name=form.name.data.strip(),
            day=today(hub().clock),
        )
        release.release(number, parcel, person.name, work(), seen)
    except RuleBroken as broken:
        return _page(number, form, problem=_sentence(broken.code)), 409
    except NotFound:
        abort(404)
    except Refused as refused:
        status = 403 if refused.code == "reading-key-missing" else 409
        return _page(number, form, problem=_refusal(refused.code)), status
    flash(_("已经放好。申请人凭编号和查询码，在任何一台终端、手机上都能领取。"))
    return redirect(url_for(".case", number=number), code=303)


def _page(number: str, form: ReleaseForm, problem: str = "") -> str:
    person = access.signed_in()
    assert person is not None
    try:
        found = cases.case(number)
    except NotFound:
        abort(404)
    return render_template(
        "disclosure/desk/release.html",
        case=found,
        form=form,
        shown=shown.case_shown(found),
        problem=problem,
        identity_step=hub().settings.identity_step,
        holds_key=sealed.key_of(number) in person.reading_keys,
    )


def _refusal(code: str) -> str:
    if code == "answer-too-large":
        return _("文件太大，最多20兆字节。可以把扫描的分辨率调低。")
    return refusal_words(code)


def _sentence(code: str) -> str:
    known = {
        "not-answered": _("还没有作出答复，先登记答复结果，再送达。"),
        "already-served": _("答复已经送达过了。"),
        "case-ended": _("这件申请已经办结。"),
    }
    return known.get(code, _("现在办不了这一步（%(code)s）。", code=code))
