"""Bookings of the day as their hall knows them, until the hub has heard of each."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table."""
    schema.run(
        "CREATE TABLE queue_booking ("
        " booking TEXT PRIMARY KEY,"
        " day TEXT NOT NULL,"
        " state TEXT NOT NULL,"
        " epoch INTEGER NOT NULL,"
        " at_s INTEGER NOT NULL,"
        " seq INTEGER NOT NULL,"
        " ticket TEXT NOT NULL,"
        " window TEXT NOT NULL,"
        " slot_s INTEGER NOT NULL,"
        " came_s INTEGER NOT NULL,"
        " called_s INTEGER NOT NULL,"
        " ended_s INTEGER NOT NULL,"
        " result TEXT NOT NULL,"
        " is_sent INTEGER NOT NULL)"
    )
