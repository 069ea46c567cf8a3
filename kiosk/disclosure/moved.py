"""Which running deadlines another calendar would move, before anybody decides to use it."""

from __future__ import annotations

from kiosk.disclosure import steps
from kiosk.intake.handling import Work
from kiosk.workdays import MovedDeadline


def would_move(work: Work) -> list[MovedDeadline]:
    """Return the cases whose deadline is another day, or otherwise certain, by the calendar of `work`, by number."""
    return [
        MovedDeadline(each.before.number, each.before.due, each.after.due)
        for each in steps.recounts(work)
        if each.has_moved
    ]
