"""
What the letters of an organ say of it: 代字, contact, style, whether a second person approves, the remedies' places.

The county's legal office confirms the remedies; a change of them takes the confirmation away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.disclosure.letters.kinds import KindRow
from kiosk.disclosure.letters.models import LetterHead
from kiosk.disclosure.letters.page.letter_text import HeadStyle
from kiosk.disclosure.letters.remedies import RemedyPlaces
from kiosk.errors import RuleBroken
from kiosk.seen import UNSEEN, Seen, Touched

REMEDY_FIELDS = ("review_organ", "review_address", "review_online", "court", "court_address")


@dataclass(frozen=True)
class Letterhead:
    """
    What the letters of one organ say of it.

    Args:
        sign: 机关代字, the beginning of every number. words: By kind, where another word than the kind's own follows.
        contact: The line on contact at the end of each letter.
        needs_approval: Whether a second person approves before a letter is issued.
    """

    organ_code: str
    sign: str = ""
    contact: str = ""
    style: HeadStyle = HeadStyle.LETTER
    needs_approval: bool = True
    words: Mapping[str, str] = field(default_factory=dict)
    places: RemedyPlaces = field(default_factory=RemedyPlaces)

    def prefix(self, row: KindRow) -> str:
        """
        Return 代字 of a kind of letter; empty for sheets without a number.

        Raises:
            RuleBroken: "letter-sign-missing".
        """
        if not row.word:
            return ""
        if not self.sign:
            raise RuleBroken("letter-sign-missing", self.organ_code)
        return self.sign + self.words.get(row.name, row.word)


def of_organ(code: str) -> Letterhead:
    """Return what an organ's letters say of it; empty places where nobody entered them."""
    row = LetterHead.get_or_none(LetterHead.organ_code == code)
    if row is None:
        return Letterhead(code)
    said: dict[str, Any] = row.said
    places = RemedyPlaces(
        **{name: said.get(name, "") for name in REMEDY_FIELDS},
        confirmed_by=row.confirmed_by,
        confirmed_on=row.confirmed_on,
    )
    return Letterhead(
        code,
        said.get("sign", ""),
        said.get("contact", ""),
        HeadStyle(said.get("style", HeadStyle.LETTER)),
        bool(said.get("needs_approval", True)),
        said.get("words", {}),
        places,
    )


def unconfirmed() -> list[str]:
    """Return the codes of organs whose letters print remedies that the county's legal office has not confirmed."""
    codes = [row.organ_code for row in LetterHead.select().order_by(LetterHead.organ_code)]
    heads = [of_organ(code) for code in codes]
    return [each.organ_code for each in heads if each.places.is_whole and not each.places.confirmed_by]


def touched(code: str) -> Touched:
    """Return who changed it last."""
    row = LetterHead.get_or_none(LetterHead.organ_code == code)
    return Touched(row.changed_by, row.changed_at) if row else Touched("", None)


@db.writing(db.store)
def change(head: Letterhead, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Store what an organ's letters say of it; what the legal office confirmed stays confirmed only while unchanged.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    before = of_organ(head.organ_code).places
    is_same = all(getattr(before, name) == getattr(head.places, name) for name in REMEDY_FIELDS)
    said = {
        "sign": head.sign,
        "contact": head.contact,
        "style": head.style.value,
        "needs_approval": head.needs_approval,
        "words": dict(head.words),
        **{name: getattr(head.places, name) for name in REMEDY_FIELDS},
    }
    row = {
        "said": said,
        "changed_by": by,
        "changed_at": now,
        "confirmed_by": before.confirmed_by if is_same else "",
        "confirmed_on": before.confirmed_on if is_same else None,
    }
    _store(head.organ_code, row)
    audit.record(at=now, actor=by, act=Act.LETTER_HEAD_CHANGED, subject=head.organ_code)


@db.writing(db.store)
def confirm(code: str, by_whom: str, on: date, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Note who at the county's legal office confirmed the remedies of an organ.

    Raises:
        RuleBroken: "remedies-unknown", "confirmer-missing", "after-today".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    places = of_organ(code).places
    if not places.is_whole:
        raise RuleBroken("remedies-unknown")
    if not by_whom.strip():
        raise RuleBroken("confirmer-missing")
    if on > now.date():
        raise RuleBroken("after-today")
    LetterHead.update(confirmed_by=by_whom.strip(), confirmed_on=on, changed_by=by, changed_at=now).where(
        LetterHead.organ_code == code
    ).execute()
    audit.record(
        at=now, actor=by, act=Act.LETTER_REMEDIES_CONFIRMED, subject=code, detail={"on": on.isoformat()}
    )


def _store(code: str, row: Mapping[str, Any]) -> None:
    LetterHead.insert(organ_code=code, **row).on_conflict(
        conflict_target=[LetterHead.organ_code], update=dict(row)
    ).execute()
