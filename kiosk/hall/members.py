"""Who of the hall's staff may work at this terminal: the list from the hub, PINs, and unlocking by telephone."""

from __future__ import annotations

import hashlib
import hmac
import logging
from dataclasses import dataclass

from kiosk import audit, db, side_lists
from kiosk.audit import Act
from kiosk.clock import Clock
from kiosk.hall import models, pins
from kiosk.hall import pin_tries as pin
from kiosk.hall.pin_tries import Outcome, Verdict
from kiosk.hall.pins import Member, Roster

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """What number and PIN came to; `member` only when both were right."""

    outcome: Outcome
    member: Member | None = None


def roster() -> Roster:
    """The list as the hub gave it last; empty when it gave none. It holds for as long as the hub is away."""
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


def enter(number: str, typed: str, known: Roster, clock: Clock) -> Entry:
    """
    Who this is. A number that is none costs the same work and the same tries as one that is.

    Raises:
        StoreFull: the try could not be counted and so was not compared.
    """
    member = known.member(number)
    right_hash = member.pin_hash if member else pins.nobodys_hash()
    outcome = pin.attempt(typed, right_hash, clock, subject=subject(number, known))
    return Entry(outcome, member if outcome.verdict is Verdict.RIGHT else None)


def is_locked(number: str, known: Roster) -> bool:
    """Whether only the hub can open this account again."""
    return pin.is_closed(subject(number, known))


def subject(number: str, known: Roster) -> str:
    """Under what the tries of a number are counted; all that is no number here shares 4,096 counters."""
    member = known.member(number)
    return member.mark if member else "?" + hashlib.sha256(number.encode()).hexdigest()[:3]


def challenge(number: str, known: Roster) -> str:
    """The digits to be read out; the same ones, over restarts too, until they were answered."""
    name = subject(number, known)
    with db.writing(db.store):
        kept = models.unlocking(name)
        if kept.challenge:
            return kept.challenge
        made = pins.new_challenge(known.unlock_key, number, kept.count)
        models.keep_challenge(name, made)
    return made


def unlock(number: str, typed: str, known: Roster, clock: Clock) -> Outcome:
    """
    What an answer from the telephone comes to. Right: the account has all its tries again, and the answer is used up.

    Wrong answers are counted as PINs are; beyond their limit only a new PIN helps.

    Raises:
        StoreFull: the try could not be counted and so was not compared.
    """
    name = subject(number, known)
    asked = challenge(number, known)
    charged = pin.charge(f"unlock {name}", clock)
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
    return Outcome(Verdict.RIGHT)
