"""Second factors, acts that wait for a second person, and the list of sessions at the desk."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the tables."""
    schema.run(
        "CREATE TABLE staff_factor ("
        " name TEXT PRIMARY KEY REFERENCES staff_account (name),"
        " sealed BLOB NOT NULL,"
        " last_step INTEGER NOT NULL,"
        " recovery TEXT NOT NULL,"
        " enrolled_at TEXT NOT NULL)"
    )
    schema.run(
        "CREATE TABLE staff_proposal ("
        " act TEXT NOT NULL,"
        " name TEXT NOT NULL REFERENCES staff_account (name),"
        " version INTEGER NOT NULL,"
        " half TEXT NOT NULL,"
        " proposed_by TEXT NOT NULL,"
        " proposed_at TEXT NOT NULL,"
        " ends_at TEXT NOT NULL,"
        " PRIMARY KEY (act, name))"
    )
    schema.run(
        "CREATE TABLE desk_session ("
        " id TEXT PRIMARY KEY,"
        " name TEXT NOT NULL REFERENCES staff_account (name),"
        " begun_at TEXT NOT NULL,"
        " seen_at TEXT NOT NULL,"
        " address TEXT NOT NULL,"
        " browser TEXT NOT NULL)"
    )
    schema.run("CREATE INDEX desk_session_name ON desk_session (name)")
