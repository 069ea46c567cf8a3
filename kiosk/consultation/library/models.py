"""The table of answers that were proposed to the library of questions and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import peewee

from kiosk import db


class LibraryProposal(db.StoreModel):
    """An answer that was proposed to the library of questions and answers, without what identifies anybody."""

    number = peewee.TextField(primary_key=True)
    doc_id = peewee.TextField(unique=True)
    organ_code = peewee.TextField()
    proposed_by = peewee.TextField()
    proposed_at = db.StampField()
    taken_back_by = peewee.TextField()
    taken_back_at = db.StampField(null=True)


@dataclass(frozen=True)
class LibraryEntry:
    """A proposal as the desk shows it."""

    number: str
    doc_id: str
    organ_code: str
    proposed_by: str
    proposed_at: datetime
    taken_back_by: str
    taken_back_at: datetime | None


def proposed(number: str) -> LibraryEntry | None:
    """Return what was proposed to the library from the answer under this number."""
    found = LibraryProposal.select(*LibraryProposal._meta.sorted_fields).where(
        LibraryProposal.number == number
    )
    return next(iter(db.rows(found, LibraryEntry)), None)
