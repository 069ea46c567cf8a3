"""Which version of the product runs on each terminal stands beside what else it says of itself."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Empty until a terminal says it."""
    schema.run("ALTER TABLE device ADD COLUMN release TEXT NOT NULL DEFAULT ''")
