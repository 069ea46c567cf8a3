"""Anonymous feedback at the desk: searches without a result, reported problems."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for

from kiosk.catalogue.desk import shown
from kiosk.catalogue.desk.entry import Answer, hand
from kiosk.catalogue.desk.forms import SettledForm
from kiosk.catalogue.feedback import empty_searches, problems
from kiosk.catalogue.publishing import entries
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.schema import N_
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import gettext as _

SYNONYMS = "catalogue_desk.words"
"""The page on which an everyday word gets its official one, if this hub has it."""
LIKE_IT = 5


def add_to(pages: Blueprint) -> None:
    """Add the two lists and their forms."""
    pages.add_url_rule("/searches", "searches", searches)
    pages.add_url_rule("/searches", "settle_search", settle_search, methods=["POST"])
    pages.add_url_rule("/problems", "problems", open_problems)
    pages.add_url_rule("/problems/<path:doc_id>", "problem", problem)
    pages.add_url_rule("/problems/<path:doc_id>", "settle_problem", settle_problem, methods=["POST"])


def searches() -> Answer:
    """Show words that several people searched for without a result, with what can be done about each."""
    access.require(Permission.APPROVE_CATALOGUE)
    return _searches_page(SettledForm(formdata=None))


def _searches_page(form: SettledForm) -> str:
    settings = hub().settings
    found = empty_searches.listed(settings.silent_least, settings.silent_days)
    return render_template(
        "catalogue/desk/searches.html",
        listed=[(each, documents.meant(each.words, LIKE_IT)) for each in found[:200]],
        many=len(found),
        search_shown=shown.search_shown,
        least=settings.silent_least,
        days=settings.silent_days,
        answering=[kind for kind in KINDS.values() if kind.answers_searches],
        synonyms=SYNONYMS if SYNONYMS in current_app.view_functions else "",
        form=form,
    )


_NOTE = {"note": TypedField(N_("怎么处理的"))}


@acts_on(shown.search, N_("记下处理过了"), _NOTE)
def settle_search(*, seen: Seen) -> Answer:
    """Note that these words are settled; a later search lists them again."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    words, form = empty_searches.countable(request.form.get("words", "")), SettledForm()
    if not words or not form.validate_on_submit():
        return _searches_page(form), 422
    empty_searches.settle(words, form.note.data, hand(person.name), seen)
    flash(_("已记下：“%(words)s”处理过了。以后又有人查，会再出现。", words=words))
    return redirect(url_for("catalogue_desk.searches"), 303)


def open_problems() -> Answer:
    """Show documents with reported problems, most reported first."""
    access.require(Permission.APPROVE_CATALOGUE)
    found = problems.open_reports()
    return render_template("catalogue/desk/problems.html", found=found, whats=problems.WHATS)


def problem(doc_id: str) -> Answer:
    """Show the open reports of one document, and the settled ones."""
    access.require(Permission.APPROVE_CATALOGUE)
    return _problem_page(doc_id, SettledForm(formdata=None))


def _problem_page(doc_id: str, form: SettledForm) -> str:
    reported, settled = problems.of(doc_id), problems.settled(doc_id)
    if not reported and not settled:
        abort(404)
    return render_template(
        "catalogue/desk/problem.html",
        doc_id=doc_id,
        entry=entries.found(doc_id),
        reported=reported,
        settled=settled,
        shown=shown.reports(doc_id),
        whats=problems.WHATS,
        form=form,
    )


@acts_on(shown.reports, N_("记下处理过了"), _NOTE)
def settle_problem(doc_id: str, *, seen: Seen) -> Answer:
    """Note how all open reports of a document were settled."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    form = SettledForm()
    if not form.validate_on_submit():
        return _problem_page(doc_id, form), 422
    many = problems.settle(doc_id, form.note.data, hand(person.name), seen)
    if not many:
        abort(404)
    flash(_("已记下：这一件的%(many)s条反映处理过了。", many=many))
    return redirect(url_for("catalogue_desk.problems"), 303)
