"""
Tables of letters, their files, their wordings and the organs' heads.

What a letter says is personal: draft, page, scan and files are sealed to the key that opens its case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import peewee

from kiosk import counters, db
from kiosk.disclosure.letters.kinds import KINDS, KindRow
from kiosk.errors import NotFound

LETTERS, FILES = "disclosure-letter", "letter-file"
"""Names of the counters."""


class LetterState(StrEnum):
    """The state of a letter."""

    DRAFT = "draft"
    WAITING = "waiting"
    """Handed over to a second person."""
    APPROVED = "approved"
    ISSUED = "issued"
    """It has its number and day; its step is taken."""
    SERVED = "served"
    VOID = "void"
    """Given up; a number that it had stays taken, with the reason."""


class DisclosureLetter(db.StoreModel):
    """A letter; what it says is sealed."""

    seq = peewee.BigIntegerField(primary_key=True)
    number = peewee.TextField()
    organ_code = peewee.TextField()
    kind = peewee.TextField()
    state = db.WordField(LetterState)
    version = peewee.IntegerField()
    wording = peewee.IntegerField()
    key_id = peewee.TextField()
    draft = peewee.BlobField()
    letter_no = peewee.TextField(index=True)
    dated = db.DayField(null=True)
    page = peewee.BlobField(null=True)
    page_sha256 = peewee.TextField()
    scan = peewee.BlobField(null=True)
    scan_sha256 = peewee.TextField()
    written_by = peewee.TextField()
    written_at = db.StampField()
    handed_over_at = db.StampField(null=True)
    approved_by = peewee.TextField()
    approved_at = db.StampField(null=True)
    issued_by = peewee.TextField()
    issued_at = db.StampField(null=True)
    why = peewee.TextField()
    service = db.JsonField()
    party = peewee.IntegerField()

    class Meta:
        indexes = ((("number", "seq"), False), (("state", "number"), False))


class LetterFile(db.StoreModel):
    """A file that goes with a letter; its name is sealed in `head`, what is covered in it in `marks`."""

    seq = peewee.BigIntegerField(primary_key=True)
    letter_seq = peewee.BigIntegerField()
    head = peewee.BlobField()
    size = peewee.BigIntegerField()
    sha256 = peewee.TextField()
    sealed = peewee.BlobField()
    marks = peewee.BlobField(null=True)
    copy = peewee.BlobField(null=True)
    copy_size = peewee.BigIntegerField(default=0)
    copy_sha256 = peewee.TextField(default="")

    class Meta:
        indexes = ((("letter_seq", "seq"), False),)


class LetterWording(db.StoreModel):
    """A text for a kind of letter; the highest approved version is in use, older ones are kept."""

    kind = peewee.TextField()
    version = peewee.IntegerField()
    text = peewee.TextField()
    proposed_by = peewee.TextField()
    proposed_at = db.StampField()
    approved_by = peewee.TextField()
    approved_at = db.StampField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("kind", "version")


class LetterHead(db.StoreModel):
    """What the letters of an organ say of it."""

    organ_code = peewee.TextField(primary_key=True)
    said = db.JsonField()
    changed_by = peewee.TextField()
    changed_at = db.StampField()
    confirmed_by = peewee.TextField()
    confirmed_on = db.DayField(null=True)


@dataclass(frozen=True, kw_only=True)
class CaseLetter:
    """
    A letter without what it says.

    Args:
        version: Rises with each change of what it says. wording: Version of the text it was made from; 0: as shipped.
        why: Of a void or returned one. service: Way, days and proof of its service. party: Of an opinion; else 0.
    """

    seq: int
    number: str
    organ_code: str
    kind: str
    state: LetterState
    version: int
    wording: int
    key_id: str
    letter_no: str = ""
    dated: date | None = None
    page_sha256: str = ""
    scan_sha256: str = ""
    written_by: str
    written_at: datetime
    handed_over_at: datetime | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    issued_by: str = ""
    issued_at: datetime | None = None
    why: str = ""
    service: dict[str, str] = field(default_factory=dict)
    party: int = 0

    @property
    def row(self) -> KindRow:
        """Return its kind."""
        return KINDS[self.kind]

    @property
    def is_open(self) -> bool:
        """Return whether what it says may still change."""
        return self.state in (LetterState.DRAFT, LetterState.WAITING, LetterState.APPROVED)


@dataclass(frozen=True)
class KeptFile:
    """
    A file of a letter without its content; `head` holds its name, sealed.

    is_marked: areas of it are to be covered. copy_size, copy_sha256: of the copy in which they are; empty without one.
    """

    seq: int
    letter_seq: int
    head: bytes = field(repr=False)
    size: int
    sha256: str
    is_marked: bool = False
    copy_size: int = 0
    copy_sha256: str = ""


_SEALED = ("draft", "page", "scan")
_CLEAR = tuple(each for each in DisclosureLetter._meta.sorted_fields if each.name not in _SEALED)


def letter(seq: int, number: str) -> CaseLetter:
    """
    Return the letter of a case.

    Raises:
        NotFound: "no-such-letter".
    """
    found = DisclosureLetter.select(*_CLEAR).where(
        DisclosureLetter.seq == seq, DisclosureLetter.number == number
    )
    made = db.one(found, CaseLetter)
    if made is None:
        raise NotFound("no-such-letter", str(seq))
    return made


def of_case(number: str) -> list[CaseLetter]:
    """Return the letters of a case, the oldest first."""
    found = DisclosureLetter.select(*_CLEAR).where(DisclosureLetter.number == number)
    return db.rows(found.order_by(DisclosureLetter.seq), CaseLetter)


def issued_answer(number: str) -> CaseLetter | None:
    """Return the last answer that was issued here and waits for its service; None where none does."""
    answers = [each for each in of_case(number) if each.letter_no and each.row.is_answer]
    return answers[-1] if answers and answers[-1].state is LetterState.ISSUED else None


def posted_answer(number: str) -> CaseLetter | None:
    """Return the last answer of a case where it was posted and the day of signing for it is not noted."""
    answers = [each for each in of_case(number) if each.state is LetterState.SERVED and each.row.is_answer]
    is_under_way = (
        answers and answers[-1].service.get("way") == "post" and "delivered" not in answers[-1].service
    )
    return answers[-1] if is_under_way else None


def is_taken(letter_no: str) -> bool:
    """Return whether a letter has this number."""
    return DisclosureLetter.select().where(DisclosureLetter.letter_no == letter_no).exists()


def sealed_part(seq: int, part: str) -> bytes:
    """
    Return the sealed draft, page or scan of a letter.

    Raises:
        NotFound: "no-such-letter": there is none.
    """
    column = getattr(DisclosureLetter, part)
    found = DisclosureLetter.select(column).where(DisclosureLetter.seq == seq).scalar(db.store)
    if found is None:
        raise NotFound("no-such-letter", f"{seq} {part}")
    return bytes(found)


def add(made: CaseLetter, draft: bytes) -> CaseLetter:
    """Store a new letter, inside the caller's transaction; return it with its sequence."""
    seq = counters.take(LETTERS)
    values = {**vars(made), "seq": seq}
    DisclosureLetter.insert(**values, draft=draft).execute()
    return letter(seq, made.number)


