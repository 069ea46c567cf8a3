"""Lists and their counts are read from an index alone, also in a replica that an earlier version made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kiosk import db
from kiosk.catalogue.records import listings
from kiosk.clock import FixedClock
from kiosk.machine import homes
from tests import building

INDEX = "document_listed"


def plans(ask: Callable[[], object]) -> str:
    """How SQLite answers the questions that something asks of the bound catalogue."""
    asked: list[str] = []
    connection = db.catalogue.connection()
    connection.set_trace_callback(asked.append)
    ask()
    connection.set_trace_callback(None)
    steps = [row for sql in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    return " / ".join(row[3] for row in steps)


def test_counting_and_sorting_a_list_reads_no_record(tmp_path: Path, clock: FixedClock) -> None:
    homes.open_terminal(building.terminal_home(tmp_path, clock), clock)
    shown = plans(lambda: listings.listed("policy", {}, 20))
    assert f"COVERING INDEX {INDEX}" in plans(lambda: listings.how_many("policy", {}))
    assert f"COVERING INDEX {INDEX}" in plans(lambda: listings.values("policy", "validity", {}))
    assert INDEX in shown
    assert "TEMP B-TREE" not in shown, "the index has the order of the list"


def test_a_replica_of_the_first_version_gets_the_index(tmp_path: Path, clock: FixedClock) -> None:
    replica = db.open_sqlite(db.create_catalogue(tmp_path, "feed", clock.now()))
    with db.writing(replica):
        connection = replica.connection()
        connection.execute(f"DROP INDEX {INDEX}")
        connection.execute("CREATE INDEX document_kind_published ON document (kind, published_on)")
        connection.execute("DELETE FROM migration WHERE number = 2")
    replica.close()
    homes.open_terminal(tmp_path, clock)
    indexes = {
        row[0] for row in db.catalogue.execute_sql("SELECT name FROM sqlite_master WHERE type = 'index'")
    }
    assert INDEX in indexes
    assert "document_kind_published" not in indexes
