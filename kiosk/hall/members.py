"""The hall's staff at this terminal: the list from the hub, PINs, and unlocking by telephone."""

from __future__ import annotations

import hashlib
import hmac
import logging
from dataclasses import dataclass

from kiosk import audit, db, side_lists
from kiosk.audit import Act
from kiosk.clock import Clock
from kiosk.hall import models, pin_tries, pins
from kiosk.hall.pin_tries import PinOutcome, Verdict
from kiosk.hall.pins import Member, Roster

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MemberSignIn:
    """Result of entering number and PIN; `member` only when both were right."""

    outcome: PinOutcome
    member: Member | None = None


def roster() -> Roster:
    """Return the list that the hub sent last; empty when it sent none. It is valid for as long as the hub is away."""
    content = side_lists.read(db.store, side_lists.HALL_STAFF)
    if content is None:
        return Roster()
    try:
        return Roster.read(content)
    except ValueError:
        _log.error(
            "hall-staff-unreadable: nobody of the hall's staff can sign in until the hub sends another list"
        )
        return Roster()


def enter(number: str, typed: str, known: Roster, clock: Clock) -> MemberSignIn:
    """
    Check number and PIN. An unknown number costs the same work and the same tries as a known one.

    Raises:
        StoreFull: The try could not be counted and so was not compared.
    """
    member = known.member(number)
    right_hash = member.pin_hash if member else pins.nobodys_hash()
    outcome = pin_tries.attempt(typed, right_hash, clock, subject=subject(number, known))
    return MemberSignIn(outcome, member if outcome.verdict is Verdict.RIGHT else None)


def is_locked(number: str, known: Roster) -> bool:
    """Return whether only the hub can unlock this account."""
    return pin_tries.is_closed(subject(number, known))


def subject(number: str, known: Roster) -> str:
    """
    Return the key under which tries of a number are counted.

    Unknown numbers have counters of their own too, a million keyed ones, so that nobody finds out by shared waits which
    numbers are given.
    """
    member = known.member(number)
    if member:
        return member.mark
    key = known.unlock_key or b"no list"
    return "?" + hashlib.blake2b(number.encode(), key=key, digest_size=16).hexdigest()[:5]


def challenge(number: str, known: Roster) -> str:
    """Return the digits to read out; the same ones, after restarts too, until they are answered."""
    name = subject(number, known)
    with db.writing(db.store):
        kept = models.unlocking(name)
        if kept.challenge:
            return kept.challenge
        made = pins.new_challenge(known.unlock_key, number, kept.count)
        models.keep_challenge(name, made)
    return made


def unlock(number: str, typed: str, known: Roster, clock: Clock) -> PinOutcome:
    """
    Check an answer from the telephone. A right one resets the account's tries and is used up.

    Wrong answers are counted as PINs are; beyond their limit only a new PIN helps.

    Raises:
        StoreFull: The try could not be counted and so was not compared.
    """
    name = subject(number, known)
    asked = challenge(number, known)
    charged = pin_tries.charge(f"unlock {name}", clock)
    right = pins.answer_to(known.unlock_key, number, asked)
    if not charged.is_heard or not hmac.compare_digest(right, pins.plain_digits(typed)):
        return charged.otherwise
    with db.writing(db.store):
        models.forget_tries(name)
        models.forget_tries(f"unlock {name}")
        models.use_challenge(name)
        audit.record(
            at=clock.now(),
            actor="hub",
            act=Act.HALL_UNLOCKED,
            subject=number,
            detail={"challenge": asked},
        )
    return PinOutcome(Verdict.RIGHT)
