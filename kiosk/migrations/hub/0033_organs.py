"""Accounts and reading keys belong to an organ; the empty code is the county's disclosure office."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Give what is there to the office: its accounts, and the key to which terminals seal."""
    schema.run("ALTER TABLE staff_account ADD COLUMN organ TEXT NOT NULL DEFAULT ''")
    schema.run("ALTER TABLE reading_key ADD COLUMN organ TEXT NOT NULL DEFAULT ''")
    schema.run("ALTER TABLE reading_key ADD COLUMN retired_at TEXT")
    schema.run("ALTER TABLE reading_key ADD COLUMN retired_why TEXT NOT NULL DEFAULT ''")
    schema.run("ALTER TABLE reading_grant ADD COLUMN ends_on TEXT")
    schema.run("ALTER TABLE inbox ADD COLUMN came_as TEXT NOT NULL DEFAULT ''")
    schema.run(
        "CREATE TABLE known_organ (code TEXT PRIMARY KEY, merged_into TEXT NOT NULL DEFAULT '', merged_on TEXT)"
    )
    schema.run("CREATE TABLE submission_organ (number TEXT PRIMARY KEY, organ TEXT NOT NULL)")
    schema.run(
        "CREATE TABLE organ_merger ("
        " organ TEXT PRIMARY KEY,"
        " successor TEXT NOT NULL,"
        " version TEXT NOT NULL,"
        " proposed_by TEXT NOT NULL,"
        " proposed_at TEXT NOT NULL,"
        " ends_at TEXT NOT NULL)"
    )
    schema.run(
        "INSERT INTO known_organ (code) SELECT DISTINCT organ_code FROM disclosure_case WHERE organ_code <> ''"
    )
    schema.run("CREATE INDEX disclosure_case_organ ON disclosure_case (organ_code)")
