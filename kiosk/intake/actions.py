"""
Taking in: the record, its outbox entry and its print job in one transaction, before a number is shown.

A feature hands over what it collected; nothing here knows what the submission is about.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kiosk import db
from kiosk.clock import Clock, stamp, today
from kiosk.errors import Refused
from kiosk.intake import models, numbers
from kiosk.intake.codes import BootKey, QueryCode
from kiosk.intake.models import Organ, Submission
from kiosk.web import assisted
from printers import spool
from printers.document import Slip
from sync import outbox, sealing


@dataclass(frozen=True)
class Promise:
    """What a slip may say of a submission the moment it exists."""

    number: str
    submitted_at: datetime
    received_on: date | None
    received_basis: str
    is_clock_trusted: bool


@dataclass(frozen=True)
class Handover:
    """
    A finished form.

    Args:
        key: UUIDv7 made when the form was begun: the same key never makes two submissions.
        clear: What the hub may see without a reading key (entry_mode, applicant_type ...).
        personal: All the rest; sealed here, never stored.
        masked: What this terminal keeps for tracking.
        received_on: Day of receipt where it is certain (Regulation art. 31: handed in in person), else None.
        slip: Makes the receipt; None when the citizen wants no paper.
        assisted_by: Staff number of whoever filled it in for the citizen; empty when nobody did.
    """

    key: str
    kind: str
    organ: Organ
    clear: dict[str, str]
    personal: dict[str, Any]
    masked: dict[str, Any]
    received_on: date | None
    received_basis: str
    code: QueryCode
    slip: Callable[[Promise], Slip] | None
    assisted_by: str = ""


@dataclass(frozen=True)
class Desk:
    """The parts of a terminal that taking in needs."""

    clock: Clock
    boot_key: BootKey
    unprinted_minutes: int


def take_in(handover: Handover, desk: Desk) -> Submission:
    """
    The submission, stored for good; a second call with the same key returns the first one unchanged.

    Raises:
        Refused: "not-enrolled" when this terminal has no hub yet, "numbers-used-up".
        StoreFull: the disk is full; nothing was written.
    """
    now = desk.clock.now()
    with db.writing(db.store) as connection:
        known = models.by_key(connection, handover.key)
        if known:
            return known
        terminal_code, seal_key, seal_key_id = _hub_link(connection)
        promise = Promise(
            number=numbers.issue(connection, terminal_code, today(desk.clock)),
            submitted_at=now,
            received_on=handover.received_on,
            received_basis=handover.received_basis,
            is_clock_trusted=desk.clock.trusted(),
        )
        _store_record(connection, handover, promise)
        _store_outbox(handover, promise, seal_key, seal_key_id)
        if handover.slip:
            spool.enqueue(
                db.store,
                handover.slip(promise),
                request_key=handover.key,
                kind="receipt",
                created_at=now,
                expires_at=now + timedelta(minutes=desk.unprinted_minutes),
                secret=desk.boot_key.seal(handover.code.written),
            )
        if handover.assisted_by:
            assisted.note_handed_in(connection, promise.number, handover.assisted_by, desk.clock)
        stored = models.by_key(connection, handover.key)
    assert stored is not None
    return stored


def _hub_link(connection: sqlite3.Connection) -> tuple[str, bytes, str]:
    row = connection.execute("SELECT terminal, seal_key, seal_key_id FROM hub_link WHERE one = 1").fetchone()
    if row is None:
        raise Refused("not-enrolled")
    return row[0], bytes(row[1]), row[2]


def _store_record(connection: sqlite3.Connection, handover: Handover, promise: Promise) -> None:
    at = stamp(promise.submitted_at)
    connection.execute(
        "INSERT INTO submission (key, number, kind, organ_code, organ_name, submitted_at, received_on,"
        " received_basis, masked, code_hash, state, state_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            handover.key,
            promise.number,
            handover.kind,
            handover.organ.code,
            handover.organ.name,
            at,
            _iso(promise.received_on),
            promise.received_basis,
            json.dumps(handover.masked, ensure_ascii=False),
            handover.code.hashed,
            "submitted",
            at,
        ),
    )


def _store_outbox(handover: Handover, promise: Promise, seal_key: bytes, seal_key_id: str) -> None:
    envelope = {
        "key_id": seal_key_id,
        "organ": handover.organ.code,
        "submitted_at": stamp(promise.submitted_at),
        "received_on": _iso(promise.received_on),
        "received_basis": promise.received_basis,
        "code_hash": handover.code.hashed,
        **handover.clear,
    }
    outbox.add(
        db.store,
        key=handover.key,
        kind=handover.kind,
        number=promise.number,
        envelope=envelope,
        sealed=sealing.seal(
            seal_key,
            {**handover.personal, "query_code": handover.code.digits, "request_number": promise.number},
        ),
        created_at=promise.submitted_at,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
