"""Open data: what is published as JSON Lines, CSV by kind and Atom by kind, without rows that name persons."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from flask import Blueprint, Response, abort, request, url_for

from kiosk.catalogue.pages.display import last_change
from kiosk.catalogue.records import documents, listings
from kiosk.catalogue.records.documents import Document
from kiosk.catalogue.records.feed import export
from kiosk.catalogue.records.kinds import KINDS, NAMED, Kind, without_persons
from kiosk.csv_cells import safe_cell
from kiosk.web import context
from kiosk.web.language.languages import SOURCE
from kiosk.web.language.wording import gettext as _

FEED_ROWS = 50
NO_DAY = "1970-01-01"
FORM = 3
"""Version of these answers; a client's copy of an older version is fetched again."""
SPREADSHEET_MARK = "\ufeff"
"""Without this mark Excel in Chinese reads UTF-8 as GBK."""
ATOM = "http://www.w3.org/2005/Atom"
COLUMNS = (
    *("id", "kind", "title", "doc_no", "index_no", "issuers", "drawn_on", "published_on", "effective_on"),
    *("valid_until", "validity", "validity_reason", "topics", "audience", "summary", "body", "source"),
    "source_url",
)


def add_to(pages: Blueprint) -> None:
    """Add the exports and feeds."""
    pages.add_url_rule("/open/catalogue.jsonl", "open_jsonl", open_jsonl)
    pages.add_url_rule("/open/<kind>.csv", "open_csv", open_csv)
    pages.add_url_rule("/feeds/<kind>.atom", "open_feed", open_feed)


def open_jsonl() -> Response:
    """Stream every published record, one a line, in the form in which a hub imports them."""
    lines = (line + "\n" for line in export())
    return _download(lines, "application/x-ndjson; charset=utf-8", "catalogue.jsonl")


def open_csv(kind: str) -> Response:
    """Send the records of a kind as CSV; no cell is read as a formula."""
    found = _kind(kind)
    return _download(_csv(found), "text/csv; charset=utf-8", f"{found.id}.csv")


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        abort(404)
    return KINDS[kind]


def _download(lines: Iterator[str], mimetype: str, name: str) -> Response:
    answer = Response(lines, content_type=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _as_of_now(answer)


def _as_of_now(answer: Response) -> Response:
    """Return the answer for this state of the catalogue, or 304 if the client has it."""
    here = documents.position()
    state = f"{FORM}-{here.epoch[:16]}-{here.seq}"
    if request.if_none_match.contains_weak(state):
        answer = Response(status=304)
    answer.set_etag(state)
    answer.cache_control.public = answer.cache_control.no_cache = True  # cached, and validated each time
    return answer  # werkzeug's make_conditional would count a streamed answer by holding all of it


def _csv(kind: Kind) -> Iterator[str]:
    fields = [name for name in kind.schema if name != NAMED]
    out = io.StringIO()
    out.write(SPREADSHEET_MARK)
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, *(f"fields.{name}" for name in fields)])
    for document in documents.stream(listings.of_kind(kind.id)):
        record = without_persons(document.content)
        values = record.get("fields") or {}
        cells = [record.get(key, "") for key in COLUMNS] + [values.get(name, "") for name in fields]
        writer.writerow([safe_cell(_as_text(cell)) for cell in cells])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _as_text(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ";".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def open_feed(kind: str) -> Response:
    """Send the newest documents of a kind as an Atom feed (RFC 4287)."""
    found = _kind(kind)
    newest = listings.listed(found.id, {}, FEED_ROWS)
    base = (context.terminal().settings.public_url or request.host_url).rstrip("/")
    feed = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": SOURCE.tag})
    address = base + url_for("catalogue.open_feed", kind=found.id)
    _add(feed, "id", address)
    _add(feed, "title", _(found.name))
    _add(feed, "updated", _midnight(max(map(_changed, newest), default=NO_DAY)))
    ElementTree.SubElement(feed, "link", {"rel": "self", "href": address})
    _add(ElementTree.SubElement(feed, "author"), "name", context.terminal().settings.county_name)
    for document in newest:
        _entry(feed, document, base)
    body = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return _as_of_now(Response(body, content_type="application/atom+xml; charset=utf-8"))


def _entry(feed: ElementTree.Element, document: Document, base: str) -> None:
    entry = ElementTree.SubElement(feed, "entry")
    address = f"{base}/documents/{quote(document.doc_id)}"
    _add(entry, "id", address)
    _add(entry, "title", document.title)
    if document.published_on:
        _add(entry, "published", _midnight(document.published_on))
    _add(entry, "updated", _midnight(_changed(document)))
    ElementTree.SubElement(entry, "link", {"href": address})
    summary = document.content.get("summary", "")
    if summary:
        _add(entry, "summary", summary)


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text


def _changed(document: Document) -> str:
    """Return the day of publication, or a later one on which the validity changed."""
    return max(document.published_on, last_change(document.content)) or NO_DAY


def _midnight(day: str) -> str:
    """Return a day as a time, since feeds have no days."""
    return f"{day}T00:00:00+08:00"
