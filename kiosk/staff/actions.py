"""
Acts on accounts and reading keys: create, approve, close, sign in.

The hub's reading key opens what citizens sealed. It is never stored in clear: it is stored once encrypted under the
printed recovery code, and once sealed to each approved reader, whose own key a password opens.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import Clock, today
from kiosk.errors import NotFound, Refused
from kiosk.intake.by_organ import organ_register
from kiosk.seen import UNSEEN, Seen
from kiosk.staff import key_models, keys, models, rules
from kiosk.staff.key_models import ReadingKey
from kiosk.staff.keys import STAFF_COST, Cost
from kiosk.staff.models import Account
from kiosk.staff.rules import OFFICE, AccountState, Role
from kiosk.tries import FREE_TRIES, one_more
from kiosk.web.unsent import desk_drafts
from sync.wire import sealing

COUNTERS = 2**18
"""Counters of wrong tries, some 16 MB of rows at most: guessing names does not fill the disk."""
FREE_OF_NETWORK = 30
"""Wrong tries of a whole hall behind one address before all browsers there that are not known wait."""
NOBODY = "?"
"""Subject of guesses at names without an account: what was typed there may be a password."""
OPERATOR = "operator"
"""Actor of the hub's command line."""


@dataclass(frozen=True)
class Holder:
    """Somebody who holds reading keys now: key id to private key."""

    name: str
    keys: Mapping[str, bytes] = field(repr=False)


def add_account(
    name: str,
    role: str,
    password: str,
    now: datetime,
    *,
    by: str = OPERATOR,
    cost: Cost = STAFF_COST,
    organ: str = OFFICE,
    county: Sequence[str] = (),
) -> AccountState:
    """
    Create an account of an organ; return its state: pending if its role reads personal data.

    Raises:
        Refused: "role-unknown", "name-taken", "organ-for-clerks" (terminals, accounts and the catalogue are the
            county's).
        RuleBroken: see `rules.check_account`.
    """
    name, password = rules.plain_name(name), rules.plain_password(password)
    if role not in set(Role):
        raise Refused("role-unknown", "roles are " + ", ".join(Role))
    rules.check_account(name, password, county)
    reads = rules.reads_personal(Role(role))
    if organ != OFFICE and not reads:
        raise Refused("organ-for-clerks", f"the role {role} belongs to the county's office")
    state = AccountState.PENDING if reads else AccountState.ACTIVE
    password_hash, pair = keys.hash_password(password, cost), keys.new_pair(password, cost) if reads else None
    with db.writing(db.store):
        if models.account(name):
            raise Refused("name-taken", f"there is an account {name}")
        models.insert_account(
            name=name,
            role=Role(role),
            state=state,
            password_hash=password_hash,
            pair=pair,
            now=now,
            by=by,
            organ=organ,
        )
        if organ != OFFICE:
            organ_register.note(organ)
        audit.record(
            at=now, actor=by, act=Act.STAFF_ADDED, subject=name, detail={"role": role, "organ_code": organ}
        )
    return state


@db.writing(db.store)
def init_reading_key(now: datetime, *, by: str = OPERATOR) -> str:
    """
    Make a reading key of the office with a recovery key of its own, which is shown once and kept on paper; return it.

    From now on terminals seal to the new key. Every approved account of the office receives it; rows sealed before
    name the earlier key. Later keys of all organs are made by `organs.make_key` under the same recovery key.
    """
    private, public = sealing.new_key_pair()
    code = keys.new_recovery_code()
    of_copies = keys.with_id(keys.recovery_pair(code)[1])
    key = ReadingKey(sealing.key_id(public), public, keys.wrap_for_recovery(private, code), of_copies)
    key_models.insert_reading_key(key, now)
    for reader in readers(OFFICE):
        grant(reader, {key.key_id: private}, by=by, now=now)
    audit.record(at=now, actor=by, act=Act.READING_KEY_MADE, subject=key.key_id)
    return keys.written(code)


def reading_public_key(organ: str = OFFICE) -> tuple[str, bytes]:
    """
    Return id and public half of the key to which an organ's personal data is sealed: its own, or the office's.

    Raises:
        NotFound: "no-reading-key" if the hub was not initialised.
    """
    known = key_models.current_keys()
    found = known.get(organ) or known.get(OFFICE)
    if not found:
        raise NotFound("no-reading-key")
    return found.key_id, found.public


def readers(organ: str) -> list[Account]:
    """Return the approved accounts of an organ that read personal data."""
    return [
        each
        for each in models.accounts()
        if each.organ == organ and each.state is AccountState.ACTIVE and each.pair
    ]


