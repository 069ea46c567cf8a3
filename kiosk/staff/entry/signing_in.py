"""Sign in at the desk: name and password, wrong tries counted by where they come from, reading keys opened."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import Clock, today
from kiosk.staff import key_models, keys, models, rules
from kiosk.staff.keys import STAFF_COST, Cost
from kiosk.staff.models import Account
from kiosk.staff.rules import AccountState
from kiosk.tries import FREE_TRIES, one_more

COUNTERS = 2**18
"""Counters of wrong tries, some 16 MB of rows at most: guessing names does not fill the disk."""
FREE_OF_NETWORK = 30
"""Wrong tries of a whole hall behind one address before all browsers there that are not known wait."""
NOBODY = "?"
"""Subject of guesses at names without an account: what was typed there may be a password."""


@dataclass(frozen=True)
class Entered:
    """A successful sign-in; `reading_keys` are the private reading keys granted to the account."""

    account: Account
    reading_keys: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True)
class SignInWrong:
    """A wrong name, a wrong password, a closed account: one answer for all."""


@dataclass(frozen=True)
class Locked:
    """Too many wrong tries for this name, whether such an account exists or not."""

    wait_s: int


@dataclass(frozen=True)
class TriedFrom:
    """
    Where a try of a password comes from.

    Args:
        network: Of the caller.
        browser: Token of a browser in which this very account signed in before; empty: none.
        key: Of the hub; without it nobody can work out which tries share a counter.
    """

    network: str = ""
    browser: str = ""
    key: bytes = bytes(32)

    def of_account(self, name: str, version: int) -> str:
        """
        Return the counter of tries at an account from here.

        A browser that is known has one of its own, so that no stranger can lock its owner out; all others share that of
        their network. Names without an account are counted in the same way.
        """
        return self._counter(f"{name}\n{version}\n{self.browser or self.network}")

    def of_network(self) -> str:
        """Return the counter of tries at all accounts from this network; empty for a browser that is known."""
        return "" if self.browser else self._counter(f"network\n{self.network}")

    def _counter(self, text: str) -> str:
        made = hashlib.blake2b(text.encode(), key=self.key, digest_size=8, person=b"sign-in tries").digest()
        return f"s{int.from_bytes(made, 'big') % COUNTERS:05x}"


def sign_in(
    name: str, password: str, clock: Clock, cost: Cost = STAFF_COST, tried_from: TriedFrom = TriedFrom()
) -> Entered | SignInWrong | Locked:
    """
    Check name and password. The try is on disk before the password is compared, and removed if it was right.

    An unknown name costs the same work and the same tries as a known one. Wrong tries make those wait who come from
    there, never an account for everybody. Source: RELIABILITY.md T20.
    """
    name, password = rules.plain_name(name), rules.plain_password(password)[: rules.PASSWORD_MOST]
    with db.writing(db.store):
        account = models.account(name)
        subject = tried_from.of_account(name, account.version if account else 1)
        wait, wrong = charge_subject(subject, clock)
        if not wait and (network := tried_from.of_network()):
            wait, _ = charge_subject(network, clock, free=FREE_OF_NETWORK)
        if wait:
            return Locked(wait)
        if wrong >= FREE_TRIES:
            _note_guessing(account.name if account else NOBODY, wrong, clock)
    right = keys.is_right(account.password_hash if account else _nobodys_hash(cost), password)
    if account is None or not right or account.state is AccountState.CLOSED:
        return SignInWrong()
    return _enter(account, password, clock, cost, tried_from)


def charge(name: str, clock: Clock) -> int:
    """Return seconds until this account's password may be tried again; if 0, a wrong try was counted in advance."""
    return charge_subject(name, clock)[0]


def forgive_subject(subject: str) -> None:
    """Forget the wrong tries of a subject after a right one."""
    models.forget_tries(subject)


def charge_subject(subject: str, clock: Clock, free: int = FREE_TRIES) -> tuple[int, int]:
    """Return the seconds to wait, and how many wrong tries there were; if 0, a wrong try was counted in advance."""
    now, boot_id = clock.monotonic(), clock.boot_id()
    before = models.held_tries(subject, boot_id, now)
    wait_s, counted = one_more(before, boot_id, now, rules.LONGEST_WAIT_S, free)
    if counted != before:
        models.keep_tries(subject, counted)
    return wait_s, before.wrong


def _note_guessing(name: str, wrong: int, clock: Clock) -> None:
    """Log repeated guessing after the first wait: at most 24 lines a day for one account."""
    audit.record(
        at=clock.now(),
        actor="?",
        act=Act.STAFF_WRONG_PASSWORDS,
        subject=name,
        detail={"wrong": wrong},
    )


def _enter(account: Account, password: str, clock: Clock, cost: Cost, tried_from: TriedFrom) -> Entered:
    own = keys.own_private(account.pair, password, account.password_hash) if account.pair else None
    rehashed = _rehashed(account, own, password, cost)
    with db.writing(db.store):
        models.forget_tries(tried_from.of_account(account.name, account.version))
        models.forget_tries(tried_from.of_network())
        if rehashed:
            models.set_password(account.name, *rehashed)
        reading_keys = _reading_keys(account, own, today(clock))
        audit.record(
            at=clock.now(),
            actor=account.name,
            act=Act.STAFF_SIGNED_IN,
            subject=account.name,
            detail={"reading_keys": len(reading_keys)},
        )
    return Entered(account, reading_keys)


def _rehashed(
    account: Account, own: bytes | None, password: str, cost: Cost
) -> tuple[str, keys.OwnPair | None] | None:
    """Return hash and key pair at the current cost, or None if they have it already."""
    if not keys.needs_rehash(account.password_hash, cost) or (account.pair and own is None):
        return None
    return keys.hash_password(password, cost), keys.wrapped_pair(own, password, cost) if own else None


def _reading_keys(account: Account, own: bytes | None, day: date) -> dict[str, bytes]:
    if own is None or account.state is not AccountState.ACTIVE:
        return {}
    grants = key_models.grants(account.name, day)
    return {key_id: private for key_id, sealed in grants.items() if (private := keys.take_out(own, sealed))}


@lru_cache(maxsize=4)
def _nobodys_hash(cost: Cost) -> str:
    """Return a hash that no password opens, made without the work of one: the first stranger waits as all others."""
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p={cost.lanes}${salt}${digest}"
