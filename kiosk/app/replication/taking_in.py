"""The hub's end of a submission: it becomes a case of its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kiosk.clock import Clock
from kiosk.intake.handling import Handling, Work
from kiosk.staff.actions import reading_public_key
from kiosk.workdays import WorkCalendar
from sync.hub.inbox import OnTaken, SealKey, SetStatus
from sync.statements import Database
from sync.wire.protocol import SealedSubmission


def taker(
    clock: Clock, calendar: WorkCalendar, organ_name: Callable[[str], str], handlings: Sequence[Handling]
) -> OnTaken:
    """Return the function that makes a case of a submission, whether a terminal sent it or a person let it in."""

    registers = {handling.kind.name: handling.register for handling in handlings}

    def on_taken(database: Database, submission: SealedSubmission, set_status: SetStatus) -> None:
        """Make the case of a submission's kind, in the same transaction; other kinds wait in the inbox."""
        register = registers.get(submission.kind)
        if register:
            register.take_in(submission, Work(clock.now(), calendar, organ_name), set_status)

    return on_taken


def seal_key(database: Database) -> SealKey:
    """Return the key that terminals seal to at present."""
    return SealKey(*reading_public_key())
