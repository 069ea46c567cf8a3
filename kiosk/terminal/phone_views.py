"""
To the phone: a code that opens the same public page on the county's web pages.

Only pages of the catalogue, by their address: nothing that somebody typed or was told here travels along.
"""

from __future__ import annotations

import segno
from flask import Blueprint, abort, current_app, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from kiosk.terminal import rules
from kiosk.web.context import terminal

PUBLIC_PAGES = frozenset({"catalogue.document", "catalogue.browse", "catalogue.shelves"})
LONGEST_ADDRESS = 600
"""Longer ones make a code that an old phone cannot read from arm's length."""


def add_to(pages: Blueprint) -> None:
    """Adds the page to the terminal's own."""
    pages.add_url_rule("/to-phone", view_func=to_phone)


def way_to_phone() -> str:
    """The address of this page's code, or empty: no public pages, already on a phone, or nothing public here."""
    settings = terminal().settings
    is_offered = settings.public_url and settings.channel == "kiosk" and request.endpoint in PUBLIC_PAGES
    page = request.full_path.rstrip("?")
    return url_for("terminal.to_phone", page=page) if is_offered and len(page) <= LONGEST_ADDRESS else ""


def to_phone() -> str:
    """The code of one public page, large."""
    settings = terminal().settings
    page = rules.local_address(request.args.get("page"), "")
    if not settings.public_url or settings.channel != "kiosk" or not _is_public(page):
        abort(404)
    address = settings.public_url.rstrip("/") + page
    code = segno.make(address, error="q")
    return render_template(
        "terminal/to_phone.html", qr=code.svg_data_uri(scale=8, border=4), address=address, back=page
    )


def _is_public(page: str) -> bool:
    """Whether `page` is one of the catalogue's pages of this application."""
    if not page or len(page) > LONGEST_ADDRESS:
        return False
    try:
        endpoint, _ = current_app.url_map.bind("").match(page.split("?")[0], method="GET")
    except (RequestRedirect, HTTPException):
        return False
    return endpoint in PUBLIC_PAGES
