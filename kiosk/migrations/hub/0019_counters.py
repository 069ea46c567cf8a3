"""The next number of what is numbered comes from its counter."""

from __future__ import annotations

from kiosk.db.migrations import Schema

NUMBERED = {"reading-key": "reading_key", "disclosure-event": "disclosure_event"}


def up(schema: Schema) -> None:
    """Start the counters where the numbers stand."""
    for name, table in NUMBERED.items():
        schema.run(f"INSERT INTO counter (name, value) SELECT '{name}', COALESCE(MAX(seq), 0) FROM {table}")
