"""What the desk shows of a proposal to the library: the version that an act on it names."""

from __future__ import annotations

from flask import url_for

from kiosk.consultation.library import models
from kiosk.consultation.library.models import LibraryEntry
from kiosk.seen import NOBODY, Shown, Touched
from kiosk.web.language.wording import N_


def proposal(number: str) -> Shown:
    """Return what was proposed to the library from the answer under this number."""
    return proposal_shown(number, models.proposed(number))


def proposal_shown(number: str, found: LibraryEntry | None) -> Shown:
    """Return a proposal as its page shows it."""
    lines = ((N_("提交人"), found.proposed_by), (N_("收回人"), found.taken_back_by)) if found else ()
    exact = f"{found.proposed_at} {found.taken_back_at}" if found else ""
    return Shown(
        lines,
        exact,
        name=f"library/{number}",
        href=url_for(".propose", number=number),
        touched=lambda: _last_hand(found),
    )


def _last_hand(found: LibraryEntry | None) -> Touched:
    if found is None:
        return NOBODY
    return Touched(found.taken_back_by or found.proposed_by, found.taken_back_at or found.proposed_at)
