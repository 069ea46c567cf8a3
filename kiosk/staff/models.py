"""Tables of accounts and of wrong tries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import peewee

from kiosk import db
from kiosk.staff.key_models import forget_grants
from kiosk.staff.keys import OwnPair
from kiosk.staff.rules import OFFICE, AccountState, Role
from kiosk.tries import Tries


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


def set_organ(name: str, organ: str, state: AccountState) -> None:
    """Move an account to another organ; its sessions end."""
    _change_and_end_sessions(name, organ=organ, state=state)
