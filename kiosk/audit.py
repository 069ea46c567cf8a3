"""
The audit chain: rows that are only added, each bound to the one before, so that a change is found.

Every audited act is a member of `Act`; a row keeps the name under which it was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import peewee

from kiosk import db
from kiosk.clock import stamp

FIRST = "0" * 64


class Act(StrEnum):
    """Names of audited acts, one each; `Act(name)` also reads the old names in earlier rows."""

    # the hub's accounts and reading keys
    STAFF_ADDED = "staff.added"
    STAFF_APPROVED = "staff.approved"
    STAFF_CLOSED = "staff.closed"
    STAFF_SIGNED_IN = "staff.signed-in"
    STAFF_WRONG_PASSWORDS = "staff.wrong-passwords"
    STAFF_PASSWORD_RESET = "staff.password-reset"
    STAFF_PASSWORD_CHANGED = "staff.password-changed"
    STAFF_PROPOSED = "staff.proposed"
    STAFF_PROPOSAL_WITHDRAWN = "staff.proposal-withdrawn"
    STAFF_SESSION_ENDED = "staff.session-ended"
    STAFF_FACTOR_ENROLLED = "staff.factor-enrolled"
    STAFF_FACTOR_RIGHT = "staff.factor-right"
    STAFF_FACTOR_WRONG = "staff.factor-wrong"
    STAFF_FACTOR_RESET = "staff.factor-reset"
    STAFF_RECOVERY_CODE_USED = "staff.recovery-code-used"
    READING_KEY_MADE = "reading-key.made"
    READING_KEY_LENT = "reading-key.lent"
    READING_KEY_LOAN_ENDED = "reading-key.loan-ended"
    READING_KEY_LOST = "reading-key.lost"
    ORGAN_MERGER_PROPOSED = "organ.merger-proposed"
    ORGAN_MERGER_WITHDRAWN = "organ.merger-withdrawn"
    ORGAN_MERGED = "organ.merged"

    # consultations: bookings
    BOOKING_TAKEN = "booking.taken"
    BOOKING_MOVED = "booking.moved"
    BOOKING_CANCELLED = "booking.cancelled"
    BOOKING_OFFERED = "booking.offered"
    BOOKING_OFFER_LAPSED = "booking.offer-lapsed"
    BOOKING_ACCEPTED = "booking.accepted"
    BOOKING_TOO_LATE = "booking.too-late"
    BOOKING_CALLED = "booking.called"
    BOOKING_STATE = "booking.state"

    # the log itself
    CHAIN_FAULT = "audit.fault"
    CHAIN_FAULT_ACCEPTED = "audit.fault-accepted"

    # terminals
    DEVICE_CODE_MADE = "device.code-made"
    DEVICE_PLACED = "device-place"
    DEVICE_REINSTATED = "device.reinstated"
    DEVICE_REVOKED = "device.revoked"
    HUB_SALVAGED = "hub.salvaged"
    HUB_PUT_BACK = "hub.put-back"
    STATION_SALVAGED = "station.salvaged"
    HELD_LET_IN = "held.let-in"
    HELD_DISCARDED = "held.discarded"

    # the halls' staff: at the hub, then at a terminal
    HALL_ADDED = "hall.added"
    HALL_PLACES = "hall.places"
    HALL_PIN = "hall.pin"
    HALL_PAUSED = "hall.paused"
    HALL_RESUMED = "hall.active"
    HALL_CLOSED = "hall.closed"
    HALL_UNLOCK_ANSWERED = "hall.unlock-told"
    HALL_OPENED = "hall.opened"
    HALL_PRINTED = "hall.printed"
    HALL_UNLOCKED = "hall.unlocked"
    CALL_ANSWERED = "call.answered"
    ASSIST_OPENED = "assist.opened"
    ASSIST_EXTENDED = "assist.extended"
    ASSIST_ENDED = "assist.ended"
    ASSIST_HANDED_IN = "assist.handed-in"

    # the queue of a hall
    QUEUE_WINDOW_OPENED = "queue.window-opened"
    QUEUE_WINDOW_CLOSED = "queue.window-closed"
    QUEUE_PICKED = "queue.picked"
    QUEUE_HELP_CALLED = "queue.help-called"
    QUEUE_HELP_CAME = "queue.help-came"
    QUEUE_TAKEN_OVER = "queue.taken-over"

    # paper at a terminal
    PAPER_REPRINTED = "paper.reprinted"
    PAPER_TAKEN = "paper.taken"

    # submissions
    SUBMISSION_OPENED = "submission.opened"
    SUBMISSION_LIST_OPENED = "submission.list-opened"
    SUBMISSION_HANDED_OVER = "submission.handed-over"
    # requests
    DISCLOSURE_TAKEN_IN = "disclosure.taken-in"
    DISCLOSURE_OPENED = "disclosure.opened"
    DISCLOSURE_RECEIPT_CONFIRMED = "disclosure.receipt-confirmed"
    DISCLOSURE_ADDED = "disclosure.added"
    DISCLOSURE_ADDITION_OPENED = "disclosure.addition-opened"
    DISCLOSURE_ADDITION_SETTLED = "disclosure.addition-settled"
    DISCLOSURE_SEARCHED_BY_NAME = "disclosure.searched-by-name"
    DISCLOSURE_RELEASED_AGAIN = "disclosure.released-again"
    DISCLOSURE_NEW_CODE = "disclosure.new-code"
    DISCLOSURE_REGISTERED = "disclosure.registered"
    DISCLOSURE_RECOUNTED = "disclosure.deadline-recounted"
    DISCLOSURE_RECEIPT_CORRECTED = "disclosure.receipt-corrected"
    DISCLOSURE_HANDED_OVER = "disclosure.handed-over"
    DISCLOSURE_ASSIGNED = "disclosure.assigned"
    DISCLOSURE_CORRECTION_ASKED = "disclosure.correction-asked"
    DISCLOSURE_CORRECTED = "disclosure.corrected"
    DISCLOSURE_CORRECTION_LAPSED = "disclosure.correction-lapsed"
    DISCLOSURE_EXTENDED = "disclosure.extended"
    DISCLOSURE_OPINION_ASKED = "disclosure.opinion-asked"
    DISCLOSURE_OPINION_DELIVERED = "disclosure.opinion-delivered"
    DISCLOSURE_OPINION_ARRIVED = "disclosure.opinion-arrived"
    DISCLOSURE_OPINION_LAPSED = "disclosure.opinion-lapsed"
    DISCLOSURE_REASONS_ASKED = "disclosure.reasons-asked"
    DISCLOSURE_DELAYED = "disclosure.delayed"
    DISCLOSURE_FEE_ASKED = "disclosure.fee-asked"
    DISCLOSURE_FEE_DELIVERED = "disclosure.fee-delivered"
    DISCLOSURE_FEE_PAID = "disclosure.fee-paid"
    DISCLOSURE_FEE_LAPSED = "disclosure.fee-lapsed"
    DISCLOSURE_ANSWERED = "disclosure.answered"
    DISCLOSURE_SERVED = "disclosure.served"
    DISCLOSURE_DELIVERED = "disclosure.delivered"
    DISCLOSURE_WITHDRAWN = "disclosure.withdrawn"
    DISCLOSURE_REVIEW_OPENED = "disclosure.review-opened"
    DISCLOSURE_REVIEW_DECIDED = "disclosure.review-decided"
    DISCLOSURE_NOTED = "disclosure.noted"
    DISCLOSURE_URGED = "disclosure.urged"
    DISCLOSURE_LINKED = "disclosure.linked"
    DISCLOSURE_SCANNED = "disclosure.scanned"
    DISCLOSURE_RECEIPT_PRINTED = "disclosure.receipt-printed"
    DISCLOSURE_ARCHIVED = "disclosure.archived"
    DISCLOSURE_FEEDBACK = "disclosure.feedback"
    DISCLOSURE_PUBLICATION_ASKED = "disclosure.publication-asked"

    # consultations
    CONSULTATION_CONCLUDED = "consultation.concluded"
    CONSULTATION_EXCUSED = "consultation.excused"

    # questions left for the county
    INQUIRY_TAKEN_IN = "inquiry.taken-in"
    INQUIRY_ADDED = "inquiry.added"
    INQUIRY_ASSIGNED = "inquiry.assigned"
    INQUIRY_ANSWER_KEPT = "inquiry.answer-kept"
    INQUIRY_ANSWER_SUBMITTED = "inquiry.answer-submitted"
    INQUIRY_ANSWER_RETURNED = "inquiry.answer-returned"
    INQUIRY_ANSWERED = "inquiry.answered"
    INQUIRY_RECOUNTED = "inquiry.day-recounted"
    INQUIRY_COLLECTED = "inquiry.collected"
    LIBRARY_PROPOSED = "library.proposed"
    LIBRARY_TAKEN_BACK = "library.taken-back"

    # the calendar of working days
    WORKDAYS_PROPOSED = "workdays.proposed"
    WORKDAYS_PROPOSAL_WITHDRAWN = "workdays.proposal-withdrawn"
    WORKDAYS_CHANGED = "workdays.changed"

    # consultation: places, topics and hours, and the bookings that a change hit
    SUPPLY_CHANGED = "supply.changed"
    SUPPLY_ENDED = "supply.ended"
    BOOKING_REBOOKED = "booking.rebooked"
    BOOKING_CALLED_ABOUT = "booking.called-about"

    # letters of requests
    LETTER_WRITTEN = "letter.written"
    LETTER_FILE = "letter.file"
    LETTER_OPENED = "letter.opened"
    LETTER_HANDED_OVER = "letter.handed-over"
    LETTER_APPROVED = "letter.approved"
    LETTER_GIVEN_BACK = "letter.given-back"
    LETTER_ISSUED = "letter.issued"
    LETTER_SERVED = "letter.served"
    LETTER_SCANNED = "letter.scanned"
    LETTER_VOIDED = "letter.voided"
    LETTER_HEAD_CHANGED = "letter.head-changed"
    LETTER_REMEDIES_CONFIRMED = "letter.remedies-confirmed"
    LETTER_WORDING_PROPOSED = "letter.wording-proposed"
    LETTER_WORDING_APPROVED = "letter.wording-approved"
    LETTER_WORDING_REFUSED = "letter.wording-refused"
    CASE_FILE_MADE = "disclosure.case-file-made"

    # reports about requests, the docket, the public log
    REPORT_FIGURES_KEPT = "report.figures-kept"
    REPORT_TEXT_KEPT = "report.text-kept"
    REPORT_SUBMITTED = "report.submitted"
    DOCKET_ENTERED = "docket.entered"
    DOCKET_CHANGED = "docket.changed"
    ANSWER_LOGGED = "request-log.submitted"
    ANSWER_TAKEN_BACK = "request-log.taken-back"

    # the catalogue
    CATALOGUE_IMPORT = "catalogue-import"
    CATALOGUE_WATCHED_TAKEN = "catalogue-watched-taken"
    CATALOGUE_WATCHED_REFUSED = "catalogue-watched-refused"
    CATALOGUE_MAPPING = "catalogue-mapping"
    CATALOGUE_NEW = "catalogue-new"
    CATALOGUE_EDIT = "catalogue-edit"
    CATALOGUE_AMEND = "catalogue-amend"
    CATALOGUE_REPEAL = "catalogue-repeal"
    CATALOGUE_ATTACHMENTS = "catalogue-attachments"
    CATALOGUE_APPROVE = "catalogue-approve"
    CATALOGUE_APPROVE_ALONE = "catalogue-approve-alone"
    CATALOGUE_APPROVE_BATCH = "catalogue-approve-batch"
    CATALOGUE_PUBLISH_DUE = "catalogue-publish-due"
    CATALOGUE_UNSCHEDULE = "catalogue-unschedule"
    CATALOGUE_REFUSE = "catalogue-refuse"
    CATALOGUE_WITHDRAW = "catalogue-withdraw"
    CATALOGUE_REVIEWED = "catalogue-reviewed"
    CATALOGUE_NAMES_ERASED = "catalogue-names-erased"
    CATALOGUE_PROBLEM_SETTLED = "catalogue-problem-settled"
    CATALOGUE_SEARCH_SETTLED = "catalogue-search-settled"
    CATALOGUE_WORD = "catalogue-word"

    @classmethod
    def _missing_(cls, value: object) -> Act | None:
        return OLD_NAMES.get(str(value))


OLD_NAMES = {"device-code": Act.DEVICE_CODE_MADE}
"""
Names that are no longer written. The chain binds a row by its text, so an old row keeps its name for good and is read
under the new one.
"""


class AuditLine(db.StoreModel):
    """One act; `at` and `detail` are the very texts that the chain binds."""

    seq = peewee.BigIntegerField(primary_key=True)
    at = peewee.TextField()
    actor = peewee.TextField()
    act = peewee.TextField()
    subject = peewee.TextField()
    detail = peewee.TextField()
    chain = peewee.TextField()

    class Meta:
        table_name = "audit"


class AuditHead(db.StoreModel):
    """The end of the chain, one row: a writer locks it, so that two rows are never bound to the same one."""

    one = peewee.IntegerField(primary_key=True)
    seq = peewee.BigIntegerField()
    chain = peewee.TextField()


@dataclass(frozen=True)
class _Line:
    at: str
    actor: str
    act: str
    subject: str
    detail: str


_TAKE = db.Statement(
    lambda: (
        AuditHead.update(seq=AuditHead.seq + db.number_slot("many"))
        .where(AuditHead.one == 1)
        .returning(AuditHead.seq, AuditHead.chain)
    )
)
_ADD = db.Statement(
    lambda: AuditLine.insert(
        db.inserted(
            AuditLine.seq,
            AuditLine.at,
            AuditLine.actor,
            AuditLine.act,
            AuditLine.subject,
            AuditLine.detail,
            AuditLine.chain,
        )
    )
)
_LEAVE = db.Statement(
    lambda: AuditHead.update(chain=db.slot(AuditHead.chain)).where(AuditHead.one == 1),
)


def record(
    *,
    at: datetime,
    actor: str,
    act: Act,
    subject: str,
    detail: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    """
    Add one act to the chain with the caller's transaction, as the last thing before its commit.

    `subject` is a number or an account, `detail` plain words: neither may hold personal data of citizens.
    """
    words = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True)
    db.at_commit(db.store, _bind, _Line(stamp(at), actor, act.value, subject, words))


def record_in(
    database: db.SqliteFile, *, at: datetime, actor: str, act: Act, detail: Mapping[str, str | int]
) -> None:
    """Add one act, inside the caller's transaction, to the chain of a file that is not in use yet."""
    words = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    _bind([_Line(stamp(at), actor, act.value, "", words)], database)


