"""
Taking a submission in: the record, its outbox entry and its print job in one transaction, before a number is shown.

A key belongs to one content: given again, it returns what is stored, and other content under it is refused. The row of
its kind defines the content; nothing here knows more of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from kiosk import db
from kiosk.clock import Clock, stamp, today
from kiosk.errors import Refused
from kiosk.hall import assisted
from kiosk.intake import models, numbers, questions, receipt_paper
from kiosk.intake.attached import brought
from kiosk.intake.attached.clean_files import PIECE, pieces_of
from kiosk.intake.attached.held_files import SealedFile
from kiosk.intake.begun import ABOUT, Begun, new_key
from kiosk.intake.by_organ import public_keys
from kiosk.intake.codes import BootKey, QueryCode
from kiosk.intake.form.blanks import Answers
from kiosk.intake.form.form_content import content_mark, content_of, entry_of
from kiosk.intake.kinds import SUBMITTED, SubmissionKind
from kiosk.intake.models import Submission
from kiosk.intake.organs import Organ
from kiosk.intake.promises import Entrance, Promise, PromisedTerms, Receipt, SlipOrigin
from kiosk.intake.receipt_paper import ReceiptPaper
from kiosk.workdays import WorkCalendar
from printers.paper.document import Slip
from printers.spooler import paper_waits, spool
from printers.spooler.paper_waits import PaperWait
from sync.terminal import outbox
from sync.terminal.models import HubLink
from sync.wire import sealing


@dataclass(frozen=True)
class Handover:
    """
    A finished form.

    Args:
        key: UUIDv7 made when the form was begun: the same key never makes two submissions.
        clear: What the hub may read without a reading key (entry_mode, applicant_type ...).
        personal: Everything else; sealed here, never stored in clear.
        masked: What this terminal keeps for tracking.
        terms: The promised dates: the day of receipt if it is certain, the last day for an answer.
        slip: Makes the receipt; None if the citizen wants no paper.
        assisted_by: Staff number of the assistant who filled it in; empty if there was none.
        secret: Of the form, as hexadecimal digits; keys the mark of its content.
        visit: Name of the visit, with which the wait for the paper ends; empty for none.
        state: Its first state.
        within: Runs in the transaction that stores it, with its number; raises Refused, and nothing is stored.
        files: What goes with it, locked.
    """

    key: str
    kind: str
    organ: Organ
    clear: dict[str, str]
    personal: dict[str, Any]
    masked: dict[str, Any]
    terms: PromisedTerms
    code: QueryCode
    slip: Callable[[Promise], Slip] | None
    assisted_by: str = ""
    secret: str = ""
    visit: str = ""
    state: str = SUBMITTED
    within: Callable[[str], None] | None = None
    files: Sequence[SealedFile] = ()


class OtherContent(Refused):
    """The form's key is stored with other content; `submission` is what is stored."""

    def __init__(self, submission: Submission) -> None:
        super().__init__("key-has-other-content", submission.number)
        self.submission = submission


class TooSoon(Refused):
    """A form that was handed in sooner than a person can; `wait_s`: seconds after which it is taken."""

    def __init__(self, wait_s: int) -> None:
        super().__init__("too-soon")
        self.wait_s = wait_s


@dataclass(frozen=True)
class HandedIn:
    """A stored submission, and whether it was stored under the form's key before."""

    submission: Submission
    is_repeat: bool


@dataclass(frozen=True)
class Desk:
    """The parts of a terminal that intake needs."""

    clock: Clock
    boot_key: BootKey
    unprinted_minutes: int
    most_a_day: int = numbers.LAST_PLACE


@dataclass(frozen=True)
class FormCounter:
    """The place and time at which a form is handed in."""

    clock: Clock
    calendar: WorkCalendar
    desk: Desk
    in_person_organs: tuple[str, ...]
    place: SlipOrigin
    has_printer: bool
    visit: str = ""
    least_s: int = 0
    answer_workdays: int = 5


