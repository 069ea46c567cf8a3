"""Letters are found by their state: the desk's list has a light for those that wait for approval."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the index."""
    schema.run("CREATE INDEX disclosure_letter_state_number ON disclosure_letter (state, number)")
