"""
Password changes: one's own, and resets by an administrator.

The key of an account that reads personal data is encrypted under the password. Changing one's own password keeps it,
since both passwords are known at that moment. A reset cannot: the old key and every reading key sealed to it are
erased, a new pair is made, and the account waits until a holder approves it again. So nobody learns a reading key by
resetting a password, and none is lost: other holders and the recovery key have theirs.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import Clock
from kiosk.errors import NotFound, Refused
from kiosk.seen import UNSEEN, Seen
from kiosk.staff import actions, keys, models, rules
from kiosk.staff.actions import Locked, SignInWrong
from kiosk.staff.keys import STAFF_COST, Cost
from kiosk.staff.models import Account
from kiosk.staff.rules import AccountState

GROUPS, GROUP = 4, 4
"""The one-time password: 80 random bits in groups, without letters that look alike."""


def one_time() -> str:
    """Return a one-time password, to be passed on by telephone or on paper."""
    return "-".join("".join(secrets.choice(keys.ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def reset(name: str, *, now: datetime, by: str, cost: Cost = STAFF_COST, seen: Seen = UNSEEN) -> str:
    """
    Return a one-time password for somebody who forgot theirs, to be shown once.

    Raises:
        NotFound: "no-such-account".
        Refused: "own-account" (one's own is changed, not reset), "account-closed".
        ChangedMeanwhile: see `Seen.hold`.
    """
    account = _to_be_reset(name, by)
    password = one_time()
    reads = rules.reads_personal(account.role)
    password_hash, pair = keys.hash_password(password, cost), keys.new_pair(password, cost) if reads else None
    with db.writing(db.store):
        seen.hold()
        _to_be_reset(name, by)
        erased = models.forget_grants(account.name)
        models.set_password(account.name, password_hash, pair)
        models.note_reset(account.name, AccountState.PENDING if reads else AccountState.ACTIVE)
        models.forget_tries(account.name)
        audit.record(
            at=now,
            actor=by,
            act=Act.STAFF_PASSWORD_RESET,
            subject=account.name,
            detail={"reading_keys_erased": erased},
        )
    return password


def _to_be_reset(name: str, by: str) -> Account:
    account = models.account(rules.plain_name(name))
    if account is None:
        raise NotFound("no-such-account", f"there is no account {name}")
    if account.name == by:
        raise Refused("own-account", "somebody else must do this")
    if account.state is AccountState.CLOSED:
        raise Refused("account-closed", f"{account.name} is closed")
    return account


def holders(*, but: str = "") -> int:
    """Return how many people hold a reading key, without one of them."""
    return sum(1 for each in models.accounts() if each.name != but and models.grants(each.name))


def change(
    name: str, old: str, new: str, clock: Clock, cost: Cost = STAFF_COST
) -> Account | SignInWrong | Locked:
    """
    Store one's own new password and return the account; its key and its reading keys stay.

    A wrong old password counts like one at sign-in, so that an unattended desk does not allow guessing.

    Raises:
        RuleBroken: see `rules.check_account`, and "password-same".
    """
    old, new = rules.plain_password(old)[: rules.PASSWORD_MOST], rules.plain_password(new)
    rules.check_account(name, new)
    rules.check_another(old, new)
    with db.writing(db.store):
        wait = actions.charge(name, clock)
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
