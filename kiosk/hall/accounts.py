"""
Accounts of the hall's staff at the hub: names, the terminals where each PIN works, unlocking.

They are no accounts of the desk: they sign in at terminals only. Of a PIN the hub stores the hash alone.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import peewee

from kiosk import audit, counters, db
from kiosk.audit import Act
from kiosk.clock import from_stamp, stamp
from kiosk.errors import NotFound, Refused
from kiosk.hall import pins
from kiosk.hall.pins import Member, Roster
from kiosk.seen import UNSEEN, Seen
from sync.hub.models import EnrolledDevice

UnlockKey = Callable[[str], bytes]
"""Returns the key of a terminal by its device id."""
NAME_FORM = re.compile(r"[^\x00-\x1f\x7f]{1,20}")
KIOSK = "kiosk"
CHANGES = "hall-changes"
"""Name of the counter of changes."""


class HallState(StrEnum):
    """State of an account."""

    ACTIVE = "active"
    PAUSED = "paused"
    """On leave, or in doubt: the PIN works nowhere until the account is resumed."""
    CLOSED = "closed"
    """Closed for good; the number is not given to anybody else."""


_ACTS = {
    HallState.ACTIVE: Act.HALL_RESUMED,
    HallState.PAUSED: Act.HALL_PAUSED,
    HallState.CLOSED: Act.HALL_CLOSED,
}


class HallMember(db.StoreModel):
    """A member of a hall's staff; `pin_hash` is empty once the account is closed."""

    number = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    state = peewee.TextField()
    pin_hash = peewee.TextField()
    pin_set_at = peewee.TextField()
    created_at = peewee.TextField()
    created_by = peewee.TextField()

    class Meta:
        table_name = "hall_account"


class HallPlace(db.StoreModel):
    """A terminal at which a member's PIN works."""

    number = peewee.TextField()
    device = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("number", "device")


@dataclass(frozen=True)
class HallAccount:
    """An account with the ids of its terminals."""

    number: str
    name: str
    state: HallState
    created_at: datetime
    created_by: str
    pin_set_at: datetime
    devices: tuple[str, ...]


@dataclass(frozen=True)
class HallTerminal:
    """A terminal at which hall staff may work."""

    device: str
    name: str
    terminal: str


@dataclass(frozen=True)
class UnlockAnswer:
    """One answer given by telephone."""

    at: datetime
    by: str
    number: str
    terminal: str


def accounts() -> list[HallAccount]:
    """Return all accounts, those in use first, by number."""
    turn = peewee.Case(HallMember.state, ((HallState.ACTIVE, 0), (HallState.PAUSED, 1)), 2)
    found = HallMember.select().order_by(turn, HallMember.number)
    places_of = _places_of()
    return [_account(each, places_of.get(each.number, ())) for each in found]


def account(number: str) -> HallAccount:
    """
    Return the account with this staff number.

    Raises:
        NotFound: "no-such-hall-account".
    """
    found = HallMember.get_or_none(HallMember.number == number)
    if found is None:
        raise NotFound("no-such-hall-account", number)
    return _account(found, _places_of(number).get(number, ()))


def _account(found: HallMember, devices: tuple[str, ...]) -> HallAccount:
    return HallAccount(
        number=found.number,
        name=found.name,
        state=HallState(found.state),
        created_at=from_stamp(found.created_at),
        created_by=found.created_by,
        pin_set_at=from_stamp(found.pin_set_at),
        devices=devices,
    )


def _places_of(number: str | None = None) -> dict[str, tuple[str, ...]]:
    """Return the ids of terminals by staff number, of one account or of all."""
    found = HallPlace.select(HallPlace.number, HallPlace.device).order_by(HallPlace.device)
    if number is not None:
        found = found.where(HallPlace.number == number)
    at: dict[str, tuple[str, ...]] = {}
    for whose, device in found.tuples().execute():
        at[whose] = (*at.get(whose, ()), device)
    return at


def name_of(number: str) -> str:
    """Return the name for a staff number, also of a closed account; empty when there is none."""
    return str(HallMember.select(HallMember.name).where(HallMember.number == number).scalar() or "")


def places() -> list[HallTerminal]:
    """Return the terminals in halls that are not revoked, by their code."""
    found = EnrolledDevice.select(
        EnrolledDevice.id.alias("device"), EnrolledDevice.name, EnrolledDevice.terminal
    ).where(EnrolledDevice.state != "revoked", EnrolledDevice.channel == KIOSK)
    return db.rows(found.order_by(EnrolledDevice.terminal), HallTerminal, db.store)


def add(
    *,
    number: str,
    name: str,
    pin: str,
    devices: Iterable[str],
    now: datetime,
    by: str,
) -> None:
    """
    Open an account.

    Raises:
        Refused: "number-taken", "no-place".
        RuleBroken: see `pins.check_pin`.
    """
    at_places = _known_places(devices)
    _refuse_taken(number)
    pin_hash = pins.hashed(pin, number)
    with db.writing(db.store):
        _refuse_taken(number)
        HallMember.insert(
            number=number,
            name=plain_name(name),
            state=HallState.ACTIVE,
            pin_hash=pin_hash,
            pin_set_at=stamp(now),
            created_at=stamp(now),
            created_by=by,
        ).execute()
        _set_places(number, at_places)
        _record(now, by, Act.HALL_ADDED, number, places=len(at_places))


