"""Bookings of consultations at the hub: in clear what a hall needs, nobody's name."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table."""
    schema.run(
        "CREATE TABLE consultation_booking ("
        " number TEXT PRIMARY KEY,"
        " key TEXT NOT NULL UNIQUE,"
        " organ_code TEXT NOT NULL,"
        " place TEXT NOT NULL,"
        " topic TEXT NOT NULL,"
        " state TEXT NOT NULL,"
        " wish TEXT NOT NULL,"
        " session TEXT NOT NULL,"
        " seat INTEGER NOT NULL,"
        " day TEXT,"
        " starts INTEGER NOT NULL,"
        " ends INTEGER NOT NULL,"
        " channel TEXT NOT NULL,"
        " submitted_at TEXT NOT NULL,"
        " since TEXT NOT NULL,"
        " changed_at TEXT NOT NULL,"
        " offer_until TEXT,"
        " called_at TEXT,"
        " why TEXT NOT NULL)"
    )
    schema.run("CREATE INDEX consultation_booking_day ON consultation_booking (day, place, starts)")
    schema.run("CREATE INDEX consultation_booking_state ON consultation_booking (state, place, topic, since)")
