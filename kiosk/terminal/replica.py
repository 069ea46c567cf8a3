"""What the start page asks of the catalogue's replica: how fresh it is and which kinds it holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import peewee

from kiosk import db
from kiosk.clock import from_stamp


def as_of() -> datetime | None:
    """The moment whose state the replica shows; None before the first sync or when it cannot be read."""
    try:
        row = db.catalogue.execute_sql("SELECT as_of FROM feed_position").fetchone()
    except peewee.DatabaseError:
        return None
    return from_stamp(row[0]) if row and row[0] else None


def kinds_held(kinds: Iterable[str]) -> list[str]:
    """Those of `kinds` with at least one entry; none when the replica cannot be read (the start page must stand)."""
    question = "SELECT 1 FROM document WHERE kind = ? AND deleted = 0 LIMIT 1"
    try:
        return [kind for kind in kinds if db.catalogue.execute_sql(question, (kind,)).fetchone()]
    except peewee.DatabaseError:
        return []
