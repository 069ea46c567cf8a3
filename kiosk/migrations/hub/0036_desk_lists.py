"""The desk's list of requests: its index, saved views, urging; notes and scans of a case, sealed."""

from __future__ import annotations

from kiosk.db.migrations import Schema

LIGHTS = "closed_on, state, reply_due, submitted_at, assigned_to, urged_until, organ_code, number"


def up(schema: Schema) -> None:
    """Add columns, tables and the index."""
    schema.run("ALTER TABLE disclosure_case ADD COLUMN urged_until TEXT")
    schema.run(f"CREATE INDEX disclosure_case_lights ON disclosure_case ({LIGHTS})")
    schema.run(
        "CREATE TABLE saved_view ("
        " person TEXT NOT NULL,"
        " desk TEXT NOT NULL,"
        " name TEXT NOT NULL,"
        " asked TEXT NOT NULL,"
        " kept_at TEXT NOT NULL,"
        " PRIMARY KEY (person, desk, name))"
    )
    schema.run(
        "CREATE TABLE case_note ("
        " no INTEGER NOT NULL PRIMARY KEY,"
        " number TEXT NOT NULL,"
        " at TEXT NOT NULL,"
        " actor TEXT NOT NULL,"
        " key_id TEXT NOT NULL,"
        " sealed BLOB NOT NULL)"
    )
    schema.run("CREATE INDEX case_note_number ON case_note (number)")
    schema.run(
        "CREATE TABLE case_scan ("
        " no INTEGER NOT NULL PRIMARY KEY,"
        " number TEXT NOT NULL,"
        " at TEXT NOT NULL,"
        " actor TEXT NOT NULL,"
        " type TEXT NOT NULL,"
        " pages INTEGER NOT NULL,"
        " size INTEGER NOT NULL,"
        " key_id TEXT NOT NULL,"
        " name BLOB NOT NULL,"
        " sealed BLOB NOT NULL)"
    )
    schema.run("CREATE INDEX case_scan_number ON case_scan (number)")
