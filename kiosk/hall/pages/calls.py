"""Pages for calling the staff: one large button, the state of the call, the telephone when nobody comes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from kiosk.errors import StoreUnready
from kiosk.hall import actions, models
from kiosk.web.context import terminal

CALL = "call"
"""Key in the session: the call that this visit made."""
TELEPHONE_AFTER_S = 120
"""Seconds without an answer after which the page offers the telephone."""
LOOK_S = 3
"""Seconds between two checks of the waiting page; without JavaScript five times as long."""
WAITING_IDLE_S = 180
"""
Idle time in seconds for a citizen who waits for a person: no question after a minute whether they are still there.
"""


def add_to(pages: Blueprint) -> None:
    """Add the pages under /help to the terminal's own."""
    pages.add_url_rule("/help/call", view_func=call_staff, methods=["POST"])
    pages.add_url_rule("/help/called", view_func=called)
    pages.add_url_rule("/help/called/now", view_func=called_now)


def call_staff() -> Response:
    """Store the call; on a full disk show at once where to find somebody."""
    if terminal().settings.channel != "kiosk":
        abort(404)
    try:
        session[CALL] = actions.call_staff(terminal().clock)
    except StoreUnready:
        return redirect(url_for("terminal.help_page"), 303)
    return redirect(url_for("terminal.called"), 303)


def called() -> str | Response:
    """Show the state of this visit's call."""
    state = _state()
    if state is None:
        return redirect(url_for("terminal.help_page"), 303)
    return render_template("terminal/called.html", idle_s=WAITING_IDLE_S, **state)


def called_now() -> str | tuple[str, int]:
    """Show the same as a fragment; nothing when this visit called nobody."""
    state = _state()
    return render_template("terminal/_called.html", **state) if state else ("", 204)


def _state() -> dict[str, Any] | None:
    if CALL not in session:
        return None
    settings, clock = terminal().settings, terminal().clock
    waiting = next((one for one in models.open_calls(clock) if one.id == session[CALL]), None)
    return {
        "waiting": waiting,
        "is_long": waiting is not None and waiting.waited_s >= TELEPHONE_AFTER_S,
        "help_phone": settings.help_phone,
        "help_place": settings.help_place,
        "look_s": LOOK_S,
    }
