"""Tries of PINs: each is counted on disk before it is compared, so that pulling the plug wins nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from kiosk import db
from kiosk.clock import Clock
from kiosk.hall import models, pins, rules
from kiosk.tries import Tries, one_more, wait_after


class Verdict(StrEnum):
    """Verdict on a try."""

    RIGHT = "right"
    WRONG = "wrong"
    WAIT = "wait"
    """Too early: the PIN was not even compared."""
    CLOSED = "closed"
    """Too many wrong tries: further ones are refused."""


@dataclass(frozen=True)
class PinOutcome:
    """A try's verdict, and the seconds until the next one is allowed."""

    verdict: Verdict
    wait_s: int = 0


@dataclass(frozen=True)
class Charged:
    """A counted try: whether it is compared at all, and its outcome unless it is right."""

    is_heard: bool
    otherwise: PinOutcome


def attempt(typed: str, right_hash: str, clock: Clock, *, subject: str = "") -> PinOutcome:
    """
    Check a try; a right PIN erases the wrong tries before it.

    Args:
        subject: Key under which it is counted; by default the hash itself, so that a new PIN starts at zero.
    Raises:
        StoreFull: It could not be counted and so was not compared.
    """
    name = subject or hashlib.sha256(right_hash.encode()).hexdigest()
    charged = charge(name, clock)
    if not charged.is_heard or not pins.is_right(right_hash, typed):
        return charged.otherwise
    with db.writing(db.store):
        models.forget_tries(name)
    return PinOutcome(Verdict.RIGHT)


def charge(name: str, clock: Clock) -> Charged:
    """
    Count a try as wrong, on disk, unless it comes too early or after the last one. Source: RELIABILITY.md T20.

    Raises:
        StoreFull: it could not be counted.
    """
    now = clock.monotonic()
    with db.writing(db.store):
        before = models.tries(name) or Tries(0, clock.boot_id(), now)
        if rules.is_closed(before.wrong):
            return Charged(False, PinOutcome(Verdict.CLOSED))
        wait_s, counted = one_more(before, clock.boot_id(), now)
        if counted != before:
            models.keep_tries(name, counted)
    if wait_s:
        return Charged(False, PinOutcome(Verdict.WAIT, wait_s))
    verdict = Verdict.CLOSED if rules.is_closed(counted.wrong) else Verdict.WRONG
    return Charged(True, PinOutcome(verdict, wait_after(counted.wrong)))


def is_closed(name: str) -> bool:
    """Return whether further tries under this name are refused."""
    found = models.tries(name)
    return found is not None and rules.is_closed(found.wrong)
