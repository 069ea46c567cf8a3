"""
Reading keys of organs: made, changed, lent for a time, and noted as lost; each act is one transaction.

A key is sealed to each reader of its organ and to the public half of the recovery key, so that no act but the first
needs the recovery key itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import beijing_day
from kiosk.errors import NotFound, Refused
from kiosk.intake import sealed
from kiosk.intake.by_organ import organ_register
from kiosk.intake.handling import Register
from kiosk.seen import UNSEEN, Seen
from kiosk.staff import actions, key_models, keys, models
from kiosk.staff.actions import OPERATOR, Holder
from kiosk.staff.key_models import ReadingKey
from kiosk.staff.models import Account
from kiosk.staff.rules import OFFICE, AccountState
from sync.hub.greeting import SealKey
from sync.wire import sealing

LONGEST_LOAN = timedelta(days=366)


def make_key(
    organ: str,
    *,
    now: datetime,
    registers: Mapping[str, Register],
    by: Holder | None = None,
    recovery_key: str = "",
    readers: Iterable[str] = (),
    seen: Seen = UNSEEN,
) -> ReadingKey:
    """
    Make the reading key of an organ, its first or a new one, and return it.

    What is sealed from now on is sealed to it; what was sealed before is opened by the earlier keys. With the first one
    the organ's submissions so far, which the office holds, are sealed again to it, and the office no longer opens them.

    Args:
        registers: Of the kinds of submissions, by the kind's name.
        by: Holds the organ's present key, or the office's where there is none; None: the operator, with the recovery
            key.
        readers: Names of the organ's accounts that wait for approval and get the first key.
    Raises:
        Refused: "no-reading-key-in-hand", "no-recovery-key" (the hub has not learnt it yet), "no-reader" (nobody would
            hold the first key), "other-organ"; of a reader as `actions.approve`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        in_hand = by.keys if by else actions.opened_by_recovery(recovery_key)
        current = key_models.current_keys()
        is_first = organ not in current
        _check_in_hand(current[OFFICE if is_first else organ], in_hand)
        approver = by.name if by else OPERATOR
        waiting = [_of(organ, actions.to_be_approved(name, approver)) for name in readers]
        if is_first and by and not waiting:
            raise Refused("no-reader", "somebody of the organ must hold its first key")
        key, private = _made(organ)
        key_models.insert_reading_key(key, now)
        organ_register.note(organ)
        _hand_out(organ, {key.key_id: private}, waiting, by=by, now=now)
        moved = _seal_again(organ, key, in_hand, registers) if is_first else 0
        audit.record(
            at=now,
            actor=approver,
            act=Act.READING_KEY_MADE,
            subject=key.key_id,
            detail={"organ_code": organ, "is_first": is_first, "sealed_again": moved},
        )
    return key


def _hand_out(
    organ: str,
    opened: Mapping[str, bytes],
    waiting: Iterable[Account],
    *,
    by: Holder | None,
    now: datetime,
) -> None:
    """Give a new key to the organ's readers, to those it was lent to, and to the accounts that are approved with it."""
    approver = by.name if by else OPERATOR
    for reader in actions.readers(organ):
        actions.grant(reader, opened, by=approver, now=now)
    for key_id, private in opened.items():
        _lend_on(organ, key_id, private, by=approver, now=now)
    for reader in waiting:
        actions.note_approved(reader, opened, by=by, now=now)


def _check_in_hand(key: ReadingKey, in_hand: Mapping[str, bytes]) -> None:
    if key.key_id not in in_hand:
        raise Refused("no-reading-key-in-hand", "this takes a holder of the present key")


def _of(organ: str, account: Account) -> Account:
    if account.organ != organ:
        raise Refused("other-organ", f"{account.name} belongs to another organ")
    return account


def _made(organ: str) -> tuple[ReadingKey, bytes]:
    recovery = key_models.recovery_public(db.real(db.store))
    if recovery is None:
        raise Refused("no-recovery-key", "run `python -m kiosk staff recovery-key` first")
    private, public = sealing.new_key_pair()
    wrapped = keys.seal_to(recovery, private)
    return ReadingKey(sealing.key_id(public), public, wrapped, keys.with_id(recovery), organ), private


def _lend_on(organ: str, key_id: str, private: bytes, *, by: str, now: datetime) -> None:
    """Give a new key also to those to whom the earlier one is lent, until the same day."""
    for each in key_models.lent():
        borrower = models.account(each.name)
        if each.organ == organ and each.ends_on >= beijing_day(now) and borrower and borrower.pair:
            actions.grant(borrower, {key_id: private}, by=by, now=now, ends_on=each.ends_on)


