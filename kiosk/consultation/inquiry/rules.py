"""What an inquiry is, and until when the county promises to answer it. Plain values; no rule of law sets a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

KIND, FURTHER, SATISFACTION = "inquiry", "inquiry-further", "inquiry-satisfaction"
"""Names of the three kinds of submission: the inquiry, one further question on its answer, one tap."""
ASKED_LIMIT, ANSWER_LIMIT, WHY_LIMIT = 500, 4_000, 200
"""Characters of a question, of an answer, and of the reason for giving a draft back."""
LONGEST_PROMISE = 60
"""Working days: a terminal that says more is not believed."""
PROMISED = "due_workdays"
"""Member of the envelope: the working days that the terminal promised."""
PHONE_FORM = re.compile(r"\+?\d{7,15}")
SOON_WORKDAYS = 1
"""Working days left from which an inquiry is shown as urgent; our choice."""
OTHER_MATTER = "other"
"""The topic of a question that fits none of the county's."""


class InquiryState(StrEnum):
    """The state of an inquiry."""

    SUBMITTED = "submitted"
    ASKED_AGAIN = "asked-again"
    """Answered, and a further question came."""
    ANSWERED = "answered"


OPEN = (InquiryState.SUBMITTED, InquiryState.ASKED_AGAIN)


class AnswerState(StrEnum):
    """The state of an answer."""

    DRAFT = "draft"
    WAITING = "waiting"
    """Handed to a second person."""
    RETURNED = "returned"
    """Given back with a reason."""
    RELEASED = "released"


def plain_phone(typed: str) -> str:
    """Return a telephone number without separators."""
    return re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", typed))


def promised_workdays(envelope: Mapping[str, object], usual: int) -> int:
    """Return the working days that the terminal promised; the usual ones where it said none that can be believed."""
    said = envelope.get(PROMISED)
    days = int(said) if isinstance(said, str) and said.isascii() and said.isdigit() else 0
    return days if 0 < days <= LONGEST_PROMISE else usual
