"""A digest of each envelope beside that of its sealed part, so that a changed bit of either is found."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Empty for what was taken in before."""
    schema.run("ALTER TABLE inbox ADD COLUMN envelope_digest TEXT NOT NULL DEFAULT ''")
