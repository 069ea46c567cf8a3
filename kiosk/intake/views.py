"""The citizen's page "where does my request stand": by number and query code, without an account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import Field, StringField, ValidationError

from kiosk import db
from kiosk.intake import codes, numbers, paper_views, tracking
from kiosk.intake.models import by_number
from kiosk.web import context, limits
from kiosk.web.forms import QuestionForm
from kiosk.web.wording import gettext as _
from kiosk.web.wording import lazy_gettext as _l

SEEN = paper_views.SEEN


@dataclass(frozen=True)
class Progress:
    """What may be said of a submission, wherever it was handed in."""

    number: str
    state: str
    changed_at: datetime
    organ_name: str
    detail: dict[str, Any]


AskHub = Callable[[str, str], Progress | tracking.Closed | None]
"""Asks the hub for a number; raises ConnectionError when it cannot be reached."""


LookUp = Callable[[AskHub, str, str], Progress | str]


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


def blueprint(ask_hub: AskHub, *, hub_first: bool) -> Blueprint:
    """
    The pages `/progress` and `/progress/seen`.

    Args:
        hub_first: Whether guesses are counted at the hub, as they must be where several stations stand side by side;
            else only numbers that this machine did not issue are asked there.
    """
    look_up = _at_the_hub if hub_first else _here
    pages = Blueprint("intake", __name__)
    pages.add_url_rule("/progress", "progress", lambda: _ask(ask_hub, look_up), methods=["GET", "POST"])
    pages.add_url_rule("/progress/seen", "seen", _seen)
    paper_views.add_to(pages)
    return pages


def _ask(ask_hub: AskHub, look_up: LookUp) -> str | Response | tuple[str, int]:
    form = ProgressForm()
    if request.method == "GET":
        form.number.data = request.args.get("number", "")
        return render_template("intake/progress.html", form=form)
    problem = ""
    if form.validate():
        number, digits = numbers.parse(form.number.data) or "", codes.parse(form.code.data) or ""
        found = look_up(ask_hub, number, digits)
        if isinstance(found, Progress):
            session[SEEN] = _kept(found)
            return redirect(url_for("intake.seen"), 303)
        problem = found
    else:
        limits.spare()
    return render_template("intake/progress.html", form=form, problem=problem), 422


def _here(ask_hub: AskHub, number: str, digits: str) -> Progress | str:
    """The progress, or the name of the reason why there is none to show; numbers of others are asked at the hub."""
    answer = tracking.look_up(number, digits, context.terminal().clock)
    if isinstance(answer, tracking.Found):
        return _own(answer)
    if isinstance(answer, tracking.Closed):
        return "closed"
    if answer.is_ours:
        return "not-found"
    try:
        found = ask_hub(number, digits) or "not-found"
    except ConnectionError:
        return "hub-away"
    return "closed" if isinstance(found, tracking.Closed) else found


def _at_the_hub(ask_hub: AskHub, number: str, digits: str) -> Progress | str:
    """The same, asked at the hub, which counts; what it does not have yet or cannot be asked may be known here."""
    try:
        found = ask_hub(number, digits)
        otherwise = "not-found"
    except ConnectionError:
        found, otherwise = None, "hub-away"
    if isinstance(found, tracking.Closed):
        return "closed"
    own = by_number(db.store.connection(), number)
    if found:
        return replace(found, detail={**own.masked, **found.detail}) if own else found
    if own is None:
        return otherwise
    answer = tracking.look_up(number, digits, context.terminal().clock)
    if isinstance(answer, tracking.Found):
        return _own(answer)
    return "closed" if isinstance(answer, tracking.Closed) else "not-found"


def _own(answer: tracking.Found) -> Progress:
    own = answer.submission
    return Progress(own.number, own.state, own.state_at, own.organ_name, {**own.masked, **own.detail})


def _kept(progress: Progress) -> dict[str, Any]:
    due = progress.detail.get("reply_due") or progress.detail.get("due_on")
    return {
        "number": progress.number,
        "state": progress.state,
        "changed_at": progress.changed_at.isoformat(),
        "organ_name": progress.organ_name,
        "due_on": due,
        "due_provisional": bool(
            progress.detail.get("provisional", progress.detail.get("due_provisional", False))
        ),
        "is_due_settled": bool(progress.detail.get("received_on")),
        "has_arrived": "organ_name" in progress.detail,
    }


def _seen() -> str | Response:
    seen = session.get(SEEN)
    if seen is None:
        return redirect(url_for("intake.progress"), 303)
    due = date.fromisoformat(seen["due_on"]) if seen["due_on"] else None
    may_print = context.terminal().settings.printer != "none"
    return render_template("intake/seen.html", seen=seen, due=due, may_print=may_print)
