"""Drafts of the catalogue's desk: kept while a publisher writes, offered when they open the same form again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from kiosk.catalogue.desk.entry import Answer
from kiosk.errors import Refused
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import OURS
from kiosk.web.language.wording import gettext as _
from kiosk.web.unsent.desk_drafts import Drafts, KeptDraft, new_run

NAME, RUN = "draft", "draft_run"
"""Fields by which a form says which draft it is."""
NOT_KEPT = (OURS - {"version"}) | {NAME, RUN}
DESK = "/desk/catalogue/"


def add_to(pages: Blueprint) -> None:
    """Add the two acts on one's own drafts."""
    pages.add_url_rule("/drafts", "keep_draft", keep_draft, methods=["POST"])
    pages.add_url_rule("/drafts/drop", "drop_draft", drop_draft, methods=["POST"])


@dataclass(frozen=True)
class DraftOfForm:
    """
    The draft of the form being shown.

    offered: Drafts of this thing that wait for a decision. taken: The one with which this form was filled.
    """

    thing: str
    run: str
    offered: tuple[KeptDraft, ...] = ()
    taken: KeptDraft | None = None

    @property
    def fields(self) -> MultiDict[str, str] | None:
        """Return what the form is filled with, if it was taken from a draft."""
        return MultiDict(self.taken.fields) if self.taken else None


def own() -> Drafts:
    """Return the drafts of the person who is signed in."""
    return Drafts(access.require(Permission.APPROVE_CATALOGUE).name, current_app.config["SECRET_KEY"])


def here(thing: str) -> DraftOfForm:
    """Return the draft of the requested form: taken up if the address says so, offered otherwise."""
    if request.method == "POST":
        return DraftOfForm(thing, request.form.get(RUN, "") or new_run())
    kept = own().of(thing, hub().clock.now())
    asked = request.args.get(RUN, "")
    taken = next((each for each in kept if each.run == asked), None)
    if taken:
        return DraftOfForm(thing, taken.run, taken=taken)
    return DraftOfForm(thing, new_run(), tuple(kept))


def end(thing: str) -> None:
    """Erase the draft of the form that was just sent."""
    own().drop(thing, request.form.get(RUN, ""))


def keep_draft() -> Answer:
    """Keep what is written in a form; nothing is shown."""
    drafts = own()
    fields = [(name, value) for name, value in request.form.items() if name not in NOT_KEPT]
    try:
        drafts.keep(request.form.get(NAME, ""), request.form.get(RUN, ""), fields, hub().clock.now())
    except Refused:
        abort(413)
    return Response(status=204)


def drop_draft() -> Answer:
    """Throw one's own draft away."""
    own().drop(request.form.get(NAME, ""), request.form.get(RUN, ""))
    flash(_("草稿已经删掉。"))
    back = request.form.get("back", "")
    return redirect(back if back.startswith(DESK) else url_for("catalogue_desk.waiting"), 303)
