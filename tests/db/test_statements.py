"""Statements that are built once: the same rows as the query, on values given at each run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import peewee
import pytest

from kiosk import db


class Visit(peewee.Model):
    """A made-up table."""

    number = peewee.TextField(primary_key=True)
    at = db.StampField()
    on = db.DayField(null=True)
    is_read = peewee.BooleanField(default=False)

    class Meta:
        table_name = "visit"


@dataclass(frozen=True)
class Seen:
    """A row as its reader wants it."""

    number: str
    at: datetime
    on: date | None


NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ADD = db.Statement(lambda: Visit.insert(db.inserted(Visit.number, Visit.at, Visit.on)))
BY_NUMBER = db.Statement(
    lambda: Visit.select(Visit.number, Visit.at, Visit.on).where(Visit.number == db.slot(Visit.number))
)
READ = db.Statement(
    lambda: Visit.update({Visit.is_read: True}).where(Visit.at < db.slot(Visit.at), ~Visit.is_read)
)
SOME = db.Statement(lambda: Visit.select(Visit.number).order_by(Visit.number).limit(db.number_slot("limit")))
HOW_MANY = db.Statement(lambda: Visit.select(peewee.fn.COUNT(Visit.number).alias("many"), Visit.is_read))


@pytest.fixture
def visits(tmp_path: Path) -> Iterator[db.SqliteFile]:
    database = db.open_sqlite(tmp_path / "some.sqlite3")
    Visit.bind(database)
    database.create_tables([Visit])
    for number in ("a", "b", "c"):
        assert (
            ADD.run(database, number=number, at=NOON, on=date(2026, 11, 23) if number == "a" else None) == 1
        )
    yield database
    database.close()


def test_a_row_comes_back_with_the_types_of_its_columns(visits: db.SqliteFile) -> None:
    assert BY_NUMBER.one(visits, Seen, number="a") == Seen("a", NOON, date(2026, 11, 23))
    assert BY_NUMBER.one(visits, Seen, number="b") == Seen("b", NOON, None)
    assert BY_NUMBER.one(visits, Seen, number="nobody") is None


def test_values_are_converted_as_their_column_stores_them(visits: db.SqliteFile) -> None:
    assert READ.run(visits, at=NOON) == 0
    assert READ.run(visits, at=NOON.replace(hour=5)) == 3
    assert READ.run(visits, at=NOON.replace(hour=5)) == 0


def test_a_limit_is_a_slot_too(visits: db.SqliteFile) -> None:
    assert SOME.tuples(visits, limit=2) == [("a",), ("b",)]


def test_a_computed_column_has_the_name_it_was_given(visits: db.SqliteFile) -> None:
    assert HOW_MANY.rows(visits, dict) == [{"many": 3, "is_read": False}]


def test_a_query_gives_objects_without_being_spelled_out_again(visits: db.SqliteFile) -> None:
    query = Visit.select(Visit.number, Visit.at, Visit.on).order_by(Visit.number.desc())
    assert [seen.number for seen in db.rows(query, Seen)] == ["c", "b", "a"]
    assert db.one(query, Seen, visits) == Seen("c", NOON, None)


def test_a_value_that_nobody_gave_is_an_error(visits: db.SqliteFile) -> None:
    with pytest.raises(KeyError):
        BY_NUMBER.first(visits)


def test_a_proxy_serves_as_the_database_that_it_stands_for(visits: db.SqliteFile) -> None:
    proxy = peewee.DatabaseProxy()
    proxy.initialize(visits)
    assert SOME.tuples(proxy, limit=1) == [("a",)]
