"""States of which the county's own way to telephones is notified."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table; nothing is in it while no hook is set."""
    schema.run(
        "CREATE TABLE status_notice ("
        " number TEXT NOT NULL PRIMARY KEY,"
        " kind TEXT NOT NULL DEFAULT '',"
        " seq INTEGER NOT NULL,"
        " state TEXT NOT NULL DEFAULT '',"
        " said TEXT NOT NULL DEFAULT '',"
        " tries INTEGER NOT NULL DEFAULT 0,"
        " due_at TEXT,"
        " fault TEXT NOT NULL DEFAULT '')"
    )
    schema.run("CREATE INDEX status_notice_due ON status_notice (due_at)")
