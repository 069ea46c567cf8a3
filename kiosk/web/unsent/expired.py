"""
A form of the desk that comes after its session has ended: nothing is done, and nothing that was typed is lost.

The answer has every field of the form, and asks for name and password in a window of its own; the button then sends the
form again. It works without JavaScript and with any number of steps at sign-in; nothing is stored for a stranger.
"""

from __future__ import annotations

from flask import Flask, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, Unauthorized

from kiosk.seen import Shown
from kiosk.web import access, desk_acts
from kiosk.web.desk_acts import DeskAct
from kiosk.web.security import FORMS

DESK = "/desk/"
ENTRANCES = frozenset({"staff.sign_in", "staff.sign_out", "staff.language"})
"""Forms that somebody without a session may send; of these nothing is worth keeping."""
TOKEN = frozenset({"csrf_token"})
_PLAIN = DeskAct(Shown, "", {})


def init(app: Flask) -> None:
    """Give the pages of an application the answer to a form that comes too late."""
    app.register_error_handler(CSRFError, _too_late)
    app.register_error_handler(Unauthorized, _too_late)


def _too_late(error: HTTPException) -> tuple[str, int]:
    """Return the form again; the page of the error for whatever is no form of a desk."""
    is_form = request.method == "POST" and request.path.startswith(DESK) and request.mimetype in FORMS
    if not is_form or request.endpoint in ENTRANCES:
        return render_template("error.html", status=error.code or 400), error.code or 400
    is_signed_in = access.signed_in() is not None
    view = current_app.view_functions.get(request.endpoint or "")
    act: DeskAct = getattr(view, "desk_act", _PLAIN)
    page = render_template(
        "desk/expired.html",
        act=act,
        typed=[each for each in desk_acts.typed(act, but=TOKEN) if each.name not in desk_acts.SECRET],
        secrets=desk_acts.secrets(act),
        files=desk_acts.files(),
        is_signed_in=is_signed_in,
    )
    return page, (error.code or 400) if is_signed_in else 401
