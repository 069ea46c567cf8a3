"""Tables of the spool, bound to no database: each caller passes the one of this machine."""

from datetime import UTC, datetime
from typing import TypeAlias

import peewee

Database: TypeAlias = peewee.Database | peewee.DatabaseProxy


def stamp(at: datetime) -> str:
    """Return a time as stored: ISO 8601 in UTC with milliseconds, so that texts sort as times."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


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
