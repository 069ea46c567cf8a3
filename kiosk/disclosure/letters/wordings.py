"""The text of each kind of letter, as shipped or as the county wrote it: one proposes, another approves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.disclosure.letters import filling, kinds
from kiosk.disclosure.letters.kinds import KINDS
from kiosk.disclosure.letters.models import LetterWording
from kiosk.disclosure.letters.page import letter_text
from kiosk.errors import NotFound, Refused
from kiosk.seen import UNSEEN, Seen

SHIPPED = 0
"""Version of the text that ships."""


@dataclass(frozen=True)
class Wording:
    """A text of a kind, with who wrote and who approved it."""

    kind: str
    version: int
    text: str
    proposed_by: str = ""
    proposed_at: datetime | None = None
    approved_by: str = ""
    approved_at: datetime | None = None


def all_of(kind: str) -> list[Wording]:
    """Return every text that a kind had, the newest first, the shipped one last."""
    found = LetterWording.select().where(LetterWording.kind == kind).order_by(LetterWording.version.desc())
    return [*db.rows(found, Wording), Wording(kind, SHIPPED, kinds.text(kind))]


def current(kind: str) -> Wording:
    """Return the text in use."""
    return next(each for each in all_of(kind) if each.approved_by or each.version == SHIPPED)


def waiting(kind: str) -> Wording | None:
    """Return the text that waits for a second person; None: there is none."""
    newest = all_of(kind)[0]
    return newest if newest.version != SHIPPED and not newest.approved_by else None


@db.writing(db.store)
def propose(kind: str, text: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Propose a text for a kind; one that waits is replaced.

    Raises:
        RuleBroken: as `filling.check_template`.
        Refused: as `letter_text.plain`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    text = letter_text.plain(text).strip() + "\n"
    filling.check_template(KINDS[kind], text)
    before = waiting(kind)
    if before:
        _delete(before)
    newest = LetterWording.select(fn.MAX(LetterWording.version)).where(LetterWording.kind == kind).scalar()
    LetterWording.insert(
        kind=kind, version=(newest or 0) + 1, text=text, proposed_by=by, proposed_at=now, approved_by=""
    ).execute()
    audit.record(at=now, actor=by, act=Act.LETTER_WORDING_PROPOSED, subject=kind)


@db.writing(db.store)
def approve(kind: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Put the waiting text into use.

    Raises:
        NotFound: "no-wording-waits".
        Refused: "own-proposal".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    found = _waiting(kind)
    if found.proposed_by == by:
        raise Refused("own-proposal")
    LetterWording.update(approved_by=by, approved_at=now).where(
        LetterWording.kind == kind, LetterWording.version == found.version
    ).execute()
    detail: dict[str, str | int | bool | None] = {"version": found.version, "proposed_by": found.proposed_by}
    audit.record(at=now, actor=by, act=Act.LETTER_WORDING_APPROVED, subject=kind, detail=detail)


@db.writing(db.store)
def refuse(kind: str, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Withdraw or refuse the waiting text.

    Raises:
        NotFound: "no-wording-waits".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    _delete(_waiting(kind))
    audit.record(at=now, actor=by, act=Act.LETTER_WORDING_REFUSED, subject=kind)


def _waiting(kind: str) -> Wording:
    found = waiting(kind)
    if found is None:
        raise NotFound("no-wording-waits", kind)
    return found


def _delete(found: Wording) -> None:
    LetterWording.delete().where(
        LetterWording.kind == found.kind, LetterWording.version == found.version
    ).execute()
