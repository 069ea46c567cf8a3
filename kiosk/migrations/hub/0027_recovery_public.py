"""Copies of a hub are encrypted to its recovery key: the public half of each is kept beside the key that it opens."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Empty until the recovery key of an older hub is typed again."""
    schema.run("ALTER TABLE reading_key ADD COLUMN recovery_public TEXT NOT NULL DEFAULT ''")
