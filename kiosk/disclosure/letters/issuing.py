"""
From draft to letter: handed over, approved by a second person, issued with its number, served; or given up.

Issuing takes the number and the step of the case in one transaction; a page that says something else than its text is
never issued.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kiosk import db
from kiosk.audit import Act
from kiosk.clock import beijing_day
from kiosk.disclosure import cases, steps
from kiosk.disclosure.case_models import Case
from kiosk.disclosure.course import Course
from kiosk.disclosure.events import CaseAct, ReviewResultFacts, Said, ServiceWay, StepFacts
from kiosk.disclosure.handover import release
from kiosk.disclosure.handover.release import Letter
from kiosk.disclosure.letters import (
    drafting,
    enclosed,
    letterheads,
    models,
    numbering,
    redaction,
    step_facts,
)
from kiosk.disclosure.letters.drafting import CaseKey, DraftWords, Setting
from kiosk.disclosure.letters.letterheads import Letterhead
from kiosk.disclosure.letters.models import CaseLetter, LetterState
from kiosk.disclosure.letters.page import faces, proof, typeset
from kiosk.disclosure.letters.page.letter_text import LetterText
from kiosk.disclosure.letters.step_facts import Issuing
from kiosk.disclosure.outcomes import Remedies
from kiosk.errors import Refused, RuleBroken
from kiosk.intake.handling import Work
from kiosk.intake.handover.answer_seal import PDF, AnswerFile
from kiosk.seen import UNSEEN, Seen
from sync.wire import sealing
from sync.wire.errors import SealBroken

STAMPED = "盖章扫描件"
ONLINE = frozenset({ServiceWay.EMAIL, ServiceWay.CODE})
"""Ways of service over the internet (复议法 22(2))."""


def preview(found: CaseLetter, key: CaseKey, work: Work, fonts: str, *, by: str) -> bytes:
    """
    Return the page of a draft, marked as one; the opening is logged.

    Raises:
        Refused: as `typeset.render`, `proof.check`, `drafting.read`.
    """
    content = drafting.read(found, key)
    head = letterheads.of_organ(found.organ_code)
    mark = drafting.NO_NUMBER if found.row.word else ""
    setting = _setting(found, key, work, head=head, letter_no=mark, is_draft=True)
    letter = drafting.text_of(found.row, content, setting)
    page = _proven(letter, fonts)
    opened(found, "draft", work.now, by)
    return page


@db.writing(db.store)
def hand_over(found: CaseLetter, key: CaseKey, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Hand a draft over to a second person.

    Raises:
        RuleBroken: as `drafting.check_ready`; "letter-not-open", "redaction-unfinished".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    again = _in_state(found, LetterState.DRAFT)
    redaction.check_finished(again.seq)
    drafting.check_ready(again.row, drafting.read(again, key), letterheads.of_organ(again.organ_code))
    models.change(again.seq, state=LetterState.WAITING, handed_over_at=now, why="")
    drafting.note(again, Act.LETTER_HANDED_OVER, now=now, by=by)


@db.writing(db.store)
def approve(found: CaseLetter, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Approve a letter that was handed over.

    Raises:
        RuleBroken: "letter-not-open", "own-letter": its writer does not approve it.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    again = _in_state(found, LetterState.WAITING)
    if again.written_by == by:
        raise RuleBroken("own-letter")
    models.change(again.seq, state=LetterState.APPROVED, approved_by=by, approved_at=now)
    drafting.note(again, Act.LETTER_APPROVED, now=now, by=by)


@db.writing(db.store)
def give_back(found: CaseLetter, why: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Give a letter back to be written again, with the reason; its writer may take it back so, too.

    Raises:
        RuleBroken: "letter-not-open", "reason-missing".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    again = _in_state(found, LetterState.WAITING, LetterState.APPROVED)
    if not why.strip():
        raise RuleBroken("reason-missing")
    models.change(again.seq, state=LetterState.DRAFT, approved_by="", approved_at=None, why=why.strip())
    drafting.note(again, Act.LETTER_GIVEN_BACK, now=now, by=by)


@dataclass(frozen=True)
class _Ready:
    """A letter about to be issued: what it says, its prefix, the number it will probably have, and that page."""

    found: CaseLetter
    content: DraftWords
    setting: Setting
    prefix: str
    page: bytes


def issue(
    found: CaseLetter, key: CaseKey, work: Work, fonts: str, *, by: str, seen: Seen = UNSEEN
) -> CaseLetter:
    """
    Issue a letter: number, page and the step of its case in one transaction; return it.

    The page is set before, with the number that comes next, so that nobody waits for it in the transaction.

    Raises:
        RuleBroken: as `drafting.check_ready`, `remedies.block`, `steps.take`; "letter-not-open", "not-approved".
        Refused: as `typeset.render`, `proof.check`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    ready = _ready(found, key, work, fonts)
    with db.writing(db.store):
        seen.hold()
        again = models.letter(found.seq, found.number)
        if (again.version, again.state) != (found.version, found.state):
            raise RuleBroken("letter-not-open")
        step = _step(again, ready.content, work)

        def along(_case: Case, _course: Course) -> Mapping[str, Said]:
            letter_no = _issued(ready, key, work, fonts, by)
            return {"letter_seq": again.seq, "letter_no": letter_no}

        if step:
            steps.take(again.number, step.act, step.facts, by, work, along=along)
            party = getattr(step.facts, "party", 0)
            models.change(again.seq, party=party)
        else:
            _note_issue(again, ready, key, work, fonts, by)
        issued = models.letter(found.seq, found.number)
        drafting.note(issued, Act.LETTER_ISSUED, now=work.now, by=by, letter_no=issued.letter_no)
    return issued


