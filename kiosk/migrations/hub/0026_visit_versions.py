"""Versions of a visit, so that two requests of it side by side lose nothing."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the version of a visit."""
    schema.run("ALTER TABLE web_session ADD COLUMN version INTEGER NOT NULL DEFAULT 1")
