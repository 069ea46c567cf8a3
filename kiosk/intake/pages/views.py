"""The citizen's page "where does my request stand": by number and query code, without an account."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import Field, StringField, ValidationError

from kiosk.intake import codes, numbers, slips, tracking
from kiosk.intake.models import by_number
from kiosk.intake.pages import keep as keep_views
from kiosk.intake.pages import progress_paper as paper_views
from kiosk.intake.pages.here import words_of
from kiosk.intake.tracking import Progress, progress_of
from kiosk.web import context, limits
from kiosk.web.forms import QuestionForm
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

SEEN = paper_views.SEEN


class ProgressForm(QuestionForm):
    """Number and query code, as they stand on the receipt."""

    number = StringField(_l("回执上的编号"))
    code = StringField(_l("查询码"))

    def validate_number(self, field: Field) -> None:
        """A number has a check character, so that a slip of the finger is noticed here."""
        if not field.data:
            raise ValidationError(_("请填写回执上的编号。"))
        if numbers.parse(field.data) is None:
            raise ValidationError(_("编号对不上，请照着回执再输一遍，比如 GX03-261122-0007-K7-4 这样。"))

    def validate_code(self, field: Field) -> None:
        """Twelve digits in any grouping."""
        if codes.parse(field.data or "") is None:
            raise ValidationError(_("查询码是12位数字，在回执上编号的下面。"))


def blueprint() -> Blueprint:
    """Return the pages `/progress` and `/progress/seen`."""
    pages = Blueprint("intake", __name__)
    pages.add_url_rule("/progress", "progress", ask, methods=["GET", "POST"])
    pages.add_url_rule("/progress/seen", "seen", seen)
    paper_views.add_to(pages)
    return pages


def ask() -> str | Response | tuple[str, int]:
    """Show number and query code; what they belong to is kept in the visit and shown on a page of its own."""
    form = ProgressForm()
    if request.method == "GET":
        form.number.data = request.args.get("number", "")
        return render_template("intake/progress.html", form=form)
    problem = ""
    if form.validate():
        number, digits = numbers.parse(form.number.data) or "", codes.parse(form.code.data) or ""
        found = _at_the_hub(number, digits) if _is_hub_first() else _here(number, digits)
        if isinstance(found, Progress):
            session[SEEN] = found.kept()
            return redirect(url_for("intake.seen"), 303)
        problem = found
    else:
        limits.spare()
    return render_template("intake/progress.html", form=form, problem=problem), 422


def _is_hub_first() -> bool:
    """
    Return whether guesses are counted at the hub, as they must be where several stations stand side by side; else
    only numbers that this machine did not issue are asked there.
    """
    return context.terminal().settings.channel == keep_views.WEB


def _here(number: str, digits: str) -> Progress | str:
    """
    Return the progress, or the name of the reason why there is none to show; numbers of others are asked at the hub.
    """
    answer = tracking.look_up(number, digits, context.terminal().clock)
    if isinstance(answer, tracking.FoundSubmission):
        return progress_of(None, answer.submission)
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


def _at_the_hub(number: str, digits: str) -> Progress | str:
    """
    Return the same, asked at the hub, which counts; what it does not have yet or cannot be asked may be known here.
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
        return progress_of(None, answer.submission)
    return "closed" if isinstance(answer, tracking.Closed) else "not-found"


def seen() -> str | Response:
    """Show where what was looked up stands."""
    progress = tracking.read_progress(session.get(SEEN))
    if progress is None:
        return redirect(url_for("intake.progress"), 303)
    return render_template(
        "intake/seen.html",
        seen=progress,
        words=words_of(progress),
        due_words=slips.due_words(progress.due) if progress.due else "",
        may_print=context.terminal().settings.printer != "none",
    )
