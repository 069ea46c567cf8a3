"""
Writing a letter: what a clerk fills in, kept sealed, and the text that the page will have.

A draft keeps its places: facts, number and remedies are filled in when the page is made, so that no old one stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.disclosure.case_models import Case
from kiosk.disclosure.letters import filling, kinds, models, remedies, wordings
from kiosk.disclosure.letters.kinds import KindRow, To
from kiosk.disclosure.letters.letterheads import Letterhead
from kiosk.disclosure.letters.models import CaseLetter, LetterState
from kiosk.disclosure.letters.page import letter_text
from kiosk.disclosure.letters.page.letter_text import LetterText
from kiosk.disclosure.outcomes import Remedies
from kiosk.errors import Refused, RuleBroken
from kiosk.seen import UNSEEN, Seen
from sync.wire import sealing
from sync.wire.errors import SealBroken

DRAFT_MARK = "草稿，不具效力"
NO_NUMBER = "（签发时编号）"
NO_PLACES = "（本机关的复议机关、地址和管辖法院还没有填写，填写后才能签发。）"
"""What a preview says in place of the remedies."""
ATTACHED = "attached"
ORGAN = "机关"
"""The place of the organ's name."""


@dataclass(frozen=True)
class DraftWords:
    """What a draft says: the addressee, the facts by name, the text with its places, 抄送."""

    addressee: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    copies: str = ""


@dataclass(frozen=True, repr=False)
class CaseKey:
    """The key that opens a case: everything of its letters is sealed to it."""

    key_id: str
    private: bytes

    @property
    def public(self) -> bytes:
        """Return its public half."""
        return sealing.public_of(self.private)


def key_for(key_id: str, reading_keys: Mapping[str, bytes]) -> CaseKey:
    """
    Return the key with this id.

    Raises:
        Refused: "reading-key-missing".
    """
    if key_id not in reading_keys:
        raise Refused("reading-key-missing", key_id)
    return CaseKey(key_id, reading_keys[key_id])


def begun(row: KindRow, values: Mapping[str, str]) -> DraftWords:
    """
    Return what a new letter of a kind says, of its text in use and what the case knows.

    The organ's name keeps its place: a draft may go over to another organ.
    """
    text = wordings.current(row.name).text
    values = {label: value for label, value in values.items() if label != ORGAN}
    addressee = values.get("申请人", "") if row.to is To.APPLICANT else ""
    return DraftWords(
        addressee=addressee,
        body=filling.fill(
            text, {**values, "您": "您" if row.to is To.THIRD_PARTY else values.get("您", "您")}
        ),
    )


@db.writing(db.store)
def write(case: Case, kind: str, content: DraftWords, key: CaseKey, *, now: datetime, by: str) -> CaseLetter:
    """
    Store a new draft.

    Raises:
        Refused: as `letter_text.plain`.
    """
    _check_drawn(content)
    made = CaseLetter(
        seq=0,
        number=case.number,
        organ_code=case.organ_code,
        kind=kind,
        state=LetterState.DRAFT,
        version=1,
        wording=wordings.current(kind).version,
        key_id=key.key_id,
        written_by=by,
        written_at=now,
    )
    stored = models.add(made, sealing.seal(key.public, asdict(content)))
    note(stored, Act.LETTER_WRITTEN, now=now, by=by)
    return stored


@db.writing(db.store)
def rewrite(
    found: CaseLetter, content: DraftWords, key: CaseKey, *, now: datetime, by: str, seen: Seen = UNSEEN
) -> None:
    """
    Store what a draft says now.

    Raises:
        RuleBroken: "letter-not-open": it was handed over, issued or given up.
        Refused: as `letter_text.plain`.
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    again = models.letter(found.seq, found.number)
    if again.state is not LetterState.DRAFT:
        raise RuleBroken("letter-not-open")
    _check_drawn(content)
    models.change(
        found.seq,
        draft=sealing.seal(key.public, asdict(content)),
        version=again.version + 1,
        written_by=by,
        written_at=now,
    )
    note(again, Act.LETTER_WRITTEN, now=now, by=by)


def read(found: CaseLetter, key: CaseKey) -> DraftWords:
    """
    Return what a draft says.

    Raises:
        Refused: "sealed-part-broken".
    """
    try:
        said: dict[str, Any] = sealing.unseal(key.private, models.sealed_part(found.seq, "draft"))
    except SealBroken as error:
        raise Refused("sealed-part-broken", error.code) from error
    return DraftWords(said["addressee"], said["facts"], said["body"], said["copies"])


@dataclass(frozen=True)
class Setting:
    """What a page needs besides the draft: the organ's name and head, titles of attachments, number and day."""

    organ: str
    head: Letterhead
    attachments: Sequence[str]
    letter_no: str
    day: date
    is_draft: bool = False


