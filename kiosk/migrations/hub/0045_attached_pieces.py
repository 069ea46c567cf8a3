"""Pieces of files that go with submissions, each by the submission and the file to which it belongs."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table; the bytes are in the inbox."""
    schema.run(
        "CREATE TABLE attached_piece ("
        " number TEXT NOT NULL PRIMARY KEY,"
        " belongs_to TEXT NOT NULL,"
        " file TEXT NOT NULL,"
        " place INTEGER NOT NULL,"
        " many INTEGER NOT NULL)"
    )
    schema.run("CREATE INDEX attached_piece_belongs_to ON attached_piece (belongs_to)")
