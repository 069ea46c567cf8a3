"""
Password changes: one's own, and resets by two administrators (`two_persons.py`) or with the recovery key.

The key of an account that reads personal data is encrypted under the password. Changing one's own password keeps it,
since both passwords are known at that moment. A reset cannot: the old key and every reading key sealed to it are
erased, a new pair is made, and the account waits until a holder approves it again. So nobody learns a reading key by
resetting a password, and none is lost: other holders and the recovery key have theirs.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import Clock
from kiosk.errors import NotFound, Refused
from kiosk.staff import actions, key_models, keys, models, rules
from kiosk.staff.entry import signing_in
from kiosk.staff.entry.signing_in import Locked, SignInWrong
from kiosk.staff.keys import STAFF_COST, Cost, OwnPair
from kiosk.staff.models import Account
from kiosk.staff.rules import AccountState

RECOVERY_KEY = "recovery key"
HALF_GROUPS, GROUP = 2, 4
"""Half of a one-time password: 40 random bits in groups, without letters that look alike."""


@dataclass(frozen=True)
class Fresh:
    """A one-time password as it is stored: its hash, and the account's own key under it."""

    password_hash: str = field(repr=False)
    pair: OwnPair | None = field(repr=False)


def half() -> str:
    """Return half of a one-time password, to be passed on by telephone or on paper."""
    return "-".join("".join(secrets.choice(keys.ALPHABET) for _ in range(GROUP)) for _ in range(HALF_GROUPS))


def fresh(account: Account, password: str, cost: Cost) -> Fresh:
    """Return what is stored of a one-time password; slow by intention."""
    pair = keys.new_pair(password, cost) if rules.reads_personal(account.role) else None
    return Fresh(keys.hash_password(password, cost), pair)


def put(new: Fresh, account: Account, *, now: datetime, by: str, proposed_by: str) -> None:
    """
    Give an account a one-time password, in the caller's transaction; its sessions and reading keys end.

    Args:
        proposed_by: Who proposed it; RECOVERY_KEY where that took the place of a second person.
    """
    erased = key_models.forget_grants(account.name)
    models.set_password(account.name, new.password_hash, new.pair)
    reads = rules.reads_personal(account.role)
    models.note_reset(account.name, AccountState.PENDING if reads else AccountState.ACTIVE)
    models.forget_tries(account.name)
    audit.record(
        at=now,
        actor=by,
        act=Act.STAFF_PASSWORD_RESET,
        subject=account.name,
        detail={"reading_keys_erased": erased, "proposed_by": proposed_by},
    )


def reset_by_recovery(
    name: str, recovery_key: str, *, now: datetime, by: str = actions.OPERATOR, cost: Cost = STAFF_COST
) -> str:
    """
    Return a one-time password for somebody who forgot theirs, where no second administrator can confirm a reset.

    Raises:
        NotFound: "no-such-account".
        Refused: "account-closed", "recovery-key-mistyped", "recovery-key-wrong".
    """
    actions.note_recovery_key(recovery_key)
    password = f"{half()}-{half()}"
    account = _open_account(name)
    new = fresh(account, password, cost)
    with db.writing(db.store):
        put(new, _open_account(name), now=now, by=by, proposed_by=RECOVERY_KEY)
    return password


def _open_account(name: str) -> Account:
    account = models.account(rules.plain_name(name))
    if account is None:
        raise NotFound("no-such-account", f"there is no account {name}")
    if account.state is AccountState.CLOSED:
        raise Refused("account-closed", f"{account.name} is closed")
    return account


def holders(organ: str, *, but: str = "") -> int:
    """Return how many people hold the current reading key of an organ, without one of them."""
    key = key_models.current_keys().get(organ)
    return len({*key_models.holders_of(key.key_id)} - {but}) if key else 0


def change(
    name: str, old: str, new: str, clock: Clock, cost: Cost = STAFF_COST, *, county: Sequence[str] = ()
) -> Account | SignInWrong | Locked:
    """
    Store one's own new password and return the account; its key and its reading keys stay.

    A wrong old password counts like one at sign-in, so that an unattended desk does not allow guessing.

    Raises:
        RuleBroken: see `rules.check_account`, and "password-same".
    """
    old, new = rules.plain_password(old)[: rules.PASSWORD_MOST], rules.plain_password(new)
    rules.check_account(name, new, county)
    rules.check_another(old, new)
    with db.writing(db.store):
        wait = signing_in.charge(name, clock)
        account = models.account(name)
    if wait:
        return Locked(wait)
    if (
        account is None
        or account.state is AccountState.CLOSED
        or not keys.is_right(account.password_hash, old)
    ):
        return SignInWrong()
    pair = None
    if account.pair:
        own = keys.own_private(account.pair, old, account.password_hash)
        if own is None:
            return SignInWrong()
        pair = keys.wrapped_pair(own, new, cost)
    with db.writing(db.store):
        if not models.is_current(name, account.version):
            return SignInWrong()  # it was reset while this was worked out
        models.forget_tries(name)
        models.set_password(name, keys.hash_password(new, cost), pair)
        models.note_changed(name)
        audit.record(at=clock.now(), actor=name, act=Act.STAFF_PASSWORD_CHANGED, subject=name)
        changed = models.account(name)
    assert changed is not None
    return changed
