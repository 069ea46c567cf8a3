"""A migration in Python, on both engines: whole or not at all, and a table that is built anew keeps what is its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.db import migrations
from kiosk.db.server import PostgresServer, open_server
from kiosk.errors import Refused, StoreDamaged
from tests.postgres import Cluster

FIRST = """
def up(schema):
    schema.run("CREATE TABLE hall (id IDENTITY, name TEXT NOT NULL, is_open BOOLEAN NOT NULL DEFAULT FALSE, plan BLOB)")
    schema.run("CREATE TABLE seat (hall INTEGER NOT NULL REFERENCES hall (id) ON DELETE CASCADE, no INTEGER)")
    schema.run("CREATE INDEX hall_name ON hall (name)")
    schema.run("INSERT INTO hall (name) VALUES ('INTEGER')")
    schema.run("INSERT INTO seat (hall, no) VALUES (1, 7)")
"""
SECOND = """
def up(schema):
    schema.rebuild(
        "hall",
        "CREATE TABLE hall (id IDENTITY, name TEXT NOT NULL CHECK (name <> ''), floor INTEGER NOT NULL,"
        " is_open BOOLEAN NOT NULL DEFAULT FALSE, plan BLOB)",
        values={"floor": "length(name)"},
        postgres=[
            "ALTER TABLE hall ADD CHECK (name <> '')",
            "ALTER TABLE hall ADD floor INTEGER",
            "UPDATE hall SET floor = length(name)",
            "ALTER TABLE hall ALTER floor SET NOT NULL",
        ],
    )
"""
HALF = """
def up(schema):
    schema.run("CREATE TABLE half (id INTEGER)")
    schema.run("INSERT INTO nowhere VALUES (1)")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's migrations lie."""
    monkeypatch.setattr(migrations, "MIGRATIONS", tmp_path)
    place = tmp_path / "house"
    place.mkdir()
    (place / "0001_first.py").write_text(FIRST)
    return place


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[db.SqliteFile | PostgresServer]:
    if request.param == "sqlite":
        opened: db.SqliteFile | PostgresServer = db.open_sqlite(tmp_path / "some.sqlite3")
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        opened = open_server(cluster.empty())
    yield opened
    opened.close_all() if isinstance(opened, PostgresServer) else opened.close()


Store = db.SqliteFile | PostgresServer


def test_a_table_built_anew_keeps_rows_references_and_indexes(
    folder: Path, database: Store, clock: FixedClock
) -> None:
    assert db.migrate(database, "house", clock.now()) == ["0001_first"]
    (folder / "0002_second.py").write_text(SECOND)
    assert db.migrate(database, "house", clock.now()) == ["0002_second"]
    assert db.migrate(database, "house", clock.now()) == []
    assert database.execute_sql("SELECT name, floor FROM hall").fetchall() == [("INTEGER", 7)]
    assert database.execute_sql("SELECT hall, no FROM seat").fetchall() == [(1, 7)]
    assert [index.name for index in database.get_indexes("hall") if not index.unique] == ["hall_name"]
    with pytest.raises(peewee.IntegrityError):
        database.execute_sql("INSERT INTO seat (hall, no) VALUES (2, 7)")
    with pytest.raises(peewee.IntegrityError):
        database.execute_sql("INSERT INTO hall (name, floor) VALUES ('', 1)")


def test_a_migration_that_fails_leaves_nothing(folder: Path, database: Store, clock: FixedClock) -> None:
    (folder / "0002_half.py").write_text(HALF)
    with pytest.raises(peewee.DatabaseError):
        db.migrate(database, "house", clock.now())
    assert "half" not in database.get_tables()
    assert "hall" in database.get_tables()


def test_an_edited_module_is_noticed(folder: Path, database: Store, clock: FixedClock) -> None:
    db.migrate(database, "house", clock.now())
    (folder / "0001_first.py").write_text(FIRST + "\n# another word\n")
    with pytest.raises(StoreDamaged, match="migration-changed"):
        db.migrate(database, "house", clock.now())


def test_an_older_program_refuses_what_a_newer_one_made(
    folder: Path, database: Store, clock: FixedClock
) -> None:
    (folder / "0002_second.py").write_text(SECOND)
    db.migrate(database, "house", clock.now())
    (folder / "0002_second.py").unlink()
    with pytest.raises(Refused, match="made by a newer version"):
        db.migrate(database, "house", clock.now())
    assert database.execute_sql("SELECT name, floor FROM hall").fetchall() == [("INTEGER", 7)]
