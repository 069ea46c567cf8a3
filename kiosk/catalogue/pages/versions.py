"""The page that compares two versions of a document side by side."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from kiosk.catalogue.records import documents
from kiosk.catalogue.records.documents import Document, Related
from kiosk.catalogue.text import compare


def add_to(pages: Blueprint) -> None:
    """Add the route of this page."""
    pages.add_url_rule("/documents/<path:doc_id>/compare/<path:other_id>", view_func=versions)


def versions(doc_id: str, other_id: str) -> str:
    """Show what the later of two documents changed; only for two versions of one document."""
    here, other = documents.one(doc_id), documents.one(other_id)
    if here is None or other is None:
        abort(404)
    relations = [rel for rel, found in documents.related(doc_id) if found.doc_id == other_id]
    following = [rel for rel in relations if rel in compare.VERSIONS]
    if not following:
        abort(404)
    older, newer = (other, here) if following[0] in compare.OLDER else (here, other)
    lines = compare.compare(_text(older), _text(newer))
    return render_template(
        "catalogue/compare.html",
        document=here,
        older=older,
        newer=newer,
        lines=lines or [],
        counts=compare.counts(lines or []),
        is_too_long=lines is None,
        amends="amend" in following[0],
    )


def _text(document: Document) -> str:
    return str(document.content.get("body", ""))


def earlier_and_later(around: Related) -> list[Document]:
    """Return the documents among these that can be compared with the document they belong to."""
    found = {other.doc_id: other for rel, other in around if rel in compare.VERSIONS}
    return list(found.values())
