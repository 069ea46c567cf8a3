"""The pages of the queue as one blueprint."""

from __future__ import annotations

from flask import Blueprint

from kiosk.queue.pages import screen, taking_pages, window


def blueprint() -> Blueprint:
    """Return the pages below /queue."""
    pages = Blueprint("queue", __name__, url_prefix="/queue")
    taking_pages.add_to(pages)
    screen.add_to(pages)
    window.add_to(pages)
    return pages
