"""报告问题: whoever finds something wrong with a document says so in one touch, without a name, also offline."""

from __future__ import annotations

import logging
from typing import TypedDict

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.catalogue.feedback import empty_searches as silent
from kiosk.catalogue.feedback import problems
from kiosk.catalogue.feedback.forms import ProblemForm
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.documents import Document
from kiosk.clock import today
from kiosk.errors import StoreFull
from kiosk.web import context

Answer = str | tuple[str, int] | Response
TOLD = "told"
"""What this visit has told already, so that it counts once: how many problems, which words by their marks."""

_log = logging.getLogger(__name__)


def add_to(pages: Blueprint) -> None:
    """The question and the page that thanks."""
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


def _told() -> VisitReports:
    return {"problems": 0, "silent": [], **session.get(TOLD, {})}


def problem(doc_id: str) -> Answer:
    """What is wrong with this document."""
    found, told, form = _document(doc_id), _told(), ProblemForm()
    if told["problems"] >= problems.MOST_A_VISIT:
        return render_template("catalogue/problem_enough.html", document=found)
    if not form.validate_on_submit():
        page = render_template("catalogue/problem.html", document=found, form=form)
        return page if request.method == "GET" else (page, 422)
    words = form.words.data or ""
    if not problems.report(doc_id, form.what.data, words, today(context.terminal().clock)):
        return render_template("catalogue/problem_enough.html", document=found)
    session[TOLD] = {**told, "problems": told["problems"] + 1}
    return redirect(url_for("catalogue.problem_thanks", doc_id=doc_id), 303)


def thanks(doc_id: str) -> str:
    """Return what happens next, and the way back."""
    return render_template("catalogue/problem_thanks.html", document=_document(doc_id))


def count_silent(typed: str, *, has_similar: bool) -> None:
    """
    Count a search of the whole text that found nothing; once a visit, and never at the price of the page.

    Args:
        has_similar: Something was shown that shares words with it: then only a term counts, for a longer question may
            well have found its answer.
    """
    words, told = silent.countable(typed), _told()
    if not words or (has_similar and not silent.is_term(words)) or silent.mark(words) in told["silent"]:
        return
    try:
        silent.count(words, today(context.terminal().clock))
    except StoreFull:
        _log.error("store-full: a search without an answer was not counted")
        return
    session[TOLD] = {**told, "silent": [*told["silent"], silent.mark(words)][-silent.MOST_REMEMBERED :]}
