"""
The staff page of the hall: who calls, and how this machine stands. A PIN opens it for as long as it is looked at.

It shows nothing personal and opens nothing sealed: named accounts are the hub's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol, cast

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import PasswordField

from kiosk import audit, db
from kiosk.terminal import models, pin
from kiosk.terminal.pin import Outcome, Verdict
from kiosk.web.context import terminal
from kiosk.web.forms import QuestionForm
from kiosk.web.session import SealedSession

OPENED = "hall"
"""Name in the session of a visit that gave the PIN."""
LOOK_S = 3
SEE_OTHER, REFUSED, TOO_MANY = 303, 403, 429
Page = str | tuple[str, int] | Response


class Line(Protocol):
    """One thing of the readiness report."""

    @property
    def name(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def words(self) -> str: ...


class PinForm(QuestionForm):
    """The PIN, never shown again."""

    pin = PasswordField("")


def blueprint(readiness: Callable[[], Sequence[Line]]) -> Blueprint:
    """
    The pages under `/hall`.

    Args:
        readiness: How printer, paper, sync, disk and screen of this machine stand now.
    """
    pages = Blueprint("hall", __name__, url_prefix="/hall")
    pages.add_url_rule("", "page", lambda: hall(readiness), methods=["GET", "POST"])
    pages.add_url_rule("/calls", "calls", lambda: calls(readiness))
    pages.add_url_rule("/calls/<int:call>", "answered", answered, methods=["POST"])
    pages.add_url_rule("/leave", "leave", leave, methods=["POST"])
    return pages


def hall(readiness: Callable[[], Sequence[Line]]) -> Page:
    """The list of calls; before it the question for the PIN."""
    settings = terminal().settings
    if settings.channel != "kiosk":
        abort(404)
    if not settings.hall_pin_hash:
        return render_template("terminal/hall_closed.html"), REFUSED
    if request.method == "POST":
        return _sign_in(settings.hall_pin_hash)
    if not _is_open():
        return render_template("terminal/hall_pin.html", form=_form())
    return render_template("terminal/hall.html", look_s=LOOK_S, **_seen(readiness))


def _is_open() -> bool:
    """Whether this visit gave the PIN that holds now."""
    right_hash = terminal().settings.hall_pin_hash
    return bool(right_hash) and session.get(OPENED) == _mark(right_hash)


def _mark(right_hash: str) -> str:
    return hashlib.sha256(right_hash.encode()).hexdigest()


def _form() -> PinForm:
    form = PinForm()
    form.pin.label.text = _("大厅密码")
    return form


def _sign_in(right_hash: str) -> Page:
    form = _form()
    outcome = pin.attempt(str(form.pin.data or ""), right_hash, terminal().clock)
    if outcome.verdict is Verdict.RIGHT:
        visit = cast("SealedSession", session._get_current_object())  # type: ignore[attr-defined]  # flask's proxy
        visit.clear()
        visit[OPENED] = _mark(right_hash)
        visit.renew()
        return redirect(url_for("hall.page"), SEE_OTHER)
    form.pin.errors = [_sentence(outcome)]
    return render_template("terminal/hall_pin.html", form=form), TOO_MANY if outcome.wait_s else 422


def _sentence(outcome: Outcome) -> str:
    if outcome.verdict is Verdict.CLOSED:
        return _("错的次数太多，这一页已经锁上。请管理员重新设置大厅密码。")
    if outcome.wait_s:
        return _("密码不对或者试得太快，请等%(seconds)s秒再试。", seconds=outcome.wait_s)
    return _("密码不对，请再试一次。")


def calls(readiness: Callable[[], Sequence[Line]]) -> Page:
    """The list as a fragment; a visit that has ended is led to the PIN."""
    if not _is_open():
        return render_template("terminal/_calls_locked.html"), REFUSED
    return render_template("terminal/_calls.html", **_seen(readiness))


def _seen(readiness: Callable[[], Sequence[Line]]) -> dict[str, object]:
    found = models.open_calls(db.store.connection(), terminal().clock)
    return {"calls": found, "lines": readiness()}


def answered(call: int) -> Response:
    """Somebody goes; written down with the time."""
    if not _is_open():
        abort(REFUSED)
    now = terminal().clock.now()
    with db.writing(db.store) as connection:
        if models.answer_call(connection, call, now):
            audit.record(connection, at=now, actor="hall", act="call.answered", subject=str(call))
    return redirect(url_for("hall.page"), SEE_OTHER)


def leave() -> Response:
    """Closes the page."""
    cast("SealedSession", session._get_current_object()).end()  # type: ignore[attr-defined]  # flask's proxy
    return redirect(url_for("hall.page"), SEE_OTHER)
