"""
Answers that citizens collect with number and query code: sealed in a clerk's session, held at the hub as ciphertext.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from kiosk import audit, db
from kiosk.clock import beijing_day
from kiosk.disclosure import cases, steps
from kiosk.disclosure.events import CaseAct, ServiceFacts, ServiceWay, StepFacts
from kiosk.errors import NotFound, RuleBroken
from kiosk.intake.handling import Work
from kiosk.intake.handover import parcel
from kiosk.intake.handover.answer_seal import PDF, AnswerFile
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


def sealed_for(
    number: str,
    letter: Letter,
    *,
    reading_keys: Mapping[str, bytes],
    identity_step: str,
    name: str,
    day: date,
) -> Parcel:
    """
    Return a letter sealed for the person who knows number, code and what is asked besides; takes some 100 ms.

    Args:
        identity_step: What the county asks besides number and code, `IdentityStep`.
        name: Of the letter's file, as the citizen reads it.
    Raises:
        NotFound: "no-such-case".
        Refused: as `sealed.read`; "answer-too-large".
    """
    files = (AnswerFile(name, PDF, letter.pdf), *letter.files)
    return parcel.sealed_for(
        number,
        files,
        letter_no=letter.number,
        reading_keys=reading_keys,
        identity_step=identity_step,
        day=day,
    )


@db.writing(db.store)
def release(number: str, given: Parcel, actor: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Keep the ciphertext and note the service by number and code; once more, where the answer was served so before.

    Raises:
        NotFound: "no-such-case".
        RuleBroken: As `steps.take`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    parcels.put(db.store, number, given, work.now)
    service = cases.course_of(number, work.calendar).service
    if service and service.way is ServiceWay.CODE:
        cases.tell(cases.case(number), work)
        audit.record(at=work.now, actor=actor, act=audit.Act.DISCLOSURE_RELEASED_AGAIN, subject=number)
    else:
        facts = ServiceFacts(on=beijing_day(work.now), way=ServiceWay.CODE)
        steps.take(number, CaseAct.SERVED, facts, actor, work)


def is_released(number: str) -> bool:
    """Return whether an answer can be collected."""
    return parcels.is_there(db.store, number)


def note_collected(number: str, work: Work) -> None:
    """Note that the citizen collected the answer, inside the caller's transaction: remedies run from that day."""
    with suppress(NotFound, RuleBroken):  # another kind's number, or the day is known already
        steps.take(number, CaseAct.DELIVERED, StepFacts(on=beijing_day(work.now)), APPLICANT, work)
