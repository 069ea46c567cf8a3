"""The hall's queue: tickets, windows, calls, buttons, and who owns it."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the tables."""
    schema.run(
        "CREATE TABLE queue_hall ("
        " one INTEGER PRIMARY KEY,"
        " day TEXT NOT NULL,"
        " epoch INTEGER NOT NULL,"
        " seq INTEGER NOT NULL,"
        " calls INTEGER NOT NULL,"
        " last_s INTEGER NOT NULL,"
        " is_owner INTEGER NOT NULL,"
        " owner TEXT NOT NULL,"
        " heard_s REAL NOT NULL,"
        " heard_boot TEXT NOT NULL,"
        " asked_boot TEXT NOT NULL)"
    )
    schema.run(
        "CREATE TABLE queue_number ("
        " day TEXT NOT NULL,"
        " letter TEXT NOT NULL,"
        " last INTEGER NOT NULL,"
        " PRIMARY KEY (day, letter))"
    )
    schema.run(
        "CREATE TABLE queue_ticket ("
        " id TEXT PRIMARY KEY,"
        " day TEXT NOT NULL,"
        " letter TEXT NOT NULL,"
        " no INTEGER NOT NULL,"
        " topic TEXT NOT NULL,"
        " booking TEXT NOT NULL,"
        " slot_s INTEGER,"
        " has_care INTEGER NOT NULL,"
        " place INTEGER NOT NULL,"
        " arrived_s INTEGER NOT NULL,"
        " key_s INTEGER NOT NULL,"
        " due_s INTEGER NOT NULL,"
        " after_call INTEGER NOT NULL,"
        " state TEXT NOT NULL,"
        " window TEXT NOT NULL,"
        " calls INTEGER NOT NULL,"
        " first_called_s INTEGER,"
        " called_s INTEGER,"
        " ended_s INTEGER,"
        " result TEXT NOT NULL,"
        " times_back INTEGER NOT NULL,"
        " reason TEXT NOT NULL,"
        " is_given INTEGER NOT NULL,"
        " is_double INTEGER NOT NULL,"
        " link TEXT NOT NULL,"
        " version INTEGER NOT NULL,"
        " changed INTEGER NOT NULL)"
    )
    schema.run("CREATE UNIQUE INDEX queue_ticket_day_letter_no ON queue_ticket (day, letter, no)")
    schema.run("CREATE INDEX queue_ticket_day_state ON queue_ticket (day, state)")
    schema.run(
        "CREATE TABLE queue_window ("
        " name TEXT PRIMARY KEY,"
        " is_open INTEGER NOT NULL,"
        " is_paused INTEGER NOT NULL,"
        " by TEXT NOT NULL,"
        " ticket TEXT NOT NULL,"
        " seen_s INTEGER NOT NULL,"
        " called_s INTEGER,"
        " help_s INTEGER,"
        " version INTEGER NOT NULL,"
        " changed INTEGER NOT NULL)"
    )
    schema.run(
        "CREATE TABLE queue_call ("
        " epoch INTEGER NOT NULL,"
        " no INTEGER NOT NULL,"
        " ticket TEXT NOT NULL,"
        " number TEXT NOT NULL,"
        " window TEXT NOT NULL,"
        " at_s INTEGER NOT NULL,"
        " changed INTEGER NOT NULL,"
        " PRIMARY KEY (epoch, no))"
    )
    schema.run(
        "CREATE TABLE queue_press ("
        " key TEXT PRIMARY KEY,"
        " answer TEXT NOT NULL,"
        " before TEXT,"
        " at_s INTEGER NOT NULL)"
    )
