"""The terminal's end of what becomes of a submission: states that come down, and one asked for by its number."""

from __future__ import annotations

from pathlib import Path

from config.settings import TerminalSettings
from kiosk.app.replication import http_line, waits
from kiosk.clock import Clock
from kiosk.errors import Refused
from kiosk.intake import models as submissions
from sync.statements import Database
from sync.terminal import client
from sync.wire import errors
from sync.wire.protocol import StatusChange, Tracked


def put_status(database: Database, change: StatusChange) -> None:
    """Store the state that the hub sent for a submission, also for one that it knows under another number."""
    submissions.put_state(
        change.number,
        change.state,
        change.changed_at,
        change.detail,
        position=change.seq,
        key=change.key,
    )


def track(home: Path, settings: TerminalSettings, number: str, code: str, clock: Clock) -> Tracked:
    """
    Ask the hub for the state of a submission; the result is empty for a wrong number or a wrong code alike, or
    locked.

    Raises:
        ConnectionError: The hub cannot be asked now.
    """
    try:
        return client.track(http_line.to_hub(home, settings, clock, waits.PAGE), number, code)
    except (errors.SyncError, Refused) as error:
        raise ConnectionError(error.code) from error
