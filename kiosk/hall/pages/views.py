"""
The staff page of the hall: open calls, the condition of this machine and what to do about it.

A PIN opens it for as long as it is used: that of a named account, or the terminal's own while the hub has named
nobody. It shows nothing personal and opens nothing sealed.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import cast

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.hall import actions, assisted, condition_words, members, models, pin_tries, pins
from kiosk.hall.forms import HallPinForm, StaffForm, hall_sentence
from kiosk.hall.pages import assist as assist_views
from kiosk.hall.pin_tries import Verdict
from kiosk.web import paper_orders
from kiosk.web.addresses import local_address
from kiosk.web.context import terminal
from kiosk.web.language.wording import gettext as _
from kiosk.web.session import SealedSession

OPENED = "hall"
"""
Key in the session of a visit that gave a PIN: the number (empty: the terminal's own PIN), its mark, and whether it
uses the screen of this machine itself.
"""
NOBODY = "hall"
"""Actor in the audit for the terminal's own PIN."""
LOOK_S = 3
SEE_OTHER, REFUSED, TOO_MANY = 303, 403, 429
Page = str | tuple[str, int] | Response
SELF_TEST, REPORT = "self-test", "report"
"""Papers that the staff may print, by the kind under which each is counted."""


def blueprint() -> Blueprint:
    """Return the pages under `/hall`."""
    pages = Blueprint("hall", __name__, url_prefix="/hall")
    pages.add_url_rule("", "page", hall, methods=["GET", "POST"])
    pages.add_url_rule("/calls", "calls", calls)
    pages.add_url_rule("/calls/<int:call>", "answered", answered, methods=["POST"])
    pages.add_url_rule(
        "/print/<any('self-test', report):what>",
        "print_out",
        print_out,
        methods=["POST"],
    )
    pages.add_url_rule("/leave", "leave", leave, methods=["POST"])
    return pages


def hall() -> Page:
    """Show calls and the machine, or first the form for a PIN."""
    settings = terminal().settings
    if settings.channel != "kiosk":
        abort(404)
    is_named = bool(members.roster().members)
    if not is_named and not settings.hall_pin_hash:
        return render_template("terminal/hall_closed.html"), REFUSED
    if request.method == "POST":
        return _named_sign_in() if is_named else _sign_in(settings.hall_pin_hash)
    if not opened_by():
        return _ask(StaffForm() if is_named else HallPinForm())
    key = secrets.token_hex(16) if settings.printer != "none" else ""
    is_here = session[OPENED].get("here", False)
    return render_template("terminal/hall.html", look_s=LOOK_S, print_key=key, is_here=is_here, **_seen())


def _ask(form: StaffForm | HallPinForm) -> str:
    """Return the form for a PIN; `here`: on this machine's own screen, which citizens want back."""
    return render_template(
        "terminal/hall_pin.html", form=form, is_here=_is_here(), next=request.args.get("next")
    )


def _is_here() -> bool:
    return "here" in request.args


def opened_by() -> str:
    """Return the actor of this visit, as the audit names them; empty when no valid PIN was given."""
    entry = session.get(OPENED)
    if not isinstance(entry, dict):
        return ""
    known, right_hash = members.roster(), terminal().settings.hall_pin_hash
    if entry["number"]:
        member = known.member(entry["number"])
        return assisted.actor(member.number) if member and member.mark == entry["mark"] else ""
    is_right = right_hash and not known.members and entry["mark"] == _mark(right_hash)
    return NOBODY if is_right else ""


def _mark(right_hash: str) -> str:
    return hashlib.sha256(right_hash.encode()).hexdigest()


def _named_sign_in() -> Page:
    form, known = StaffForm(), members.roster()
    number, typed = pins.plain_digits(form.number.data or ""), pins.plain_digits(form.pin.data or "")
    form.pin.data = ""
    entry = members.enter(number, typed, known, terminal().clock)
    if not entry.member:
        return assist_views.refused(form, number, entry)
    actions.open_hall(number, terminal().clock)
    return _open(number, entry.member.mark)


def _sign_in(right_hash: str) -> Page:
    form = HallPinForm()
    typed, form.pin.data = pins.plain_digits(form.pin.data or ""), ""
    outcome = pin_tries.attempt(typed, right_hash, terminal().clock)
    if outcome.verdict is Verdict.RIGHT:
        return _open("", _mark(right_hash))
    form.pin.errors = [hall_sentence(outcome)]
    return form.sent_back(but=assist_views.PIN, status=TOO_MANY if outcome.wait_s else 422)


def _open(number: str, mark: str) -> Response:
    """Open the page in a visit that keeps nothing from before, such as what a citizen left on this screen."""
    visit = cast("SealedSession", session._get_current_object())  # type: ignore[attr-defined]  # flask's proxy
    assisted.note_end(visit, "left")
    visit.clear()
    visit[OPENED] = {"number": number, "mark": mark, "here": _is_here()}
    visit.renew()
    return redirect(local_address(request.args.get("next"), url_for("hall.page")), SEE_OTHER)


def calls() -> Page:
    """Show the list as a fragment; a visit that has ended is sent to the PIN."""
    if not opened_by():
        return render_template("terminal/_calls_locked.html"), REFUSED
    return render_template("terminal/_calls.html", **_seen())


def _seen() -> dict[str, object]:
    clock, machine = terminal().clock, terminal().machine()
    found = models.open_calls(clock)
    return {"calls": found, "lines": condition_words.lines(machine, clock.now()), "days": machine.days}


def answered(call: int) -> Response:
    """Record who goes to a caller, and when."""
    actor = opened_by()
    if not actor:
        abort(REFUSED)
    actions.answer_call(call, by=actor, clock=terminal().clock)
    return redirect(url_for("hall.page"), SEE_OTHER)


def print_out(what: str) -> Response:
    """Order the self-test or the day's counts; two presses on one page are one paper."""
    actor, key, wiring = opened_by(), request.form.get("key", ""), terminal()
    if not actor:
        abort(REFUSED)
    if not paper_orders.is_key(key) or wiring.settings.printer == "none":
        abort(404)
    actions.print_for_hall(
        wiring.hall_papers[what](),
        key=key,
        kind=what,
        by=actor,
        minutes=wiring.settings.unprinted_minutes,
        clock=wiring.clock,
    )
    flash(_("送去打印了。"))
    return redirect(url_for("hall.page"), SEE_OTHER)


def leave() -> Response:
    """Close the page."""
    cast("SealedSession", session._get_current_object()).end()  # type: ignore[attr-defined]  # flask's proxy
    return redirect(url_for("hall.page"), SEE_OTHER)
