"""What became of bookings that a change of places or hours hit, and who was called about it."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table; a row is never changed but for the telephone call."""
    schema.run(
        "CREATE TABLE rebooking ("
        " id IDENTITY,"
        " number TEXT NOT NULL,"
        " outcome TEXT NOT NULL,"
        " was_session TEXT NOT NULL,"
        " was_seat INTEGER NOT NULL,"
        " new_session TEXT NOT NULL,"
        " reason TEXT NOT NULL,"
        " at TEXT NOT NULL,"
        " actor TEXT NOT NULL,"
        " called_at TEXT,"
        " called_by TEXT NOT NULL)"
    )
    schema.run("CREATE INDEX rebooking_number ON rebooking (number)")
