"""Lists and their counts are read from an index alone, also in a replica that an earlier version made."""

from __future__ import annotations

from pathlib import Path

from kiosk import db, homes
from kiosk.catalogue import models
from kiosk.clock import FixedClock

INDEX = "document_listed"


def plan(sql: str, values: list[str]) -> str:
    """How SQLite answers a question of the bound catalogue."""
    return " / ".join(row[3] for row in db.catalogue.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values))


def test_counting_and_sorting_a_list_reads_no_record(tmp_path: Path, clock: FixedClock) -> None:
    db.create_catalogue(tmp_path, "feed", clock.now())
    homes.open_terminal(tmp_path, clock)
    listed = models.listed("policy", {})
    counted = plan(*listed.select(models.fn.COUNT(models.Document.id)).order_by().sql())
    shown = plan(*listed.limit(20).sql())
    by_validity = listed.select(models.Document.validity).order_by().group_by(models.Document.validity)
    assert f"COVERING INDEX {INDEX}" in counted
    assert f"COVERING INDEX {INDEX}" in plan(*by_validity.sql())
    assert INDEX in shown
    assert "TEMP B-TREE" not in shown, "the index has the order of the list"


def test_a_replica_of_the_first_version_gets_the_index(tmp_path: Path, clock: FixedClock) -> None:
    replica = db.open_sqlite(db.create_catalogue(tmp_path, "feed", clock.now()))
    with db.writing(replica) as connection:
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
