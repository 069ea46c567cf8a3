"""
Rows of a damaged SQLite file put into a new one, each by itself: what can be read and fits its table is kept.

The table of a row is what the page tree says; where the tree is broken it is the one table that the row fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.db.engine import SqliteFile
from kiosk.db.raw_pages import RawFile, RawRow, Value, head_of

Row = dict[str, Any]
Fits = Callable[[Row], bool]
"""Returns whether the content of a row makes sense; it may raise ValueError, LookupError or TypeError for no."""
_KINDS: dict[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "TEXT": (str,),
    "BLOB": (bytes,),
    "REAL": (float, int),
}


@dataclass(frozen=True)
class _Column:
    name: str
    kind: str
    may_be_null: bool
    has_default: bool
    is_rowid: bool

    def takes(self, value: Value) -> bool:
        """Return whether a value can have been stored here."""
        if value is None:
            return self.may_be_null or self.is_rowid
        return isinstance(value, _KINDS.get(self.kind, (int, float, str, bytes)))


@dataclass(frozen=True)
class StoredTable:
    """A table of the new file, as its rows are stored."""

    name: str
    columns: tuple[_Column, ...]
    is_by_rowid: bool

    def carved(self, raw: RawFile) -> Iterator[Row]:
        """Yield what looks like a row of this table anywhere; only for one with a number as its key."""
        kinds = [(each.kind, each.may_be_null or each.is_rowid) for each in self.columns]
        for values in raw.carved(head_of(kinds), len(self.columns)):
            named = self.named(RawRow(0, 0, values))
            if named is not None:
                yield named

    def named(self, row: RawRow) -> Row | None:
        """Return the columns of a row of this table; None if it cannot be one."""
        given, missing = self.columns[: len(row.values)], self.columns[len(row.values) :]
        if (
            not row.values
            or len(row.values) > len(self.columns)
            or self.is_by_rowid != (row.rowid is not None)
        ):
            return None
        if any(not (each.has_default or each.may_be_null) for each in missing):
            return None  # an older row lacks only columns that were added since
        if not all(each.takes(value) for each, value in zip(given, row.values, strict=True)):
            return None
        named = {each.name: value for each, value in zip(given, row.values, strict=True)}
        return {**named, **{each.name: row.rowid for each in given if each.is_rowid}}


def tables(fresh: SqliteFile) -> list[StoredTable]:
    """Return the tables of a database, without SQLite's own."""
    found = fresh.execute_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return [_table(fresh, name, sql) for name, sql in found.fetchall()]


def _table(fresh: SqliteFile, name: str, sql: str) -> StoredTable:
    is_by_rowid = "WITHOUT ROWID" not in sql
    rows = fresh.execute_sql(f'PRAGMA table_info("{name}")').fetchall()
    keys = sum(1 for row in rows if row[5])
    columns = tuple(
        _Column(
            column,
            kind.upper(),
            may_be_null=not needed and not key,
            has_default=default is not None,
            is_rowid=is_by_rowid and keys == 1 and bool(key) and kind.upper() == "INTEGER",
        )
        for _, column, kind, needed, default, key in rows
    )
    return StoredTable(name, columns, is_by_rowid)


def rows(
    raw: RawFile, known: Iterable[StoredTable], fits: Mapping[str, Fits]
) -> Iterator[tuple[StoredTable, Row, bool]]:
    """
    Yield each row that can be read with its table, and whether the page tree leads to it.

    A row to which no tree leads may be an older state of one that is stored elsewhere; those come last.
    """
    listed = list(known)
    by_name = {table.name: table for table in listed}
    named = {root: by_name[name] for root, name in raw.schema().items() if name in by_name}
    for row in raw.rows(named):
        said = named.get(row.root)
        if said and (found := _fitting(said, row, fits)):
            yield said, found, True
            continue
        possible = [(table, found) for table in listed if (found := _fitting(table, row, fits))]
        if len(possible) == 1:
            yield (*possible[0], False)


def _fitting(table: StoredTable, row: RawRow, fits: Mapping[str, Fits]) -> Row | None:
    named = table.named(row)
    return named if named is not None and makes_sense(fits.get(table.name), named) else None


def makes_sense(fits: Fits | None, row: Row) -> bool:
    """Return whether a row passes its check, if there is one."""
    try:
        return fits is None or fits(row)
    except (ValueError, LookupError, TypeError):
        return False


def put(fresh: SqliteFile, table: StoredTable, row: Row, *, instead: bool = False) -> bool:
    """
    Insert a row inside the caller's transaction; return whether it was taken: one with its key may be there.

    Args:
        instead: It takes the place of such a row.
    """
    names, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    how = "REPLACE" if instead else "IGNORE"
    statement = f'INSERT OR {how} INTO "{table.name}" ({names}) VALUES ({places})'
    return bool(fresh.execute_sql(statement, tuple(row.values())).rowcount)


def drop_orphans(fresh: SqliteFile) -> Counter[str]:
    """Delete rows that refer to a row that was not found, inside the caller's transaction; return how many a table."""
    dropped: Counter[str] = Counter()
    while found := fresh.execute_sql("PRAGMA foreign_key_check").fetchall():
        for table, rowid, *_ in found:
            fresh.execute_sql(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))
            dropped[table] += 1
    return dropped
