"""Decisions about the words of the search are numbered from a counter."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Start the counter where the numbers stand."""
    schema.run(
        "INSERT INTO counter (name, value) SELECT 'county-word', COALESCE(MAX(turn), 0) FROM county_word"
    )
