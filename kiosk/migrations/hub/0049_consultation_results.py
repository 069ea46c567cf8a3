"""What became of each consultation: its result, the sealed answer, how satisfied the citizen was."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table."""
    schema.run(
        "CREATE TABLE consultation_result ("
        " number TEXT PRIMARY KEY,"
        " result TEXT NOT NULL DEFAULT '',"
        " sealed BLOB,"
        " key_id TEXT NOT NULL DEFAULT '',"
        " written_by TEXT NOT NULL DEFAULT '',"
        " written_at TEXT,"
        " collected_at TEXT,"
        " rating TEXT NOT NULL DEFAULT '',"
        " excused TEXT NOT NULL DEFAULT '')"
    )
