"""After the answer: what one can do against it, and until when."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kiosk.disclosure.following import timeline
from kiosk.intake.pages.here import looked_up
from kiosk.web import context


def add_to(pages: Blueprint) -> None:
    """Add `/remedies`."""
    pages.add_url_rule("/remedies", "remedies", remedies)


def remedies() -> str | Response:
    """Show the remedies against the answer, each with its last day as the hub counted it."""
    seen = looked_up()
    if seen is None:
        return redirect(url_for("intake.progress"), 303)
    found = timeline.remedies(seen)
    if not found:
        return redirect(url_for("intake.seen"), 303)
    settings = context.terminal().settings
    return render_template(
        "disclosure/remedies.html",
        review=found.get("review_until"),
        suit=found.get("suit_until"),
        is_provisional=bool(found.get("provisional")),
        is_counted_here=bool(found.get("counted_here")),
        phone=settings.organ_phone,
    )
