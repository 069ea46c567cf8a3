"""
Acts on accounts and reading keys: create, approve, close.

The hub's reading key opens what citizens sealed. It is never stored in clear: it is stored once encrypted under the
printed recovery code, and once sealed to each approved reader, whose own key a password opens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.errors import NotFound, Refused
from kiosk.intake.by_organ import organ_register
from kiosk.seen import UNSEEN, Seen
from kiosk.staff import key_models, keys, models, rules
from kiosk.staff.key_models import ReadingKey
from kiosk.staff.keys import STAFF_COST, Cost
from kiosk.staff.models import Account
from kiosk.staff.rules import OFFICE, AccountState, Role
from kiosk.web.unsent import desk_drafts
from sync.wire import sealing

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