def hand_in(
    kind: SubmissionKind,
    begun: Begun,
    *,
    organ: Organ,
    code: QueryCode,
    counter: FormCounter,
    files: Sequence[SealedFile] = (),
) -> HandedIn:
    """
    Store a finished form as a submission and return it; the same key never makes two.

    Args:
        files: The locked bytes of the files that the form names.
    Raises:
        OtherContent: the key is stored with other content.
        TooSoon: it was begun less than `least_s` ago, and nobody of the staff helped.
        Refused: "not-enrolled", "numbers-used-up", or what `kind.within` refuses.
        StoreFull: nothing was written, or "outcome-unknown".
    """
    if not kind.is_about:  # one that adds to a submission is begun with its slip
        _wait_for_a_person(begun, counter)
    terms = kind.terms(
        Entrance(
            day=today(counter.clock),
            calendar=counter.calendar,
            is_clock_trusted=counter.clock.trusted(),
            is_in_person=organ.code in counter.in_person_organs,
            answer_workdays=counter.answer_workdays,
        )
    )
    facts = dict(kind.facts(begun.answers))
    kept = {**questions.kept_part(kind.questions, begun.answers), **facts, **brought.counted(begun)}

    def slip(promise: Promise) -> Slip:
        rows = questions.slip_rows(kind.questions, kept)
        about = begun.answers.get(ABOUT, "")
        return kind.slip(Receipt(promise, organ, rows, counter.place, begun.assisted_by, about, kept))

    clear, personal = content_of(kind, begun)
    is_printed = counter.has_printer and begun.answers.get(receipt_paper.NAME) != ReceiptPaper.NONE
    handover = Handover(
        key=begun.key,
        kind=kind.name,
        organ=organ,
        clear={**clear, **entry_of(begun.assisted_by)},
        personal=personal,
        masked=_masked(kept, terms, begun),
        terms=terms,
        code=code,
        slip=slip if is_printed else None,
        assisted_by=begun.assisted_by,
        secret=begun.secret,
        visit=counter.visit,
        state=kind.first_state(facts),
        within=partial(kind.within, begun.answers, begun.key) if kind.within else None,
        files=files,
    )
    return _stored(handover, counter.desk)


def _wait_for_a_person(begun: Begun, counter: FormCounter) -> None:
    """Refuse a form that was begun too short a time ago; what is stored already is answered at any time."""
    wait_s = math.ceil(begun.since_s + counter.least_s - counter.clock.monotonic()) if counter.least_s else 0
    if wait_s > 0 and not begun.assisted_by and models.by_key(begun.key) is None:
        raise TooSoon(wait_s)


DUE_WORKDAYS = "due_workdays"
"""Member of the envelope: the working days that were promised."""


def _masked(kept: Answers, terms: PromisedTerms, begun: Begun) -> dict[str, Any]:
    """Return what stays readable on this machine, for the citizen's tracking page."""
    more = {"assisted_by": begun.assisted_by, ABOUT: begun.answers.get(ABOUT, "")}
    shown = {**kept, **(terms.due.as_dict() if terms.due else {})}
    return {**shown, **{name: value for name, value in more.items() if value}}


def take_in(handover: Handover, desk: Desk) -> Submission:
    """
    Store a submission and return it; a second call with the same key and content returns the first one unchanged.

    Raises:
        OtherContent: the key is stored with other content.
        Refused: "not-enrolled" if this terminal has no hub yet, "numbers-used-up".
        StoreFull: nothing was written, or "outcome-unknown" where the disk did not say whether it was.
    """
    return _stored(handover, desk).submission


