"""
The visit's last submission, by the key of its form.

The form stays in the visit until its receipt was shown: handing in needs no further write, so that number and code are
shown although the visit could not be stored, and nothing denies what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import session

from kiosk.intake import begun, models
from kiosk.intake.begun import Begun
from kiosk.intake.codes import QueryCode
from kiosk.intake.form import form_content
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.models import Submission
from kiosk.web import context
from kiosk.web.floods import limits

RECEIPT = "receipt"
"""Session key of number and code of the visit's last submission."""
COUNTED_AS = "requests"
"""Name of the limit on the submissions of one visit."""


@dataclass(frozen=True)
class VisitSubmission:
    """
    A submission of this visit.

    Args:
        code: As written on its receipt. has_changed: An answer was changed after it had been handed in.
    """

    submission: Submission
    code: QueryCode
    has_changed: bool


def is_stored(form: Begun) -> bool:
    """Return whether a form was handed in."""
    return models.by_key(form.key) is not None


def of_form(kind: SubmissionKind) -> VisitSubmission | None:
    """Return the submission that the visit's form of this kind has become; None while it is unfinished."""
    form = begun.of(session, kind)
    if form is None or form.code is None:
        return None
    submission = models.by_key(form.key)
    if submission is None:
        return None
    return VisitSubmission(submission, form.code, form_content.has_changed(kind, form, submission))


def last() -> VisitSubmission | None:
    """Return the visit's last submission, if any."""
    for kind in context.terminal().kinds:
        found = of_form(kind)
        if found:
            return found
    kept: Mapping[str, Any] | None = session.get(RECEIPT)
    submission = models.by_key(kept["key"]) if kept else None
    if kept is None or submission is None:
        return None
    return VisitSubmission(submission, QueryCode(kept["code"], ""), kept.get("changed", False))


def settle(handed: VisitSubmission) -> None:
    """Keep number and code in place of the form, whose answers are deleted from the visit; count it once."""
    for kind in context.terminal().kinds:
        form = begun.of(session, kind)
        if form and form.key == handed.submission.key:
            begun.end(session, kind)
            limits.note(COUNTED_AS, form.key)
            session[RECEIPT] = {
                "number": handed.submission.number,
                "code": handed.code.digits,
                "key": form.key,
                "changed": handed.has_changed,
            }
