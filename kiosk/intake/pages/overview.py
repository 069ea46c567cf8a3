"""The overview of an unfinished form for an assistant: every question in a word, its answer masked, a link to it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session, url_for

from kiosk.intake import begun
from kiosk.intake.form.blanks import Sight
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.pages.here import asking
from kiosk.intake.questions import asked_of, is_done


@dataclass(frozen=True)
class OverviewRow:
    """One question in the overview: its name, its answer in short and masked, its page."""

    label: str
    value: str
    href: str
    is_done: bool


@dataclass(frozen=True)
class FormProgress:
    """The overview of an unfinished form; `go_on` is the next page."""

    parts: list[OverviewRow]
    go_on: str
    is_whole: bool


def form_overview(kind: SubmissionKind) -> FormProgress | None:
    """Return the overview of this visit's unfinished form; None if none was begun."""
    form = begun.of(session, kind)
    if form is None:
        return None
    asked, pending = asking(form.answers), begun.pending(kind, form)
    return FormProgress(
        [
            OverviewRow(
                question.label(form.answers),
                question.in_words(asked, Sight.OVERVIEW) if is_done(question, form.answers) else "",
                url_for(f"{kind.name}.question", name=question.name),
                is_done(question, form.answers),
            )
            for question in asked_of(kind.questions, form.answers)
        ],
        url_for(f"{kind.name}.question", name=pending.name) if pending else url_for(f"{kind.name}.check"),
        pending is None,
    )
