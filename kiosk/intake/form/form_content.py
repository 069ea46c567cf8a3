"""Content of a form as it is handed in: a part in clear, a part to be sealed, and a mark by which a change is seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from kiosk.intake import questions
from kiosk.intake.attached import brought
from kiosk.intake.attached.clean_files import FILES
from kiosk.intake.begun import ABOUT, Begun
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.models import Submission


class EntryMode(StrEnum):
    """How a form was filled in (Regulation art. 29; LAW.md §1.2)."""

    SELF = "self"
    STAFF_DICTATED = "staff_dictated"
    """Filled in by the hall's staff as the citizen said, and confirmed by the citizen."""


def content_of(kind: SubmissionKind, begun: Begun) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the clear and the personal part of a form."""
    sealed = questions.sealed_part(kind.questions, begun.answers)
    personal: dict[str, Any] = {"notice": begun.answers.get("notice", ""), **sealed}
    if files := brought.going(begun):
        personal[FILES] = [each.as_dict() for each in files]
    clear = {
        **questions.clear_part(kind.questions, begun.answers),
        **kind.facts(begun.answers),
        **brought.counted(begun),
    }
    return ({**clear, ABOUT: begun.answers[ABOUT]} if kind.is_about else clear), personal


def content_mark(clear: Mapping[str, str], personal: Mapping[str, Any], secret: str) -> str:
    """
    Return a mark of a form's content, keyed by a secret that only its visit holds: nobody tests a guess with it.

    How the form was filled in is left out: help that begins later changes nothing that the citizen said.
    """
    said = {name: value for name, value in clear.items() if name not in ENTRY_NAMES}
    text = json.dumps([said, dict(personal)], ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), key=bytes.fromhex(secret), digest_size=16).hexdigest()


def has_changed(kind: SubmissionKind, begun: Begun, stored: Submission) -> bool:
    """Return whether a form says something else than what is stored under its key."""
    mark = content_mark(*content_of(kind, begun), begun.secret)
    return stored.content_mark not in ("", mark)


ENTRY_NAMES = frozenset({"entry_mode", "assisted_by"})


def entry_of(assisted_by: str) -> dict[str, str]:
    """Return how the form was filled in, in clear: the law asks for it, and it reveals nothing about the citizen."""
    if not assisted_by:
        return {"entry_mode": EntryMode.SELF.value}
    return {"entry_mode": EntryMode.STAFF_DICTATED.value, "assisted_by": assisted_by}
