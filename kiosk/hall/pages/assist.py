"""
Assisted service: a named member of the hall's staff opens it with number and PIN beside the citizen.

One page shows where the form stands and where to go; a banner on every page says who assists and how long it lasts.
It ends with the time, with the account, by handing back, or when the citizen confirms; it never outlives the visit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.hall import assisted, pins
from kiosk.hall import members as hall_staff
from kiosk.hall.forms import AnswerForm, StaffForm, answer_sentence, staff_sentence
from kiosk.hall.members import Entry
from kiosk.hall.pin_tries import Verdict
from kiosk.web.addresses import local_address
from kiosk.web.context import terminal
from kiosk.web.language.wording import gettext as _

SEE_OTHER, REFUSED, WRONG, TOO_MANY = 303, 403, 422, 429
LOCKED = "locked"
"""Name in the session of the staff number that waits for an answer from the telephone."""
KIOSK = "kiosk"
Page = str | tuple[str, int] | Response


def blueprint() -> Blueprint:
    """The pages under `/assist`."""
    pages = Blueprint("assist", __name__, url_prefix="/assist")
    pages.before_app_request(_recheck)
    pages.before_request(_only_in_halls)
    pages.app_context_processor(_banner)
    pages.add_url_rule("", "page", page, methods=["GET", "POST"])
    pages.add_url_rule("/more", "more", more, methods=["POST"])
    pages.add_url_rule("/keyboard", "keyboard", keyboard, methods=["POST"])
    pages.add_url_rule("/hand-back", "hand_back", hand_back, methods=["POST"])
    pages.add_url_rule("/unlock", "unlock", unlock, methods=["GET", "POST"])
    return pages


def _recheck() -> None:
    """Before each request: the time is not over, and the account is still one of this terminal."""
    if request.endpoint == "static":
        return
    helping = assisted.present()
    if helping is None:
        return
    member = hall_staff.roster().member(helping.number)
    if member is None or member.mark != assisted.mark():
        assisted.end("account")
    elif helping.left_s == 0:
        assisted.end("time")


def _only_in_halls() -> None:
    if terminal().settings.channel != KIOSK:
        abort(404)


def _banner() -> dict[str, Any]:
    """What the layout says on each page while somebody assists."""
    return {
        "assistance": assisted.present(),
        "wears_assist": assisted.ENTRY in session or assisted.OVER in session,
        "assistance_over": assisted.over,
        "assist_minutes": terminal().settings.assist_minutes,
    }


def page() -> Page:
    """The overview; before it the question for number and PIN."""
    if not hall_staff.roster().members:
        return render_template("terminal/assist_closed.html"), REFUSED
    if request.method == "POST":
        return _sign_in()
    if assisted.present() is None:
        return render_template("terminal/assist_pin.html", form=StaffForm())
    return render_template(
        "terminal/assist.html",
        standing=terminal().form_standing(),
        may_print_form=terminal().settings.page_printer != "none",
        may_print=terminal().settings.printer != "none",
    )


def _sign_in() -> Page:
    form, known = StaffForm(), hall_staff.roster()
    number, typed = pins.plain_digits(form.number.data or ""), pins.plain_digits(form.pin.data or "")
    form.pin.data = ""
    entry = hall_staff.enter(number, typed, known, terminal().clock)
    if entry.member:
        assisted.begin(entry.member, terminal().settings.assist_minutes)
        return redirect(url_for("assist.page"), SEE_OTHER)
    return refused(form, number, entry, lambda: render_template("terminal/assist_pin.html", form=form))


def refused(form: StaffForm, number: str, entry: Entry, ask: Callable[[], str]) -> Page:
    """The form again with its sentence; an account that is locked leads to the telephone."""
    if entry.outcome.verdict is Verdict.CLOSED:
        session[LOCKED] = number
        return redirect(url_for("assist.unlock"), SEE_OTHER)
    form.pin.errors = [staff_sentence(entry.outcome)]
    return ask(), TOO_MANY if entry.outcome.wait_s else WRONG


def more() -> Response:
    """More time, from now on; back to the page that asked."""
    if assisted.present():
        assisted.extend(terminal().settings.assist_minutes)
    return redirect(_back(), SEE_OTHER)


def keyboard() -> Response:
    """Types on an attached keyboard from now on, or on the screen again."""
    if assisted.present():
        assisted.use_keyboard(request.form.get("keyboard") == "attached")
    return redirect(url_for("assist.page"), SEE_OTHER)


def hand_back() -> Response:
    """The citizen goes on alone, with all that was filled in."""
    assisted.end("handed-back")
    return redirect(_back(), SEE_OTHER)


def _back() -> str:
    return local_address(request.form.get("next"), url_for("assist.page"))


def unlock() -> Page:
    """The digits to read out over the telephone, and the ones to type in."""
    number, known = session.get(LOCKED), hall_staff.roster()
    if not known.members or number is None or not hall_staff.is_locked(number, known):
        session.pop(LOCKED, None)
        return redirect(url_for("assist.page"), SEE_OTHER)
    form, status = AnswerForm(), 200
    if request.method == "POST":
        outcome = hall_staff.unlock(number, form.answer.data or "", known, terminal().clock)
        if outcome.verdict is Verdict.RIGHT:
            del session[LOCKED]
            flash(_("已经解锁，请输入工号和密码。"))
            return redirect(url_for("assist.page"), SEE_OTHER)
        form.answer.errors = [answer_sentence(outcome)]
        status = TOO_MANY if outcome.wait_s else WRONG
        form.answer.data = ""
    asked = pins.grouped(hall_staff.challenge(number, known))
    return render_template("terminal/assist_unlock.html", form=form, number=number, challenge=asked), status
