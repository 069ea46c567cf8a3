"""What terminals counted of the queues of halls, by place, day and topic; nobody is in it."""

from __future__ import annotations

from kiosk.db.migrations import Schema


def up(schema: Schema) -> None:
    """Add the table; a count that comes again on the same day is added to the one that is there."""
    schema.run(
        "CREATE TABLE queue_count ("
        " place TEXT NOT NULL,"
        " day TEXT NOT NULL,"
        " topic TEXT NOT NULL,"
        " what TEXT NOT NULL,"
        " many INTEGER NOT NULL,"
        " PRIMARY KEY (place, day, topic, what))"
    )
    schema.run("CREATE INDEX queue_count_day ON queue_count (day)")
