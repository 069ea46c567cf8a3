"""A case whose answer was taken back keeps the first result, which its annual report counted."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Empty for all cases of before: none of them was answered again."""
    schema.run("ALTER TABLE disclosure_case ADD COLUMN first_outcome TEXT NOT NULL DEFAULT ''")
    for column in ("first_ended_on", "first_due"):
        schema.run(f"ALTER TABLE disclosure_case ADD COLUMN {column} TEXT")