def text_of(row: KindRow, content: DraftWords, setting: Setting) -> LetterText:
    """
    Return the letter as it is set.

    Raises:
        RuleBroken: "remedies-unknown" where it is no draft.
    """
    values = {
        **filling.fact_values(row, content.facts),
        kinds.REMEDIES: _remedies(row, content, setting),
        "机关": setting.organ,
        "联系": setting.head.contact,
        "收件人": content.addressee,
        "文号": setting.letter_no,
    }
    is_sheet = row.to is To.FILE
    return LetterText(
        organ=setting.organ,
        number=setting.letter_no if row.word else "",
        title=row.title,
        addressee="" if is_sheet else content.addressee,
        body=filling.fill(content.body, values),
        signed_by="" if is_sheet else setting.organ,
        signed_on=setting.day,
        attachments=setting.attachments,
        copies=content.copies,
        style=setting.head.style,
        draft_mark=DRAFT_MARK if setting.is_draft else "",
        enclosure=filling.fill(kinds.text(row.enclosure), values) if row.enclosure else "",
    )


def check_ready(row: KindRow, content: DraftWords, head: Letterhead) -> None:
    """
    Refuse a letter that lacks what its kind must state.

    Raises:
        RuleBroken: "addressee-missing", "facts-missing", "places-unfilled", "remedies-missing", "remedies-too-many",
            "contact-missing"; the labels are in `detail`.
    """
    if row.to is not To.FILE and not content.addressee.strip():
        raise RuleBroken("addressee-missing")
    if row.to is not To.FILE and not head.contact.strip():
        raise RuleBroken("contact-missing")
    missing = filling.facts_missing(row, content.facts)
    if missing:
        raise RuleBroken("facts-missing", "、".join(missing))
    filled = {
        **filling.fact_values(row, content.facts),
        **dict.fromkeys(("救济", "机关", "联系", "收件人", "文号"), ""),
    }
    empty = filling.unfilled(filling.fill(content.body, filled))
    if empty:
        raise RuleBroken("places-unfilled", "、".join(empty))
    _check_remedies(row, content)


def _check_remedies(row: KindRow, content: DraftWords) -> None:
    wants = kinds.remedies(row, content.facts) is not Remedies.NONE
    named = kinds.REMEDIES in filling.unfilled(content.body)
    if wants and not named:
        raise RuleBroken("remedies-missing", kinds.REMEDIES)
    if not wants and (named or "行政复议" in content.body):
        raise RuleBroken("remedies-too-many", kinds.REMEDIES)


def _remedies(row: KindRow, content: DraftWords, setting: Setting) -> str:
    wanted = kinds.remedies(row, content.facts)
    if setting.is_draft and wanted is not Remedies.NONE and not setting.head.places.is_whole:
        return NO_PLACES
    return remedies.block(wanted, setting.head.places, to=row.to)


def _check_drawn(content: DraftWords) -> None:
    for text in (content.addressee, content.body, content.copies, *content.facts.values()):
        letter_text.plain(text)


def note(found: CaseLetter, act: Act, *, now: datetime, by: str, **detail: str) -> None:
    """Add an act on a letter to the log; its subject is the case."""
    said: dict[str, str | int | bool | None] = {"letter_seq": found.seq, "kind": found.kind, **detail}
    audit.record(at=now, actor=by, act=act, subject=found.number, detail=said)
