"""
What is covered in a file that goes with a letter: areas, each with its ground; and the copy in which they are black.

The original stays sealed in its row; once areas are marked, only a copy that was made and proven since is enclosed.
Source of the grounds: 政府信息公开条例 (2019 revision), art. 14-16, 37; LETTERS.md §6.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from kiosk import db
from kiosk.audit import Act
from kiosk.disclosure.letters import drafting, models
from kiosk.disclosure.letters.drafting import CaseKey
from kiosk.disclosure.letters.models import CaseLetter, KeptFile, LetterState
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.seen import UNSEEN, Seen
from kiosk.web.language.wording import LazyText
from kiosk.web.language.wording import lazy_gettext as _l
from sync.wire import sealing
from sync.wire.errors import SealBroken

MOST_MARKS = 500
LONGEST_WHY = 200
LARGEST_COPY = 20_000_000
"""Bytes of one copy, as of one file."""


class Ground(StrEnum):
    """Why something is covered."""

    PRIVACY = "privacy"
    TRADE = "trade"
    SECRET = "secret"
    LAW = "law"
    SAFETY = "safety"
    INTERNAL = "internal"
    PROCESS = "process"
    CASEFILE = "casefile"


@dataclass(frozen=True)
class GroundRow:
    """A ground in words, and the article of the Regulation."""

    words: LazyText
    article: LazyText


GROUNDS: Mapping[Ground, GroundRow] = {
    Ground.PRIVACY: GroundRow(_l("个人隐私"), _l("第十五条")),
    Ground.TRADE: GroundRow(_l("商业秘密"), _l("第十五条")),
    Ground.SECRET: GroundRow(_l("国家秘密"), _l("第十四条")),
    Ground.LAW: GroundRow(_l("法律、行政法规禁止公开"), _l("第十四条")),
    Ground.SAFETY: GroundRow(_l("公开后可能危及“三安全一稳定”"), _l("第十四条")),
    Ground.INTERNAL: GroundRow(_l("内部事务信息"), _l("第十六条第一款")),
    Ground.PROCESS: GroundRow(_l("过程性信息"), _l("第十六条第二款")),
    Ground.CASEFILE: GroundRow(_l("行政执法案卷"), _l("第十六条第二款")),
}


@dataclass(frozen=True)
class CoveredArea:
    """An area to cover, in shares of its page (from 1) from the upper left; why: more than its ground says."""

    page: int
    x: float
    y: float
    width: float
    height: float
    ground: Ground
    why: str = ""

    @property
    def area(self) -> tuple[int, float, float, float, float]:
        """Return where it is."""
        return self.page, self.x, self.y, self.width, self.height


@dataclass(frozen=True)
class Redaction:
    """What is covered in a file; name: of the copy, as the applicant reads it, empty for that of the original."""

    name: str
    marks: tuple[CoveredArea, ...]


NOTHING = Redaction("", ())


def of_file(kept: KeptFile, key: CaseKey) -> Redaction:
    """
    Return what is covered in a file.

    Raises:
        Refused: "sealed-part-broken".
    """
    if not kept.is_marked:
        return NOTHING
    try:
        said: dict[str, Any] = sealing.unseal(key.private, models.file_part(kept.seq, "marks"))
    except SealBroken as error:
        raise Refused("sealed-part-broken", error.code) from error
    marks = (CoveredArea(**{**each, "ground": Ground(each["ground"])}) for each in said["marks"])
    return Redaction(said["name"], tuple(marks))


@db.writing(db.store)
def keep(
    found: CaseLetter,
    key: CaseKey,
    seq: int,
    covered: Redaction,
    *,
    now: datetime,
    by: str,
    seen: Seen = UNSEEN,
) -> None:
    """
    Store what is covered in a file of a draft; a copy of before is erased. Nothing covered: the file is enclosed as is.

    Raises:
        RuleBroken: "letter-not-open", "marks-too-many", "mark-outside".
        NotFound: "no-such-file".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    again = _open(found, seq)
    if len(covered.marks) > MOST_MARKS:
        raise RuleBroken("marks-too-many")
    if not all(_is_inside(each) for each in covered.marks):
        raise RuleBroken("mark-outside")
    marks = _sealed(covered, key) if covered.marks else None
    models.change_file(seq, marks=marks, copy=None, copy_size=0, copy_sha256="")
    models.change(again.seq, version=again.version + 1)
    drafting.note(again, Act.LETTER_FILE, now=now, by=by, change="marked")


