"""
Rules on PINs that hub and terminal share: form and hash, the list of accounts sent down, and the codes given by
telephone when a PIN was locked.

A PIN opens buttons, assisted service and the hall's page; nothing sealed depends on it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import logging
import re
import secrets
from dataclasses import dataclass, field
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from kiosk.errors import RuleBroken

PIN_DIGITS = (6, 12)
LONGEST_PATTERN = 3
"""A PIN that only repeats so few digits (121212, 123123) is guessed at once."""
LEAST_NUMBER = 4
"""A staff number of so many digits must not be part of its own PIN; shorter ones are so by chance."""
NUMBER_FORM = re.compile(r"[0-9]{2,8}")
"""A staff number, as on the badge."""
CHALLENGE_DIGITS, ANSWER_DIGITS = 8, 8
KEY_BYTES = 32

_log = logging.getLogger(__name__)
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Cost as for query codes (RELIABILITY.md §6): some 30 ms on a kiosk."""


def check_pin(pin: str, number: str = "") -> None:
    """
    Refuse a PIN of the wrong form or one that is easily guessed.

    Args:
        number: The staff number of the PIN's owner; empty where there is none.
    Raises:
        RuleBroken: "pin-form", "pin-guessable".
    """
    if not (pin.isascii() and pin.isdigit() and PIN_DIGITS[0] <= len(pin) <= PIN_DIGITS[1]):
        raise RuleBroken("pin-form", "a PIN has 6 to 12 digits")
    steps = {int(after) - int(before) for before, after in itertools.pairwise(pin)}
    in_a_row = len(steps) == 1 and steps <= {-1, 0, 1}
    holds_number = len(number) >= LEAST_NUMBER and number in pin
    if in_a_row or holds_number or _repeats(pin):
        raise RuleBroken(
            "pin-guessable",
            "a PIN of repeated digits, of digits in a row or with the own number is guessed at once",
        )


def _repeats(pin: str) -> bool:
    return any(pin == (pin[:size] * len(pin))[: len(pin)] for size in range(1, LONGEST_PATTERN + 1))


def hashed(pin: str, number: str = "") -> str:
    """
    Return the PIN as it is stored: its Argon2id hash with salt and cost.

    Raises:
        RuleBroken: See `check_pin`.
    """
    check_pin(pin, number)
    return _hasher.hash(pin)


def random_pin() -> str:
    """Return six random digits that are not easily guessed."""
    while True:
        pin = f"{secrets.randbelow(10**6):06d}"
        try:
            check_pin(pin)
        except RuleBroken:
            continue  # one of the few that are easily guessed: drawn again
        return pin


def is_right(right_hash: str, pin: str) -> bool:
    """Return whether the PIN is the one; some 30 ms either way. No PIN opens a damaged hash, which is logged."""
    try:
        return _hasher.verify(right_hash, pin)
    except VerifyMismatchError:
        return False
    except (VerificationError, InvalidHashError):
        _log.exception("the hash of a PIN is damaged: no PIN opens it")
        return False


@cache
def nobodys_hash() -> str:
    """
    Return a hash that no PIN opens: an unknown number costs the same work as a known one, the first time too.
    """
    head = f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"{head}${salt}${digest}"


@dataclass(frozen=True)
class Member:
    """A member of the hall's staff who may use this terminal."""

    number: str
    name: str
    pin_hash: str = field(repr=False)

    @property
    def mark(self) -> str:
        """Return a mark that changes with the PIN: visits of the old one end, and wrong tries start at zero."""
        return hashlib.sha256(self.pin_hash.encode()).hexdigest()


@dataclass(frozen=True)
class Roster:
    """
    The accounts of one terminal, as the hub sent them last.

    unlock_key: 32 bytes that only the hub and this terminal know; empty when the hub sent no list.
    """

    members: tuple[Member, ...] = ()
    unlock_key: bytes = field(default=b"", repr=False)

    def member(self, number: str) -> Member | None:
        """Return the member with this number, or None."""
        return next((one for one in self.members if one.number == number), None)

    def body(self) -> bytes:
        """Return the list as it travels; equal lists have equal bytes."""
        rows = [{"name": one.name, "number": one.number, "pin": one.pin_hash} for one in self.members]
        return json.dumps(
            {"members": rows, "unlock_key": self.unlock_key.hex()}, ensure_ascii=False, sort_keys=True
        ).encode()

    @classmethod
    def read(cls, body: bytes) -> Roster:
        """Return the list that the hub sent. Raises ValueError for anything else."""
        try:
            sent = json.loads(body)
            members = tuple(
                Member(str(row["number"]), str(row["name"]), str(row["pin"])) for row in sent["members"]
            )
            return cls(members, bytes.fromhex(sent["unlock_key"]))
        except (KeyError, TypeError) as error:
            raise ValueError("not a list of hall staff") from error


# Unlocking by telephone: the terminal shows eight digits, the hub's desk turns them into eight others. Both sides know
# the key of this terminal; the codes are bound to it, to the staff number, and to the count of unlockings so far.


def unlock_key(secret: bytes, device: str) -> bytes:
    """Return the key of one terminal, derived from a secret of the hub's own (32 bytes)."""
    return hashlib.blake2b(device.encode(), key=secret, digest_size=KEY_BYTES, person=b"hall unlock").digest()


def new_challenge(key: bytes, number: str, unlocked: int) -> str:
    """
    Return eight digits to be read out: two of the count, four of chance, two that reveal a slip of the tongue.

    Args:
        unlocked: How often this account was unlocked at this terminal before.
    """
    begin = f"{unlocked % 100:02d}{secrets.randbelow(10_000):04d}"
    return begin + _digits(key, f"check {number} {begin}", CHALLENGE_DIGITS - len(begin))


def is_challenge(key: bytes, number: str, challenge: str) -> bool:
    """Return whether the terminal with this key could show these digits for this account."""
    if not re.fullmatch(r"[0-9]{8}", challenge):
        return False
    return hmac.compare_digest(challenge[6:], _digits(key, f"check {number} {challenge[:6]}", 2))


def answer_to(key: bytes, number: str, challenge: str) -> str:
    """Return the eight digits that unlock the account."""
    return _digits(key, f"answer {number} {challenge}", ANSWER_DIGITS)


def _digits(key: bytes, text: str, count: int) -> str:
    made = hashlib.blake2b(text.encode(), key=key, digest_size=16, person=b"hall codes").digest()
    return f"{int.from_bytes(made, 'big') % 10**count:0{count}d}"


def plain_digits(typed: str) -> str:
    """Return the digits in what was typed or read out, without separators; full width ones become plain."""
    return "".join(str(int(one)) for one in typed if one.isdecimal())


def grouped(digits: str) -> str:
    """Return digits in groups of four, to be read out."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
