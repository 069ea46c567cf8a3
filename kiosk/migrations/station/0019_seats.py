"""Seats that this terminal has from its hub, and what became of each."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the tables; of what is spent here, a seat has one booking and a form one seat."""
    schema.run(
        "CREATE TABLE leased_seat ("
        " lease TEXT PRIMARY KEY,"
        " session TEXT NOT NULL,"
        " no INTEGER NOT NULL,"
        " day TEXT NOT NULL,"
        " spend_until TEXT NOT NULL,"
        " text TEXT NOT NULL,"
        " signature BLOB NOT NULL,"
        " is_hold BOOLEAN NOT NULL,"
        " state TEXT NOT NULL CHECK (state IN ('free', 'held', 'spent', 'returned')),"
        " key TEXT NOT NULL,"
        " boot_id TEXT NOT NULL,"
        " until_s REAL NOT NULL,"
        " number TEXT NOT NULL)"
    )
    schema.run("CREATE INDEX leased_seat_session_state ON leased_seat (session, state)")
    schema.run("CREATE UNIQUE INDEX leased_seat_spent ON leased_seat (session, no) WHERE state = 'spent'")
    schema.run("CREATE UNIQUE INDEX leased_seat_number ON leased_seat (number) WHERE number <> ''")
    schema.run(
        "CREATE TABLE seats_reported ("
        " one INTEGER PRIMARY KEY CHECK (one = 1),"
        " digest TEXT NOT NULL,"
        " hub_epoch TEXT NOT NULL,"
        " at TEXT NOT NULL)"
    )
