"""
The catalogue's desk at the hub: lists of entries by state (waiting, published, planned ...) and batches of imports.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response

from kiosk.catalogue.attachments import store
from kiosk.catalogue.desk import (
    attachments,
    edit,
    entry,
    feedback,
    imports,
    quality,
    row_table,
    shown,
    wordlist,
)
from kiosk.catalogue.desk.entry import Answer, hand, kept_files, may_be_alone, refused
from kiosk.catalogue.publishing import approval, entries, history, sources
from kiosk.catalogue.publishing.approval import BatchOutcome, Release
from kiosk.catalogue.publishing.entries import EntryFilter
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.models import ImportBatch
from kiosk.catalogue.records.rules import DISCLOSURE
from kiosk.catalogue.records.schema import N_
from kiosk.clock import today
from kiosk.errors import RuleBroken
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import acts_on
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import ngettext

ROWS = 50
NAMED = 5
"""Entries listed in a sentence; the rest is counted."""
STATES = {
    "waiting": N_("待审核"),
    "published": N_("已公开"),
    "scheduled": N_("定时发布"),
    "closed": N_("不主动公开"),
    "refused": N_("已退回"),
    "withdrawn": N_("已撤下"),
    "all": N_("全部"),
}
"""The lists of the desk, in their order."""


def blueprint() -> Blueprint:
    """Return the pages below `/desk/catalogue`; every one requires the permission to approve."""
    pages = Blueprint("catalogue_desk", __name__, url_prefix="/desk/catalogue")
    pages.url_value_preprocessor(edit.allow_long_texts)
    pages.add_url_rule("", "waiting", listed)
    pages.add_url_rule("/ledger.csv", "ledger", ledger)
    pages.add_url_rule("/approve-batch", "approve_batch", approve_batch, methods=["POST"])
    entry.add_to(pages)
    edit.add_to(pages)
    quality.add_to(pages)
    row_table.add_to(pages)
    feedback.add_to(pages)
    wordlist.add_to(pages)
    imports.add_to(pages)
    attachments.add_to(pages)
    return pages


def _asked() -> EntryFilter:
    """Return the requested filter of entries; an unknown state or kind counts as all."""
    state, kind = request.args.get("state", "waiting"), request.args.get("kind", "")
    return EntryFilter(
        state if state in STATES else entries.ALL,
        kind if kind in KINDS else "",
        request.args.get("q", "").strip()[:100],
        request.args.get("batch", type=int),
    )


def ledger() -> Answer:
    """Send the entries of a list as a table for the office: who submitted, decided and when."""
    access.require(Permission.APPROVE_CATALOGUE)
    asked = _asked()
    lines = stream_with_context(history.ledger(entries.stream(asked)))
    answer = Response(lines, content_type="text/csv; charset=utf-8")
    name = f"ledger-{asked.state}-{today(hub().clock).isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def listed() -> Answer:
    """Show the entries of one state, filtered by kind and words; waiting imports come before waiting entries."""
    access.require(Permission.APPROVE_CATALOGUE)
    asked = _asked()
    page = max(request.args.get("page", 1, type=int), 1)
    found, total = entries.page(asked, ROWS, (page - 1) * ROWS), entries.how_many(asked)
    is_whole = asked.state == "waiting" and not (asked.kind or asked.words or asked.batch)
    return render_template(
        "catalogue/desk/entries.html",
        entries=found,
        public=documents.published_ids(each.doc_id for each in found),
        lacking={each.doc_id for each in found if store.missing(each.content, kept_files().blobs)},
        total=total,
        batches=_batches() if is_whole else [],
        batch_shown=shown.batch_shown,
        asked={"state": asked.state, "kind": asked.kind, "q": asked.words, "batch": asked.batch},
        page=page,
        has_more=total > page * ROWS,
        states=STATES,
        counts=entries.state_counts(STATES),
        kinds=KINDS,
        disclosure=DISCLOSURE,
    )


def _batches() -> list[tuple[ImportBatch, int, int]]:
    """Return the waiting imports: how many entries of each are public already, and how many are not."""
    found = []
    for batch in entries.waiting_batches():
        sourced, others = sources.of_batch(batch.id, hub().settings.public_sites)
        found.append((batch, len(sourced), len(others)))
    return found


@acts_on(shown.batch, N_("成批通过"))
def approve_batch(*, seen: Seen) -> Answer:
    """
    Release the waiting entries of one import that are already public at their `source_url`; the others if the clerk
    confirms having read them. Entries without an attribute need the confirmation that all are proactive; those whose
    attached file is gone are not released.
    """
    person = access.require(Permission.APPROVE_CATALOGUE)
    attribute = "proactive" if request.form.get("all_proactive") else ""
    try:
        done = approval.approve_batch(
            request.form.get("batch", 0, type=int),
            hand(person.name),
            Release(attribute, alone=may_be_alone()),
            sites=hub().settings.public_sites,
            blobs=kept_files().blobs,
            others_read="others_read" in request.form,
            seen=seen,
        )
    except RuleBroken as broken:
        return refused(broken)
    if done.approved:
        flash(
            ngettext(
                "已审核%(num)s条，其中主动公开的已发布。",
                "已审核%(num)s条，其中主动公开的已发布。",
                done.approved,
            )
        )
    _tell_what_stayed(done)
    return redirect(url_for("catalogue_desk.waiting"), 303)


def _tell_what_stayed(done: BatchOutcome) -> None:
    if done.lacking:
        flash(
            _(
                "%(many)s条没有通过：附件的文件不在了，请重新上传。%(titles)s",
                many=len(done.lacking),
                titles="；".join(entries.titles(done.lacking[:NAMED])),
            ),
            "wrong",
        )
    if done.unread:
        flash(_("还有%(left)s条没有在网站上公开过，请一条一条看。", left=done.unread), "wrong")
