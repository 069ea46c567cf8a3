"""The letters of the hall's machines as they last named them: `check` names two that have the same."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table."""
    schema.run(
        "CREATE TABLE queue_letter ( address TEXT PRIMARY KEY, letter TEXT NOT NULL, day TEXT NOT NULL)"
    )
