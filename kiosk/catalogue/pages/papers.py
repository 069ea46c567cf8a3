"""Printing: a document's main points, one passage, a guide as a checklist, an office's card."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.catalogue.pages import display, slips
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.documents import Document
from kiosk.catalogue.records.kinds import without_persons
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.text import passages
from kiosk.catalogue.text.passages import Passage
from kiosk.errors import Refused
from kiosk.web import context, paper_orders
from kiosk.web.language.i18n import date_words, time_words
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import language
from kiosk.web.paper_orders import PaperChoice, Ways
from kiosk.web.paper_states import PaperNotice
from printers.paper.document import Slip
from printers.spooler import spool

Page = str | BaseResponse
PAPER, TEXT = "summary", "text"


def add_to(pages: Blueprint) -> None:
    """Add the routes of papers; the addresses of documents come from the pages that show them."""
    pages.add_url_rule("/documents/<path:doc_id>/print", view_func=choose_paper)
    pages.add_url_rule("/documents/<path:doc_id>/print", view_func=print_summary, methods=["POST"])
    pages.add_url_rule("/papers/<key>", view_func=paper_page)
    pages.add_url_rule("/papers/<key>/again", view_func=print_again, methods=["POST"])
    pages.add_url_rule("/papers/<key>/taken", view_func=paper_taken, methods=["POST"])


def public_address(doc_id: str) -> str:
    """Return the document's address on the public web pages; empty if the county has none."""
    base = context.terminal().settings.public_url.rstrip("/")
    return base + url_for("catalogue.document", doc_id=doc_id) if base else ""


def choose_paper(doc_id: str) -> Page:
    """Show the choice between printing, large print and no paper, for the document or one passage."""
    found = _printable(doc_id)
    anchor = request.args.get("passage", "")
    if anchor and _passage(found, anchor) is None:
        abort(404)
    question = _("要打印这一段吗？") if anchor else _(found.described.paper.question)
    ways = _ways_to_print(found) if not anchor else []
    return paper_orders.choose(
        PaperChoice(
            question=question,
            ways=ways,
            hint=found.title,
            action=url_for("catalogue.print_summary", doc_id=doc_id),
            back=url_for("catalogue.document", doc_id=doc_id, _anchor=anchor or None),
            hidden={"passage": anchor} if anchor else {},
        )
    )


def _ways_to_print(found: Document) -> list[tuple[str, str]]:
    """Return the choices if there is a page printer; none if the usual two apply."""
    if not may_print_text(found):
        return []
    ways = [("text", _("打印全文（A4纸）"))]
    if context.terminal().settings.printer != "none":
        ways = [("standard", _("打印要点，一小张")), ("large", _("打印要点，大字的")), *ways]
    return ways


def may_print_text(found: Document) -> bool:
    """Return whether the whole text fits on the A4 pages printed at one touch."""
    settings = context.terminal().settings
    body = found.content["body"]
    return (
        settings.page_printer != "none"
        and 0 < len(body) <= settings.most_sheets * slips.CHARACTERS_OF_A_PAGE
        and body.count("\n") <= min(settings.most_sheets * slips.LINES_OF_A_PAGE, slips.MOST_LINES)
    )


def print_summary(doc_id: str) -> Page:
    """Order the paper of a document; a second tap on the same page orders nothing more."""
    found = _printable(doc_id)
    wired, key = context.terminal(), request.form.get("key", "")
    if not paper_orders.is_key(key):
        abort(404)
    if request.form.get("size") == "text":
        return _print_text(found, key)
    if wired.settings.printer == "none":
        abort(404)
    paper_orders.order(
        _slip(found, request.form.get("passage", ""), is_large=request.form.get("size") == "large"),
        request_key=_request_key(key),
        kind=PAPER,
        clock=wired.clock,
        minutes=wired.settings.unprinted_minutes,
    )
    return redirect(url_for("catalogue.paper_page", key=key, document=doc_id), 303)


