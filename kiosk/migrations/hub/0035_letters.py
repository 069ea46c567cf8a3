"""Letters of cases with their files, the wordings they are made from, and what each organ's letters say of it."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the tables."""
    schema.run(
        "CREATE TABLE disclosure_letter ("
        " seq INTEGER PRIMARY KEY,"
        " number TEXT NOT NULL,"
        " organ_code TEXT NOT NULL,"
        " kind TEXT NOT NULL,"
        " state TEXT NOT NULL,"
        " version INTEGER NOT NULL,"
        " wording INTEGER NOT NULL,"
        " key_id TEXT NOT NULL,"
        " draft BLOB NOT NULL,"
        " letter_no TEXT NOT NULL,"
        " dated TEXT,"
        " page BLOB,"
        " page_sha256 TEXT NOT NULL,"
        " scan BLOB,"
        " scan_sha256 TEXT NOT NULL,"
        " written_by TEXT NOT NULL,"
        " written_at TEXT NOT NULL,"
        " handed_over_at TEXT,"
        " approved_by TEXT NOT NULL,"
        " approved_at TEXT,"
        " issued_by TEXT NOT NULL,"
        " issued_at TEXT,"
        " why TEXT NOT NULL,"
        " service TEXT NOT NULL,"
        " party INTEGER NOT NULL)"
    )
    schema.run("CREATE INDEX disclosure_letter_number ON disclosure_letter (number, seq)")
    schema.run("CREATE INDEX disclosure_letter_letter_no ON disclosure_letter (letter_no)")
    schema.run(
        "CREATE TABLE letter_file ("
        " seq INTEGER PRIMARY KEY,"
        " letter_seq INTEGER NOT NULL,"
        " head BLOB NOT NULL,"
        " size INTEGER NOT NULL,"
        " sha256 TEXT NOT NULL,"
        " sealed BLOB NOT NULL)"
    )
    schema.run("CREATE INDEX letter_file_letter_seq ON letter_file (letter_seq, seq)")
    schema.run(
        "CREATE TABLE letter_wording ("
        " kind TEXT NOT NULL,"
        " version INTEGER NOT NULL,"
        " text TEXT NOT NULL,"
        " proposed_by TEXT NOT NULL,"
        " proposed_at TEXT NOT NULL,"
        " approved_by TEXT NOT NULL,"
        " approved_at TEXT,"
        " PRIMARY KEY (kind, version))"
    )
    schema.run(
        "CREATE TABLE letter_head ("
        " organ_code TEXT PRIMARY KEY,"
        " said TEXT NOT NULL,"
        " changed_by TEXT NOT NULL,"
        " changed_at TEXT NOT NULL,"
        " confirmed_by TEXT NOT NULL,"
        " confirmed_on TEXT)"
    )
