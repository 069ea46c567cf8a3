"""A file of a letter may have areas that are covered: where, and the copy in which they are, both sealed."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Empty for files of before: they are enclosed as they are."""
    for column in ("marks", "copy"):
        schema.run(f"ALTER TABLE letter_file ADD COLUMN {column} BLOB")
    schema.run("ALTER TABLE letter_file ADD COLUMN copy_size INTEGER NOT NULL DEFAULT 0")
    schema.run("ALTER TABLE letter_file ADD COLUMN copy_sha256 TEXT NOT NULL DEFAULT ''")
