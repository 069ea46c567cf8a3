"""Pages of the catalogue on a terminal: search, documents, lists by kind, the paper of a document, the JSON API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from kiosk.catalogue.attachments import views as attachments_views
from kiosk.catalogue.feedback import views as feedback_views
from kiosk.catalogue.pages import browse, display, open_data, papers, versions
from kiosk.catalogue.pages.browse import MOST_PAGES, links_from, page_number, pages_of, searching
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.documents import Document
from kiosk.catalogue.records.kinds import CHECKLIST, KINDS, TEMPLATES, without_persons
from kiosk.catalogue.records.rules import ENDED, VALIDITY
from kiosk.catalogue.search import ways
from kiosk.catalogue.search.present import SHOWN_FACETS, SearchAnswer, answer_json
from kiosk.catalogue.search.understand import LONGEST_QUERY
from kiosk.catalogue.text import passages
from kiosk.web import context
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import language

Page = str | tuple[str, int] | BaseResponse
ROWS = 10
LIVE_ROWS = 4
SUGGESTIONS = 6
ALREADY_ROWS, ALREADY_ANSWERED = 3, 2
ANSWERED = next(kind.id for kind in KINDS.values() if kind.answers_requests)
ALREADY_FROM = 4
"""Characters of a description from which on matches are looked up."""
MOST_API_ROWS = 100
MOST_CHOICES = 6
"""Values of a facet that are offered."""


def blueprint() -> Blueprint:
    """Return the catalogue's pages."""
    pages = Blueprint("catalogue", __name__)
    browse.add_to(pages)
    versions.add_to(pages)
    papers.add_to(pages)
    attachments_views.add_to(pages)
    open_data.add_to(pages)
    feedback_views.add_to(pages)
    pages.add_url_rule("/search", view_func=search)
    pages.add_url_rule("/search/live", view_func=live)
    pages.add_url_rule("/search/already", view_func=already, methods=["POST"])
    pages.add_url_rule("/documents/<path:doc_id>", view_func=document)
    pages.add_url_rule("/api/v1/search", view_func=api_search)
    pages.add_url_rule("/api/v1/documents/<path:doc_id>", view_func=api_document)
    return pages


def _asked() -> tuple[str, dict[str, str]]:
    """Return the typed query, and the chosen facets."""
    only = {name: request.args.get(name, "")[:60] for name in SHOWN_FACETS}
    return request.args.get("q", "")[:LONGEST_QUERY].strip(), {k: v for k, v in only.items() if v}


def search() -> Page:
    """Show the result list."""
    typed, only = _asked()
    page = page_number()
    answer = searching().find(typed, only=only, limit=ROWS, offset=(page - 1) * ROWS, facets=True)
    if answer.mode == "full" and not answer.sure and not only:
        feedback_views.count_silent(typed, has_similar=answer.total > 0)
    return render_template(
        "catalogue/search.html",
        typed=typed,
        chosen=[(name, _facet_words(name, value)) for name, value in only.items()],
        answer=answer,
        kinds=KINDS,
        page=page,
        pages=pages_of(answer.total, ROWS),
        choices=_choices(answer, only),
        progress=searching().state()[1] if answer.mode == "partial" else None,
        link=links_from(url_for("catalogue.search"), {"q": typed, **only}),
        common_words=context.terminal().settings.common_words,
    )


def live() -> Page:
    """Show the matches below the box while one types."""
    typed, _only = _asked()
    if not typed:
        return ""
    answer = searching().find(typed, limit=LIVE_ROWS)
    suggestions = [term for term in searching().suggest(typed, SUGGESTIONS + 1) if term != typed][
        :SUGGESTIONS
    ]
    return render_template(
        "catalogue/_live.html", typed=typed, answer=answer, suggestions=suggestions, kinds=KINDS
    )


