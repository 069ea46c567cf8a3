"""SQL expressions with the same result on every engine."""

from __future__ import annotations

import re

import peewee

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


class JsonText(peewee.ColumnBase):
    """
    The value at a path of a JSON text, as text; NULL where there is none.

    Args:
        column: A text column that holds a JSON object.
        path: Names of keys, from the outermost to the innermost; they are part of the SQL text.
    Raises:
        ValueError: A name that is no plain word.
    """

    def __init__(self, column: peewee.Field, *path: str) -> None:
        if not all(_NAME.fullmatch(name) for name in path):
            raise ValueError("no path of names")
        self._column = column
        self._path = path

    def __sql__(self, ctx: peewee.Context) -> peewee.Context:
        if ctx.state.param == "?":  # SQLite
            path = peewee.SQL(f"'$.{'.'.join(self._path)}'")
            return ctx.sql(peewee.fn.json_extract(self._column, path).cast("TEXT"))
        whole = peewee.fn.NULLIF(self._column, peewee.SQL("''")).cast("jsonb")
        return ctx.sql(peewee.Expression(whole, "#>>", peewee.SQL(f"'{{{','.join(self._path)}}}'")))


class Holds(peewee.ColumnBase):
    """Whether a column contains a text, character by character; LIKE would take capitals for small letters."""

    def __init__(self, column: peewee.Field, text: str) -> None:
        self._column = column
        self._text = text

    def __sql__(self, ctx: peewee.Context) -> peewee.Context:
        name = "instr" if ctx.state.param == "?" else "strpos"
        at = peewee.Function(name, (self._column, peewee.Value(self._text, converter=False)))
        return ctx.sql(peewee.Expression(at, ">", 0))


def total(column: peewee.Field) -> peewee.Cast:
    """Return the sum of a column as a whole number, 0 for no rows; PostgreSQL alone would make it a decimal."""
    return peewee.fn.COALESCE(peewee.fn.SUM(column), 0).cast("BIGINT")
