"""What a county offers for consultation: every state of places, topics, rules and exceptions, in the order of acts."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the one table; a thing is as its last row says, and an empty row ended it."""
    schema.run(
        "CREATE TABLE supply_entry ("
        " seq INTEGER PRIMARY KEY,"
        " part TEXT NOT NULL,"
        " code TEXT NOT NULL,"
        " content TEXT NOT NULL,"
        " act INTEGER NOT NULL,"
        " at TEXT NOT NULL,"
        " actor TEXT NOT NULL,"
        " why TEXT NOT NULL)"
    )
    schema.run("CREATE INDEX supply_entry_thing ON supply_entry (part, code)")
