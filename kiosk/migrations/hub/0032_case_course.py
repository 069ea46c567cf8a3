"""A case has an outcome beside its state, the days of its course, a source and a person who handles it."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Empty for cases of before; a case that was received may still get a notice to correct by its own page."""
    for column in ("outcome", "assigned_to"):
        schema.run(f"ALTER TABLE disclosure_case ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    schema.run("ALTER TABLE disclosure_case ADD COLUMN source TEXT NOT NULL DEFAULT 'terminal'")
    for column in ("answered_on", "served_on", "closed_on", "suspended_since"):
        schema.run(f"ALTER TABLE disclosure_case ADD COLUMN {column} TEXT")
    schema.run("ALTER TABLE disclosure_case ADD COLUMN extended BOOLEAN NOT NULL DEFAULT FALSE")
    for column in ("correction_due", "correction_until"):
        schema.run(f"ALTER TABLE disclosure_case ADD COLUMN {column} TEXT")
    for columns in ("closed_on, reply_due", "closed_on, calendar_version", "assigned_to, closed_on"):
        name = columns.replace(", ", "_")
        schema.run(f"CREATE INDEX disclosure_case_{name} ON disclosure_case ({columns})")
