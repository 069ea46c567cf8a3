"""What citizens collect with their query code, codes of new slips, and what citizens add to their requests."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the tables."""
    schema.run(
        "CREATE TABLE parcel ("
        " number TEXT PRIMARY KEY,"
        " salt TEXT NOT NULL,"
        " asks TEXT NOT NULL,"
        " proof_hash TEXT NOT NULL,"
        " sealed BLOB NOT NULL,"
        " size INTEGER NOT NULL,"
        " put_at TEXT NOT NULL,"
        " collected_at TEXT)"
    )
    schema.run(
        "CREATE TABLE new_code ("
        " number TEXT PRIMARY KEY,"
        " code_hash TEXT NOT NULL,"
        " sealed BLOB NOT NULL,"
        " key_id TEXT NOT NULL,"
        " made_at TEXT NOT NULL)"
    )
    schema.run(
        "CREATE TABLE disclosure_follow_up ("
        " number TEXT PRIMARY KEY,"
        " key TEXT NOT NULL UNIQUE,"
        " about TEXT NOT NULL,"
        " kind TEXT NOT NULL,"
        " said TEXT NOT NULL,"
        " submitted_at TEXT NOT NULL,"
        " taken_at TEXT NOT NULL,"
        " state TEXT NOT NULL,"
        " settled_at TEXT,"
        " settled_by TEXT NOT NULL DEFAULT '')"
    )
    schema.run("CREATE INDEX disclosure_follow_up_about ON disclosure_follow_up (about)")