@db.writing(db.store)
def approve(
    name: str,
    *,
    now: datetime,
    recovery_key: str | None = None,
    by: Holder | None = None,
    seen: Seen = UNSEEN,
) -> Account:
    """
    Seal the reading keys of the account's organ, as far as the approver holds them, to it; return it, approved.

    The first reader is approved with the recovery key, later ones by a holder. Repeating it adds what is missing.

    Raises:
        NotFound: "no-such-account".
        Refused: "nothing-to-approve", "account-closed", "own-account", "no-reading-key-in-hand" of that organ,
            "recovery-key-mistyped", "recovery-key-wrong", "password-not-changed" (the administrator who reset it
            still knows it).
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    approver = by.name if by else OPERATOR
    account = to_be_approved(name, approver)
    in_hand = by.keys if by else opened_by_recovery(recovery_key or "")
    opened = {
        key.key_id: in_hand[key.key_id] for key in key_models.keys_of(account.organ) if key.key_id in in_hand
    }
    if not opened:
        raise Refused("no-reading-key-in-hand", "the approver holds no reading key of the account's organ")
    note_approved(account, opened, by=by, now=now)
    return _known(account.name)


def note_approved(account: Account, opened: Mapping[str, bytes], *, by: Holder | None, now: datetime) -> None:
    """Give an account reading keys and approve it, in the caller's transaction."""
    approver = by.name if by else OPERATOR
    grant(account, opened, by=approver, now=now)
    models.set_active(account.name, by=approver, now=now)
    audit.record(
        at=now,
        actor=approver,
        act=Act.STAFF_APPROVED,
        subject=account.name,
        detail={"by_recovery_key": by is None},
    )


def to_be_approved(name: str, approver: str) -> Account:
    """Return an account that may be approved. Raises as `approve`."""
    account = _known(rules.plain_name(name))
    if account.state is AccountState.CLOSED:
        raise Refused("account-closed", f"{account.name} is closed")
    if not account.pair:
        raise Refused(
            "nothing-to-approve",
            f"{account.name} needs no approval: the role {account.role} reads no personal data",
        )
    if account.must_change:
        raise Refused("password-not-changed", f"{account.name} must sign in and set a password first")
    if approver == account.name:
        raise Refused("own-account", "somebody else must do this")
    return account


@db.writing(db.store)
def close_account(name: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Close an account for good: its sessions, grants, drafts and own key are deleted; its name stays in the audit chain.

    Raises:
        NotFound: "no-such-account".
        Refused: "own-account".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    account = _known(rules.plain_name(name))
    if account.name == by:
        raise Refused("own-account", "somebody else must do this")
    models.set_closed(account.name)
    desk_drafts.erase_of(account.name)
    audit.record(at=now, actor=by, act=Act.STAFF_CLOSED, subject=account.name)


def _known(name: str) -> Account:
    account = models.account(name)
    if account is None:
        raise NotFound("no-such-account", f"there is no account {name}")
    return account


@db.writing(db.store)
def note_recovery_key(typed: str) -> int:
    """
    Store the public half of a recovery key, to which copies are encrypted; return how many reading keys it opens.

    A hub learns it when its reading key is made; one of an earlier version learns it when the key is typed.

    Raises:
        Refused: "recovery-key-mistyped", "recovery-key-wrong".
    """
    return len(opened_by_recovery(typed))


def opened_by_recovery(typed: str) -> dict[str, bytes]:
    """
    Return the reading keys that a recovery key opens.

    Raises:
        Refused: "recovery-key-mistyped", "recovery-key-wrong".
    """
    code = keys.read_code(typed)
    opened = {
        key.key_id: private
        for key in key_models.reading_keys()
        if (private := keys.open_with_recovery(key.recovery_wrapped, code))
    }
    if not opened:
        raise Refused("recovery-key-wrong", "this recovery key opens no reading key of this hub")
    for key_id in opened:
        key_models.set_recovery_public(key_id, keys.with_id(keys.recovery_pair(code)[1]))
    return opened


def grant(
    account: Account,
    reading_keys: Mapping[str, bytes],
    *,
    by: str,
    now: datetime,
    ends_on: date | None = None,
) -> None:
    """Seal reading keys to an account, for good or until the end of a day, in the caller's transaction."""
    assert account.pair is not None
    for key_id, private in reading_keys.items():
        sealed = keys.seal_to(account.pair.public, private)
        key_models.insert_grant(
            key_id=key_id, name=account.name, sealed=sealed, by=by, now=now, ends_on=ends_on
        )


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
