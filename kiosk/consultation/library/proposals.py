"""A good answer proposed to the library of questions and answers: a second person publishes it, or it is taken back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.consultation.library import models
from kiosk.consultation.library.models import LibraryProposal
from kiosk.errors import RuleBroken
from kiosk.seen import UNSEEN, Seen

Propose = Callable[[Mapping[str, Any], str, datetime], None]
"""Stores a record of the catalogue until another person approves it: the record, who, when."""
TakeBack = Callable[[str, str, str, datetime], None]
"""Takes a record of the catalogue back, published or not: its id, the reason, who, when."""
LONGEST_TITLE = 80


def new_id(year: int) -> str:
    """Return the id of a new record; nothing of it leads back to the citizen's number."""
    return f"answered:{year}-{secrets.token_hex(5)}"


def record_of(
    doc_id: str, *, kind: str, question: str, answer: str, organ_name: str, day: date
) -> dict[str, Any]:
    """Return the record of a question with its answer; the day says its month only: a day may identify."""
    title = question if len(question) <= LONGEST_TITLE else f"{question[: LONGEST_TITLE - 1]}…"
    return {
        "id": doc_id,
        "kind": kind,
        "title": title,
        "body": answer,
        "issuers": [organ_name],
        "published_on": day.replace(day=1).isoformat(),
        "disclosure": "proactive",
        "fields": {"question": question, "answer": answer},
    }


@db.writing(db.store)
def propose(
    number: str,
    record: Mapping[str, Any],
    *,
    organ: str,
    propose: Propose,
    actor: str,
    now: datetime,
    seen: Seen = UNSEEN,
) -> None:
    """
    Propose an answer to the library.

    Raises:
        RuleBroken: As `propose`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    propose(record, actor, now)
    LibraryProposal.delete().where(LibraryProposal.number == number).execute()
    LibraryProposal.insert(
        number=number,
        doc_id=record["id"],
        organ_code=organ,
        proposed_by=actor,
        proposed_at=now,
        taken_back_by="",
        taken_back_at=None,
    ).execute()
    audit.record(
        at=now, actor=actor, act=Act.LIBRARY_PROPOSED, subject=number, detail={"record": record["id"]}
    )


@db.writing(db.store)
def take_back(
    number: str, reason: str, *, take_back: TakeBack, actor: str, now: datetime, seen: Seen = UNSEEN
) -> None:
    """
    Take a proposal back, published or not.

    Raises:
        RuleBroken: "not-proposed".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    found = models.proposed(number)
    if found is None or found.taken_back_at:
        raise RuleBroken("not-proposed", number)
    take_back(found.doc_id, reason, actor, now)
    LibraryProposal.update(taken_back_by=actor, taken_back_at=now).where(
        LibraryProposal.number == number
    ).execute()
    audit.record(
        at=now, actor=actor, act=Act.LIBRARY_TAKEN_BACK, subject=number, detail={"record": found.doc_id}
    )
