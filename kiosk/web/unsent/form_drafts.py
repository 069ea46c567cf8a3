"""
Drafts of the desk's forms: kept while somebody writes, offered when they open the same form again.

What holds personal data names a reading key: its draft is sealed to that key, and only a session that holds it is
offered the draft.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answered

from kiosk.errors import Refused
from kiosk.web import access
from kiosk.web.context import hub
from kiosk.web.desk_acts import OURS
from kiosk.web.language.wording import gettext as _
from kiosk.web.unsent.desk_drafts import Drafts, KeptDraft, new_run

NAME, RUN, KEY = "draft", "draft_run", "draft_key"
"""Fields by which a form says which draft it is, and the id of the reading key that opens it."""
NOT_KEPT = (OURS - {"version"}) | {NAME, RUN, KEY}
DESK = "/desk/"


def blueprint() -> Blueprint:
    """Return the two acts on one's own drafts."""
    pages = Blueprint("desk_drafts", __name__, url_prefix="/desk/drafts")
    pages.add_url_rule("", "keep", keep_draft, methods=["POST"])
    pages.add_url_rule("/drop", "drop", drop_draft, methods=["POST"])
    return pages


@dataclass(frozen=True)
class DraftOfForm:
    """
    The draft of the form being shown.

    key_id: Of the reading key to which it is sealed; empty: it holds nothing personal.
    offered: Drafts of this thing that wait for a decision. taken: The one with which this form was filled.
    """

    thing: str
    run: str
    key_id: str = ""
    offered: tuple[KeptDraft, ...] = ()
    taken: KeptDraft | None = None

    @property
    def fields(self) -> MultiDict[str, str] | None:
        """Return what the form is filled with, if it was taken from a draft."""
        return MultiDict(self.taken.fields) if self.taken else None


def own() -> Drafts:
    """Return the drafts of the person who is signed in."""
    person = access.require_somebody()
    return Drafts(person.name, current_app.config["SECRET_KEY"], person.reading_keys)


def here(thing: str, key_id: str = "") -> DraftOfForm:
    """Return the draft of the requested form: taken up if the address says so, offered otherwise."""
    if request.method == "POST":
        return DraftOfForm(thing, request.form.get(RUN, "") or new_run(), key_id)
    kept = own().of(thing, hub().clock.now())
    asked = request.args.get(RUN, "")
    taken = next((each for each in kept if each.run == asked), None)
    if taken:
        return DraftOfForm(thing, taken.run, key_id, taken=taken)
    return DraftOfForm(thing, new_run(), key_id, tuple(kept))


def end(thing: str) -> None:
    """Erase the draft of the form that was just sent."""
    own().drop(thing, request.form.get(RUN, ""))


def keep_draft() -> Response:
    """Keep what is written in a form; nothing is shown."""
    drafts = own()
    fields = [(name, value) for name, value in request.form.items() if name not in NOT_KEPT]
    thing, run, key_id = (request.form.get(name, "") for name in (NAME, RUN, KEY))
    try:
        drafts.keep(thing, run, fields, hub().clock.now(), key_id=key_id)
    except Refused as refused:
        abort(403 if refused.code == "reading-key-missing" else 413)
    return Response(status=204)


def drop_draft() -> Answered:
    """Throw one's own draft away."""
    own().drop(request.form.get(NAME, ""), request.form.get(RUN, ""))
    flash(_("草稿已经删掉。"))
    back = request.form.get("back", "")
    return redirect(back if back.startswith(DESK) else url_for("staff.desk"), 303)