def already() -> Page:
    """
    Show what may be public already to somebody about to request it, answered requests first; nothing if nothing
    matches.

    The words come in the body: what a person wants to know does not belong in an address.
    """
    typed = request.form.get("wanted", "")[:LONGEST_QUERY].strip()
    if len(typed) < ALREADY_FROM:
        return render_template("catalogue/_already.html")
    answered = searching().find(typed, limit=ALREADY_ANSWERED, only={"kind": ANSWERED})
    answer = searching().find(typed, limit=ALREADY_ROWS)
    others = [each for each in answer.found if each.document.kind not in (ANSWERED, TEMPLATES.id)]
    return render_template("catalogue/_already.html", answered=answered.found, others=others)


def _choices(answer: SearchAnswer, only: Mapping[str, str]) -> dict[str, list[tuple[str, str, int]]]:
    """Return the facets worth offering, those not chosen yet that would make the list shorter: value, words, number."""
    offered = {}
    for name in SHOWN_FACETS:
        counts = [(value, many) for value, many in answer.facets.get(name, {}).items() if value]
        known = [pair for pair in counts if name != "kind" or pair[0] in KINDS]
        if name not in only and any(many < answer.total for _value, many in known):
            ordered = sorted(known, reverse=True) if name == "year" else known
            offered[name] = [
                (value, _facet_words(name, value), many) for value, many in ordered[:MOST_CHOICES]
            ]
    return offered


def _facet_words(name: str, value: str) -> str:
    """Return the value of a facet in words."""
    if name == "kind" and value in KINDS:
        return _(KINDS[value].name)
    if name == "validity":
        return _(VALIDITY.get(value, value))
    return ways.in_words(name, value, language().code) if name in ("topic", "audience") else value


def document(doc_id: str) -> Page:
    """Show one document."""
    found = documents.one_to_show(doc_id)
    if found is None:
        abort(404)
    record, around = found.content, documents.related(doc_id)
    settings = context.terminal().settings
    shown = passages.split(record["body"])
    names = browse.viewer().names(doc_id)
    before, after = display.around_text(found.described, display.sections(without_persons(record)))
    return render_template(
        "catalogue/document.html",
        document=found,
        record=record,
        kind=found.described,
        facts=display.facts(record),
        before=before,
        after=after,
        passages=shown,
        contents=passages.contents(shown),
        plain=display.plain(found, around),
        relations=display.relations(found, around),
        versions=versions.earlier_and_later(around),
        explained=display.explanations(around) if found.described.text_first else [],
        guide=(record.get("fields") or {}) if found.described.paper is CHECKLIST else None,
        has_ended=found.validity in ENDED,
        changed_on=display.changed_on(record),
        successors=display.successors(around) if found.validity not in ("", "in_force", "not_yet") else [],
        ended_sources=display.ended_sources(record),
        names=names,
        asks_for_names=not names and display.has_names(record),
        ask=(record.get("fields") or {}).get("ask"),
        may_print=settings.printer != "none",
        may_print_text=papers.may_print_text(found),
        attached=attachments_views.listed(found),
        paper_places=attachments_views.paper_places_of(found),
        has_request_page=_leads_to("disclosure.start"),
    )


def _leads_to(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def api_search() -> Response:
    """Answer `GET /api/v1/search?q=&limit=&kind=` with the same search as the page (DESIGN.md §3)."""
    typed, only = _asked()
    limit = min(max(request.args.get("limit", ROWS, type=int), 1), MOST_API_ROWS)
    offset = min(max(request.args.get("offset", 0, type=int), 0), MOST_API_ROWS * MOST_PAGES)
    return jsonify(answer_json(searching().find(typed, only=only, limit=limit, offset=offset)))


def api_document(doc_id: str) -> Response | tuple[Response, int]:
    """Answer `GET /api/v1/documents/ID` with the record without rows that name persons, and its relations."""
    found = documents.one_to_show(doc_id)
    if found is None:
        return jsonify({"error": "not-found"}), 404
    return jsonify(_public(found))


def _public(found: Document) -> dict[str, Any]:
    related = [
        {"rel": rel, "id": other.doc_id, "title": other.title}
        for rel, other in documents.related(found.doc_id)
    ]
    return {**without_persons(found.content), "related": related, "as_of": documents.position().as_of}
