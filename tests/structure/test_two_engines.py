"""The hub's tables are the same on SQLite and on PostgreSQL: columns, what may be null, defaults, uniques, checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.db.server import PostgresServer, open_server
from tests.clocks import MONDAY_MORNING
from tests.postgres import FOLDERS, Cluster

KINDS = {
    "text": "TEXT",
    "bigint": "INTEGER",
    "integer": "INTEGER",
    "boolean": "INTEGER",
    "bytea": "BLOB",
    "double precision": "REAL",
}
"""What a column of PostgreSQL is in SQLite."""


@dataclass
class Table:
    """What is said of one table."""

    columns: dict[str, tuple[str, bool, str]] = field(default_factory=dict)
    """Of each its kind, whether it may be null, its default."""
    uniques: set[tuple[str, ...]] = field(default_factory=set)
    indexes: set[tuple[str, ...]] = field(default_factory=set)
    checks: set[str] = field(default_factory=set)
    references: set[tuple[str, str]] = field(default_factory=set)


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[PostgresServer]:
    opened = open_server(cluster.migrated())
    yield opened
    opened.close_all()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[db.SqliteFile]:
    opened = db.open_sqlite(tmp_path_factory.mktemp("hub") / "hub.sqlite3")
    for folder in FOLDERS:
        db.migrate(opened, folder, MONDAY_MORNING)
    yield opened
    opened.close()


def of_file(database: db.SqliteFile) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for name in database.get_tables():
        if name.startswith("sqlite_"):
            continue
        table = found[name] = Table()
        for _, column, kind, not_null, default, key in database.execute_sql(f"PRAGMA table_info({name})"):
            table.columns[column] = (kind, not (not_null or key), _default(default))
        for index in database.get_indexes(name):
            (table.uniques if index.unique else table.indexes).add(tuple(index.columns))
        key = tuple(
            column
            for _, column, _, _, _, place in sorted(
                database.execute_sql(f"PRAGMA table_info({name})").fetchall(), key=lambda row: row[5]
            )
            if place
        )
        table.uniques.add(key)
        (sql,) = database.execute_sql(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)
        ).fetchone()
        table.checks = {_check(words) for words in re.findall(r"CHECK \(((?:[^()]|\([^()]*\))*)\)", sql)}
        table.checks -= {f"0 1 {column}" for column in table.columns}  # a boolean needs none to be one of two
        table.references = {
            (row[3], row[2]) for row in database.execute_sql(f"PRAGMA foreign_key_list({name})").fetchall()
        }
    return found


def of_server(database: PostgresServer) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for name in database.get_tables():
        table = found[name] = Table()
        for column, kind, nullable, default in database.execute_sql(
            "SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s",
            (name,),
        ).fetchall():
            table.columns[column] = (KINDS[kind], nullable == "YES", _default(default))
        for index in database.get_indexes(name):
            (table.uniques if index.unique else table.indexes).add(
                tuple(column.split()[0] for column in index.columns)
            )
        for kind, words in database.execute_sql(
            "SELECT contype::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass",
            (name,),
        ).fetchall():
            if kind == "c":
                table.checks.add(_check(words.removeprefix("CHECK ")))
            if kind == "f":
                own, other = re.findall(r"FOREIGN KEY \((\w+)\) REFERENCES (\w+)", words)[0]
                table.references.add((own, other))
    return found


def _default(words: str | None) -> str:
    plain = (words or "").split("::")[0]
    return {"false": "0", "true": "1", "FALSE": "0", "TRUE": "1"}.get(plain, plain)


def _check(words: str) -> str:
    """A check by its column and values: PostgreSQL writes `IN` as `= ANY (ARRAY[...])`."""
    plain = re.sub(r"::\w+(\[\])?", "", words)
    return " ".join(sorted(set(re.findall(r"'[^']*'|\w+", plain)) - {"ANY", "ARRAY", "IN"}))


def test_both_engines_say_the_same(file: db.SqliteFile, server: PostgresServer) -> None:
    ours, theirs = of_file(file), of_server(server)
    assert ours.keys() == theirs.keys()
    for name, table in ours.items():
        assert table == theirs[name], name


def test_rows_that_migrations_wrote_are_the_same(file: db.SqliteFile, server: PostgresServer) -> None:
    for name in file.get_tables():
        if name not in ("migration", "sqlite_sequence"):
            question = f"SELECT * FROM {name}"
            assert file.execute_sql(question).fetchall() == server.execute_sql(question).fetchall(), name


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_second_start_applies_nothing(server: PostgresServer, clock: FixedClock, folder: str) -> None:
    assert db.migrate(server, folder, clock.now()) == []