@db.writing(db.store)
def keep_copy(
    found: CaseLetter,
    key: CaseKey,
    seq: int,
    covered: Redaction,
    copy: bytes,
    *,
    now: datetime,
    by: str,
    seen: Seen = UNSEEN,
) -> None:
    """
    Store the copy in which everything that is marked is covered: it is what goes with the letter.

    Args:
        covered: The marks from which the copy was made, with its name.
    Raises:
        RuleBroken: "letter-not-open", "marks-missing".
        Refused: "file-too-large".
        NotFound: "no-such-file".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    again = _open(found, seq)
    if not covered.marks or of_file(_kept(again, seq), key).marks != covered.marks:
        raise RuleBroken("marks-missing")
    if len(copy) > LARGEST_COPY:
        raise Refused("file-too-large")
    digest = hashlib.sha256(copy).hexdigest()
    sealed = sealing.seal_file(key.public, copy)
    models.change_file(seq, marks=_sealed(covered, key), copy=sealed, copy_size=len(copy), copy_sha256=digest)
    models.change(again.seq, version=again.version + 1)
    drafting.note(again, Act.LETTER_FILE, now=now, by=by, change="covered", sha256=digest)


def original(found: CaseLetter, key: CaseKey, seq: int) -> tuple[str, str, bytes]:
    """
    Return name, media type and content of a file as it was brought; the caller logs the opening.

    Raises:
        NotFound: "no-such-file".
        Refused: "sealed-part-broken".
    """
    kept = _kept(found, seq)
    try:
        head: dict[str, str] = sealing.unseal(key.private, kept.head)
        content = sealing.unseal_file(key.private, models.file_part(seq, "sealed"))
    except SealBroken as error:
        raise Refused("sealed-part-broken", error.code) from error
    return head["name"], head["type"], content


def has_any(letter_seq: int) -> bool:
    """Return whether anything is covered in a file of a letter: a second person looks at it before it is issued."""
    return any(each.is_marked for each in models.files(letter_seq))


def check_finished(letter_seq: int) -> None:
    """
    Refuse a letter with a file in which areas are marked and not yet covered.

    Raises:
        RuleBroken: "redaction-unfinished".
    """
    if any(each.is_marked and not each.copy_sha256 for each in models.files(letter_seq)):
        raise RuleBroken("redaction-unfinished")


def by_ground(covered: Redaction) -> Sequence[tuple[int, Ground, int]]:
    """Return page, ground and how many areas, in the order of the pages: as a letter lists what was cut."""
    counted = Counter((each.page, each.ground) for each in covered.marks)
    order = list(Ground)
    return sorted(
        ((page, ground, many) for (page, ground), many in counted.items()),
        key=lambda each: (each[0], order.index(each[1])),
    )


def _sealed(covered: Redaction, key: CaseKey) -> bytes:
    return sealing.seal(key.public, {"name": covered.name, "marks": [asdict(each) for each in covered.marks]})


def _is_inside(mark: CoveredArea) -> bool:
    is_begun = mark.page >= 1 and mark.x >= 0 and mark.y >= 0 and mark.width > 0 and mark.height > 0
    return is_begun and mark.x + mark.width <= 1.0005 and mark.y + mark.height <= 1.0005


def _kept(found: CaseLetter, seq: int) -> KeptFile:
    kept = next((each for each in models.files(found.seq) if each.seq == seq), None)
    if kept is None:
        raise NotFound("no-such-file", str(seq))
    return kept


def _open(found: CaseLetter, seq: int) -> CaseLetter:
    again = models.letter(found.seq, found.number)
    if again.state is not LetterState.DRAFT:
        raise RuleBroken("letter-not-open")
    _kept(again, seq)
    return again
