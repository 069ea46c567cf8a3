"""A replica keeps the mark of the position that it holds: what that position stands for, in the hub's own words."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Empty until a page or a hello brings one."""
    schema.run("ALTER TABLE feed_position ADD COLUMN mark TEXT NOT NULL DEFAULT ''")
