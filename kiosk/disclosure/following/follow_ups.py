"""
At the hub: what citizens add to their requests, each taken once, whether it arrives before or after the request.

A correction is an event of the case when it arrives; a withdrawal ends the case only after a clerk has compared who
sent it; a rating and a suggestion to publish are noted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kiosk import audit, db
from kiosk.clock import beijing_day, from_stamp
from kiosk.disclosure import cases, steps
from kiosk.disclosure.events import CaseAct, CorrectedFacts, WithdrawalFacts
from kiosk.disclosure.following.addition_kinds import CORRECTION, PUBLICATION, SATISFACTION, WITHDRAWAL
from kiosk.disclosure.following.addition_models import DisclosureFollowUp, FollowUp, FollowUpState
from kiosk.disclosure.handover.release import APPLICANT
from kiosk.errors import NotFound, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.attached import brought
from kiosk.intake.begun import ABOUT
from kiosk.intake.handling import Work, said
from kiosk.intake.handover import answer_seal
from kiosk.intake.handover.rating import RATING
from kiosk.intake.kinds import SUBMITTED
from kiosk.intake.sealed import OpenedSubmission
from kiosk.seen import UNSEEN, Seen
from sync.hub.statuses import SetStatus
from sync.wire.submission import SealedSubmission

TERMINAL_WAY = "terminal"


_WAITING = db.Statement(
    lambda: DisclosureFollowUp.select(DisclosureFollowUp.number).where(
        DisclosureFollowUp.about == db.slot(DisclosureFollowUp.about)
    )
)


def take_in(submission: SealedSubmission, work: Work, set_status: SetStatus) -> None:
    """Store an addition in the transaction of its arrival, and let it take effect if its request is here."""
    if DisclosureFollowUp.select().where(DisclosureFollowUp.key == submission.key).exists():
        return
    envelope = submission.envelope
    kept = ("received_basis", "assisted_by", "entry_mode", RATING)
    found = FollowUp(
        number=submission.number,
        key=submission.key,
        about=str(envelope.get(ABOUT, "")),
        kind=submission.kind,
        said={name: envelope[name] for name in kept if isinstance(envelope.get(name), str)}
        | brought.in_clear(envelope),
        submitted_at=from_stamp(envelope["submitted_at"]),
        taken_at=work.now,
        state=FollowUpState.WAITING,
    )
    DisclosureFollowUp.insert({**vars(found), "said": json.dumps(found.said, sort_keys=True)}).execute()
    detail = said(submission.kind, str(envelope.get("organ", "")), work)
    set_status(db.store, number=submission.number, state=SUBMITTED, detail=detail, changed_at=work.now)
    audit.record(
        at=work.now,
        actor=cases.TERMINAL,
        act=audit.Act.DISCLOSURE_ADDED,
        subject=found.about,
        detail={"kind": found.kind, "number": found.number},
    )
    _take_effect(found, work)


def catch_up(number: str, work: Work) -> None:
    """Let take effect what arrived before its request, inside the transaction of that one's arrival."""
    if _WAITING.first(db.store, about=number) is None:
        return
    for each in of_case(number):
        if each.state is FollowUpState.WAITING:
            _take_effect(each, work)


def _take_effect(found: FollowUp, work: Work) -> None:
    effect = _EFFECTS.get(found.kind)
    if effect is None:
        return
    try:
        effect(found, work)
    except (NotFound, RuleBroken):
        return  # its request is not here yet, or nobody asked for it: a clerk sees it waiting
    _settle(found.number, FollowUpState.DONE, APPLICANT, work)


def _correct(found: FollowUp, work: Work) -> None:
    facts = CorrectedFacts(on=found.received_on)
    steps.take(found.about, CaseAct.CORRECTED, facts, APPLICANT, work)


def _rate(found: FollowUp, work: Work) -> None:
    detail = {RATING: str(found.said.get(RATING, ""))}
    steps.note(found.about, CaseAct.FEEDBACK, detail, APPLICANT, work)


