"""What people at the desk have written and not sent yet, sealed."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table."""
    schema.run(
        "CREATE TABLE desk_draft ("
        " person TEXT NOT NULL,"
        " thing TEXT NOT NULL,"
        " run TEXT NOT NULL,"
        " sealed BLOB NOT NULL,"
        " kept_at TEXT NOT NULL,"
        " PRIMARY KEY (person, thing, run))"
    )
