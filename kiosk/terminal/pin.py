"""The PIN of the hall's staff page: Argon2id in the settings, each try counted on disk before it is answered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kiosk import db
from kiosk.clock import Clock
from kiosk.terminal import models, rules
from kiosk.terminal.rules import Tries

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Cost as for query codes (RELIABILITY.md §6): some 30 ms on a kiosk."""


class Verdict(StrEnum):
    """What a try came to."""

    RIGHT = "right"
    WRONG = "wrong"
    WAIT = "wait"
    """Too early: the PIN was not even compared."""
    CLOSED = "closed"
    """Too many wrong tries: only a new PIN opens the page."""


@dataclass(frozen=True)
class Outcome:
    """A try's verdict, and the seconds until the next one is heard."""

    verdict: Verdict
    wait_s: int = 0


def hashed(pin: str) -> str:
    """
    What the setting `hall_pin_hash` takes for this PIN.

    Raises:
        RuleBroken: "pin-form" unless it has 6 to 12 digits, "pin-guessable" for 000000, 123456 and the like.
    """
    rules.check_pin(pin)
    return _hasher.hash(pin)


def attempt(pin: str, right_hash: str, clock: Clock) -> Outcome:
    """
    What a try comes to. It counts as wrong, on disk, before it is compared: pulling the plug wins nothing.

    Raises:
        StoreFull: it could not be counted and so was not compared.
    """
    name = hashlib.sha256(right_hash.encode()).hexdigest()
    with db.writing(db.store) as connection:
        before = models.tries(connection, name) or Tries(0, clock.boot_id(), clock.monotonic())
        if rules.is_closed(before.wrong):
            return Outcome(Verdict.CLOSED)
        wait_s = rules.left_to_wait(before, clock.boot_id(), clock.monotonic())
        if wait_s > 0:
            if before.boot_id != clock.boot_id():
                models.keep_tries(connection, name, Tries(before.wrong, clock.boot_id(), clock.monotonic()))
            return Outcome(Verdict.WAIT, wait_s)
        counted = Tries(before.wrong + 1, clock.boot_id(), clock.monotonic())
        models.keep_tries(connection, name, counted)
    if not _is_right(pin, right_hash):
        closed = rules.is_closed(counted.wrong)
        return Outcome(Verdict.CLOSED if closed else Verdict.WRONG, rules.wait_after(counted.wrong))
    with db.writing(db.store) as connection:
        models.forget_tries(connection, name)
    return Outcome(Verdict.RIGHT)


def _is_right(pin: str, right_hash: str) -> bool:
    try:
        return _hasher.verify(right_hash, pin)
    except (VerificationError, InvalidHashError):
        return False
