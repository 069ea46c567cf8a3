"""
To the phone: a QR code that opens the same public page on the county's web pages.

It carries the addresses of catalogue pages, and of the first pages of jobs, which start empty on the phone: nothing
that was typed or shown here is transferred.
"""

from __future__ import annotations

import segno
from flask import Blueprint, abort, current_app, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from kiosk.terminal import rules
from kiosk.web.addresses import local_address
from kiosk.web.context import terminal

PUBLIC_PAGES = frozenset(
    f"catalogue.{page}" for page in ("document", "browse", "ways_to_find", "by_way", "versions", "attachment")
)
STARTED_EMPTY = frozenset({"disclosure.start", "disclosure.sample", "intake.progress", "terminal.how"})
"""Pages whose query string stays here: a number, or the page somebody came from."""
LONGEST_ADDRESS = 600
"""Characters; an old phone cannot read the code of a longer address from arm's length."""


def add_to(pages: Blueprint) -> None:
    """Add the page to the terminal's own."""
    pages.add_url_rule("/to-phone", view_func=to_phone)


def way_to_phone() -> str:
    """
    Return the address of this page's code; empty without public pages, on a phone, or if nothing public is shown
    here.
    """
    settings = terminal().settings
    if not settings.public_url or settings.channel != "kiosk" or request.method != "GET":
        return ""
    page = _public(request.full_path.rstrip("?"))
    return url_for("terminal.to_phone", page=page) if page else ""


def page_to_share() -> str:
    """Return, on a phone, the public address of this page for the share sheet; empty on a kiosk and on other pages."""
    settings = terminal().settings
    if not settings.public_url or settings.channel == "kiosk" or request.method != "GET":
        return ""
    page = _public(request.full_path.rstrip("?"))
    return settings.public_url.rstrip("/") + page if page else ""


def to_phone() -> str:
    """Show the code of one public page, large, and from where a phone can open it."""
    settings = terminal().settings
    page = local_address(request.args.get("page"), "")
    if not settings.public_url or settings.channel != "kiosk" or not page or _public(page) != page:
        abort(404)
    address = settings.public_url.rstrip("/") + page
    code = segno.make(address, error="q")
    return render_template(
        "terminal/to_phone.html",
        qr=code.svg_data_uri(scale=8, border=4),
        address=address,
        back=page,
        reach=rules.reach_of(settings.public_url),
    )


def _public(page: str) -> str:
    """Return the part of the address `page` that a phone may receive: all of it, only its path, or an empty string."""
    path = page.partition("?")[0]
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except (RequestRedirect, HTTPException):
        return ""
    if endpoint in STARTED_EMPTY:
        return path
    return page if endpoint in PUBLIC_PAGES and len(page) <= LONGEST_ADDRESS else ""
