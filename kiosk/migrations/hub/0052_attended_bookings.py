"""What the hall reported of a booking: checked in, called, served, missed; the newest word counts."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table."""
    schema.run(
        "CREATE TABLE attended_booking ("
        " number TEXT PRIMARY KEY,"
        " day TEXT NOT NULL,"
        " state TEXT NOT NULL,"
        " epoch INTEGER NOT NULL,"
        " at_s INTEGER NOT NULL,"
        " seq INTEGER NOT NULL,"
        " ticket TEXT NOT NULL,"
        " window_name TEXT NOT NULL,"
        " came_s INTEGER NOT NULL,"
        " called_s INTEGER NOT NULL,"
        " ended_s INTEGER NOT NULL,"
        " result TEXT NOT NULL)"
    )
