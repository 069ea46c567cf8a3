"""
The answer to an inquiry: drafted, read by a second person where the county sets it, released under number and code.

Its text is sealed to the key that opens the inquiry. What the citizen collects is sealed once more, in the session of
the person who releases it, under a key made of number and query code (`intake/handover`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kiosk import audit, counters, db
from kiosk.audit import Act
from kiosk.consultation.inquiry import inquiries, models, rules
from kiosk.consultation.inquiry.models import InquiryAnswer, WrittenAnswer
from kiosk.consultation.inquiry.rules import AnswerState
from kiosk.errors import Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.handling import Work
from kiosk.intake.handover import parcel
from kiosk.intake.handover.answer_seal import TEXT, AnswerFile, IdentityStep
from kiosk.seen import UNSEEN, Seen
from sync.hub import parcels
from sync.hub.parcels import Parcel
from sync.wire import sealing
from sync.wire.errors import SealBroken

COUNTER = "inquiry-answer"


def present(number: str) -> WrittenAnswer | None:
    """Return the answer that is being written; None while there is none for the question that is open."""
    last = next(reversed(models.answers(number)), None)
    return last if last and last.state is not AnswerState.RELEASED else None


def text_of(written: WrittenAnswer, reading_keys: Mapping[str, bytes]) -> str:
    """
    Return the text of an answer; the caller logs the opening.

    Raises:
        Refused: "reading-key-missing", "sealed-part-broken".
    """
    blob, key_id = models.sealed_text(written.no)
    if key_id not in reading_keys:
        raise Refused("reading-key-missing", key_id)
    try:
        return sealing.unseal_file(reading_keys[key_id], blob).decode()
    except (SealBroken, UnicodeDecodeError) as error:
        raise Refused("sealed-part-broken", written.number) from error


def released_text(number: str, reading_keys: Mapping[str, bytes]) -> str:
    """Return the first answer that was released under a number, empty for none. Raises Refused as `text_of`."""
    released = [each for each in models.answers(number) if each.state is AnswerState.RELEASED]
    return text_of(released[0], reading_keys) if released else ""


@db.writing(db.store)
def keep(
    number: str,
    text: str,
    reading_keys: Mapping[str, bytes],
    *,
    state: AnswerState,
    actor: str,
    work: Work,
    seen: Seen = UNSEEN,
) -> None:
    """
    Keep a draft, or hand it to a second person (WAITING).

    Raises:
        NotFound: "no-such-case".
        Refused: "reading-key-missing".
        RuleBroken: "answer-empty", "answer-too-long", "answered-already".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    _store(number, text, reading_keys, state=state, actor=actor, work=work)
    act = Act.INQUIRY_ANSWER_SUBMITTED if state is AnswerState.WAITING else Act.INQUIRY_ANSWER_KEPT
    audit.record(at=work.now, actor=actor, act=act, subject=number)


def _store(
    number: str, text: str, reading_keys: Mapping[str, bytes], *, state: AnswerState, actor: str, work: Work
) -> None:
    """Store the text of the answer that is being written, sealed to the inquiry's key."""
    text = text.strip()
    if not text:
        raise RuleBroken("answer-empty", number)
    if len(text) > rules.ANSWER_LIMIT:
        raise RuleBroken("answer-too-long", str(len(text)))
    if models.inquiry(number).state not in rules.OPEN:
        raise RuleBroken("answered-already", number)
    key_id = sealed.key_of(number)
    if key_id not in reading_keys:
        raise Refused("reading-key-missing", key_id)
    blob = sealing.seal_file(sealing.public_key(reading_keys[key_id]), text.encode())
    values = {
        "state": state,
        "sealed": blob,
        "key_id": key_id,
        "written_by": actor,
        "written_at": work.now,
        "settled_by": "",
        "settled_at": None,
        "why": "",
    }
    before = present(number)
    if before:
        InquiryAnswer.update(**values, version=before.version + 1).where(
            InquiryAnswer.no == before.no
        ).execute()
        return
    turn = len(models.answers(number)) + 1
    InquiryAnswer.insert(**values, no=counters.take(COUNTER), number=number, turn=turn, version=1).execute()


@db.writing(db.store)
def give_back(number: str, why: str, actor: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Give an answer that waits back to the person who wrote it.

    Raises:
        NotFound: "no-such-case".
        RuleBroken: "nothing-waits", "reason-missing".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    written = _waiting(number)
    if not why.strip():
        raise RuleBroken("reason-missing", number)
    InquiryAnswer.update(
        state=AnswerState.RETURNED,
        settled_by=actor,
        settled_at=work.now,
        why=why.strip()[: rules.WHY_LIMIT],
        version=written.version + 1,
    ).where(InquiryAnswer.no == written.no).execute()
    audit.record(at=work.now, actor=actor, act=Act.INQUIRY_ANSWER_RETURNED, subject=number)


def _waiting(number: str) -> WrittenAnswer:
    written = present(number)
    if written is None or written.state is not AnswerState.WAITING:
        raise RuleBroken("nothing-waits", number)
    return written


def parcel_of(number: str, text: str, name: str, reading_keys: Mapping[str, bytes], day: date) -> Parcel:
    """
    Return all answers to an inquiry sealed for the citizen, the newest first; takes some 100 ms.

    Args:
        text: The newest answer. name: Of its file, as the citizen reads it.
    Raises:
        NotFound, Refused: As `parcel.sealed_for`, `text_of`.
    """
    earlier = [each for each in models.answers(number) if each.state is AnswerState.RELEASED]
    files = [AnswerFile(name, TEXT, text.strip().encode())]
    for each in reversed(earlier):
        files.append(AnswerFile(f"{name} {each.turn}", TEXT, text_of(each, reading_keys).encode()))
    return parcel.sealed_for(
        number, files, reading_keys=reading_keys, identity_step=IdentityStep.NONE, day=day
    )


@db.writing(db.store)
def release(
    number: str,
    text: str,
    given: Parcel,
    reading_keys: Mapping[str, bytes],
    *,
    needs_second: bool,
    actor: str,
    work: Work,
    seen: Seen = UNSEEN,
) -> None:
    """
    Release an answer: the citizen collects it with number and code.

    Args:
        text: What `given` was sealed from. needs_second: Whether the county has a second person read each answer.
    Raises:
        NotFound: "no-such-case".
        Refused: "reading-key-missing".
        RuleBroken: "nothing-waits", "own-answer" where a second person is needed; as `keep` otherwise.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    if needs_second:
        written = _waiting(number)
        if written.written_by == actor:
            raise RuleBroken("own-answer", number)
    else:
        _store(number, text, reading_keys, state=AnswerState.DRAFT, actor=actor, work=work)
        written = present(number)  # type: ignore[assignment]  # stored on the line before
    InquiryAnswer.update(
        state=AnswerState.RELEASED, settled_by=actor, settled_at=work.now, version=written.version + 1
    ).where(InquiryAnswer.no == written.no).execute()
    parcels.put(db.store, number, given, work.now)
    inquiries.after_answer(number, work)
    audit.record(at=work.now, actor=actor, act=Act.INQUIRY_ANSWERED, subject=number)
