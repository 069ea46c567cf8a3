"""Facts of a machine stand in its settings and in the tables of what they are about: nothing was ever kept here."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Drop the table that nobody asked."""
    schema.run("DROP TABLE station_fact")
