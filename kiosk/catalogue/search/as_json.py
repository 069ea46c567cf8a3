"""An answer of the look-up as JSON: for the API and the command line."""

from __future__ import annotations

from typing import Any

from kiosk.catalogue.records.documents import position
from kiosk.catalogue.search.search import Answer, Found


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer as the API gives it (DESIGN.md §3); names of persons are never in it."""
    return {
        "results": [_result(found) for found in answer.found],
        "total": answer.total,
        "as_of": position().as_of,
        "searched": {"full": "full-text", "partial": "titles", "none": "nothing"}[answer.mode],
    }


def _result(found: Found) -> dict[str, Any]:
    document = found.document
    return {
        "id": document.doc_id,
        "kind": document.kind,
        "title": document.title,
        "doc_no": document.doc_no,
        "issuers": document.issuer_names,
        "published_on": document.published_on,
        "validity": document.validity,
        "excerpt": found.excerpt.text,
    }
