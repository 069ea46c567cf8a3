"""The audit chain: rows that are only added, each bound to the one before, so that a change is found."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime

from kiosk.clock import stamp

FIRST = "0" * 64


def record(
    connection: sqlite3.Connection,
    *,
    at: datetime,
    actor: str,
    act: str,
    subject: str,
    detail: Mapping[str, str | int | bool | None] | None = None,
) -> int:
    """
    Adds one act to the chain inside the caller's transaction; returns its sequence.

    `subject` is a number or an account, `detail` plain words: neither may hold personal data of citizens.
    """
    last = connection.execute("SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    seq, before = (last[0] + 1, last[1]) if last else (1, FIRST)
    row = (seq, stamp(at), actor, act, subject, json.dumps(detail or {}, ensure_ascii=False, sort_keys=True))
    connection.execute(
        "INSERT INTO audit (seq, at, actor, act, subject, detail, chain) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*row, _link(before, row)),
    )
    return seq


def first_break(connection: sqlite3.Connection) -> int | None:
    """The sequence of the first row that does not follow from the one before, or None when the chain holds."""
    before, expected = FIRST, 1
    for *row, chain in connection.execute(
        "SELECT seq, at, actor, act, subject, detail, chain FROM audit ORDER BY seq"
    ):
        if row[0] != expected or chain != _link(before, tuple(row)):
            return int(row[0])
        before, expected = chain, expected + 1
    return None


def _link(before: str, row: tuple[object, ...]) -> str:
    text = json.dumps([before, *row], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
