"""Reports of problems that were counted today, by a hash: a repeated press counts once."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Make the table without an order of its rows."""
    schema.run("CREATE TABLE problem_mark (mark TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID")
