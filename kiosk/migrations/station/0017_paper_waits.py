"""How long a paper may wait, in steady time of one boot, and the visit that ordered it."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Make the table; papers that wait already end by their wall time."""
    schema.run(
        "CREATE TABLE paper_wait (job_id INTEGER PRIMARY KEY, boot_id TEXT NOT NULL, since_s REAL NOT NULL,"
        " until_s REAL NOT NULL, owner TEXT NOT NULL DEFAULT '')"
    )
    schema.run("CREATE INDEX paper_wait_owner ON paper_wait(owner)")