def _ready(found: CaseLetter, key: CaseKey, work: Work, fonts: str) -> _Ready:
    head = letterheads.of_organ(found.organ_code)
    if found.state is not LetterState.APPROVED and (
        needs_approval(found, head) or found.state is not LetterState.DRAFT
    ):
        raise RuleBroken("not-approved" if found.is_open else "letter-not-open")
    redaction.check_finished(found.seq)
    content = drafting.read(found, key)
    drafting.check_ready(found.row, content, head)
    prefix, day = head.prefix(found.row), beijing_day(work.now)
    letter_no = numbering.following(prefix, day) if prefix else ""
    setting = _setting(found, key, work, head=head, letter_no=letter_no)
    page = _proven(drafting.text_of(found.row, content, setting), fonts)
    return _Ready(found, content, setting, prefix, page)


def needs_approval(found: CaseLetter, head: Letterhead) -> bool:
    """Return whether a second person looks at a letter before it is issued: also at everything that is covered."""
    return head.needs_approval or redaction.has_any(found.seq)


def _step(found: CaseLetter, content: DraftWords, work: Work) -> step_facts.LetterStep | None:
    """Return the step to take; None where a voided letter took it and this one replaces it."""
    course = cases.course_of(found.number, work.calendar)
    if replaced(found.number, found.kind, course):
        return None
    return step_facts.of_issue(found.row, Issuing(content, beijing_day(work.now), course, work.calendar))


def replaced(number: str, kind: str, course: Course) -> CaseLetter | None:
    """
    Return the voided letter of which a new one of its kind takes the place: its step stays taken.

    A letter of before a decision that ordered a new answer is replaced by none.
    """
    begun = max((step.noted_at for step in course.steps if _begins_again(step.facts)), default=None)
    same = [
        each
        for each in models.of_case(number)
        if each.kind == kind and each.issued_at and (begun is None or each.issued_at >= begun)
    ]
    return same[-1] if same and same[-1].state is LetterState.VOID else None


def _begins_again(facts: StepFacts) -> bool:
    return isinstance(facts, ReviewResultFacts) and facts.answer_again


def _note_issue(found: CaseLetter, ready: _Ready, key: CaseKey, work: Work, fonts: str, by: str) -> None:
    before = replaced(found.number, found.kind, cases.course_of(found.number, work.calendar))
    letter_no = _issued(ready, key, work, fonts, by)
    if before:
        models.change(found.seq, party=before.party)
    detail: dict[str, Said] = {"letter_seq": found.seq, "kind": found.kind, "letter_no": letter_no}
    if before:
        detail["replaces"] = before.letter_no
    steps.note(found.number, CaseAct.NOTED, detail, by, work)


