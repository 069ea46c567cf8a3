"""
Pages of assisted service: a named member of the hall's staff opens it with number and PIN beside the citizen.

One page shows the progress of the form and where to go; a banner on every page says who assists and how long it
lasts. It ends with the time, with the account, by handing back, or when the citizen confirms, and with the visit.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.hall import assisted, members, pins
from kiosk.hall.forms import AnswerForm, StaffForm, answer_sentence, staff_sentence
from kiosk.hall.members import MemberSignIn
from kiosk.hall.pin_tries import Verdict
from kiosk.web import half_written
from kiosk.web.addresses import local_address
from kiosk.web.context import terminal
from kiosk.web.language.wording import gettext as _

SEE_OTHER, REFUSED, WRONG, TOO_MANY = 303, 403, 422, 429
LOCKED = "locked"
"""Key in the session: the staff number that waits for an answer from the telephone."""
KIOSK = "kiosk"
PIN = ("pin",)
"""Fields that are typed again."""
Page = str | tuple[str, int] | Response


def blueprint() -> Blueprint:
    """Return the pages under `/assist`."""
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
    """End assisted service before a request if the time is over or the account is no longer one of this terminal."""
    if request.endpoint == "static":
        return
    helping = assisted.present()
    if helping is None:
        return
    member = members.roster().member(helping.number)
    if member is None or member.mark != assisted.mark():
        assisted.end("account")
    elif helping.left_s == 0:
        assisted.end("time")


def _only_in_halls() -> None:
    if terminal().settings.channel != KIOSK:
        abort(404)


def _banner() -> dict[str, Any]:
    """Return the banner's values for each page while somebody assists."""
    return {
        "assistance": assisted.present(),
        "wears_assist": assisted.ENTRY in session or assisted.OVER in session,
        "assistance_over": assisted.over,
        "assist_minutes": terminal().settings.assist_minutes,
    }


def page() -> Page:
    """Show the overview, or first the form for number and PIN."""
    if not members.roster().members:
        return render_template("terminal/assist_closed.html"), REFUSED
    if request.method == "POST":
        return _sign_in()
    if assisted.present() is None or "more" in request.args:
        return _ask(StaffForm())
    return render_template(
        "terminal/assist.html",
        standing=terminal().form_overview(),
        may_print_form=terminal().settings.page_printer != "none",
        may_print=terminal().settings.printer != "none",
    )


def _sign_in() -> Page:
    form, known = StaffForm(), members.roster()
    number, typed = pins.plain_digits(form.number.data or ""), pins.plain_digits(form.pin.data or "")
    form.pin.data = ""
    entry = members.enter(number, typed, known, terminal().clock)
    if entry.member:
        assisted.begin(entry.member, terminal().settings.assist_minutes)
        return redirect(_back(), SEE_OTHER)
    is_more = assisted.present() is not None
    page = url_for("assist.page", more="") if is_more else url_for("assist.page")
    return refused(form, number, entry, to=page, said={"next": _back()})


def _ask(form: StaffForm) -> str:
    """Return the form for number and PIN; while somebody assists, to go on for longer."""
    asked = request.args.get("next") or half_written.said().get("next")
    page = local_address(asked, url_for("assist.page"))
    return render_template(
        "terminal/assist_pin.html", form=form, is_more=assisted.present() is not None, next=page
    )


def refused(form: StaffForm, number: str, entry: MemberSignIn, **how: Any) -> Page:
    """Send the form back with its sentence, without the PIN; a locked account leads to the telephone."""
    if entry.outcome.verdict is Verdict.CLOSED:
        session[LOCKED] = number
        return redirect(url_for("assist.unlock"), SEE_OTHER)
    form.pin.errors = [staff_sentence(entry.outcome)]
    return form.sent_back(but=PIN, status=TOO_MANY if entry.outcome.wait_s else WRONG, once=True, **how)


def more() -> Response:
    """Extend the time from now on and return to the page that asked; after some times ask for the PIN again."""
    if assisted.present() is None:
        return redirect(_back(), SEE_OTHER)
    if not assisted.may_extend():
        return redirect(url_for("assist.page", more="", next=_back()), SEE_OTHER)
    assisted.extend(terminal().settings.assist_minutes)
    return redirect(_back(), SEE_OTHER)


def keyboard() -> Response:
    """Switch between an attached keyboard and the one on the screen."""
    if assisted.present():
        assisted.use_keyboard(request.form.get("keyboard") == "attached")
    return redirect(url_for("assist.page"), SEE_OTHER)


def hand_back() -> Response:
    """Hand back to the citizen, who goes on alone with all that was filled in."""
    assisted.end("handed-back")
    return redirect(_back(), SEE_OTHER)


def _back() -> str:
    return local_address(request.form.get("next"), url_for("assist.page"))


def unlock() -> Page:
    """Show the digits to read out over the telephone, and check the ones typed in."""
    number, known = session.get(LOCKED), members.roster()
    if not known.members or number is None or not members.is_locked(number, known):
        session.pop(LOCKED, None)
        return redirect(url_for("assist.page"), SEE_OTHER)
    form = AnswerForm()
    if request.method == "POST":
        outcome = members.unlock(number, form.answer.data or "", known, terminal().clock)
        if outcome.verdict is Verdict.RIGHT:
            del session[LOCKED]
            flash(_("已经解锁，请输入工号和密码。"))
            return redirect(url_for("assist.page"), SEE_OTHER)
        form.answer.errors = [answer_sentence(outcome)]
        return form.sent_back(but=("answer",), status=TOO_MANY if outcome.wait_s else WRONG)
    asked = pins.grouped(members.challenge(number, known))
    return render_template("terminal/assist_unlock.html", form=form, number=number, challenge=asked)
