"""Tables of the spool, bound to no database: each caller passes the one of this machine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

import peewee

Database: TypeAlias = peewee.Database | peewee.DatabaseProxy


def stamp(at: datetime) -> str:
    """Return a time as stored: ISO 8601 in UTC with milliseconds, so that texts sort as times."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


PLACE = peewee.Value(object(), converter=False)
"""The place of a value in a statement of `Rows`, filled when it is run."""


@dataclass(frozen=True)
class Rows:
    """
    Whole rows of one table, by a statement that is built from its model once for each kind of database.

    A worker asks for its job a dozen times a paper; peewee builds a statement ten times as long as it runs it.

    Args:
        query: Selects all columns of a model; has a PLACE for each value.
    """

    query: Callable[[], "peewee.ModelSelect[Any]"]
    _built: dict[type, tuple[str, list[Any], list[peewee.Field]]] = field(default_factory=dict)

    def found(self, database: Database, *values: Any) -> list[dict[str, Any]]:
        """Return the rows, by the names of their columns; the values fill the places in their order, as stored."""
        real = database.obj if isinstance(database, peewee.Proxy) else database
        if type(real) not in self._built:
            query = self.query()
            sql, parameters = real.get_sql_context().sql(query).query()
            self._built[type(real)] = sql, parameters, query.model._meta.sorted_fields
        sql, parameters, columns = self._built[type(real)]
        given = iter(values)
        cursor = real.execute_sql(sql, [next(given) if one is PLACE.value else one for one in parameters])
        return [
            {each.name: each.python_value(value) for each, value in zip(columns, row, strict=True)}
            for row in cursor.fetchall()
        ]


class TimeField(peewee.TextField):
    """An aware time, stored as `stamp` writes it; the empty text is no time."""

    def db_value(self, value: datetime | str | None) -> str | None:
        """Return the text of a time."""
        return stamp(value) if isinstance(value, datetime) else value

    def python_value(self, value: str | None) -> datetime | None:
        """Return the time of a text."""
        return datetime.fromisoformat(value) if value else None


class PrintJob(peewee.Model):
    """One paper as stored; see `spool.Job`."""

    id = peewee.AutoField()
    request_key = peewee.TextField()
    kind = peewee.TextField()
    copy = peewee.IntegerField(default=0)
    state = peewee.TextField()
    reason = peewee.TextField(default="")
    slip = peewee.TextField()
    secret = peewee.BlobField(null=True)
    has_secret = peewee.BooleanField(default=False)
    created_at = TimeField()
    expires_at = TimeField()
    changed_at = TimeField()
    paper_mm = peewee.IntegerField(default=0)
    device = peewee.TextField(default="receipt")
    is_sealed = peewee.BooleanField(default=False)
    source = peewee.TextField(default="")

    class Meta:
        table_name = "print_job"
        indexes = ((("request_key", "kind", "copy"), True),)


class PrintEvent(peewee.Model):
    """One change of state as stored; see `spool.JobEvent`."""

    id = peewee.AutoField()
    job_id = peewee.IntegerField()
    at = TimeField()
    from_state = peewee.TextField()
    to_state = peewee.TextField()
    by_whom = peewee.TextField()
    why = peewee.TextField()

    class Meta:
        table_name = "print_event"


class PrinterRow(peewee.Model):
    """State of one printer as a worker last saw it; see `condition.DeviceState`."""

    name = peewee.TextField(primary_key=True)
    state = peewee.TextField()
    reason = peewee.TextField(default="")
    checked_at = TimeField(default="")
    torn = peewee.BooleanField(default=False)

    class Meta:
        table_name = "printer"
