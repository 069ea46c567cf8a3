"""One writer at a time, all or nothing, and clear errors."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.errors import StoreDamaged


@pytest.fixture
def station(tmp_path: Path, clock: FixedClock) -> db.SqliteFile:
    database = db.open_sqlite(tmp_path / "station.sqlite3")
    db.migrate(database, "station", clock.now())
    return database


def count(database: db.SqliteFile) -> int:
    return int(database.execute_sql("SELECT value FROM counter WHERE name = 'n'").fetchone()[0])


def test_a_promise_survives_on_disk(station: db.SqliteFile) -> None:
    assert station.execute_sql("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert station.execute_sql("PRAGMA synchronous").fetchone()[0] == 2
    assert station.execute_sql("PRAGMA secure_delete").fetchone()[0] == 1


def test_sixteen_writers_lose_nothing_and_nobody_fails(station: db.SqliteFile) -> None:
    with db.writing(station):
        connection = station.connection()
        connection.execute("INSERT INTO counter (name, value) VALUES ('n', 0)")
    errors: list[Exception] = []

    def write() -> None:
        try:
            for _ in range(10):
                with db.writing(station):
                    connection = station.connection()
                    connection.execute("UPDATE counter SET value = value + 1 WHERE name = 'n'")
        except Exception as error:
            errors.append(error)
        finally:
            station.close()

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert count(station) == 160


def test_an_error_rolls_everything_back(station: db.SqliteFile) -> None:
    def half_done() -> None:
        with db.writing(station):
            connection = station.connection()
            connection.execute("INSERT INTO counter (name, value) VALUES ('n', 1)")
            with db.writing(station):
                inner = station.connection()
                inner.execute("UPDATE counter SET value = 2")
            raise RuntimeError("pulled plug")

    with pytest.raises(RuntimeError):
        half_done()
    assert station.execute_sql("SELECT count(*) FROM counter").fetchone()[0] == 0


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "station.sqlite3"
    path.write_bytes(b"this is not a database, it is a letter" * 40)
    with pytest.raises(StoreDamaged, match="not-a-database"):
        db.open_sqlite(path)


def test_files_are_readable_by_their_owner_only(station: db.SqliteFile) -> None:
    assert station.path.stat().st_mode & 0o077 == 0


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "current"
    db.write_atomically(path, b"one")
    db.write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["current"]