def _suggest(found: FollowUp, work: Work) -> None:
    steps.note(found.about, CaseAct.PUBLICATION_ASKED, {"added": found.number}, APPLICANT, work)


_EFFECTS: Mapping[str, Callable[[FollowUp, Work], None]] = {
    CORRECTION.name: _correct,
    SATISFACTION.name: _rate,
    PUBLICATION.name: _suggest,
}
"""What follows from an arrival alone; a withdrawal waits for a clerk."""


def _settle(number: str, state: FollowUpState, by: str, work: Work) -> None:
    DisclosureFollowUp.update(state=state, settled_at=work.now, settled_by=by).where(
        DisclosureFollowUp.number == number
    ).execute()


def of_case(about: str) -> list[FollowUp]:
    """Return what was added to a request, oldest first."""
    found = DisclosureFollowUp.select().where(DisclosureFollowUp.about == about)
    return db.rows(found.order_by(DisclosureFollowUp.taken_at, DisclosureFollowUp.number), FollowUp)


def one(number: str) -> FollowUp:
    """
    Return the addition with this number.

    Raises:
        NotFound: "no-such-addition".
    """
    rows = db.rows(DisclosureFollowUp.select().where(DisclosureFollowUp.number == number), FollowUp)
    if not rows:
        raise NotFound("no-such-addition", number)
    return rows[0]


@dataclass(frozen=True)
class OpenedFollowUp:
    """An addition in clear; is_applicant: whether what was typed is the applicant's; None: nothing was asked."""

    opened: OpenedSubmission
    is_applicant: bool | None


def open_sealed(number: str, reading_keys: Mapping[str, bytes], actor: str, now: datetime) -> OpenedFollowUp:
    """
    Log the opening of an addition and of its request, then return it, compared with the request.

    Raises:
        NotFound: "no-such-addition", "no-such-case".
        Refused: as `sealed.read`.
    """
    found = one(number)
    opened, request = sealed.read(number, reading_keys), sealed.read(found.about, reading_keys)
    typed, personal = opened.personal, request.personal
    is_applicant = None
    if "person_name" in typed:
        step = answer_seal.IdentityStep.NAME
        given = answer_seal.identity(step, typed["person_name"], typed.get("person_end", ""))
        is_applicant = given == answer_seal.identity(
            step, personal.get("name", ""), personal.get("number", "")
        )
    with db.writing(db.store):
        audit.record(
            at=now,
            actor=actor,
            act=audit.Act.DISCLOSURE_ADDITION_OPENED,
            subject=found.about,
            detail={"number": number},
        )
    return OpenedFollowUp(opened, is_applicant)


@db.writing(db.store)
def settle(number: str, *, is_accepted: bool, actor: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Decide on an addition that waits: a withdrawal ends the case, a late correction counts as excused.

    Raises:
        NotFound: "no-such-addition", "no-such-case".
        RuleBroken: As `steps.take`; "addition-settled".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    found = one(number)
    if found.state is not FollowUpState.WAITING:
        raise RuleBroken("addition-settled", number)
    if is_accepted and found.kind == WITHDRAWAL.name:
        facts = WithdrawalFacts(on=beijing_day(work.now), way=TERMINAL_WAY)
        steps.take(found.about, CaseAct.WITHDRAWN, facts, actor, work)
    elif is_accepted and found.kind == CORRECTION.name:
        late = CorrectedFacts(on=found.received_on, excused=True)
        steps.take(found.about, CaseAct.CORRECTED, late, actor, work)
    _settle(number, FollowUpState.DONE if is_accepted else FollowUpState.REFUSED, actor, work)
    audit.record(
        at=work.now,
        actor=actor,
        act=audit.Act.DISCLOSURE_ADDITION_SETTLED,
        subject=found.about,
        detail={"number": number, "accepted": is_accepted},
    )
