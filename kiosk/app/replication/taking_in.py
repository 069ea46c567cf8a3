"""Requests up and states down: a submission becomes a case at the hub, its states come back to whoever asks."""

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
from sync.wire.protocol import StatusChange, Submission, Tracked


def taker(
    clock: Clock, calendar: WorkCalendar, organ_name: Callable[[str], str], handlings: Sequence[Handling]
) -> OnTaken:
    """What makes a case of a submission, by a terminal's hand or by a person's who let it in."""

    registers = {handling.kind.name: handling.register for handling in handlings}

    def on_taken(database: Database, submission: Submission, set_status: SetStatus) -> None:
        """What its kind makes of it, in the transaction of the submission; other kinds wait in the inbox."""
        register = registers.get(submission.kind)
        if register:
            register.take_in(submission, Work(clock.now(), calendar, organ_name), set_status)

    return on_taken


def seal_key(database: Database) -> SealKey:
    """What terminals seal to at present."""
    return SealKey(*reading_public_key())


def put_status(database: Database, change: StatusChange) -> None:
    """Stores at the terminal what the hub says of a submission."""
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
    Where a submission stands as the hub knows it; nothing for a wrong number or code alike, or that it is locked.

    Raises:
        ConnectionError: the hub cannot be asked now.
    """
    try:
        return client.track(http_line.to_hub(home, settings, clock or SystemClock()), number, code)
    except (errors.SyncError, Refused) as error:
        raise ConnectionError(error.code) from error
