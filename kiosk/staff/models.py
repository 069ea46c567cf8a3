"""Tables of accounts, wrong tries, reading keys and grants, and the desk's view of terminals."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import peewee

from kiosk import counters, db
from kiosk.clock import from_stamp, stamp
from kiosk.countersigned import Peer
from kiosk.staff import keys
from kiosk.staff.keys import OwnPair
from kiosk.staff.rules import AccountState, Role
from kiosk.tries import Tries
from sync.hub.models import EnrolledDevice, EnrolmentCode
from sync.wire.heads import OF_HUB

READING_KEYS = "reading-key"
"""Name of the counter of reading keys."""
OFFICE = ""
"""The organ of accounts and keys of the county's disclosure office, whatever code it has in the directory."""


class StaffAccount(db.StoreModel):
    """An account of the desk: nothing in it opens anything without a password."""

    name = peewee.TextField(primary_key=True)
    role = db.WordField(Role)
    state = db.WordField(AccountState)
    version = peewee.IntegerField(default=1)
    password_hash = peewee.TextField()
    wrap_salt = peewee.BlobField(null=True)
    public_key = peewee.BlobField(null=True)
    wrapped_private = peewee.BlobField(null=True)
    created_at = db.StampField()
    created_by = peewee.TextField()
    approved_at = db.StampField(null=True)
    approved_by = peewee.TextField(null=True)
    must_change = peewee.BooleanField(default=False)
    organ = peewee.TextField(default=OFFICE)


class StaffAttempt(db.StoreModel):
    """Wrong passwords since the last right one; `since` is steady time of boot `boot_id`."""

    subject = peewee.TextField(primary_key=True)
    wrong = peewee.IntegerField()
    boot_id = peewee.TextField()
    since = peewee.DoubleField()


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
class Account:
    """An account of the desk."""

    name: str
    role: Role
    state: AccountState
    version: int
    password_hash: str = field(repr=False)
    pair: OwnPair | None = field(repr=False)
    created_at: datetime
    approved_by: str | None
    must_change: bool
    """The password came from an administrator: it must be changed first."""
    organ: str = OFFICE


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


@dataclass(frozen=True)
class DeviceStatus:
    """A terminal as the desk shows it; its row belongs to the sync."""

    id: str
    name: str
    terminal: str
    state: str
    state_code: str
    enrolled_at: datetime
    seen_at: datetime | None
    unsent: int
    parked: int
    paper_mm: dict[str, int]
    townships: tuple[str, ...]
    channel: str
    release: str

    @property
    def paper_m(self) -> float:
        """Return metres of paper used in all."""
        return round(sum(self.paper_mm.values()) / 1000, 1)


@dataclass(frozen=True)
class WaitingCode:
    """An unused one-time code; the code itself is stored nowhere."""

    name: str
    expires_at: datetime


def account(name: str) -> Account | None:
    """Return the account with this name (plain form)."""
    return db.one(_accounts().where(StaffAccount.name == name), _account)


def accounts() -> list[Account]:
    """Return all accounts, waiting ones first, then by name."""
    turn = peewee.Case(StaffAccount.state, ((AccountState.PENDING, 0), (AccountState.ACTIVE, 1)), 2)
    return db.rows(_accounts().order_by(turn, StaffAccount.name), _account)


def clerks() -> list[str]:
    """Return the names of active accounts that handle requests."""
    found = StaffAccount.select(StaffAccount.name).where(
        StaffAccount.role == Role.CLERK, StaffAccount.state == AccountState.ACTIVE
    )
    return [name for (name,) in found.order_by(StaffAccount.name).tuples().execute(db.store)]


def _accounts() -> peewee.ModelSelect[StaffAccount]:
    return StaffAccount.select(
        StaffAccount.name,
        StaffAccount.role,
        StaffAccount.state,
        StaffAccount.version,
        StaffAccount.password_hash,
        StaffAccount.wrap_salt,
        StaffAccount.public_key,
        StaffAccount.wrapped_private,
        StaffAccount.created_at,
        StaffAccount.approved_by,
        StaffAccount.must_change,
        StaffAccount.organ,
    )


def _account(
    *, wrap_salt: bytes | None, public_key: bytes | None, wrapped_private: bytes | None, **others: Any
) -> Account:
    pair = None
    if wrap_salt and public_key and wrapped_private:
        pair = OwnPair(bytes(wrap_salt), bytes(public_key), bytes(wrapped_private))
    return Account(pair=pair, **others)


def insert_account(
    *,
    name: str,
    role: Role,
    state: AccountState,
    password_hash: str,
    pair: OwnPair | None,
    now: datetime,
    by: str,
    organ: str = OFFICE,
) -> None:
    """Add an account; the name must be free."""
    StaffAccount.insert(
        name=name,
        role=role,
        state=state,
        password_hash=password_hash,
        created_at=now,
        created_by=by,
        organ=organ,
        **_columns_of(pair),
    ).execute()


def set_password(name: str, password_hash: str, pair: OwnPair | None) -> None:
    """Store another hash, and the account's own key under the password."""
    _change(name, password_hash=password_hash, **_columns_of(pair))


def _columns_of(pair: OwnPair | None) -> dict[str, bytes | None]:
    return {
        "wrap_salt": pair.salt if pair else None,
        "public_key": pair.public if pair else None,
        "wrapped_private": pair.wrapped if pair else None,
    }


def set_active(name: str, *, by: str, now: datetime) -> None:
    """Approve an account; its sessions end, so that the next sign-in receives the key."""
    _change_and_end_sessions(name, state=AccountState.ACTIVE, approved_at=now, approved_by=by)


