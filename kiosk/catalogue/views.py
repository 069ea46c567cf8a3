"""Pages of the catalogue on a terminal: search, documents, lists by kind, the paper of a document, the JSON API."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import segno
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from kiosk import db
from kiosk.catalogue import browse_views, display, models, passages, slips
from kiosk.catalogue.browse_views import MOST_PAGES, link_to, page_number, pages_of, searching
from kiosk.catalogue.commands import answer_json
from kiosk.catalogue.kinds import KINDS, NAMED, without_persons
from kiosk.catalogue.lookup import LONGEST_QUERY
from kiosk.catalogue.models import Document
from kiosk.catalogue.rules import ENDED, names_shown
from kiosk.catalogue.search import SHOWN_FACETS, Answer
from kiosk.clock import today
from kiosk.errors import Refused
from kiosk.web import context, paper
from kiosk.web.i18n import moment_words
from printers import spool

Page = str | tuple[str, int] | BaseResponse
ROWS = 10
LIVE_ROWS = 4
SUGGESTIONS = 6
ALREADY_ROWS = 3
ALREADY_FROM = 4
"""Characters of a description from which on it is worth looking."""
MOST_API_ROWS = 100
PAPER = "summary"
_KEY = re.compile(r"[0-9a-f]{32}")


def blueprint() -> Blueprint:
    """The catalogue's pages."""
    pages = Blueprint("catalogue", __name__)
    browse_views.add_to(pages)
    pages.add_url_rule("/search", view_func=search)
    pages.add_url_rule("/search/live", view_func=live)
    pages.add_url_rule("/search/already", view_func=already, methods=["POST"])
    pages.add_url_rule("/documents/<path:doc_id>", view_func=document)
    pages.add_url_rule("/documents/<path:doc_id>/print", view_func=print_summary, methods=["POST"])
    pages.add_url_rule("/papers/<key>", view_func=paper_page)
    pages.add_url_rule("/papers/<key>/again", view_func=print_again, methods=["POST"])
    pages.add_url_rule("/api/v1/search", view_func=api_search)
    pages.add_url_rule("/api/v1/documents/<path:doc_id>", view_func=api_document)
    return pages


def _asked() -> tuple[str, dict[str, str]]:
    """What was typed, and the facets that were chosen."""
    only = {name: request.args.get(name, "")[:60] for name in SHOWN_FACETS}
    return request.args.get("q", "")[:LONGEST_QUERY].strip(), {k: v for k, v in only.items() if v}


def search() -> Page:
    """The result list."""
    typed, only = _asked()
    page = page_number()
    answer = searching().find(typed, only=only, limit=ROWS, offset=(page - 1) * ROWS, facets=True)
    return render_template(
        "catalogue/search.html",
        typed=typed,
        only=only,
        answer=answer,
        kinds=KINDS,
        page=page,
        pages=pages_of(answer.total, ROWS),
        choices=_choices(answer, only),
        progress=searching().state()[1] if answer.mode == "partial" else None,
        link=lambda **changes: link_to(url_for("catalogue.search"), {"q": typed, **only}, changes),
        common_words=context.terminal().settings.common_words,
    )


