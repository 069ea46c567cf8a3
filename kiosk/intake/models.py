"""What a terminal keeps of a submission: masked, for tracking and printing; the sealed part is in the outbox."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kiosk.clock import from_stamp, stamp


@dataclass(frozen=True)
class Submission:
    """One row of table `submission`."""

    key: str
    number: str
    kind: str
    organ_code: str
    organ_name: str
    submitted_at: datetime
    received_on: date | None
    received_basis: str
    masked: dict[str, Any]
    code_hash: str
    state: str
    state_at: datetime
    detail: dict[str, Any]


_COLUMNS = (
    "key, number, kind, organ_code, organ_name, submitted_at, received_on, received_basis, masked, code_hash,"
    " state, state_at, detail"
)


def by_key(connection: sqlite3.Connection, key: str) -> Submission | None:
    """The submission that a form's key became, if it was handed in."""
    return _one(connection, "key", key)


def by_number(connection: sqlite3.Connection, number: str) -> Submission | None:
    """The submission with this number, if this terminal issued it."""
    return _one(connection, "number", number)


def put_state(
    connection: sqlite3.Connection,
    number: str,
    state: str,
    at: datetime,
    detail: Mapping[str, Any],
    *,
    position: int,
) -> None:
    """The new state of a submission as the hub told it; positions rise, so the last one holds."""
    connection.execute(
        "UPDATE submission SET state = ?, state_at = ?, state_seq = ?, detail = ? WHERE number = ?",
        (state, stamp(at), position, json.dumps(detail, ensure_ascii=False), number),
    )


def _one(connection: sqlite3.Connection, column: str, value: str) -> Submission | None:
    row = connection.execute(f"SELECT {_COLUMNS} FROM submission WHERE {column} = ?", (value,)).fetchone()
    if row is None:
        return None
    (
        key,
        number,
        kind,
        organ_code,
        organ_name,
        at,
        received,
        basis,
        masked,
        code_hash,
        state,
        state_at,
        detail,
    ) = row
    return Submission(
        key=key,
        number=number,
        kind=kind,
        organ_code=organ_code,
        organ_name=organ_name,
        submitted_at=from_stamp(at),
        received_on=date.fromisoformat(received) if received else None,
        received_basis=basis,
        masked=json.loads(masked),
        code_hash=code_hash,
        state=state,
        state_at=from_stamp(state_at),
        detail=json.loads(detail),
    )
