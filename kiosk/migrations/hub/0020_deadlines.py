"""Why a deadline may still move stands beside that it may."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Empty for dates that may not move, and for those counted before."""
    schema.run("ALTER TABLE disclosure_case ADD COLUMN due_why TEXT NOT NULL DEFAULT ''")