def _bind(lines: list[_Line], database: db.Store | peewee.DatabaseProxy = db.store) -> None:
    """Write the lines of one transaction at the end of the chain."""
    head = _TAKE.first(database, many=len(lines))
    assert head is not None, "the chain has no head"
    (last, chain) = head
    for seq, line in enumerate(lines, last - len(lines) + 1):
        row = (seq, line.at, line.actor, line.act, line.subject, line.detail)
        chain = _link(chain, row)
        _ADD.run(database, seq=seq, chain=chain, **vars(line))
    _LEAVE.run(database, chain=chain)


def take_over(rows: Sequence[Mapping[str, Any]]) -> int:
    """
    Write lines of a damaged log into an empty one, inside the caller's transaction; return how many.

    Its unbroken beginning stays as it is; later lines that follow from the one before them are bound again.
    """
    chain, last, before = FIRST, 0, FIRST
    for row in rows:
        values = tuple(row[name] for name in ("seq", "at", "actor", "act", "subject", "detail"))
        is_next = values[0] == last + 1 and row["chain"] == _link(chain, values)
        if not (is_next or row["chain"] == _link(before, values)):
            before = row["chain"]
            continue
        before, last = row["chain"], last + 1
        chain = _link(chain, (last, *values[1:]))
        line = dict(zip(("at", "actor", "act", "subject", "detail"), values[1:], strict=True))
        _ADD.run(db.store, seq=last, chain=chain, **line)
    AuditHead.update(seq=last, chain=chain).where(AuditHead.one == 1).execute()
    return last


