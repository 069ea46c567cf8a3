"""The hub's desk of the catalogue: what waits, how it will look, and the decision."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from kiosk import audit, db
from kiosk.catalogue import actions, display, models, passages
from kiosk.catalogue.actions import Hand
from kiosk.catalogue.forms import NoteForm
from kiosk.catalogue.kinds import KINDS
from kiosk.catalogue.models import Entry
from kiosk.catalogue.rules import DISCLOSURE
from kiosk.errors import NotFound, RuleBroken
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub

Answer = str | tuple[str, int] | Response
ROWS = 50


def blueprint() -> Blueprint:
    """The pages below `/desk/catalogue`; every one asks for the permission to approve."""
    pages = Blueprint("catalogue_desk", __name__, url_prefix="/desk/catalogue")
    pages.add_url_rule("", "waiting", waiting)
    pages.add_url_rule("/approve-batch", "approve_batch", approve_batch, methods=["POST"])
    pages.add_url_rule("/entries/<path:doc_id>", "entry", entry)
    pages.add_url_rule("/approve/<path:doc_id>", "approve", approve, methods=["POST"])
    pages.add_url_rule("/refuse/<path:doc_id>", "refuse", refuse, methods=["POST"])
    pages.add_url_rule("/withdraw/<path:doc_id>", "withdraw", withdraw, methods=["POST"])
    return pages


def _hand(name: str) -> Hand:
    return Hand(name, hub().clock.now(), audit.record)


def waiting() -> Answer:
    """The list of entries that wait, by import."""
    access.require(Permission.APPROVE_CATALOGUE)
    batch = request.args.get("batch", type=int)
    page = max(request.args.get("page", 1, type=int), 1)
    query = models.waiting(batch)
    return render_template(
        "catalogue/desk/waiting.html",
        entries=list(query.limit(ROWS).offset((page - 1) * ROWS)),
        total=query.count(),
        batches=models.waiting_batches(),
        batch=batch,
        page=page,
        has_more=query.count() > page * ROWS,
        kinds=KINDS,
        disclosure=DISCLOSURE,
    )


def entry(doc_id: str) -> Answer:
    """One entry as citizens will see it, with what is published of it now."""
    access.require(Permission.APPROVE_CATALOGUE)
    return _entry_page(_found(doc_id), NoteForm())


def _found(doc_id: str) -> Entry:
    found: Entry | None = Entry.get_or_none(Entry.doc_id == doc_id)
    if found is None:
        abort(404)
    return found


def _entry_page(found: Entry, form: NoteForm) -> str:
    record = found.content
    return render_template(
        "catalogue/desk/entry.html",
        entry=found,
        record=record,
        kind=KINDS[found.kind],
        facts=display.facts(record),
        sections=display.sections(record),
        passages=passages.split(record["body"]),
        published=models.one(found.doc_id),
        disclosure=DISCLOSURE,
        form=form,
    )


def approve(doc_id: str) -> Answer:
    """Releases one entry."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    try:
        with db.writing(db.store) as connection:
            seq = actions.approve(connection, doc_id, _hand(person.name))
    except NotFound:
        abort(404)
    except RuleBroken as broken:
        return _refused(broken)
    flash(_("已发布，终端下次同步时更新。") if seq else _("已审核。这一条不主动公开，不进入公开目录。"))
    return redirect(url_for("catalogue_desk.waiting"), 303)


def approve_batch() -> Answer:
    """Releases what still waits of one import."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    batch = request.form.get("batch", 0, type=int)
    try:
        with db.writing(db.store) as connection:
            doc_ids = [found.doc_id for found in models.waiting(batch)] if batch else []
            many = actions.approve_many(connection, doc_ids, _hand(person.name), batch_id=batch)
    except RuleBroken as broken:
        return _refused(broken)
    flash(ngettext("已发布%(num)s条。", "已发布%(num)s条。", many))
    return redirect(url_for("catalogue_desk.waiting"), 303)


def refuse(doc_id: str) -> Answer:
    """Sends an entry back with a note."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    return _with_note(doc_id, person.name, actions.refuse, _("已退回。"))


def withdraw(doc_id: str) -> Answer:
    """Takes a published document down."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    return _with_note(doc_id, person.name, actions.withdraw, _("已撤下，终端下次同步时删除。"))


def _with_note(doc_id: str, name: str, act: Any, said: str) -> Answer:
    found, form = _found(doc_id), NoteForm()
    if not form.validate_on_submit():
        return _entry_page(found, form), 422
    try:
        with db.writing(db.store) as connection:
            act(connection, doc_id, form.note.data, _hand(name))
    except NotFound:
        abort(404)
    except RuleBroken as broken:
        return _refused(broken)
    flash(said)
    return redirect(url_for("catalogue_desk.waiting"), 303)


def _refused(broken: RuleBroken) -> Response:
    told = {
        "not-waiting": _("这一条已经有人处理过了。"),
        "same-person": _("不能审核自己提交的内容，请另一位审核。"),
    }
    flash(told.get(broken.code, broken.code))
    return redirect(url_for("catalogue_desk.waiting"), 303)
