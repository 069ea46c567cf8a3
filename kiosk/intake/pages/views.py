"""The citizen's tracking page: by number and query code, without an account."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import Field, StringField, ValidationError

from kiosk import db
from kiosk.intake import codes, numbers, sending, slips, tracking
from kiosk.intake.kinds import Delivery
from kiosk.intake.models import Submission, by_number
from kiosk.intake.pages import by_card, progress_paper, receipt_files
from kiosk.intake.pages.here import CODE, SEEN, course_of, looked_up, words_of
from kiosk.intake.tracking import HubState, Progress, progress_of
from kiosk.web import context, half_written
from kiosk.web.floods import limits
from kiosk.web.forms import QuestionForm
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l


class ProgressForm(QuestionForm):
    """Number and query code of a receipt."""

    number = StringField(_l("回执上的编号"))
    code = StringField(_l("查询码"))

    def validate_number(self, field: Field) -> None:
        """Refuse a number with a wrong check character, so that a typing mistake is noticed here."""
        if not field.data:
            raise ValidationError(_("请填写回执上的编号。"))
        if numbers.parse(field.data) is None:
            raise ValidationError(_("编号对不上，请照着回执再输一遍，比如 MX03-261122-0007-K7-A 这样。"))

    def validate_code(self, field: Field) -> None:
        """Refuse anything but twelve digits in any grouping."""
        if codes.parse(field.data or "") is None:
            raise ValidationError(_("查询码是12位数字，在回执上编号的下面。"))


def blueprint() -> Blueprint:
    """Return the pages `/progress`, `/progress/seen` and `/card`."""
    pages = Blueprint("intake", __name__)
    pages.add_url_rule("/progress", "progress", ask, methods=["GET", "POST"])
    pages.add_url_rule("/progress/seen", "seen", seen)
    progress_paper.add_to(pages)
    by_card.add_to(pages)
    return pages


def ask() -> str | Response:
    """Show the form for number and query code; store what was found in the visit and redirect to its page."""
    form = ProgressForm()
    if request.method == "GET":
        form.number.data = form.number.data or request.args.get("number", "")
        return render_template("intake/progress.html", form=form, problem=half_written.said().get("problem"))
    problem = ""
    if form.validate():
        number, digits = numbers.parse(form.number.data) or "", codes.parse(form.code.data) or ""
        found = _at_the_hub(number, digits) if _is_hub_first() else _here(number, digits)
        if isinstance(found, Progress):
            session[SEEN], session[CODE] = found.kept(), digits
            return redirect(url_for("intake.seen"), 303)
        problem = found
    else:
        limits.spare()
    return form.sent_back(said={"problem": problem})


def _is_hub_first() -> bool:
    """
    Return whether the hub counts wrong codes first, as it must for several web stations side by side; otherwise
    only numbers that this machine did not issue are asked there.
    """
    return context.terminal().settings.channel == receipt_files.WEB


def _here(number: str, digits: str) -> Progress | str:
    """Return the progress, or the code of the reason for none; numbers of other terminals are asked at the hub."""
    answer = tracking.look_up(number, digits, context.terminal().clock)
    if isinstance(answer, tracking.FoundSubmission):
        return _newest(answer.submission, digits)
    if isinstance(answer, tracking.Closed):
        return "closed"
    if answer.is_ours:
        return "not-found"
    try:
        found = context.terminal().ask_hub(number, digits)
    except ConnectionError:
        return "hub-away"
    if isinstance(found, tracking.Closed):
        return "closed"
    return progress_of(found, None) if found else "not-found"


def _newest(submission: Submission, digits: str) -> Progress:
    """Return the progress of this terminal's own submission as the hub knows it now, else as it said last."""
    if sending.delivery(db.store, submission.key) is not Delivery.ARRIVED:
        return _own(submission)
    try:
        found = context.terminal().ask_hub(submission.number, digits)
    except ConnectionError:
        found = None
    return progress_of(found, submission) if isinstance(found, HubState) else _own(submission)


def _own(submission: Submission) -> Progress:
    """Return the progress of this terminal's own submission as far as it is known here."""
    delivery = sending.delivery(db.store, submission.key)
    has_arrived = delivery is Delivery.ARRIVED
    as_of = (sending.last_news(db.store) or submission.state_at) if has_arrived else None
    return progress_of(None, submission, delivery, as_of)


def _at_the_hub(number: str, digits: str) -> Progress | str:
    """
    Return the progress or a reason as `_here`, asked at the hub first; this terminal answers for what the hub cannot.
    """
    try:
        found = context.terminal().ask_hub(number, digits)
        otherwise = "not-found"
    except ConnectionError:
        found, otherwise = None, "hub-away"
    if isinstance(found, tracking.Closed):
        return "closed"
    own = by_number(number)
    if found:
        return progress_of(found, own)
    if own is None:
        return otherwise
    answer = tracking.look_up(number, digits, context.terminal().clock)
    if isinstance(answer, tracking.FoundSubmission):
        return _own(answer.submission)
    return "closed" if isinstance(answer, tracking.Closed) else "not-found"


def seen() -> str | Response:
    """Show the progress that was looked up."""
    progress = looked_up()
    if progress is None:
        return redirect(url_for("intake.progress"), 303)
    return render_template(
        "intake/seen.html",
        seen=progress,
        words=words_of(progress),
        course=course_of(progress),
        due_words=slips.due_words(progress.due) if progress.due else "",
        may_print=context.terminal().settings.printer != "none",
    )