def last_of(act: Act, most: int) -> list[AuditLine]:
    """Return the last lines of one act, the newest first."""
    found = AuditLine.select().where(AuditLine.act == act)
    return list(found.order_by(AuditLine.seq.desc()).limit(most))


def last_about(acts: Iterable[Act], subjects: Iterable[str]) -> AuditLine | None:
    """Return the last line of one of these acts on one of these subjects."""
    found = AuditLine.select().where(AuditLine.act.in_(list(acts)), AuditLine.subject.in_(list(subjects)))
    return found.order_by(AuditLine.seq.desc()).first()


def first_break() -> int | None:
    """Return the sequence of the first row that does not follow from the one before, or None: the chain holds."""
    before, expected = FIRST, 1
    for *row, chain in AuditLine.select().order_by(AuditLine.seq).tuples().iterator():
        if row[0] != expected or chain != _link(before, tuple(row)):
            return int(row[0])
        before, expected = chain, expected + 1
    head = AuditHead.get_by_id(1)
    return None if (head.seq, head.chain) == (expected - 1, before) else expected


def head() -> tuple[int, str]:
    """Return number and hash of the last entry; 0 and FIRST while there is none."""
    found = AuditHead.get_by_id(1)
    return found.seq, found.chain


def chain_at(seq: int) -> str | None:
    """Return the hash of the entry with this number; None when there is none."""
    if seq == 0:
        return FIRST
    found: str | None = AuditLine.select(AuditLine.chain).where(AuditLine.seq == seq).scalar()
    return found


def _link(before: str, row: tuple[object, ...]) -> str:
    text = json.dumps([before, *row], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
