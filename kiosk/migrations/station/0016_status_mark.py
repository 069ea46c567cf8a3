"""A terminal keeps the mark of its position in the states of numbers."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Empty until the hub sends one."""
    schema.run("ALTER TABLE hub_link ADD COLUMN status_mark TEXT NOT NULL DEFAULT ''")