def _refuse_taken(number: str) -> None:
    if HallMember.select().where(HallMember.number == number).exists():
        raise Refused("number-taken", number)


@db.writing(db.store)
def set_places(number: str, devices: Iterable[str], *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Set the terminals at which the PIN works from the next round on.

    Raises:
        NotFound: "no-such-hall-account".
        Refused: "hall-account-closed", "no-place".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    _open_account(number)
    at_places = _known_places(devices)
    _set_places(number, at_places)
    _record(now, by, Act.HALL_PLACES, number, places=len(at_places))


def set_pin(number: str, pin: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Set a new PIN: visits of the old one end and its wrong tries are erased, from the next round on.

    Raises:
        NotFound: "no-such-hall-account".
        Refused: "hall-account-closed".
        RuleBroken: See `pins.check_pin`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    _open_account(number)
    pin_hash = pins.hashed(pin, number)
    with db.writing(db.store):
        seen.hold()
        _open_account(number)
        _change(number, pin_hash=pin_hash, pin_set_at=stamp(now))
        _record(now, by, Act.HALL_PIN, number)


@db.writing(db.store)
def set_state(number: str, state: HallState, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Pause, resume or close an account; of a closed one not even the PIN's hash is kept.

    Raises:
        NotFound: "no-such-hall-account".
        Refused: "hall-account-closed".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    _open_account(number)
    _change(number, state=state)
    if state is HallState.CLOSED:
        _change(number, pin_hash="")
        _set_places(number, [])
    _record(now, by, _ACTS[state], number)


def _change(number: str, **columns: str) -> None:
    HallMember.update(**columns).where(HallMember.number == number).execute()


def roster(device: str, key: bytes) -> bytes | None:
    """Return the list for one terminal; None when nobody may work there, so that the terminal erases its list."""
    found = _at_work(device).order_by(HallMember.number)
    members = db.rows(found, Member)
    return Roster(tuple(members), key).body() if members else None


def _at_work(device: str) -> peewee.ModelSelect[HallMember]:
    """Return the accounts in use at one terminal, as its list names them."""
    return (
        HallMember.select(HallMember.number, HallMember.name, HallMember.pin_hash)
        .join(HallPlace, on=(HallPlace.number == HallMember.number))
        .where(HallPlace.device == device, HallMember.state == HallState.ACTIVE)
    )


def changes() -> int:
    """Return a number that rises with each change of any list."""
    return counters.last(CHANGES)


@db.writing(db.store)
def answer(*, device: str, number: str, challenge: str, key_of: UnlockKey, now: datetime, by: str) -> str:
    """
    Return the digits that unlock an account at one terminal; the audit chain records that they were given.

    Raises:
        Refused: "not-at-this-place" (no account in use there has this number), "challenge-wrong".
    """
    is_there = _at_work(device).where(HallMember.number == number).exists()
    if not is_there or device not in {place.device for place in places()}:
        raise Refused("not-at-this-place", number)
    key = key_of(device)
    if not pins.is_challenge(key, number, challenge):
        raise Refused("challenge-wrong", number)
    audit.record(
        at=now,
        actor=by,
        act=Act.HALL_UNLOCK_ANSWERED,
        subject=number,
        detail={"device": device, "challenge": challenge},
    )
    return pins.answer_to(key, number, challenge)


def unlockings(most: int = 20) -> list[UnlockAnswer]:
    """Return the last answers given by telephone, newest first."""
    names = dict(EnrolledDevice.select(EnrolledDevice.id, EnrolledDevice.name).tuples().execute(db.store))
    return [
        UnlockAnswer(
            from_stamp(line.at), line.actor, line.subject, names.get(json.loads(line.detail)["device"], "")
        )
        for line in audit.last_of(Act.HALL_UNLOCK_ANSWERED, most)
    ]


def plain_name(typed: str) -> str:
    """Return a name as it is stored: half width, no outer space."""
    return unicodedata.normalize("NFKC", typed).strip()


def _open_account(number: str) -> HallAccount:
    found = account(number)
    if found.state is HallState.CLOSED:
        raise Refused("hall-account-closed", number)
    return found


def _known_places(devices: Iterable[str]) -> list[str]:
    known = {place.device for place in places()}
    chosen = sorted(set(devices) & known)
    if not chosen:
        raise Refused("no-place")
    return chosen


def _set_places(number: str, devices: list[str]) -> None:
    HallPlace.delete().where(HallPlace.number == number).execute()
    for device in devices:
        HallPlace.insert(number=number, device=device).execute()


def _record(now: datetime, by: str, act: Act, number: str, **detail: int) -> None:
    """Write the audit line of a change, and count it as a change of the terminals' lists."""
    audit.record(at=now, actor=by, act=act, subject=number, detail=detail)
    counters.take(CHANGES)
