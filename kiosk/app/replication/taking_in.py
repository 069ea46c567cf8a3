"""Submissions up and states down: a submission becomes a case at the hub, its states go back to the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from config.settings import TerminalSettings
from kiosk.app.replication import http_line
from kiosk.clock import Clock, SystemClock
from kiosk.errors import Refused
from kiosk.intake import models as submissions
from kiosk.intake.handling import Handling, Work
from kiosk.staff.actions import reading_public_key
from kiosk.workdays import WorkCalendar
from sync.hub.inbox import OnTaken, SealKey, SetStatus
from sync.statements import Database
from sync.terminal import client
from sync.wire import errors
from sync.wire.protocol import SealedSubmission, StatusChange, Tracked


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


def put_status(database: Database, change: StatusChange) -> None:
    """Store at the terminal the state that the hub sent for a submission."""
    submissions.put_state(
        change.number,
        change.state,
        change.changed_at,
        change.detail,
        position=change.seq,
    )


def track(
    home: Path, settings: TerminalSettings, number: str, code: str, clock: Clock | None = None
) -> Tracked:
    """
    Ask the hub for the state of a submission; the result is empty for a wrong number or a wrong code alike, or
    locked.

    Raises:
        ConnectionError: The hub cannot be asked now.
    """
    try:
        return client.track(http_line.to_hub(home, settings, clock or SystemClock()), number, code)
    except (errors.SyncError, Refused) as error:
        raise ConnectionError(error.code) from error