def live() -> Page:
    """What appears below the box while one types."""
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
    What may be public already, for somebody about to ask for it; nothing when nothing fits.

    The words come in the body: what a person wants to know does not belong into an address.
    """
    typed = request.form.get("wanted", "")[:LONGEST_QUERY].strip()
    answer = searching().find(typed, limit=ALREADY_ROWS) if len(typed) >= ALREADY_FROM else None
    return render_template("catalogue/_already.html", answer=answer)


def _choices(answer: Answer, only: Mapping[str, str]) -> dict[str, list[tuple[str, int]]]:
    """The facets worth offering: those not chosen yet that would make the list shorter."""
    offered = {}
    for name in SHOWN_FACETS:
        counts = [(value, many) for value, many in answer.facets.get(name, {}).items() if value]
        known = [pair for pair in counts if name != "kind" or pair[0] in KINDS]
        if name not in only and any(many < answer.total for _value, many in known):
            ordered = sorted(known, reverse=True) if name == "year" else known
            offered[name] = ordered[:6]
    return offered


def document(doc_id: str) -> Page:
    """One document, as a person reads it."""
    found = models.one(doc_id)
    if found is None:
        abort(404)
    record = found.content
    settings = context.terminal().settings
    shown = passages.split(record["body"])
    names = names_shown(
        record,
        allowed=settings.named_rows,
        townships=settings.townships,
        today=today(context.terminal().clock),
    )
    address = _public_address(doc_id)
    return render_template(
        "catalogue/document.html",
        document=found,
        record=record,
        kind=found.described,
        facts=display.facts(record),
        sections=display.sections(without_persons(record)),
        passages=shown,
        contents=passages.contents(shown),
        plain=display.plain(record),
        relations=display.relations(doc_id),
        has_ended=found.validity in ENDED,
        changed_on=display.changed_on(record),
        successors=display.successors(doc_id) if found.validity not in ("", "in_force", "not_yet") else [],
        ended_sources=display.ended_sources(record),
        names=names,
        name_columns=(record.get("fields") or {}).get(NAMED, {}).get("columns", []) if names else [],
        asks_for_names=not names and display.has_names(record),
        ask=(record.get("fields") or {}).get("ask"),
        may_print=settings.printer != "none",
        print_key=secrets.token_hex(16),
        address=address,
        qr=_qr(address) if address else "",
        has_request_page=_leads_to("disclosure.start"),
    )


def _qr(address: str) -> str:
    """The code as an image; a fixed mask is read as well as the best one, and spares most of the time."""
    return str(segno.make(address, error="m", mask=3).svg_data_uri(scale=6, border=4))


def _public_address(doc_id: str) -> str:
    base = context.terminal().settings.public_url.rstrip("/")
    return f"{base}/documents/{quote(doc_id, safe='/:@+~')}" if base else ""


def _leads_to(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def print_summary(doc_id: str) -> Page:
    """Orders the paper of a document; a second tap of the same page orders nothing more."""
    found = models.one(doc_id)
    settings, clock = context.terminal().settings, context.terminal().clock
    key = request.form.get("key", "")
    if found is None or settings.printer == "none" or not _KEY.fullmatch(key):
        abort(404)
    record = without_persons(found.content)
    slip = slips.summary(record, display.sentences(record), _place(doc_id))
    now = clock.now()
    with db.writing(db.store) as connection:
        spool.enqueue(
            connection,
            slip,
            request_key=_request_key(key),
            kind=PAPER,
            created_at=now,
            expires_at=now + timedelta(minutes=settings.unprinted_minutes),
        )
    return redirect(url_for("catalogue.paper_page", key=key, document=doc_id), 303)


def _request_key(key: str) -> str:
    return f"document-{key}"


def _place(doc_id: str) -> slips.Place:
    settings = context.terminal().settings
    as_of = models.position()[2]
    return slips.Place(
        place_name=settings.place_name,
        station_name=settings.station_name,
        address=_public_address(doc_id),
        as_of=moment_words(as_of, today(context.terminal().clock)) if as_of else "",
        lang=str(get_locale())[:2],
        large=session.get("text_size", 1) == 3,
    )


def paper_page(key: str) -> Page:
    """What happens with the paper; as a fragment (`?piece=1`) it looks again by itself."""
    told = paper.of(_request_key(key), PAPER) if _KEY.fullmatch(key) else None
    if told is None:
        abort(404)
    doc_id = request.args.get("document", "")
    found = models.one(doc_id)
    page = "catalogue/_paper.html" if request.args.get("piece") else "catalogue/paper.html"
    return render_template(page, paper=told, key=key, document=found, doc_id=doc_id if found else "")


def print_again(key: str) -> Page:
    """Orders a reprint of a document's paper."""
    settings, clock = context.terminal().settings, context.terminal().clock
    if not _KEY.fullmatch(key) or paper.of(_request_key(key), PAPER) is None:
        abort(404)
    # A paper that is still on its way is not ordered twice: the page shows where it is.
    with suppress(Refused):
        paper.again(_request_key(key), PAPER, clock, settings.unprinted_minutes, why="missing")
    return redirect(url_for("catalogue.paper_page", key=key, document=request.form.get("document", "")), 303)


def api_search() -> Response:
    """`GET /api/v1/search?q=&limit=&kind=`: the same search as the page (DESIGN.md §3)."""
    typed, only = _asked()
    limit = min(max(request.args.get("limit", ROWS, type=int), 1), MOST_API_ROWS)
    offset = min(max(request.args.get("offset", 0, type=int), 0), MOST_API_ROWS * MOST_PAGES)
    return jsonify(answer_json(searching().find(typed, only=only, limit=limit, offset=offset)))


def api_document(doc_id: str) -> Response | tuple[Response, int]:
    """`GET /api/v1/documents/ID`: the record without rows that name persons, and what it is related to."""
    found = models.one(doc_id)
    if found is None:
        return jsonify({"error": "not-found"}), 404
    return jsonify(_public(found))


def _public(found: Document) -> dict[str, Any]:
    related = [
        {"rel": rel, "id": other.doc_id, "title": other.title} for rel, other in models.related(found.doc_id)
    ]
    return {**without_persons(found.content), "related": related, "as_of": models.position()[2]}
