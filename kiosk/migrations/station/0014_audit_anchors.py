"""Heads of the audit chains that hub and terminals keep of each other, so that a cut or rewritten chain is found."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table."""
    schema.run(
        "CREATE TABLE audit_anchor ("
        " peer TEXT NOT NULL,"
        " whose TEXT NOT NULL CHECK (whose IN ('own', 'other')),"
        " seq INTEGER NOT NULL,"
        " chain TEXT NOT NULL,"
        " signature BLOB,"
        " kept_at TEXT NOT NULL,"
        " fault TEXT NOT NULL DEFAULT '',"
        " fault_at TEXT NOT NULL DEFAULT '',"
        " PRIMARY KEY (peer, whose))"
    )
