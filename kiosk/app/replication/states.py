"""The terminal's end of what becomes of a submission: states that come down, and one asked for by its number."""

from __future__ import annotations

from pathlib import Path

from config.settings import TerminalSettings
from kiosk.app.replication import http_line, waits
from kiosk.clock import Clock
from kiosk.errors import Refused, StoreDamaged
from kiosk.intake import models as submissions
from sync.statements import Database
from sync.terminal import asking
from sync.wire import errors
from sync.wire.lookups import LockGiven, Tracked
from sync.wire.protocol import StatusChange

PROOF_REFUSALS = ("proof-wrong", "proof-closed")


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
        return asking.track(http_line.to_hub(home, settings, clock, waits.PAGE), number, code)
    except (errors.SyncError, Refused, StoreDamaged) as error:
        raise ConnectionError(error.code) from error


def lock(home: Path, settings: TerminalSettings, number: str, code: str, clock: Clock) -> LockGiven:
    """
    Ask the hub how the key of a number's answer is made; as `track` for a wrong pair.

    Raises:
        ConnectionError: The hub cannot be asked now.
    """
    try:
        return asking.lock(http_line.to_hub(home, settings, clock, waits.PAGE), number, code)
    except (errors.SyncError, Refused, StoreDamaged) as error:
        raise ConnectionError(error.code) from error


def collect(
    home: Path, settings: TerminalSettings, number: str, proof: str, size: int, clock: Clock
) -> bytes:
    """
    Fetch the sealed answer of a number.

    Raises:
        Refused: "proof-wrong", "proof-closed".
        ConnectionError: The hub cannot be asked now.
    """
    try:
        return asking.collect(http_line.to_hub(home, settings, clock, waits.COLLECT), number, proof, size)
    except errors.HubRefused as error:
        if error.code in PROOF_REFUSALS:
            raise Refused(error.code) from error
        raise ConnectionError(error.code) from error
    except (errors.SyncError, Refused, StoreDamaged) as error:
        raise ConnectionError(error.code) from error