def change(seq: int, **values: Any) -> None:
    """Store new values of a letter, inside the caller's transaction."""
    DisclosureLetter.update(**values).where(DisclosureLetter.seq == seq).execute()


def hand_on(number: str, organ: str) -> None:
    """Give a case's letters that are not issued to another organ as drafts, inside the caller's transaction."""
    is_open = DisclosureLetter.state.in_((LetterState.DRAFT, LetterState.WAITING, LetterState.APPROVED))
    DisclosureLetter.update(
        organ_code=organ,
        state=LetterState.DRAFT,
        version=DisclosureLetter.version + 1,
        handed_over_at=None,
        approved_by="",
        approved_at=None,
    ).where(DisclosureLetter.number == number, is_open).execute()


def files(of: int) -> list[KeptFile]:
    """Return the files of a letter, in the order in which they were added."""
    marked = LetterFile.marks.is_null(False).alias("is_marked")
    columns = (
        LetterFile.seq,
        LetterFile.letter_seq,
        LetterFile.head,
        LetterFile.size,
        LetterFile.sha256,
        marked,
        LetterFile.copy_size,
        LetterFile.copy_sha256,
    )
    found = LetterFile.select(*columns).where(LetterFile.letter_seq == of)
    return db.rows(found.order_by(LetterFile.seq), KeptFile)


def file_part(seq: int, part: str) -> bytes:
    """Return what is sealed of a file: its content, its marks, its copy."""
    column = getattr(LetterFile, part)
    return bytes(LetterFile.select(column).where(LetterFile.seq == seq).scalar(db.store))


def change_file(seq: int, **values: Any) -> None:
    """Store new values of a file, inside the caller's transaction."""
    LetterFile.update(**values).where(LetterFile.seq == seq).execute()


def add_file(of: int, *, head: bytes, size: int, sha256: str, sealed: bytes) -> None:
    """Store a file, inside the caller's transaction."""
    LetterFile.insert(
        seq=counters.take(FILES), letter_seq=of, head=head, size=size, sha256=sha256, sealed=sealed
    ).execute()


def drop_file(of: int, seq: int) -> None:
    """Erase a file of a letter, inside the caller's transaction."""
    LetterFile.delete().where(LetterFile.letter_seq == of, LetterFile.seq == seq).execute()