def _seal_again(
    organ: str, key: ReadingKey, in_hand: Mapping[str, bytes], registers: Mapping[str, Register]
) -> int:
    """Seal an organ's submissions to its first key; what only adds to another one has no register of its own."""
    found = organ_register.submissions_of(organ, in_hand)
    for number, kind in found:
        again = registers[kind].seal_again if kind in registers else sealed.seal_again
        again(number, SealKey(key.key_id, key.public), in_hand, organ)
    return len(found)


@db.writing(db.store)
def lend(organ: str, name: str, until: date, *, now: datetime, by: Holder, seen: Seen = UNSEEN) -> None:
    """
    Give an organ's keys to somebody of the office until the end of a day; another day replaces the one before.

    Raises:
        NotFound: "no-such-account".
        Refused: "no-reading-key-in-hand", "not-of-the-office", "not-a-reader", "bad-last-day" (past, or after more
            than a year).
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    current = key_models.current_keys()
    if organ == OFFICE or organ not in current:
        raise Refused("no-key-of-its-own", "the office holds this organ's submissions already")
    _check_in_hand(current[organ], by.keys)
    if not beijing_day(now) <= until <= beijing_day(now) + LONGEST_LOAN:
        raise Refused("bad-last-day", "a loan ends within a year")
    borrower = _borrower(name)
    key_models.end_lent(organ, borrower.name)
    opened = {key.key_id: by.keys[key.key_id] for key in key_models.keys_of(organ) if key.key_id in by.keys}
    actions.grant(borrower, opened, by=by.name, now=now, ends_on=until)
    models.end_sessions(borrower.name)
    detail = {"organ_code": organ, "until": until.isoformat()}
    audit.record(at=now, actor=by.name, act=Act.READING_KEY_LENT, subject=borrower.name, detail=detail)


def _borrower(name: str) -> Account:
    account = models.account(name)
    if account is None:
        raise NotFound("no-such-account", f"there is no account {name}")
    if account.organ != OFFICE:
        raise Refused("not-of-the-office", f"{name} is not of the county's office")
    if account.state is not AccountState.ACTIVE or not account.pair:
        raise Refused("not-a-reader", f"{name} reads no personal data")
    return account


@db.writing(db.store)
def end_loan(organ: str, name: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    End the loan of an organ's keys at once; the borrower's sessions end.

    Raises:
        NotFound: "not-lent".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    if not key_models.end_lent(organ, name):
        raise NotFound("not-lent", f"{name} has no key of {organ}")
    models.end_sessions(name)
    audit.record(at=now, actor=by, act=Act.READING_KEY_LOAN_ENDED, subject=name, detail={"organ_code": organ})


def end_due_loans(now: datetime) -> int:
    """Delete the keys whose last day is over; return how many loans ended."""
    due = [each for each in key_models.lent() if each.ends_on < beijing_day(now)]
    for each in due:
        with db.writing(db.store):
            key_models.end_lent(each.organ, each.name)
            detail = {"organ_code": each.organ, "until": each.ends_on.isoformat()}
            audit.record(
                at=now, actor="hub", act=Act.READING_KEY_LOAN_ENDED, subject=each.name, detail=detail
            )
    return len(due)


@db.writing(db.store)
def note_lost(organ: str, why: str, *, now: datetime, by: str = OPERATOR, seen: Seen = UNSEEN) -> int:
    """
    Note that nobody opens an organ's key any more; return how many submissions wait for the recovery key.

    From now on the office's key is sealed to for this organ. Nothing is deleted: the recovery key still opens the lost
    one (`actions.approve`). Without it what was sealed to it stays closed for good.

    Raises:
        Refused: "no-key-of-its-own", "key-is-held" by somebody who can approve others, "why-missing".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    key = key_models.current_keys().get(organ)
    if key is None or organ == OFFICE:
        raise Refused("no-key-of-its-own", "this organ has no key of its own")
    if not why.strip():
        raise Refused("why-missing", "say what happened to the key")
    if key_models.holders_of(key.key_id):
        raise Refused("key-is-held", "somebody holds this key and can approve others")
    for each in key_models.keys_of(organ):
        if each.retired_at is None:
            key_models.retire_key(each.key_id, why=why.strip(), now=now)
    closed = organ_register.how_many_sealed_to(each.key_id for each in key_models.keys_of(organ))
    audit.record(
        at=now,
        actor=by,
        act=Act.READING_KEY_LOST,
        subject=key.key_id,
        detail={"organ_code": organ, "submissions": closed},
    )
    return closed
