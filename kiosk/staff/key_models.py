"""Tables of the organs' reading keys and of who holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import peewee

from kiosk import counters, db
from kiosk.staff import keys
from kiosk.staff.rules import OFFICE

READING_KEYS = "reading-key"
"""Name of the counter of reading keys."""


class KeptReadingKey(db.StoreModel):
    """A reading key of an organ; of those that are not retired the highest `seq` is the current one."""

    key_id = peewee.TextField(primary_key=True)
    seq = peewee.BigIntegerField(unique=True)
    public_key = peewee.BlobField()
    recovery_wrapped = peewee.BlobField()
    recovery_public = peewee.TextField(default="")
    """To this copies of the hub are encrypted, as `keys.with_id` writes it; empty on a hub of an earlier version."""
    created_at = db.StampField()
    organ = peewee.TextField(default=OFFICE)
    retired_at = db.StampField(null=True)
    """When it ended as the key that is sealed to; what was sealed to it is opened as before."""
    retired_why = peewee.TextField(default="")

    class Meta:
        table_name = "reading_key"


class ReadingGrant(db.StoreModel):
    """A reading key sealed to an account."""

    key_id = peewee.TextField()
    name = peewee.TextField()
    sealed = peewee.BlobField()
    granted_at = db.StampField()
    granted_by = peewee.TextField()
    ends_on = db.DayField(null=True)
    """The last day, for somebody of another organ than the key's."""

    class Meta:
        primary_key = peewee.CompositeKey("key_id", "name")


@dataclass(frozen=True)
class ReadingKey:
    """The public half, the private half under the recovery code, and the public half of that code."""

    key_id: str
    public: bytes
    recovery_wrapped: bytes = field(repr=False)
    recovery_public: str
    organ: str = OFFICE
    retired_at: datetime | None = None
    retired_why: str = ""


def forget_grants(name: str) -> int:
    """Erase the reading keys sealed to this account; return how many."""
    return int(ReadingGrant.delete().where(ReadingGrant.name == name).execute())


def reading_keys() -> list[ReadingKey]:
    """Return the reading keys of all organs, the newest first."""
    return db.rows(_reading_keys().order_by(KeptReadingKey.seq.desc()), ReadingKey)


def keys_of(organ: str) -> list[ReadingKey]:
    """Return the reading keys of an organ, the newest first."""
    found = _reading_keys().where(KeptReadingKey.organ == organ)
    return db.rows(found.order_by(KeptReadingKey.seq.desc()), ReadingKey)


def current_keys() -> dict[str, ReadingKey]:
    """Return by organ the reading key that is sealed to at present; other organs have none of their own."""
    found = _reading_keys().where(KeptReadingKey.retired_at.is_null())
    return {key.organ: key for key in db.rows(found.order_by(KeptReadingKey.seq), ReadingKey)}


def _reading_keys() -> peewee.ModelSelect[KeptReadingKey]:
    return KeptReadingKey.select(
        KeptReadingKey.key_id,
        KeptReadingKey.public_key.alias("public"),
        KeptReadingKey.recovery_wrapped,
        KeptReadingKey.recovery_public,
        KeptReadingKey.organ,
        KeptReadingKey.retired_at,
        KeptReadingKey.retired_why,
    )


def move_key(key_id: str, organ: str) -> None:
    """Make a reading key another organ's."""
    KeptReadingKey.update({KeptReadingKey.organ: organ}).where(KeptReadingKey.key_id == key_id).execute()


def retire_key(key_id: str, *, why: str, now: datetime, organ: str | None = None) -> None:
    """End the use of a reading key for sealing; with `organ` it belongs to that one from now on."""
    changed: dict[peewee.Field, Any] = {
        KeptReadingKey.retired_at: now,
        KeptReadingKey.retired_why: why,
    }
    if organ is not None:
        changed[KeptReadingKey.organ] = organ
    KeptReadingKey.update(changed).where(KeptReadingKey.key_id == key_id).execute()


def insert_reading_key(key: ReadingKey, now: datetime) -> None:
    """Add a reading key, which becomes the current one of its organ."""
    KeptReadingKey.insert(
        key_id=key.key_id,
        seq=counters.take(READING_KEYS),
        public_key=key.public,
        recovery_wrapped=key.recovery_wrapped,
        recovery_public=key.recovery_public,
        created_at=now,
        organ=key.organ,
    ).execute()


def recovery_public(database: db.Store) -> bytes | None:
    """Return the public half of the current recovery key; None where it was never typed, or is damaged."""
    current = KeptReadingKey.select(KeptReadingKey.recovery_public).order_by(KeptReadingKey.seq.desc())
    return keys.read_public(current.scalar(database) or "")


def set_recovery_public(key_id: str, text: str) -> None:
    """Store the public half of the recovery key that opens a reading key."""
    KeptReadingKey.update(recovery_public=text).where(KeptReadingKey.key_id == key_id).execute()


def grants(name: str, day: date) -> dict[str, bytes]:
    """Return key id to the reading key sealed to this account, of the grants that have not ended before this day."""
    found = ReadingGrant.select(ReadingGrant.key_id, ReadingGrant.sealed).where(
        ReadingGrant.name == name, _is_open_on(day)
    )
    return {key_id: bytes(sealed) for key_id, sealed in found.tuples().execute()}


def insert_grant(
    *, key_id: str, name: str, sealed: bytes, by: str, now: datetime, ends_on: date | None = None
) -> None:
    """Give an account a reading key, for good or until the end of a day; an existing grant stays."""
    ReadingGrant.insert(
        key_id=key_id, name=name, sealed=sealed, granted_at=now, granted_by=by, ends_on=ends_on
    ).on_conflict_ignore().execute()


def _is_open_on(day: date) -> peewee.Expression:
    return ReadingGrant.ends_on.is_null() | (ReadingGrant.ends_on >= day)


@dataclass(frozen=True)
class Lent:
    """An organ's reading key in the hands of somebody of another organ, until the end of a day."""

    organ: str
    name: str
    ends_on: date
    granted_by: str


def lent() -> list[Lent]:
    """Return the grants that end, one a person and organ, the first to end first."""
    found = (
        ReadingGrant.select(
            KeptReadingKey.organ,
            ReadingGrant.name,
            peewee.fn.MAX(ReadingGrant.ends_on).alias("ends_on"),
            peewee.fn.MAX(ReadingGrant.granted_by).alias("granted_by"),
        )
        .join(KeptReadingKey, on=(KeptReadingKey.key_id == ReadingGrant.key_id))
        .where(ReadingGrant.ends_on.is_null(False))
        .group_by(KeptReadingKey.organ, ReadingGrant.name)
    )
    rows = [Lent(organ, name, _day(ends_on), by) for organ, name, ends_on, by in found.tuples().execute()]
    return sorted(rows, key=lambda each: (each.ends_on, each.organ, each.name))


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def end_lent(organ: str, name: str) -> int:
    """Delete the grants of an organ's keys that somebody of another organ has; return how many."""
    of_organ = KeptReadingKey.select(KeptReadingKey.key_id).where(KeptReadingKey.organ == organ)
    found = ReadingGrant.delete().where(
        ReadingGrant.name == name, ReadingGrant.ends_on.is_null(False), ReadingGrant.key_id.in_(of_organ)
    )
    return int(found.execute())


def holders_of(key_id: str) -> list[str]:
    """Return the names of the accounts to which a reading key is sealed for good."""
    found = ReadingGrant.select(ReadingGrant.name).where(
        ReadingGrant.key_id == key_id, ReadingGrant.ends_on.is_null()
    )
    return sorted(name for (name,) in found.tuples().execute())
