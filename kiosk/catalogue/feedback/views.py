"""报告问题: a citizen reports a problem with a document in one touch, without a name, also offline."""

from __future__ import annotations

import logging
from typing import TypedDict

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.catalogue.feedback import empty_searches, problems
from kiosk.catalogue.feedback.forms import ProblemForm
from kiosk.catalogue.feedback.problems import ReportOutcome
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.documents import Document
from kiosk.clock import today
from kiosk.errors import StoreUnready
from kiosk.web import context, half_written

Answer = str | Response
TAKEN = 200
REPORTED = "reported"
"""Session key of what this visit has reported, so that it counts once: number of problems, hashes of words."""

_log = logging.getLogger(__name__)


def add_to(pages: Blueprint) -> None:
    """Add the form and the page of thanks."""
    pages.add_url_rule("/documents/<path:doc_id>/problem", "problem", problem, methods=["GET", "POST"])
    pages.add_url_rule("/documents/<path:doc_id>/problem/thanks", "problem_thanks", thanks)


def _document(doc_id: str) -> Document:
    found = documents.one(doc_id)
    if found is None:
        abort(404)
    return found


class VisitReports(TypedDict):
    """What this visit said so far: how many problems, and the marks of searches that found nothing."""

    problems: int
    silent: list[str]


def _reported() -> VisitReports:
    return {"problems": 0, "silent": [], **session.get(REPORTED, {})}


def problem(doc_id: str) -> Answer:
    """Show the form to report a problem with this document, or store the report."""
    found, so_far, form = _document(doc_id), _reported(), ProblemForm()
    if request.method == "GET":
        is_enough = so_far["problems"] >= problems.MOST_A_VISIT or "is_full" in half_written.said()
        page = "catalogue/problem_enough.html" if is_enough else "catalogue/problem.html"
        return render_template(page, document=found, form=form)
    is_whole = form.validate()
    said = (doc_id, form.what.data or "", form.words.data or "")
    if is_whole and problems.is_counted(*said, form.key_of_form):
        return redirect(url_for("catalogue.problem_thanks", doc_id=doc_id), 303)
    if not is_whole and so_far["problems"] < problems.MOST_A_VISIT:
        return form.sent_back()
    if so_far["problems"] >= problems.MOST_A_VISIT:
        return half_written.refuse(said={"is_full": True}, status=TAKEN)
    taken = problems.report(*said, today(context.terminal().clock), form.key_of_form)
    if taken is ReportOutcome.FULL:
        return half_written.refuse(said={"is_full": True}, status=TAKEN)
    if taken is ReportOutcome.COUNTED:
        session[REPORTED] = {**so_far, "problems": so_far["problems"] + 1}
    return redirect(url_for("catalogue.problem_thanks", doc_id=doc_id), 303)


def thanks(doc_id: str) -> str:
    """Show what happens next, and the way back."""
    return render_template("catalogue/problem_thanks.html", document=_document(doc_id))


def count_silent(typed: str, *, has_similar: bool) -> None:
    """
    Count a full-text search without a result, once a visit; a failure to count never fails the page.

    Args:
        has_similar: Similar documents were shown: then only a term counts, for a longer question may
            well have found its answer.
    """
    words, so_far = empty_searches.countable(typed), _reported()
    if (
        not words
        or (has_similar and not empty_searches.is_term(words))
        or empty_searches.mark(words) in so_far["silent"]
    ):
        return
    try:
        empty_searches.count(words, today(context.terminal().clock))
    except StoreUnready as error:
        _log.error("%s: a search without an answer was not counted", error.code)
        return
    session[REPORTED] = {
        **so_far,
        "silent": [*so_far["silent"], empty_searches.mark(words)][-empty_searches.MOST_REMEMBERED :],
    }
