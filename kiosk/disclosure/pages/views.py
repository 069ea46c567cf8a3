"""The pages that only a request has: an example of a filled form, the form to sign, the remedies."""

from __future__ import annotations

from flask import Blueprint, render_template

from kiosk.disclosure.pages import beginnings, form, remedy_pages
from kiosk.intake.kinds import SubmissionKind
from kiosk.web import context


def add_to(pages: Blueprint, kind: SubmissionKind) -> None:
    """Add the example, the form and the remedies to the pages of a request."""
    pages.context_processor(_context)
    pages.add_url_rule("/sample", "sample", sample)
    form.add_to(pages, kind)
    beginnings.add_to(pages, kind)
    remedy_pages.add_to(pages)


def _context() -> dict[str, bool]:
    return {"may_print_form": context.terminal().settings.page_printer != "none"}


def sample() -> str:
    """Show how it works, with an example of a filled form."""
    return render_template("disclosure/sample.html")
