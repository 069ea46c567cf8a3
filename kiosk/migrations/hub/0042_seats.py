"""Sessions, their seats, the bookings that have them, the demand of terminals, and which terminals have reported."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the tables; of what lives, one booking has a seat and one seat a booking."""
    schema.run(
        "CREATE TABLE seat_session ("
        " id TEXT PRIMARY KEY,"
        " of TEXT NOT NULL,"
        " place TEXT NOT NULL,"
        " topic TEXT NOT NULL,"
        " day TEXT NOT NULL,"
        " starts INTEGER NOT NULL,"
        " ends INTEGER NOT NULL,"
        " seats INTEGER NOT NULL,"
        " kept INTEGER NOT NULL,"
        " closed BOOLEAN NOT NULL,"
        " horizon_days INTEGER NOT NULL,"
        " notice INTEGER NOT NULL,"
        " turns INTEGER NOT NULL)"
    )
    schema.run("CREATE INDEX seat_session_of_place_day ON seat_session (of, place, day)")
    schema.run("CREATE INDEX seat_session_day ON seat_session (day)")
    schema.run(
        "CREATE TABLE seat ("
        " session TEXT NOT NULL,"
        " no INTEGER NOT NULL,"
        " state TEXT NOT NULL CHECK (state IN ('free', 'held', 'leased', 'taken', 'walk-in', 'unsure')),"
        " owner TEXT NOT NULL,"
        " lease TEXT NOT NULL,"
        " until TEXT NOT NULL,"
        " wanted BOOLEAN NOT NULL,"
        " PRIMARY KEY (session, no))"
    )
    schema.run("CREATE INDEX seat_owner_state ON seat (owner, state)")
    schema.run("CREATE INDEX seat_lease ON seat (lease)")
    schema.run(
        "CREATE TABLE seat_claim ("
        " id IDENTITY,"
        " number TEXT NOT NULL,"
        " session TEXT NOT NULL,"
        " no INTEGER NOT NULL,"
        " phone TEXT NOT NULL,"
        " claimed_at TEXT NOT NULL,"
        " ended_at TEXT,"
        " missed_at TEXT)"
    )
    schema.run("CREATE UNIQUE INDEX seat_claim_seat ON seat_claim (session, no) WHERE ended_at IS NULL")
    schema.run("CREATE UNIQUE INDEX seat_claim_number ON seat_claim (number) WHERE ended_at IS NULL")
    schema.run("CREATE INDEX seat_claim_phone ON seat_claim (phone)")
    schema.run(
        "CREATE TABLE seat_lost ("
        " number TEXT PRIMARY KEY,"
        " session TEXT NOT NULL,"
        " no INTEGER NOT NULL,"
        " lease TEXT NOT NULL,"
        " at TEXT NOT NULL,"
        " settled_at TEXT)"
    )
    schema.run(
        "CREATE TABLE seat_demand ("
        " of TEXT NOT NULL,"
        " place TEXT NOT NULL,"
        " who TEXT NOT NULL,"
        " day TEXT NOT NULL,"
        " value REAL NOT NULL,"
        " PRIMARY KEY (of, place, who))"
    )
    schema.run(
        "CREATE TABLE seat_report ("
        " device TEXT PRIMARY KEY,"
        " hub_epoch TEXT NOT NULL,"
        " reported_at TEXT NOT NULL)"
    )
    schema.run(
        "CREATE TABLE seat_epoch ("
        " one INTEGER PRIMARY KEY CHECK (one = 1),"
        " hub_epoch TEXT NOT NULL,"
        " is_sure BOOLEAN NOT NULL)"
    )