def _stored(handover: Handover, desk: Desk) -> HandedIn:
    now = desk.clock.now()
    mark = content_mark(handover.clear, handover.personal, handover.secret)
    with db.writing(db.store):
        known = models.by_key(handover.key)
        if known and known.content_mark not in ("", mark):
            raise OtherContent(known)
        if known:
            return HandedIn(known, is_repeat=True)
        link = _hub_link(handover.organ.code)
        promise = Promise(
            number=numbers.issue(link.terminal, today(desk.clock), desk.most_a_day),
            submitted_at=now,
            terms=handover.terms,
        )
        stored = _record(handover, promise, mark)
        models.add(stored)
        if handover.within:
            handover.within(promise.number)
        _store_outbox(handover, promise, link)
        _store_files(handover, promise)
        if handover.slip:
            job = spool.enqueue(
                db.store,
                handover.slip(promise),
                request_key=handover.key,
                kind="receipt",
                created_at=now,
                expires_at=now + timedelta(minutes=desk.unprinted_minutes),
                secret=desk.boot_key.seal(handover.code.written),
            )
            since = desk.clock.monotonic()
            until = since + desk.unprinted_minutes * 60
            paper_waits.keep(db.store, job, PaperWait(desk.clock.boot_id(), since, until, handover.visit))
        if handover.assisted_by:
            assisted.note_handed_in(promise.number, handover.assisted_by, desk.clock)
    return HandedIn(stored, is_repeat=False)


@dataclass(frozen=True)
class _Link:
    """The keys and names of this terminal's hub that a submission needs; `seal_key` is the organ's or the office's."""

    terminal: str
    seal_key: bytes
    seal_key_id: str


_LINK = db.Statement(lambda: HubLink.select(HubLink.terminal, HubLink.seal_key, HubLink.seal_key_id))


def _hub_link(organ: str) -> _Link:
    """Return what a submission to this organ needs: its own key where the hub has named one, else the office's."""
    link = _LINK.one(db.store, _Link)
    if link is None:
        raise Refused("not-enrolled")
    own = public_keys.read(db.store).keys.get(organ)
    return replace(link, seal_key=own.public, seal_key_id=own.key_id) if own else link


def _record(handover: Handover, promise: Promise, mark: str) -> Submission:
    return Submission(
        key=handover.key,
        number=promise.number,
        kind=handover.kind,
        organ_code=handover.organ.code,
        organ_name=handover.organ.name,
        submitted_at=promise.submitted_at,
        received_on=promise.terms.received_on,
        received_basis=promise.terms.received_basis,
        masked=handover.masked,
        code_hash=handover.code.hashed,
        state=handover.state,
        state_at=promise.submitted_at,
        content_mark=mark,
    )


def _store_outbox(handover: Handover, promise: Promise, link: _Link) -> None:
    envelope = {
        **handover.clear,
        **({DUE_WORKDAYS: str(handover.terms.due.workdays)} if handover.terms.due else {}),
        "key_id": link.seal_key_id,
        "organ": handover.organ.code,
        "submitted_at": stamp(promise.submitted_at),
        "received_on": _iso(promise.terms.received_on),
        "received_basis": promise.terms.received_basis,
        "code_hash": handover.code.hashed,
    }
    outbox.add(
        db.store,
        key=handover.key,
        kind=handover.kind,
        number=promise.number,
        envelope=envelope,
        sealed=sealing.seal(
            link.seal_key,
            {**handover.personal, "query_code": handover.code.digits, "request_number": promise.number},
        ),
        created_at=promise.submitted_at,
    )


def _store_files(handover: Handover, promise: Promise) -> None:
    """Add the files to the outbox, piece by piece; their keys are in the sealed part of the submission."""
    place = 0
    for each in handover.files:
        pieces = pieces_of(each.locked)
        for at, piece in enumerate(pieces):
            place += 1
            outbox.add(
                db.store,
                key=new_key(),
                kind=PIECE,
                number=numbers.of_piece(promise.number, place),
                envelope={
                    "belongs_to": handover.key,
                    "file": each.file.id,
                    "place": at,
                    "of": len(pieces),
                    "key_id": PIECE,
                    "submitted_at": stamp(promise.submitted_at),
                    "code_hash": handover.code.hashed,
                },
                sealed=piece,
                created_at=promise.submitted_at,
                alg=sealing.LOCK_ALG,
            )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
