"""The citizen's pages of a request: one question a page, check of answers, receipt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import segno
from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from uuid_utils import uuid7
from werkzeug.wrappers import Response

from kiosk import db
from kiosk.clock import today
from kiosk.disclosure import actions, form_views, forms, keep_views, slips
from kiosk.disclosure.forms import STEPS, Answers, Step
from kiosk.disclosure.rules import ApplicantType
from kiosk.disclosure.standing_views import contact_words, form_standing
from kiosk.errors import Refused
from kiosk.intake import codes
from kiosk.intake.actions import Desk
from kiosk.intake.codes import BootKey, QueryCode
from kiosk.intake.models import Organ, by_number
from kiosk.privacy import masked_id
from kiosk.web import assisted, context, paper
from kiosk.web.forms import QuestionForm
from kiosk.web.wording import gettext as _
from kiosk.web.wording import language
from kiosk.workdays import REPLY_WORKDAYS

DRAFT, RECEIPT = form_views.DRAFT, "receipt"
"""Names in the sealed session: an unfinished request, and the number and code of a finished one."""
ASSISTED_BY = "assisted_by"
"""Name in the draft of the staff number of whoever wrote in it; such a draft is confirmed by the citizen."""
NOTICE_VERSION = "2026-11"
"""Edition of the notice on personal data (PIPL art. 17, 30); stored with each request."""
Page = str | Response | tuple[str, int]


def blueprint(organs: Callable[[], list[Organ]], boot_key: BootKey) -> Blueprint:
    """
    The pages under `/request`.

    Args:
        organs: The organs that take requests; the first one is for citizens who know no other.
        boot_key: Seals the query code of a slip until it is printed.
    """
    pages = Blueprint("disclosure", __name__, url_prefix="/request")
    pages.add_url_rule("/", "start", _start, methods=["GET", "POST"])
    pages.add_url_rule(
        "/<any(what, organ, supply, obtain, who, name, identity, contact, paper):name>",
        "question",
        lambda name: _question(forms.BY_NAME[name], organs),
        methods=["GET", "POST"],
    )
    pages.add_url_rule("/check", "check", lambda: _check(organs, boot_key), methods=["GET", "POST"])
    pages.add_url_rule("/confirm", "confirm", lambda: _confirm(organs, boot_key), methods=["GET", "POST"])
    pages.add_url_rule("/sample", "sample", lambda: render_template("disclosure/sample.html"))
    pages.add_url_rule("/receipt", "receipt", _receipt)
    pages.add_url_rule("/receipt/paper", "receipt_paper", _receipt_paper)
    keep_views.add_to(pages, organs)
    pages.add_url_rule("/receipt/again", "receipt_again", _receipt_again, methods=["POST"])
    pages.add_url_rule("/receipt/taken", "receipt_taken", _receipt_taken, methods=["POST"])
    form_views.add_to(pages, organs, boot_key)
    return pages


def _start() -> Page:
    if request.method == "GET":
        return render_template(
            "disclosure/start.html", is_unfinished=DRAFT in session, is_hub_away=keep_views.is_hub_away()
        )
    session[DRAFT] = {"key": str(uuid7()), "answers": {"notice": NOTICE_VERSION}}
    session.pop(RECEIPT, None)
    return redirect(_address(STEPS[0]), 303)


def _question(step: Step, organs: Callable[[], list[Organ]]) -> Page:
    draft = session.get(DRAFT)
    if draft is None:
        return redirect(url_for("disclosure.start"), 303)
    answers: Answers = draft["answers"]
    pending = forms.first_unanswered(answers)
    is_early = pending is not None and forms.place_of(step) > forms.place_of(pending)
    if pending and is_early and assisted.present() is None:
        return redirect(_address(pending), 303)
    form = _form(step, answers, organs)
    if request.method == "POST" and form.validate():
        _keep(draft, step, form)
        return redirect(_onward(step, draft["answers"]), 303)
    page = render_template(
        "disclosure/question.html",
        form=form,
        step=step,
        place=forms.place_of(step),
        total=len(STEPS),
        back=_back(step, answers),
        is_person=forms.is_person(answers),
        standing=form_standing() if assisted.present() else None,
    )
    return (page, 422) if request.method == "POST" else page


def _form(step: Step, answers: Answers, organs: Callable[[], list[Organ]]) -> QuestionForm:
    form = step.form(answers)(data=answers)
    if isinstance(form, forms.OrganForm):
        form.organ.choices = forms.organ_choices(organs())
    if isinstance(form, forms.IdentityForm):
        form.today = today(context.terminal().clock)
    if isinstance(form, forms.ContactForm):
        form.obtain = answers.get("obtain", "")
    return form


def _keep(draft: dict[str, Any], step: Step, form: QuestionForm) -> None:
    """Puts the answers of one page into the draft; another kind of applicant has other questions."""
    answers: Answers = dict(draft["answers"])
    was_person = forms.is_person(answers)
    answers.update({field.name: field.data or "" for field in form if field.name != "csrf_token"})
    answers[f"done:{step.name}"] = "yes"
    if step.name == "who" and forms.is_person(answers) != was_person:
        for stale in ("name", "document", "number", "person", "done:name", "done:identity", "done:contact"):
            answers.pop(stale, None)
    if step.name == "obtain" and not forms.is_reached(answers):
        answers.pop("done:contact", None)
    draft["answers"] = answers
    session[DRAFT] = {**draft, **_helped()}


def _helped() -> dict[str, str]:
    """The mark of a draft in which somebody of the staff writes; it stays when their time is over."""
    helping = assisted.present()
    return {ASSISTED_BY: helping.number} if helping else {}


def _onward(step: Step, answers: Answers) -> str:
    """The next page, or straight back to the check when a single answer was changed there."""
    pending = forms.first_unanswered(answers)
    return _address(pending) if pending else url_for("disclosure.check")


def _back(step: Step, answers: Answers) -> str:
    if forms.first_unanswered(answers) is None:
        return url_for("disclosure.check")
    earlier = forms.before(step)
    return _address(earlier) if earlier else url_for("disclosure.start")


def _address(step: Step) -> str:
    return url_for("disclosure.question", name=step.name)


def _check(organs: Callable[[], list[Organ]], boot_key: BootKey) -> Page:
    draft = session.get(DRAFT)
    if draft is None:
        return redirect(url_for("disclosure.receipt" if RECEIPT in session else "disclosure.start"), 303)
    answers: Answers = draft["answers"]
    pending = forms.first_unanswered(answers)
    if pending:
        return redirect(_address(pending), 303)
    organ = _organ(organs(), answers)
    is_assisted = ASSISTED_BY in draft or assisted.present() is not None
    if request.method == "POST" and is_assisted:
        return _hand_over(draft)
    if request.method == "POST":
        return _hand_in(draft, organ, boot_key)
    if "code" not in draft:
        code = codes.new_code()
        session[DRAFT] = {**draft, "code": [code.digits, code.hashed]}
    return render_template(
        "disclosure/check.html",
        rows=_rows(answers, organ),
        is_assisted=is_assisted,
        may_print_form=context.terminal().settings.page_printer != "none",
    )


def _hand_over(draft: dict[str, Any]) -> Page:
    """From here on the citizen presses: whoever assisted is named in the request, and their mode is over."""
    session[DRAFT] = {**draft, **_helped()}
    assisted.end("handed-over")
    return redirect(url_for("disclosure.confirm"), 303)


def _confirm(organs: Callable[[], list[Organ]], boot_key: BootKey) -> Page:
    """What was filled in for the citizen, in the largest type and masked, to be confirmed by the citizen alone."""
    draft = session.get(DRAFT)
    if (
        draft is None
        or ASSISTED_BY not in draft
        or assisted.present()
        or forms.first_unanswered(draft["answers"])
    ):
        return redirect(url_for("disclosure.check"), 303)
    answers: Answers = draft["answers"]
    organ = _organ(organs(), answers)
    if request.method == "POST":
        return _hand_in(draft, organ, boot_key)
    return render_template(
        "disclosure/confirm.html",
        rows=_rows(answers, organ, masked=True),
        number=draft[ASSISTED_BY],
        text_size=3,
    )


def _organ(known: list[Organ], answers: Answers) -> Organ:
    return next((one for one in known if one.code == answers["organ"]), known[0])


def _hand_in(draft: dict[str, Any], organ: Organ, boot_key: BootKey) -> Page:
    code = QueryCode(*draft["code"]) if "code" in draft else codes.new_code()
    try:
        submission = actions.hand_in(
            draft["answers"],
            key=draft["key"],
            organ=organ,
            code=code,
            counter=_counter(boot_key),
            assisted_by=draft.get(ASSISTED_BY, ""),
        )
    except Refused as refusal:
        return render_template("disclosure/refused.html", code=refusal.code), 409
    session.pop(DRAFT, None)
    session[RECEIPT] = {"number": submission.number, "code": code.digits, "key": submission.key}
    return redirect(url_for("disclosure.receipt"), 303)


def _counter(boot_key: BootKey) -> actions.Counter:
    wiring = context.terminal()
    settings = wiring.settings
    place = slips.Place(
        place_name=settings.place_name,
        station_name=settings.station_name,
        progress_url=f"{settings.public_url}/progress" if settings.public_url else "",
        lang=language(),
        large=session[DRAFT]["answers"]["paper"] == "large",
    )
    return actions.Counter(
        clock=wiring.clock,
        calendar=wiring.calendar,
        desk=Desk(wiring.clock, boot_key, settings.unprinted_minutes),
        in_person_organs=settings.in_person_organs,
        place=place,
        has_printer=settings.printer != "none",
    )


def _rows(answers: Answers, organ: Organ, *, masked: bool = False) -> list[dict[str, Any]]:
    """The answers in words, each with the page on which it is changed; masked: ways of contact too, nothing changes."""
    forms_of = {step.name: step.form(answers)(data=answers) for step in STEPS}
    shown: list[tuple[str, str, str]] = [
        ("what", _("想要的信息"), answers["wanted"]),
        ("organ", _("办理机关"), organ.name),
        ("supply", _("提供形式"), forms.chosen_words(forms_of["supply"].supply)),
        ("obtain", _("获取方式"), forms.chosen_words(forms_of["obtain"].obtain)),
        ("who", _("申请人"), forms.chosen_words(forms_of["who"].applicant)),
        ("name", _("姓名") if forms.is_person(answers) else _("单位名称"), answers["name"]),
        ("identity", _("证件"), _identity(answers, forms_of)),
        ("contact", _("联系方式"), contact_words(answers, masked=masked)),
        ("paper", _("回执"), forms.chosen_words(forms_of["paper"].paper)),
    ]
    return [
        {
            "label": label,
            "value": value,
            "change_href": "" if masked else url_for("disclosure.question", name=name),
            "change_label": label,
        }
        for name, label, value in shown
    ]


def _identity(answers: Answers, forms_of: dict[str, Any]) -> str:
    number = masked_id(answers["number"])
    if answers["applicant"] != ApplicantType.CITIZEN:
        return answers["number"]
    return f"{forms.chosen_words(forms_of['identity'].document)} {number}"


def _receipt() -> Page:
    kept = session.get(RECEIPT)
    if kept is None:
        return redirect(url_for("disclosure.start"), 303)
    submission = by_number(db.store.connection(), kept["number"])
    if submission is None:
        abort(404)
    wiring = context.terminal()
    day = submission.received_on or today(wiring.clock)
    deadline = wiring.calendar.after(day, REPLY_WORKDAYS)
    return render_template(
        "disclosure/receipt.html",
        submission=submission,
        code=QueryCode(kept["code"], "").written,
        deadline=deadline,
        days_off=wiring.calendar.days_off(day, deadline.on),
        counted_from=day,
        paper=paper.of(submission.key, "receipt"),
        ways=_ways(),
        has_printer=wiring.settings.printer != "none",
        is_kept_on_phone=wiring.settings.channel == keep_views.WEB,
        **keep_views.on_its_way(submission.key),
        qr=segno.make(submission.number, error="q").svg_data_uri(scale=6, border=4),
    )


def _receipt_paper() -> Page:
    kept = session.get(RECEIPT)
    if kept is None:
        abort(404)
    return render_template("papers/_state.html", paper=paper.of(kept["key"], "receipt"), ways=_ways())


def _ways() -> paper.Ways:
    return paper.Ways(
        page=url_for("disclosure.receipt"),
        piece=url_for("disclosure.receipt_paper"),
        again=url_for("disclosure.receipt_again"),
        taken=url_for("disclosure.receipt_taken"),
    )


def _receipt_taken() -> Page:
    kept = session.get(RECEIPT)
    if kept is not None:
        with suppress(Refused):  # not sent yet: the page shows where it is
            paper.taken(kept["key"], "receipt", context.terminal().clock)
    return redirect(url_for("disclosure.receipt"), 303)


def _receipt_again() -> Page:
    kept = session.get(RECEIPT)
    if kept is None:
        return redirect(url_for("disclosure.start"), 303)
    wiring = context.terminal()
    try:
        paper.again(
            kept["key"],
            "receipt",
            wiring.clock,
            wiring.settings.unprinted_minutes,
            why="missing",
        )
    except Refused:
        flash(_("上一张还在打印，请稍等。"))
    return redirect(url_for("disclosure.receipt"), 303)
