"""The tables of inquiries at the hub: in clear what routes and counts them; each answer sealed to the organ's key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import peewee

from kiosk import db
from kiosk.clock import beijing_day
from kiosk.consultation.inquiry.rules import OPEN, AnswerState, InquiryState
from kiosk.errors import NotFound
from kiosk.intake.by_organ.resealing import SealedTable
from kiosk.workdays import Basis, Deadline


class InquiryRow(db.StoreModel):
    """An inquiry; nothing in it is personal."""

    number = peewee.TextField(primary_key=True)
    key = peewee.TextField(unique=True)
    organ_code = peewee.TextField()
    topic = peewee.TextField()
    submitted_at = db.StampField()
    taken_at = db.StampField()
    state = db.WordField(InquiryState)
    due = db.DayField(null=True)
    is_provisional = peewee.BooleanField(column_name="due_provisional", default=False)
    due_why = peewee.TextField(default="")
    workdays = peewee.IntegerField()
    may_publish = peewee.BooleanField(default=False)
    assigned_to = peewee.TextField(default="")
    asked_again_at = db.StampField(null=True)
    answered_at = db.StampField(null=True)
    first_answered_at = db.StampField(null=True)
    collected_at = db.StampField(null=True)
    rating = peewee.TextField(default="")
    moved_at = db.StampField(null=True)

    class Meta:
        table_name = "inquiry"
        indexes = ((("state", "due"), False), (("organ_code", "state"), False))


class InquiryAnswer(db.StoreModel):
    """An answer, one for each time that the citizen asked; its text is sealed to the key that opens the inquiry."""

    no = peewee.BigIntegerField(primary_key=True)
    number = peewee.TextField()
    turn = peewee.IntegerField()
    state = db.WordField(AnswerState)
    version = peewee.IntegerField()
    sealed = peewee.BlobField()
    key_id = peewee.TextField()
    written_by = peewee.TextField()
    written_at = db.StampField()
    settled_by = peewee.TextField(default="")
    settled_at = db.StampField(null=True)
    why = peewee.TextField(default="")

    class Meta:
        table_name = "inquiry_answer"
        indexes = ((("number", "turn"), True), (("state", "number"), False))


class InquiryAddition(db.StoreModel):
    """What a citizen added to an inquiry, each taken once: a further question, a rating."""

    number = peewee.TextField(primary_key=True)
    key = peewee.TextField(unique=True)
    about = peewee.TextField(index=True)
    kind = peewee.TextField()
    rating = peewee.TextField(default="")
    taken_at = db.StampField()
    is_done = peewee.BooleanField(default=False)

    class Meta:
        table_name = "inquiry_addition"


SEALED_ANSWERS = SealedTable(
    InquiryAnswer.no, (InquiryAnswer.sealed,), InquiryAnswer.number, InquiryAnswer.key_id
)


@dataclass(frozen=True)
class Inquiry:
    """An inquiry as the desk handles it; workdays: what was promised; moved_at: when another organ got it."""

    number: str
    key: str
    organ_code: str
    topic: str
    submitted_at: datetime
    taken_at: datetime
    state: InquiryState
    due: date | None
    is_provisional: bool
    due_why: str
    workdays: int
    may_publish: bool
    assigned_to: str = ""
    asked_again_at: datetime | None = None
    answered_at: datetime | None = None
    first_answered_at: datetime | None = None
    collected_at: datetime | None = None
    rating: str = ""
    moved_at: datetime | None = None

    @property
    def deadline(self) -> Deadline | None:
        """Return the promised day with its doubt; None once it is answered."""
        if self.due is None or self.state not in OPEN:
            return None
        return Deadline(self.due, self.workdays, self.is_provisional, Basis.RECEIVED, self.due_why)

    @property
    def closed_on(self) -> date | None:
        """Return the day of the answer; None while it is open."""
        return beijing_day(self.answered_at) if self.answered_at and self.state not in OPEN else None


@dataclass(frozen=True)
class WrittenAnswer:
    """An answer without its text."""

    no: int
    number: str
    turn: int
    state: AnswerState
    version: int
    key_id: str
    written_by: str
    written_at: datetime
    settled_by: str
    settled_at: datetime | None
    why: str


@dataclass(frozen=True)
class Added:
    """A further question or a rating, by its own number."""

    number: str
    about: str
    kind: str
    rating: str
    taken_at: datetime
    is_done: bool


_INQUIRY = tuple(InquiryRow._meta.sorted_fields)
_ANSWER = tuple(each for each in InquiryAnswer._meta.sorted_fields if each.name != "sealed")
_ADDED = tuple(each for each in InquiryAddition._meta.sorted_fields if each.name != "key")


def inquiry(number: str) -> Inquiry:
    """
    Return the inquiry with this number.

    Raises:
        NotFound: "no-such-case".
    """
    found = inquiries([number])
    if not found:
        raise NotFound("no-such-case", number)
    return found[0]


def inquiries(numbers: Sequence[str]) -> list[Inquiry]:
    """Return the inquiries with these numbers, in no order."""
    return db.rows(InquiryRow.select(*_INQUIRY).where(InquiryRow.number.in_(list(numbers))), Inquiry)


def answers(number: str) -> list[WrittenAnswer]:
    """Return the answers to an inquiry, the first one first."""
    found = InquiryAnswer.select(*_ANSWER).where(InquiryAnswer.number == number)
    return db.rows(found.order_by(InquiryAnswer.turn), WrittenAnswer)


def sealed_text(no: int) -> tuple[bytes, str]:
    """Return the sealed text of an answer and the id of its key."""
    row = InquiryAnswer.select(InquiryAnswer.sealed, InquiryAnswer.key_id).where(InquiryAnswer.no == no)
    [(sealed, key_id)] = row.tuples().execute(db.store)
    return bytes(sealed), key_id


def additions(about: str) -> list[Added]:
    """Return what was added to an inquiry, oldest first."""
    found = InquiryAddition.select(*_ADDED).where(InquiryAddition.about == about)
    return db.rows(found.order_by(InquiryAddition.taken_at, InquiryAddition.number), Added)


def is_known_addition(key: str) -> bool:
    """Return whether an addition with this key was taken in."""
    return bool(InquiryAddition.select().where(InquiryAddition.key == key).exists(db.store))


def change(number: str, **values: object) -> None:
    """Change columns of an inquiry, inside the caller's transaction."""
    InquiryRow.update(**values).where(InquiryRow.number == number).execute()


def count_rows() -> list[tuple[str, str, datetime, InquiryState, date | None, datetime | None, str, str]]:
    """Return what statistics need of each inquiry: number, organ, times, state, day promised, rating, topic."""
    found = InquiryRow.select(
        InquiryRow.number,
        InquiryRow.organ_code,
        InquiryRow.submitted_at,
        InquiryRow.state,
        InquiryRow.due,
        InquiryRow.first_answered_at,
        InquiryRow.rating,
        InquiryRow.topic,
    )
    return list(found.tuples().execute(db.store))
