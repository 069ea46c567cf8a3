"""The working-day calendar: versions, the years that each one set, their days and notices, and what waits."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the tables; the first version is made of the shipped files when the hub is opened."""
    schema.run(
        "CREATE TABLE workday_version ("
        " seq INTEGER PRIMARY KEY,"
        " version TEXT NOT NULL,"
        " year INTEGER NOT NULL,"
        " way TEXT NOT NULL,"
        " at TEXT NOT NULL,"
        " proposed_by TEXT NOT NULL,"
        " approved_by TEXT NOT NULL)"
    )
    schema.run(
        "CREATE TABLE workday_year ("
        " seq INTEGER NOT NULL REFERENCES workday_version (seq),"
        " year INTEGER NOT NULL,"
        " PRIMARY KEY (seq, year))"
    )
    schema.run(
        "CREATE TABLE workday_exception ("
        " seq INTEGER NOT NULL REFERENCES workday_version (seq),"
        " year INTEGER NOT NULL,"
        " day TEXT NOT NULL,"
        " is_workday BOOLEAN NOT NULL,"
        " name TEXT NOT NULL,"
        " PRIMARY KEY (seq, year, day))"
    )
    schema.run(
        "CREATE TABLE workday_notice ("
        " seq INTEGER NOT NULL REFERENCES workday_version (seq),"
        " year INTEGER NOT NULL,"
        " no INTEGER NOT NULL,"
        " name TEXT NOT NULL,"
        " number TEXT NOT NULL,"
        " issued_on TEXT NOT NULL,"
        " url TEXT NOT NULL,"
        " PRIMARY KEY (seq, year, no))"
    )
    schema.run(
        "CREATE TABLE workday_proposal ("
        " year INTEGER PRIMARY KEY,"
        " way TEXT NOT NULL,"
        " content TEXT NOT NULL,"
        " text TEXT NOT NULL,"
        " based_on INTEGER NOT NULL,"
        " proposed_by TEXT NOT NULL,"
        " proposed_at TEXT NOT NULL)"
    )
