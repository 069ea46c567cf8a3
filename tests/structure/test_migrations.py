"""Migrations are numbered without gaps or twins, and run on an empty file."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.errors import StoreDamaged

FOLDERS = ("catalogue", "station", "hub")


@pytest.mark.parametrize("folder", FOLDERS)
def test_migrations_are_numbered_from_one_without_gap(folder: str) -> None:
    steps = sorted((db.MIGRATIONS / folder).glob("[0-9]*"))
    assert [int(path.name[:4]) for path in steps] == list(range(1, len(steps) + 1))


@pytest.mark.parametrize("folder", ["catalogue", "hub"])
def test_postgresql_starts_where_the_sql_files_end(folder: str) -> None:
    written = [int(path.stem[:4]) for path in (db.MIGRATIONS / folder).glob("[0-9]*.sql")]
    (start,) = (db.MIGRATIONS / folder).glob("postgres_*.sql")
    assert int(start.stem.removeprefix("postgres_")) == max(written), (
        "a new migration is a module, for both engines"
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_second_start_applies_nothing(folder: str, tmp_path: Path, clock: FixedClock) -> None:
    database = db.open_sqlite(tmp_path / "some.sqlite3")
    assert db.migrate(database, folder, clock.now())
    assert db.migrate(database, folder, clock.now()) == []
    database.close()


def test_an_edited_migration_is_noticed(tmp_path: Path, clock: FixedClock) -> None:
    database = db.open_sqlite(tmp_path / "some.sqlite3")
    db.migrate(database, "station", clock.now())
    with db.writing(database):
        connection = database.connection()
        connection.execute("UPDATE migration SET sha256 = 'another' WHERE number = 1")
    with pytest.raises(StoreDamaged, match="migration-changed"):
        db.migrate(database, "station", clock.now())
    database.close()
