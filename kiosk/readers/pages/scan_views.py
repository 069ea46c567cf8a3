"""
What a scanned code opens: the page of a number, a document or a place in the queue; anything else is said kindly.

A code is taken once, by its pattern, and is never shown, followed, logged or stored. Whatever can be scanned can be
typed beside it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.machine import homes
from kiosk.readers.codes.meaning import CodeKind, CodeMeaning, OwnCodes, meaning
from kiosk.readers.reader_states import Readiness
from kiosk.readers.reader_worker import CODE
from kiosk.web import context

HELD_WAIT_S = 2.5
"""Seconds for which the button of a page without JavaScript waits for a code."""
SEE_OTHER = 303


def blueprint() -> Blueprint:
    """Return the pages `/scan`, `/scan/waiting` and `/scanned`."""
    pages = Blueprint("scan", __name__)
    pages.add_url_rule("/scan", "scan", scan)
    pages.add_url_rule("/scan", "held_up", held_up, methods=["POST"])
    pages.add_url_rule("/scan/waiting", "waiting", waiting)
    pages.add_url_rule("/scanned", "scanned", scanned)
    pages.app_context_processor(_every_page)
    return pages


def _every_page() -> dict[str, Any]:
    """Return where a page learns of a code, and the page for scanning; both empty without a scanner that is ready."""
    readers = context.terminal().readers
    is_there = readers.codes is not None
    is_ready = is_there and readers.board.own(CODE).readiness is Readiness.READY
    return {
        "scan_waiting": url_for("scan.waiting") if is_there else "",
        "scan_href": url_for("scan.scan") if is_ready else "",
    }


def scan() -> str | Response:
    """Show how to hold a code up, and the same by typing; `said`: why the last code opened nothing."""
    if context.terminal().readers.codes is None:
        return redirect(url_for("intake.progress"), SEE_OTHER)
    said = request.args.get("said", "")
    return render_template("readers/scan.html", said=said if said in {*CodeKind, "none"} else "")


def held_up() -> Response:
    """Wait a moment for a code, and open what it means."""
    return _opened(HELD_WAIT_S)


def waiting() -> Response:
    """Say whether a code waits, by a name that says nothing of it."""
    codes = context.terminal().readers.codes
    return jsonify({"code": codes.waiting() if codes is not None else ""})


def scanned() -> Response:
    """Open what the code that waits means."""
    return _opened(0.0)


def _opened(wait_s: float) -> Response:
    codes = context.terminal().readers.codes
    text = codes.take(wait_s) if codes is not None else None
    if text is None:
        return redirect(url_for("scan.scan", said="none"), SEE_OTHER)
    return redirect(_address(meaning(text, _own())), SEE_OTHER)


def _own() -> OwnCodes:
    settings = context.terminal().settings
    return OwnCodes((settings.public_url, settings.queue_phone_url), homes.terminal_code())


def _address(found: CodeMeaning) -> str:
    queue = context.terminal().queue
    if found.kind is CodeKind.SUBMISSION:
        is_booked = queue.gives_numbers and queue.supply().booking(found.value) is not None
        return url_for("queue.check_in" if is_booked else "intake.progress", number=found.value)
    if found.kind is CodeKind.DOCUMENT:
        return url_for("catalogue.document", doc_id=found.value)
    if found.kind is CodeKind.PLACE and queue.gives_numbers:
        return url_for("queue.place", token=found.value)
    return url_for("scan.scan", said=found.kind if found.kind is CodeKind.ELSEWHERE else CodeKind.NOTHING)
