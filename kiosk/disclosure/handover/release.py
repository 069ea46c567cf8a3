"""
Answers that citizens collect with number and query code: sealed in a clerk's session, held at the hub as ciphertext.

Only the session of a clerk who may read the case knows the query code, from the sealed part; the key is derived there
and forgotten. From then on the hub itself cannot open what it holds. Source: DESIGN.md §4.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from kiosk import audit, db
from kiosk.clock import beijing_day
from kiosk.disclosure import cases, steps
from kiosk.disclosure.events import CaseAct, ServiceFacts, ServiceWay, StepFacts
from kiosk.disclosure.handover import answer_seal
from kiosk.disclosure.handover.answer_seal import PDF, AnswerFile, SealedLetter
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.handling import Work
from kiosk.intake.sealed import OpenedSubmission
from kiosk.seen import UNSEEN, Seen
from sync.hub import parcels
from sync.hub.parcels import Parcel

APPLICANT = "applicant"
"""The actor of an event that the citizen caused."""


@dataclass(frozen=True)
class Letter:
    """What is handed over: the letter as PDF, its number if it has one, the files that go with it."""

    pdf: bytes
    number: str = ""
    files: Sequence[AnswerFile] = ()


def release(
    number: str,
    letter: Letter,
    *,
    reading_keys: Mapping[str, bytes],
    identity_step: str,
    name: str,
    actor: str,
    work: Work,
    seen: Seen = UNSEEN,
    along: Callable[[], None] | None = None,
) -> None:
    """
    Serve the answer by number and code: seal the letter, keep the ciphertext, note the service.

    Args:
        identity_step: What the county asks besides number and code, `IdentityStep`.
        name: Of the letter's file, as the citizen reads it.
        along: What goes with it in the same transaction.
    Raises:
        NotFound: "no-such-case".
        Refused: as `sealed.read`; "answer-too-large".
        RuleBroken: As `steps.take`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    files = (AnswerFile(name, PDF, letter.pdf), *letter.files)
    if sum(len(each.content) for each in files) > parcels.MOST_BYTES - answer_seal.BLOCK_BYTES * 2:
        raise Refused("answer-too-large", number)
    day = beijing_day(work.now)
    opened = sealed.read(number, reading_keys)
    code = sealed.query_code(number, opened, reading_keys)
    parcel = _parcel(SealedLetter(number, letter.number, day.isoformat(), files), opened, code, identity_step)
    with db.writing(db.store):
        parcels.put(db.store, number, parcel, work.now)
        if along:
            along()
        service = cases.course_of(number, work.calendar).service
        if service and service.way is ServiceWay.CODE:
            _again(number, actor, work, seen)
        else:
            steps.take(number, CaseAct.SERVED, ServiceFacts(on=day, way=ServiceWay.CODE), actor, work, seen)


def _again(number: str, actor: str, work: Work, seen: Seen) -> None:
    """Note that an answer that was served so was sealed once more: under a new code, or with another file."""
    seen.hold()
    cases.tell(cases.case(number), work)
    audit.record(at=work.now, actor=actor, act=audit.Act.DISCLOSURE_RELEASED_AGAIN, subject=number)


def _parcel(answer: SealedLetter, opened: OpenedSubmission, code: str, identity_step: str) -> Parcel:
    """Return an answer sealed for the person who knows number, code and what is asked besides; takes some 100 ms."""
    personal, salt = opened.personal, answer_seal.new_salt()
    asked = answer_seal.identity(identity_step, personal.get("name", ""), personal.get("number", ""))
    keys = answer_seal.derive(answer.number, code, asked, salt)
    return Parcel(salt, identity_step, keys.proof, answer_seal.seal(answer, keys.key))


def is_released(number: str) -> bool:
    """Return whether an answer can be collected."""
    return parcels.is_there(db.store, number)


def note_collected(number: str, work: Work) -> None:
    """Note that the citizen collected the answer, inside the caller's transaction: remedies run from that day."""
    with suppress(NotFound, RuleBroken):  # another kind's number, or the day is known already
        steps.take(number, CaseAct.DELIVERED, StepFacts(on=beijing_day(work.now)), APPLICANT, work)
