"""The pages that only a request has: a form as somebody might have filled it in, and the form to sign."""

from __future__ import annotations

from flask import Blueprint, render_template

from kiosk.disclosure.pages import form as form_views
from kiosk.intake.kinds import SubmissionKind
from kiosk.web import context


def add_to(pages: Blueprint, kind: SubmissionKind) -> None:
    """Add them to the walk of a request."""
    pages.context_processor(_told)
    pages.add_url_rule("/sample", "sample", sample)
    form_views.add_to(pages, kind)


def _told() -> dict[str, bool]:
    return {"may_print_form": context.terminal().settings.page_printer != "none"}


def sample() -> str:
    """Return how it goes, and a form that nobody filled in."""
    return render_template("disclosure/sample.html")
