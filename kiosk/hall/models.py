"""Tables of the hall at a terminal: calls for a person, wrong tries of PINs, unlocking by telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import peewee

from kiosk import db
from kiosk.clock import Clock, from_stamp, stamp
from kiosk.tries import Tries


class StaffCall(db.StoreModel):
    """A call; `called_s` is steady time of boot `boot_id`, so that a wrong clock shows no wrong wait."""

    id = peewee.AutoField()
    called_at = peewee.TextField()
    boot_id = peewee.TextField()
    called_s = peewee.DoubleField()
    presses = peewee.IntegerField(default=1)
    answered_at = peewee.TextField(null=True)

    class Meta:
        indexes = ((("answered_at", "id"), False),)


class PinTry(db.StoreModel):
    """Wrong tries since the last right one; `pin` is a hash of the PIN's hash, so that a new PIN starts at zero."""

    pin = peewee.TextField(primary_key=True)
    wrong = peewee.IntegerField()
    boot_id = peewee.TextField()
    since_s = peewee.DoubleField()


class HallUnlock(db.StoreModel):
    """Unlocking by telephone; wrong tries are counted under `subject`."""

    subject = peewee.TextField(primary_key=True)
    challenge = peewee.TextField()
    """Digits that wait for their answer; empty when none do."""
    unlocked = peewee.IntegerField(default=0)


@dataclass(frozen=True)
class Call:
    """A call for a person at this machine; `waited_s` counts until now."""

    id: int
    waited_s: float
    presses: int


def call_staff(clock: Clock) -> int:
    """
    Store a call of this machine, in the caller's transaction; return its number. While nobody has come it stays the
    same.
    """
    waiting = open_calls(clock)
    if waiting:
        (call, *_) = waiting
        StaffCall.update(presses=StaffCall.presses + 1).where(StaffCall.id == call.id).execute()
        return call.id
    made = StaffCall.create(called_at=stamp(clock.now()), boot_id=clock.boot_id(), called_s=clock.monotonic())
    return int(made.id)


_WAITING = db.Statement(
    lambda: (
        StaffCall.select(StaffCall.id, StaffCall.called_s, StaffCall.presses)
        .where(StaffCall.answered_at.is_null(), StaffCall.boot_id == db.slot(StaffCall.boot_id))
        .order_by(StaffCall.id)
    )
)


def open_calls(clock: Clock) -> list[Call]:
    """Return calls that nobody answered, oldest first; calls end with a restart of the machine."""
    now = clock.monotonic()
    waiting = _WAITING.tuples(db.store, boot_id=clock.boot_id())
    return [Call(key, max(0.0, now - since), presses) for key, since, presses in waiting]


def answer_call(call: int, now: datetime) -> bool:
    """Record that somebody went; return false when that was recorded before or there is no such call."""
    waiting = (StaffCall.id == call) & StaffCall.answered_at.is_null()
    return bool(StaffCall.update(answered_at=stamp(now)).where(waiting).execute())


def called_since(moment: datetime) -> list[datetime]:
    """Return the time of each call since `moment`."""
    found = StaffCall.select(StaffCall.called_at).where(StaffCall.called_at >= stamp(moment))
    return [from_stamp(at) for (at,) in found.tuples().execute()]


@dataclass(frozen=True)
class UnlockCount:
    """Number of times an account was unlocked here, and the digits that wait for their answer; empty when none do."""

    count: int
    challenge: str


def unlocking(subject: str) -> UnlockCount:
    """Return the state of unlocking for this account."""
    found = HallUnlock.get_or_none(HallUnlock.subject == subject)
    return UnlockCount(found.unlocked, found.challenge) if found else UnlockCount(0, "")


def keep_challenge(subject: str, challenge: str) -> None:
    """Store the digits that are shown from now on, until they are answered."""
    HallUnlock.insert(subject=subject, challenge=challenge).on_conflict(
        conflict_target=[HallUnlock.subject], preserve=[HallUnlock.challenge]
    ).execute()


def use_challenge(subject: str) -> None:
    """Use up the digits: they were answered."""
    HallUnlock.update(challenge="", unlocked=HallUnlock.unlocked + 1).where(
        HallUnlock.subject == subject
    ).execute()


def tries(pin: str) -> Tries | None:
    """Return the wrong tries of this PIN since the last right one."""
    found = PinTry.select(PinTry.wrong, PinTry.boot_id, PinTry.since_s).where(PinTry.pin == pin)
    return db.one(found, Tries)


def keep_tries(pin: str, counted: Tries) -> None:
    """Store the count of tries; it is on disk once the caller's transaction has ended."""
    PinTry.insert(pin=pin, wrong=counted.wrong, boot_id=counted.boot_id, since_s=counted.since_s).on_conflict(
        conflict_target=[PinTry.pin], preserve=[PinTry.wrong, PinTry.boot_id, PinTry.since_s]
    ).execute()


def forget_tries(pin: str) -> None:
    """Erase the wrong tries: the right PIN was given."""
    PinTry.delete().where(PinTry.pin == pin).execute()