def note_reset(name: str, state: AccountState) -> None:
    """Store a reset: sessions end, and the account waits until it is approved again."""
    _change_and_end_sessions(name, state=state, must_change=True, approved_at=None, approved_by=None)


def note_changed(name: str) -> None:
    """Note that the owner set the password; other sessions of the account end."""
    _change_and_end_sessions(name, must_change=False)


def end_sessions(name: str) -> None:
    """End every session of an account."""
    _change_and_end_sessions(name)


def set_closed(name: str) -> None:
    """Close an account for good: delete grants and keys, end sessions."""
    forget_grants(name)
    _change_and_end_sessions(name, state=AccountState.CLOSED, **_columns_of(None))


def _change_and_end_sessions(name: str, **columns: Any) -> None:
    _change(name, version=StaffAccount.version + 1, **columns)


def _change(name: str, **columns: Any) -> None:
    StaffAccount.update(**columns).where(StaffAccount.name == name).execute()


def forget_grants(name: str) -> int:
    """Erase the reading keys sealed to this account; return how many."""
    return int(ReadingGrant.delete().where(ReadingGrant.name == name).execute())


def how_many(role: Role) -> int:
    """Return how many accounts of a role are active."""
    found = StaffAccount.select().where(StaffAccount.role == role, StaffAccount.state == AccountState.ACTIVE)
    return int(found.count())


_CURRENT = db.Statement(
    lambda: StaffAccount.select(StaffAccount.name).where(
        StaffAccount.name == db.slot(StaffAccount.name),
        StaffAccount.version == db.slot(StaffAccount.version),
        StaffAccount.state != AccountState.CLOSED,
    )
)


def is_current(name: str, version: int) -> bool:
    """Return whether the account is unchanged since sign-in; checked on every page of the desk."""
    return _CURRENT.first(db.store, name=name, version=version) is not None


def held_tries(subject: str, boot_id: str, now_s: float) -> Tries:
    """Return the wrong tries of this subject, locked until the transaction ends, so that two counts do not overlap."""
    found = (
        StaffAttempt.insert(subject=subject, wrong=0, boot_id=boot_id, since=now_s)
        .on_conflict(conflict_target=[StaffAttempt.subject], update={StaffAttempt.wrong: StaffAttempt.wrong})
        .returning(StaffAttempt.wrong, StaffAttempt.boot_id, StaffAttempt.since)
        .tuples()
        .execute()
    )
    (row,) = found
    return Tries(*row)


def keep_tries(subject: str, counted: Tries) -> None:
    """Store the tries of a subject locked by `held_tries`."""
    StaffAttempt.update(wrong=counted.wrong, boot_id=counted.boot_id, since=counted.since_s).where(
        StaffAttempt.subject == subject
    ).execute()


def forget_tries(subject: str) -> None:
    """Delete the wrong tries of a subject after a right password."""
    StaffAttempt.delete().where(StaffAttempt.subject == subject).execute()


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


def set_organ(name: str, organ: str, state: AccountState) -> None:
    """Move an account to another organ; its sessions end."""
    _change_and_end_sessions(name, organ=organ, state=state)


def devices() -> list[DeviceStatus]:
    """Return all terminals, those that need attention first, then by their code."""
    turn = peewee.Case(EnrolledDevice.state, (("quarantined", 0), ("active", 1)), 2)
    return db.rows(_devices().order_by(turn, EnrolledDevice.terminal), _device, db.store)


def device(id: str) -> DeviceStatus | None:
    """Return the terminal with this id."""
    return db.one(_devices().where(EnrolledDevice.id == id), _device, db.store)


def _devices() -> peewee.ModelSelect[EnrolledDevice]:
    return EnrolledDevice.select(
        EnrolledDevice.id,
        EnrolledDevice.name,
        EnrolledDevice.terminal,
        EnrolledDevice.state,
        EnrolledDevice.state_code,
        EnrolledDevice.enrolled_at,
        EnrolledDevice.seen_at,
        EnrolledDevice.unsent,
        EnrolledDevice.parked,
        EnrolledDevice.paper,
        EnrolledDevice.townships,
        EnrolledDevice.channel,
        EnrolledDevice.release,
    )


def _device(
    *, enrolled_at: str, seen_at: str | None, paper: str, townships: str, **others: Any
) -> DeviceStatus:
    return DeviceStatus(
        enrolled_at=from_stamp(enrolled_at),
        seen_at=from_stamp(seen_at) if seen_at else None,
        paper_mm=json.loads(paper),
        townships=tuple(json.loads(townships)),
        **others,
    )


def waiting_codes(now: datetime) -> list[WaitingCode]:
    """Return one-time codes that are still valid, by name."""
    found = (
        EnrolmentCode.select(EnrolmentCode.name, EnrolmentCode.expires_at)
        .where(EnrolmentCode.used_at.is_null(), EnrolmentCode.expires_at > stamp(now))
        .order_by(EnrolmentCode.name)
    )
    return [WaitingCode(name, from_stamp(at)) for name, at in found.tuples().execute(db.store)]


def peer(device_id: str) -> Peer | None:
    """Return a terminal as the other side of the heads of the audit chains."""
    found = EnrolledDevice.select(EnrolledDevice.terminal, EnrolledDevice.public_key).where(
        EnrolledDevice.id == device_id
    )
    row = found.tuples().first(db.store)
    return None if row is None else Peer(row[0], device_id, OF_HUB, bytes(row[1]))
