"""The hub's desk of the catalogue: its shelves (waiting, published, planned ...) and batches of imports."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from kiosk import db
from kiosk.catalogue import (
    approval,
    attachments_desk,
    edit_desk,
    entry_desk,
    heard_desk,
    import_desk,
    models,
    review_desk,
    sources,
    table_desk,
    words_desk,
)
from kiosk.catalogue.approval import Release
from kiosk.catalogue.entry_desk import PUBLISHERS, Answer, Publishers, hand, may_be_alone, refused
from kiosk.catalogue.kinds import KINDS
from kiosk.catalogue.rules import DISCLOSURE
from kiosk.catalogue.schema import N_
from kiosk.errors import RuleBroken
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub

ROWS = 50
SHELVES = {
    "waiting": N_("待审核"),
    "published": N_("已公开"),
    "scheduled": N_("定时发布"),
    "closed": N_("不主动公开"),
    "refused": N_("已退回"),
    "withdrawn": N_("已撤下"),
}
"""The shelves of the desk, in their order."""


def blueprint(publishers: Publishers) -> Blueprint:
    """
    The pages below `/desk/catalogue`; every one asks for the permission to approve.

    Args:
        publishers: How many people may publish at this hub.
    """
    pages = Blueprint("catalogue_desk", __name__, url_prefix="/desk/catalogue")
    pages.record(lambda state: state.app.extensions.update({PUBLISHERS: publishers}))
    pages.url_value_preprocessor(edit_desk.allow_long_texts)
    pages.add_url_rule("", "waiting", shelf)
    pages.add_url_rule("/approve-batch", "approve_batch", approve_batch, methods=["POST"])
    entry_desk.add_to(pages)
    edit_desk.add_to(pages)
    review_desk.add_to(pages)
    table_desk.add_to(pages)
    heard_desk.add_to(pages)
    words_desk.add_to(pages)
    import_desk.add_to(pages)
    attachments_desk.add_to(pages)
    return pages


def shelf() -> Answer:
    """One shelf of entries, by kind and words of the title; imports that wait stand above what waits."""
    access.require(Permission.APPROVE_CATALOGUE)
    state, kind = request.args.get("state", "waiting"), request.args.get("kind", "")
    state, kind = state if state in SHELVES else "", kind if kind in KINDS else ""
    words = request.args.get("q", "").strip()[:100]
    batch = request.args.get("batch", type=int)
    page = max(request.args.get("page", 1, type=int), 1)
    query = models.entries(state, kind, words, batch)
    found, total = list(query.limit(ROWS).offset((page - 1) * ROWS)), query.count()
    return render_template(
        "catalogue/desk/shelf.html",
        entries=found,
        public=models.published_ids(each.doc_id for each in found),
        total=total,
        batches=_batches() if state == "waiting" and not (kind or words or batch) else [],
        asked={"state": state, "kind": kind, "q": words, "batch": batch},
        page=page,
        has_more=total > page * ROWS,
        shelves=SHELVES,
        counts=models.shelf_counts(SHELVES),
        kinds=KINDS,
        disclosure=DISCLOSURE,
    )


def _batches() -> list[tuple[models.ImportBatch, int, int]]:
    """Imports that wait: how many entries of each are public already, and how many are not."""
    connection, sites = db.store.connection(), hub().settings.public_sites
    found = []
    for batch, _many in models.waiting_batches():
        sourced, others = sources.of_batch(connection, batch.id, sites)
        found.append((batch, len(sourced), len(others)))
    return found


def approve_batch() -> Answer:
    """
    Releases what still waits of one import and is public at its `source_url` already; the rest with the word that
    somebody read it. Entries without an attribute need the word that all are proactive.
    """
    person = access.require(Permission.APPROVE_CATALOGUE)
    batch = request.form.get("batch", 0, type=int)
    attribute = "proactive" if request.form.get("all_proactive") else ""
    try:
        with db.writing(db.store) as connection:
            sourced, others = sources.of_batch(connection, batch, hub().settings.public_sites)
            doc_ids = [*sourced, *others] if "others_read" in request.form else sourced
            release = Release(attribute, alone=may_be_alone())
            many = approval.approve_many(
                connection,
                doc_ids,
                hand(person.name),
                batch_id=batch,
                release=release,
                unsourced=len(doc_ids) - len(sourced),
            )
    except RuleBroken as broken:
        return refused(broken)
    flash(
        ngettext("已审核%(num)s条，其中主动公开的已发布。", "已审核%(num)s条，其中主动公开的已发布。", many)
    )
    if left := len(sourced) + len(others) - many:
        flash(_("还有%(left)s条没有在网站上公开过，请一条一条看。", left=left))
    return redirect(url_for("catalogue_desk.waiting"), 303)