def _print_text(found: Document, key: str) -> Page:
    """Order the whole text of a document from the page printer."""
    if not may_print_text(found):
        abort(404)
    wired = context.terminal()
    paper_orders.order(
        slips.whole_text(without_persons(found.content), _place(found.doc_id)),
        request_key=_request_key(key),
        kind=TEXT,
        clock=wired.clock,
        minutes=wired.settings.unprinted_minutes,
        device=spool.PAGE,
    )
    return redirect(url_for("catalogue.paper_page", key=key, document=found.doc_id), 303)


def paper_page(key: str) -> Page:
    """Show the state of the paper; the fragment (`?piece=1`) polls by itself."""
    paper_orders, doc_id = _ordered(key), request.args.get("document", "")
    found = documents.one(doc_id)
    around = {"paper": paper_orders, "ways": _ways(key, doc_id if found else "")}
    if request.args.get("piece"):
        return render_template("papers/_state.html", **around)
    back = url_for("catalogue.document", doc_id=doc_id) if found else url_for("terminal.home")
    return render_template(
        "papers/state.html", title=_("打印"), lead=found.title if found else "", back=back, **around
    )


def print_again(key: str) -> Page:
    """Order a reprint of a document's paper: "I do not have it"."""
    wired = context.terminal()
    _ordered(key)
    # A paper that is still on its way is not ordered twice: the page shows where it is.
    with suppress(Refused):
        paper_orders.again(
            _request_key(key), _kind(key), wired.clock, wired.settings.unprinted_minutes, why="missing"
        )
    return _back_to(key)


def paper_taken(key: str) -> Page:
    """Note that the paper was taken: "I have it"."""
    _ordered(key)
    with suppress(Refused):  # not sent yet: the page shows where it is
        paper_orders.taken(_request_key(key), _kind(key), context.terminal().clock)
    return _back_to(key)


def _back_to(key: str) -> Page:
    return redirect(
        url_for("catalogue.paper_page", key=key, document=request.form.get("document", "")[:400]), 303
    )


def _printable(doc_id: str) -> Document:
    found = documents.one(doc_id)
    settings = context.terminal().settings
    if found is None or (settings.printer == "none" and not may_print_text(found)):
        abort(404)
    return found


def _ordered(key: str) -> PaperNotice:
    ordered = paper_orders.of(_request_key(key), _kind(key)) if paper_orders.is_key(key) else None
    if ordered is None:
        abort(404)
    return ordered


def _kind(key: str) -> str:
    """Return the sort of paper ordered under a key: a slip, the whole text, pages of an attachment."""
    return paper_orders.kind_of(_request_key(key))


def _request_key(key: str) -> str:
    return f"document-{key}"


def _ways(key: str, doc_id: str) -> Ways:
    page = url_for("catalogue.paper_page", key=key, document=doc_id)
    return Ways(
        page=page,
        piece=url_for("catalogue.paper_page", key=key, document=doc_id, piece=1),
        again=url_for("catalogue.print_again", key=key),
        taken=url_for("catalogue.paper_taken", key=key),
        hidden={"document": doc_id},
    )


def _slip(found: Document, anchor: str, *, is_large: bool) -> Slip:
    record = without_persons(found.content)
    place = replace(_place(found.doc_id), large=is_large)
    if not anchor:
        return slips.of_record(record, display.sentences(found, documents.related(found.doc_id)), place)
    passage = _passage(found, anchor)
    if passage is None:
        abort(404)
    return slips.passage(record, passage.label, passage.text, place)


def _passage(found: Document, anchor: str) -> Passage | None:
    record: Record = without_persons(found.content)
    return next((each for each in passages.split(record["body"]) if each.anchor == anchor), None)


def _place(doc_id: str) -> slips.PaperOrigin:
    settings = context.terminal().settings
    as_of = documents.position().as_of
    return slips.PaperOrigin(
        place_name=settings.place_name,
        station_name=settings.station_name,
        address=public_address(doc_id),
        as_of=f"{date_words(as_of)} {time_words(as_of)}" if as_of else "",  # no "today" on paper that is kept
        lang=language().tag,
        large=False,
    )
