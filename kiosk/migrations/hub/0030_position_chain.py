"""Each position that terminals hold is bound to all before it, so that a hub that was put back is found."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Begin with what comes: earlier positions have no mark."""
    schema.run(
        "CREATE TABLE position_chain (stream TEXT NOT NULL, seq INTEGER NOT NULL, chain TEXT NOT NULL,"
        " PRIMARY KEY (stream, seq)) WITHOUT ROWID"
    )
