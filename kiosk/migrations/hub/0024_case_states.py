"""The desk counts cases by their state on each of its pages: from an index, not from the whole table."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the index."""
    schema.run("CREATE INDEX disclosure_case_state ON disclosure_case (state)")
