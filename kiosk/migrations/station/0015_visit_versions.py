"""Versions of a visit, so that two requests side by side lose nothing; and a mark of the content under a form's key."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add both columns; a submission of an earlier version has no mark."""
    schema.run("ALTER TABLE web_session ADD COLUMN version INTEGER NOT NULL DEFAULT 1")
    schema.run("ALTER TABLE submission ADD COLUMN content_mark TEXT NOT NULL DEFAULT ''")
