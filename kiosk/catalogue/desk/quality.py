"""The quality report at the desk: one page of questions with counts, and a page for each with where to fix it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from kiosk.catalogue.desk import shown
from kiosk.catalogue.desk.entry import Answer, found_entry, hand
from kiosk.catalogue.feedback import reasons
from kiosk.catalogue.feedback.rules import QualityLimits
from kiosk.catalogue.publishing import approval
from kiosk.catalogue.records.kinds import EXPLANATIONS, PAYMENTS
from kiosk.catalogue.records.schema import N_
from kiosk.clock import today
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import acts_on
from kiosk.web.language.wording import gettext as _

ROWS = 50


def add_to(pages: Blueprint) -> None:
    """Add the report and the button to note a review."""
    pages.add_url_rule("/review", "review", to_do)
    pages.add_url_rule("/reviewed/<path:doc_id>", "reviewed", reviewed, methods=["POST"])


def to_do() -> Answer:
    """Show all questions with their counts, or the entries of one of them."""
    access.require(Permission.APPROVE_CATALOGUE)
    only = request.args.get("list", "")
    settings, day = hub().settings, today(hub().clock)
    asked = QualityLimits(
        day,
        settings.fee_review_months,
        settings.closed_review_months,
        settings.silent_least,
        settings.silent_days,
    )
    lists = reasons.to_do(asked, only)
    if not only:
        clear = [each.title for each in reasons.LISTS if each.key not in {found.key for found in lists}]
        return render_template(
            "catalogue/desk/review.html", lists=lists, clear=clear, looks_outside=settings.external_links
        )
    if not lists:
        abort(404)
    page = max(request.args.get("page", 1, type=int), 1)
    return render_template(
        "catalogue/desk/review_list.html",
        each=lists[0],
        explanations=EXPLANATIONS,
        payments=PAYMENTS,
        shown=lists[0].shown[(page - 1) * ROWS : page * ROWS],
        entry_shown=shown.entry,
        page=page,
        has_more=lists[0].many > page * ROWS,
    )


@acts_on(shown.entry, N_("已复查，不变"))
def reviewed(doc_id: str, *, seen: Seen) -> Answer:
    """Note that somebody reviewed a non-public entry and left it so."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    found = found_entry(doc_id)
    if found.disclosure == "proactive":
        abort(404)
    approval.note_reviewed(doc_id, hand(person.name), seen)
    flash(_("已记下：今天复查过，仍不主动公开。"))
    return redirect(url_for("catalogue_desk.review"), 303)
