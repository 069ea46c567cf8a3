"""
Acts that need two persons: one proposes, another confirms within a day, and both are in the log of acts.

So no administrator reaches the desk as somebody else: of a one-time password the first person sees one half and the
second the other, and only the owner of the account is given both. A hub with one administrator has the recovery key:
`staff reset`. An act is a row of ACTS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.errors import NotFound, Refused
from kiosk.seen import UNSEEN, Seen
from kiosk.staff import models, passwords, proposal_models, rules
from kiosk.staff.entry import factors
from kiosk.staff.keys import STAFF_COST, Cost
from kiosk.staff.models import Account
from kiosk.staff.proposal_models import Proposal
from kiosk.staff.rules import AccountState

LIFE = timedelta(hours=24)


class JointAct(StrEnum):
    """An act on an account that needs two persons."""

    PASSWORD_RESET = "password-reset"
    FACTOR_RESET = "factor-reset"


class Do(Protocol):
    """Does an act in the caller's transaction."""

    def __call__(self, account: Account, *, now: datetime, by: str, proposed_by: str) -> None: ...


@dataclass(frozen=True)
class Prepared:
    """An act about to be done, and what only the second person is shown."""

    do: Do
    half: str = ""


@dataclass(frozen=True)
class JointRow:
    """
    What an act needs.

    Args:
        check: Raises Refused when the account allows no such act.
        half: Makes what the first person is shown, or an empty text.
        prepare: Does the slow work before the transaction, from that half; returns what does the rest in it.
    """

    check: Callable[[Account], None]
    half: Callable[[], str]
    prepare: Callable[[Account, str, Cost], Prepared]


def propose(act: JointAct, name: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> Proposal:
    """
    Propose an act on an account; return the proposal with what only the first person is shown.

    Proposing again begins again, for a person who lost the first half.

    Raises:
        NotFound: "no-such-account".
        Refused: "own-account", "account-closed", "already-proposed" by somebody else, "no-factor".
        ChangedMeanwhile: see `Seen.hold`.
    """
    row = ACTS[act]
    with db.writing(db.store):
        seen.hold()
        proposal_models.forget_ended(now)
        account = _account(name, by)
        row.check(account)
        waiting = proposal_models.proposal(act, account.name)
        if waiting and waiting.proposed_by != by:
            raise Refused("already-proposed", f"this is proposed for {account.name} already")
        proposal_models.forget(act, account.name)
        made = Proposal(act, account.name, account.version, row.half(), by, now, now + LIFE)
        proposal_models.store(made)
        audit.record(
            at=now, actor=by, act=Act.STAFF_PROPOSED, subject=account.name, detail={"act": act.value}
        )
    return made


def confirm(
    act: JointAct, name: str, *, now: datetime, by: str, cost: Cost = STAFF_COST, seen: Seen = UNSEEN
) -> str:
    """
    Do what another person has proposed; return what only the second person is shown.

    Raises:
        NotFound: "no-such-account", "not-proposed": withdrawn, or its time is over.
        Refused: "own-account", "own-proposal", "account-closed", "account-changed" since it was proposed.
        ChangedMeanwhile: see `Seen.hold`.
    """
    row = ACTS[act]
    seen.hold()
    account, proposed = _to_be_confirmed(act, name, now, by)
    prepared = row.prepare(account, proposed.half, cost)
    with db.writing(db.store):
        seen.hold()
        account, again = _to_be_confirmed(act, name, now, by)
        if again != proposed:
            raise Refused("account-changed", f"it was proposed again for {account.name}")
        proposal_models.forget(act, account.name)
        prepared.do(account, now=now, by=by, proposed_by=proposed.proposed_by)
    return prepared.half


def withdraw(act: JointAct, name: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Withdraw or refuse a proposal.

    Raises:
        NotFound: "not-proposed".
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        if not proposal_models.proposal(act, rules.plain_name(name)):
            raise NotFound("not-proposed")
        proposal_models.forget(act, rules.plain_name(name))
        audit.record(
            at=now,
            actor=by,
            act=Act.STAFF_PROPOSAL_WITHDRAWN,
            subject=rules.plain_name(name),
            detail={"act": act.value},
        )


def waiting(now: datetime) -> list[Proposal]:
    """Return the proposals that may still be confirmed."""
    return [each for each in proposal_models.proposals() if each.ends_at > now]


def _to_be_confirmed(act: JointAct, name: str, now: datetime, by: str) -> tuple[Account, Proposal]:
    account = _account(name, by)
    proposed = proposal_models.proposal(act, account.name)
    if proposed is None or proposed.ends_at <= now:
        raise NotFound("not-proposed", f"nothing is proposed for {account.name}")
    if proposed.proposed_by == by:
        raise Refused("own-proposal", "somebody else must confirm this")
    if proposed.version != account.version:
        raise Refused("account-changed", f"{account.name} was changed since this was proposed")
    ACTS[act].check(account)
    return account, proposed


def _account(name: str, by: str) -> Account:
    account = models.account(rules.plain_name(name))
    if account is None:
        raise NotFound("no-such-account", f"there is no account {name}")
    if account.name == by:
        raise Refused("own-account", "somebody else must do this")
    if account.state is AccountState.CLOSED:
        raise Refused("account-closed", f"{account.name} is closed")
    return account


def _new_password(account: Account, first: str, cost: Cost) -> Prepared:
    second = passwords.half()
    fresh = passwords.fresh(account, f"{first}-{second}", cost)
    return Prepared(partial(passwords.put, fresh), second)


def _no_check(account: Account) -> None:
    return None


ACTS: dict[JointAct, JointRow] = {
    JointAct.PASSWORD_RESET: JointRow(_no_check, passwords.half, _new_password),
    JointAct.FACTOR_RESET: JointRow(
        factors.check_reset, lambda: "", lambda _account, _half, _cost: Prepared(factors.reset)
    ),
}
