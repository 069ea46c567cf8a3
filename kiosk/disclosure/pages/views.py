"""The pages that only a request has: an example of a filled form, and the form to sign."""

from __future__ import annotations

from flask import Blueprint, render_template

from kiosk.disclosure.pages import form
from kiosk.intake.kinds import SubmissionKind
from kiosk.web import context


def add_to(pages: Blueprint, kind: SubmissionKind) -> None:
    """Add the example and the form to the pages of a request."""
    pages.context_processor(_context)
    pages.add_url_rule("/sample", "sample", sample)
    form.add_to(pages, kind)


def _context() -> dict[str, bool]:
    return {"may_print_form": context.terminal().settings.page_printer != "none"}


def sample() -> str:
    """Show how it works, with an example of a filled form."""
    return render_template("disclosure/sample.html")
