"""
An organ merges into another: one person proposes it, a holder of the ending organ's key confirms it.

Its accounts, keys and submissions go to the successor in one transaction. Where the successor has no key of its own,
the key goes on as the successor's; else it is retired and given to the successor's readers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import beijing_day
from kiosk.errors import NotFound, Refused
from kiosk.intake.by_organ import organ_register
from kiosk.intake.handling import HandOver, Register, Work
from kiosk.seen import UNSEEN, Seen
from kiosk.staff import actions, key_models, models
from kiosk.staff.actions import Holder
from kiosk.staff.by_organ import merger_models, wall
from kiosk.staff.by_organ.merger_models import Merger
from kiosk.staff.key_models import ReadingKey
from kiosk.staff.rules import OFFICE, AccountState

LIFE = timedelta(hours=72)
MERGED = "merged"
"""Why a key is retired, and why a submission was handed over."""


@db.writing(db.store)
def propose(organ: str, into: str, *, now: datetime, by: str, office: str, seen: Seen = UNSEEN) -> Merger:
    """
    Propose that an organ merges into another; proposing again begins again.

    Raises:
        Refused: "office-stays", "same-organ", "already-merged".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    merger_models.forget_ended(now)
    if organ == office:
        raise Refused("office-stays", "the county's office merges into no organ")
    if organ_register.successor(organ) != organ or organ_register.successor(into) != into:
        raise Refused("already-merged", "one of them merged before")
    if organ == into:
        raise Refused("same-organ", "an organ does not merge into itself")
    merger_models.forget(organ)
    made = Merger(organ, into, _version(organ, into), by, now, now + LIFE)
    merger_models.store(made)
    detail = {"into": into}
    audit.record(at=now, actor=by, act=Act.ORGAN_MERGER_PROPOSED, subject=organ, detail=detail)
    return made


@db.writing(db.store)
def withdraw(organ: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """Withdraw or refuse a proposal. Raises NotFound("not-proposed"), ChangedMeanwhile."""
    seen.hold()
    if merger_models.merger(organ) is None:
        raise NotFound("not-proposed")
    merger_models.forget(organ)
    audit.record(at=now, actor=by, act=Act.ORGAN_MERGER_WITHDRAWN, subject=organ)


@db.writing(db.store)
def confirm(
    organ: str, *, by: Holder, work: Work, office: str, registers: Mapping[str, Register], seen: Seen = UNSEEN
) -> int:
    """
    Merge an organ as another person proposed; return how many submissions went to its successor.

    Args:
        by: Holds the organ's key, or the office's where it has none of its own.
        registers: Of the kinds of submissions, by the kind's name.
    Raises:
        NotFound: "not-proposed": withdrawn, or its time is over.
        Refused: "own-proposal", "keys-changed" since it was proposed, "no-reading-key-in-hand"; of a submission as
            `sealed.seal_again`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    proposed = _to_be_confirmed(organ, by, work.now)
    into = proposed.successor
    current = key_models.current_keys()
    if (current.get(organ) or current[OFFICE]).key_id not in by.keys:
        raise Refused("no-reading-key-in-hand", "this takes a holder of the organ's key")
    merger_models.forget(organ)
    goes_on = organ in current and into != office and into not in current
    to = wall.seal_key(into, office=office) if organ not in current and into in current else None
    _give_keys(key_models.keys_of(organ), wall.stored(into, office), goes_on, by, work.now)
    _move_accounts(organ, wall.stored(into, office), stays=goes_on)
    moved = _move_submissions(HandOver(into, to, by.keys, by.name, MERGED), organ, registers, work)
    organ_register.merge(organ, into, beijing_day(work.now))
    audit.record(
        at=work.now,
        actor=by.name,
        act=Act.ORGAN_MERGED,
        subject=organ,
        detail={"into": into, "submissions": moved, "proposed_by": proposed.proposed_by},
    )
    return moved


def waiting(now: datetime) -> list[Merger]:
    """Return the proposals that may still be confirmed."""
    return [each for each in merger_models.mergers() if each.ends_at > now]


def _to_be_confirmed(organ: str, by: Holder, now: datetime) -> Merger:
    proposed = merger_models.merger(organ)
    if proposed is None or proposed.ends_at <= now:
        raise NotFound("not-proposed", organ)
    if proposed.proposed_by == by.name:
        raise Refused("own-proposal", "somebody else must confirm this")
    if proposed.version != _version(organ, proposed.successor):
        raise Refused("keys-changed", "the organs' keys are others since this was proposed")
    return proposed


def _version(*organs: str) -> str:
    current = key_models.current_keys()
    return " ".join(current[each].key_id if each in current else "-" for each in organs)


def _give_keys(of_organ: Sequence[ReadingKey], into: str, goes_on: bool, by: Holder, now: datetime) -> None:
    """Make keys the successor's; unless they go on as its own, its readers get what the confirmer holds."""
    readers = [] if goes_on else actions.readers(into)
    for key in of_organ:
        if goes_on:
            key_models.move_key(key.key_id, into)
            continue
        key_models.retire_key(key.key_id, why=key.retired_why or MERGED, now=now, organ=into)
        for reader in readers:
            if key.key_id in by.keys:
                actions.grant(reader, {key.key_id: by.keys[key.key_id]}, by=by.name, now=now)
                models.end_sessions(reader.name)


def _move_accounts(organ: str, into: str, *, stays: bool) -> None:
    """Move the ending organ's accounts; without the successor's key they wait for one of its holders."""
    for account in models.accounts():
        if account.organ == organ and account.state is not AccountState.CLOSED:
            models.set_organ(account.name, into, account.state if stays else AccountState.PENDING)


def _move_submissions(given: HandOver, organ: str, registers: Mapping[str, Register], work: Work) -> int:
    found = organ_register.all_of(organ)
    for number, kind in found:
        if kind in registers:
            registers[kind].hand_over(number, given, work)
    return len(found)
