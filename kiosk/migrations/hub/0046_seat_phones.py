"""The keyed mark of a telephone number, noted with the seat that its form holds, until the booking arrives."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table."""
    schema.run("CREATE TABLE seat_phone (lease TEXT PRIMARY KEY, phone TEXT NOT NULL, at TEXT NOT NULL)")
