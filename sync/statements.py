"""
Statements built from models once for each engine and run many times with new values.

Building a query costs peewee 100 to 290 µs, running it 10 to 20. Where a benchmark shows the need, an operation
keeps its query here; everywhere else a query is written where it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import peewee

Database: TypeAlias = peewee.Database | peewee.DatabaseProxy
"""An open database, or the proxy for it."""
Writing: TypeAlias = Callable[[Any], AbstractContextManager[object]]
"""Opens a write transaction on a database; inside another one it joins it."""
Row = TypeVar("Row")
_AS_STORED = (peewee.TextField, peewee.IntegerField, peewee.BigIntegerField, peewee.AutoField)
"""Columns that every driver gives as they are read."""


@dataclass(frozen=True)
class _Slot:
    """The place of a value that is given when the statement runs; `convert` makes the database's form of it."""

    name: str
    convert: Callable[[Any], Any] | None


def slot(column: peewee.Field, name: str = "") -> peewee.Value:
    """Return the place of a value of this column in a `Statement`, under its own name unless another is given."""
    return peewee.Value(_Slot(name or column.name, column.db_value), converter=False)


def number_slot(name: str) -> peewee.Value:
    """Return the place of a whole number that belongs to no column, such as a LIMIT."""
    return peewee.Value(_Slot(name, None), converter=False)


def inserted(*columns: peewee.Field) -> dict[peewee.Field, peewee.Value]:
    """Return what `Model.insert` takes to fill these columns with values given at each run."""
    return {column: slot(column) for column in columns}


@dataclass(frozen=True)
class _Built:
    sql: str
    values: tuple[Any, ...]
    names: tuple[str, ...]
    readers: tuple[Callable[[Any], Any] | None, ...]


@dataclass
class Statement:
    """
    One statement with named slots.

    Args:
        query: Builds the query; called once for each kind of database.
    """

    query: Callable[[], peewee.Query]
    _built: dict[type[peewee.Database], _Built] = field(default_factory=dict, repr=False)

    def run(self, database: Database, **given: Any) -> int:
        """Run it for its effect; return how many rows it touched."""
        cursor = self._cursor(self._for(database), database, given)
        if cursor.description is not None:
            cursor.fetchall()  # peewee adds RETURNING to an insert; an unread cursor would keep the statement open
        return int(cursor.rowcount)

    def tuples(self, database: Database, **given: Any) -> list[tuple[Any, ...]]:
        """Return all rows, each value as its column reads it."""
        built = self._for(database)
        found: list[tuple[Any, ...]] = self._cursor(built, database, given).fetchall()
        return [_read(row, built.readers) for row in found] if built.readers else found

    def each(self, database: Database, **given: Any) -> Generator[tuple[Any, ...], None, None]:
        """Yield row after row, so that a caller may stop early."""
        built = self._for(database)
        with closing(self._cursor(built, database, given)) as cursor:
            for row in cursor:
                yield _read(row, built.readers)

    def first(self, database: Database, **given: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        built = self._for(database)
        row = self._cursor(built, database, given).fetchone()
        return None if row is None else _read(row, built.readers)

    def rows(self, database: Database, row: Callable[..., Row], **given: Any) -> list[Row]:
        """Return all rows as objects that `row` makes of the selected columns by their names."""
        names = self._for(database).names
        return [row(**dict(zip(names, each, strict=True))) for each in self.tuples(database, **given)]

    def one(self, database: Database, row: Callable[..., Row], **given: Any) -> Row | None:
        """Return the first row as an object, or None."""
        found = self.first(database, **given)
        return None if found is None else row(**dict(zip(self._for(database).names, found, strict=True)))

    def _for(self, database: Database) -> _Built:
        real = database.obj if isinstance(database, peewee.Proxy) else database
        built = self._built.get(type(real))
        if built is None:
            built = self._built[type(real)] = _build(self.query(), real)
        return built

    def _cursor(self, built: _Built, database: Database, given: dict[str, Any]) -> Any:
        return database.execute_sql(built.sql, [_value(each, given) for each in built.values])


def rows(query: peewee.Query, row: Callable[..., Row], database: Database | None = None) -> list[Row]:
    """Return the rows of a query as objects that `row` makes of the selected columns by their names."""
    found: Iterable[Row] = query.objects(row).execute(database)
    return list(found)


def one(query: peewee.Query, row: Callable[..., Row], database: Database | None = None) -> Row | None:
    """Return the first row of a query as an object, or None."""
    return next(iter(rows(query, row, database)), None)


def _build(query: peewee.Query, database: peewee.Database) -> _Built:
    sql, values = database.get_sql_context().sql(query).query()
    selected = getattr(query, "_returning", None) or ()
    readers = tuple(_reader(each) for each in selected)
    names = tuple(_name(each) for each in selected)
    return _Built(sql, tuple(values), names, readers if any(readers) else ())


def _reader(selected: Any) -> Callable[[Any], Any] | None:
    """Return what reads a column's value; None where the driver's own value is what the column reads."""
    is_read = isinstance(selected, peewee.Field) and type(selected) not in _AS_STORED
    return selected.python_value if is_read else None


def _name(selected: Any) -> str:
    """Return the name under which a selected column or expression comes back."""
    return str(getattr(selected, "_alias", None) or getattr(selected, "name", ""))


def _value(value: Any, given: dict[str, Any]) -> Any:
    if not isinstance(value, _Slot):
        return value
    one = given[value.name]
    return one if value.convert is None or one is None else value.convert(one)


def _read(row: tuple[Any, ...], readers: tuple[Callable[[Any], Any] | None, ...]) -> tuple[Any, ...]:
    if not readers:
        return row
    return tuple(read(value) if read else value for read, value in zip(readers, row, strict=True))
