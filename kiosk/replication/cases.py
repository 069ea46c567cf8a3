"""Requests up and states down: a submission becomes a case at the hub, its states come back to whoever asks."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from flask import current_app

from config.settings import HubSettings, TerminalSettings
from kiosk.clock import Clock, SystemClock
from kiosk.disclosure import cases
from kiosk.disclosure.desk import ORGAN_NAME
from kiosk.errors import Refused
from kiosk.intake import models as submissions
from kiosk.replication import line
from kiosk.staff.actions import reading_public_key
from kiosk.web.context import Wiring
from sync import client, errors, server
from sync.protocol import StatusChange, Submission, Tracked
from sync.server import OnTaken, SealKey


def taker(wiring: Wiring[HubSettings]) -> OnTaken:
    """What makes a case of a submission, by a terminal's hand or by a person's who let it in."""

    def on_taken(connection: sqlite3.Connection, submission: Submission) -> None:
        """The feature's case in the transaction of the submission; other kinds wait in the inbox."""
        organ_name = current_app.extensions.get(ORGAN_NAME, str)
        work = cases.Work(wiring.clock.now(), wiring.calendar, server.set_status, organ_name)
        cases.take_in(connection, submission, work)

    return on_taken


def seal_key(connection: sqlite3.Connection) -> SealKey:
    """What terminals seal to at present."""
    return SealKey(*reading_public_key(connection))


def put_status(connection: sqlite3.Connection, change: StatusChange) -> None:
    """Stores at the terminal what the hub says of a submission."""
    submissions.put_state(
        connection, change.number, change.state, change.changed_at, change.detail, position=change.seq
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
        return client.track(line.to_hub(home, settings, clock or SystemClock()), number, code)
    except (errors.SyncError, Refused) as error:
        raise ConnectionError(error.code) from error