def _issued(ready: _Ready, key: CaseKey, work: Work, fonts: str, by: str) -> str:
    """Take the number and store the page; set it again where another letter took the number that was foreseen."""
    day = ready.setting.day
    letter_no = numbering.take(ready.prefix, day) if ready.prefix else ""
    page = ready.page
    if letter_no != ready.setting.letter_no:
        setting = replace(ready.setting, letter_no=letter_no)
        page = _proven(drafting.text_of(ready.found.row, ready.content, setting), fonts)
    models.change(
        ready.found.seq,
        state=LetterState.ISSUED,
        letter_no=letter_no,
        dated=day,
        page=sealing.seal_file(key.public, page),
        page_sha256=hashlib.sha256(page).hexdigest(),
        issued_by=by,
        issued_at=work.now,
        service={"review_online": bool(ready.setting.head.places.review_online)},
    )
    return letter_no


@db.writing(db.store)
def void(found: CaseLetter, why: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Give a letter up, with the reason; a number that it had stays taken.

    Raises:
        RuleBroken: "letter-not-open": it was served, or given up before; "reason-missing".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    open_ = (LetterState.DRAFT, LetterState.WAITING, LetterState.APPROVED, LetterState.ISSUED)
    again = _in_state(found, *open_)
    if not why.strip():
        raise RuleBroken("reason-missing")
    models.change(again.seq, state=LetterState.VOID, why=why.strip())
    drafting.note(again, Act.LETTER_VOIDED, now=now, by=by, letter_no=again.letter_no)


@db.writing(db.store)
def serve(
    found: CaseLetter,
    way: ServiceWay,
    on: date,
    proof_words: str,
    *,
    by: str,
    work: Work,
    seen: Seen = UNSEEN,
) -> None:
    """
    Note how and when a letter was served, with the step of its case.

    Args:
        on: Direct and entrusted: signed for; post: posted; else sent.
        proof_words: Number of the registered letter, or who signed as what.
    Raises:
        RuleBroken: "letter-not-issued", "proof-missing", "before-letter", "after-today", "online-channel-unknown"
            (复议法 22(2)); as `steps.take`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    again = models.letter(found.seq, found.number)
    _check_service(again, way, on, proof_words, beijing_day(work.now))
    step = step_facts.of_service(again, way, on, proof_words.strip())
    said = {**again.service, "way": way.value, "on": on.isoformat(), "proof": proof_words.strip()}
    models.change(again.seq, state=LetterState.SERVED, service=said)
    if step:
        steps.take(again.number, step.act, step.facts, by, work)
    else:
        detail: dict[str, Said] = {"letter_seq": again.seq, "served": way.value, "on": on.isoformat()}
        steps.note(again.number, CaseAct.NOTED, detail, by, work)
    drafting.note(again, Act.LETTER_SERVED, now=work.now, by=by, way=way.value)


@dataclass(frozen=True, repr=False)
class Collected:
    """What is needed for an answer that is collected at a terminal; identity_step: what is asked besides the code."""

    reading_keys: Mapping[str, bytes]
    identity_step: str


def release_by_code(
    found: CaseLetter, key: CaseKey, collected: Collected, *, by: str, work: Work, seen: Seen = UNSEEN
) -> None:
    """
    Serve an answer by number and code: letter and files are sealed for the citizen alone.

    Raises:
        RuleBroken: as `serve`; "not-an-answer".
        Refused: as `release.sealed_for`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    day = beijing_day(work.now)
    _check_release(found, day)
    parcel = release.sealed_for(
        found.number,
        _for_citizen(found, key),
        reading_keys=collected.reading_keys,
        identity_step=collected.identity_step,
        name=found.row.title,
        day=day,
    )
    with db.writing(db.store):
        seen.hold()
        again = models.letter(found.seq, found.number)
        _check_release(again, day)
        release.release(again.number, parcel, by, work)
        said = {**again.service, "way": ServiceWay.CODE.value, "on": day.isoformat(), "proof": ""}
        models.change(again.seq, state=LetterState.SERVED, service=said)
        drafting.note(again, Act.LETTER_SERVED, now=work.now, by=by, way=ServiceWay.CODE.value)


def _check_release(found: CaseLetter, day: date) -> None:
    if not found.row.is_answer:
        raise RuleBroken("not-an-answer")
    _check_service(found, ServiceWay.CODE, day, "", day)


def _for_citizen(found: CaseLetter, key: CaseKey) -> Letter:
    """Return the letter of record with its files; a scan that is a picture goes beside the page."""
    files = [AnswerFile(each.name, each.type, each.content) for each in enclosed.contents(found, key)]
    if not found.scan_sha256:
        return Letter(unsealed(found, key, "page"), found.letter_no, files)
    scan, kind = unsealed(found, key, "scan"), str(found.service.get("scan_type"))
    if kind == PDF:
        return Letter(scan, found.letter_no, files)
    stamped = AnswerFile(STAMPED, kind, scan)
    return Letter(unsealed(found, key, "page"), found.letter_no, [stamped, *files])


@db.writing(db.store)
def delivered(found: CaseLetter, on: date, *, by: str, work: Work, seen: Seen = UNSEEN) -> None:
    """
    Note the day on which a posted answer was signed for: from it the applicant's days run.

    Raises:
        RuleBroken: "letter-not-posted", "before-letter"; as `steps.take`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    again = models.letter(found.seq, found.number)
    if again.service.get("way") != ServiceWay.POST or "delivered" in again.service:
        raise RuleBroken("letter-not-posted")
    if on < date.fromisoformat(again.service["on"]):
        raise RuleBroken("before-letter")
    models.change(again.seq, service={**again.service, "delivered": on.isoformat()})
    if again.row.is_answer:
        steps.take(again.number, CaseAct.DELIVERED, StepFacts(on=on), by, work)
    drafting.note(again, Act.LETTER_SERVED, now=work.now, by=by, way="delivered")


def _check_service(found: CaseLetter, way: ServiceWay, on: date, proof_words: str, today: date) -> None:
    if found.state is not LetterState.ISSUED or found.dated is None:
        raise RuleBroken("letter-not-issued")
    if on < found.dated:
        raise RuleBroken("before-letter")
    if on > today:
        raise RuleBroken("after-today")
    if way in (ServiceWay.DIRECT, ServiceWay.ENTRUSTED, ServiceWay.POST) and not proof_words.strip():
        raise RuleBroken("proof-missing")
    names_remedies = found.row.remedies is not Remedies.NONE
    if way in ONLINE and names_remedies and not found.service.get("review_online"):
        raise RuleBroken("online-channel-unknown")


def page_of(found: CaseLetter, key: CaseKey, part: str, now: datetime, by: str) -> bytes:
    """
    Return the issued page, or its stamped scan; the opening is logged.

    Args:
        part: "page" or "scan".
    Raises:
        NotFound: "no-such-letter".
        Refused: "sealed-part-broken".
    """
    content = unsealed(found, key, part)
    opened(found, part, now, by)
    return content


def unsealed(found: CaseLetter, key: CaseKey, part: str) -> bytes:
    """Return the issued page or its scan; the caller logs the opening. Errors as of `page_of`."""
    try:
        return sealing.unseal_file(key.private, models.sealed_part(found.seq, part))
    except SealBroken as error:
        raise Refused("sealed-part-broken", error.code) from error


def of_record(found: CaseLetter, key: CaseKey) -> bytes:
    """Return the letter of record: its stamped scan where there is one, else its page; the caller logs the opening."""
    return unsealed(found, key, "scan" if found.scan_sha256 else "page")


def opened(found: CaseLetter, part: str, now: datetime, by: str) -> None:
    """Log that somebody opened a letter."""
    with db.writing(db.store):
        drafting.note(found, Act.LETTER_OPENED, now=now, by=by, part=part)


def _setting(found: CaseLetter, key: CaseKey, work: Work, **said: Any) -> Setting:
    titles = enclosed.titles(found, key)
    return Setting(
        organ=work.organ_name(found.organ_code), attachments=titles, day=beijing_day(work.now), **said
    )


def _proven(letter: LetterText, fonts: str) -> bytes:
    page = typeset.render(letter, faces.read(fonts))
    proof.check(page, letter)
    return page


def _in_state(found: CaseLetter, *states: LetterState) -> CaseLetter:
    again = models.letter(found.seq, found.number)
    if again.state not in states:
        raise RuleBroken("letter-not-open")
    return again
