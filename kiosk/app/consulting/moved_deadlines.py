"""All running deadlines that follow the calendar of working days: of requests and of questions that were left."""

from __future__ import annotations

from kiosk.consultation.inquiry import recounting
from kiosk.disclosure import moved, steps
from kiosk.intake.handling import Work
from kiosk.workdays import MovedDeadline


def would_move(work: Work) -> list[MovedDeadline]:
    """Return the deadlines that are another day, or otherwise certain, by the calendar of `work`."""
    return [*moved.would_move(work), *recounting.would_move(work)]


def recount(actor: str, work: Work) -> int:
    """Count all of them with the calendar of `work`, inside the caller's transaction; return how many moved."""
    return steps.recount(actor, work) + recounting.recount(actor, work)
