"""
Files that go with a letter, and the stamped scan that becomes the letter of record; each sealed to the key of the case.

What a file is has been found out before, by the program that opens foreign files; nothing here opens one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath

from kiosk import db
from kiosk.audit import Act
from kiosk.disclosure.letters import drafting, models, redaction
from kiosk.disclosure.letters.drafting import CaseKey
from kiosk.disclosure.letters.models import CaseLetter, KeptFile, LetterState
from kiosk.disclosure.letters.page import letter_text
from kiosk.errors import NotFound, Refused, RuleBroken
from kiosk.seen import UNSEEN, Seen
from sync.wire import sealing
from sync.wire.errors import SealBroken

MOST_FILES = 20
MOST_BYTES = 20_000_000
"""Of one file."""
MOST_TOGETHER = 40_000_000
"""Of the files of one letter, so that a terminal can fetch and hold them while a citizen looks."""
TYPES = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""What can be shown and printed at every terminal."""
LONGEST_NAME = 100


@dataclass(frozen=True)
class EnclosedFile:
    """
    A file of a letter in clear, as it goes with it: where areas are covered, the copy; type: media type.

    is_covered: areas of it are covered. is_unfinished: areas are marked, and the copy is not made.
    """

    seq: int
    name: str
    type: str
    size: int
    sha256: str
    is_covered: bool = False
    is_unfinished: bool = False
    content: bytes = field(default=b"", repr=False)


@db.writing(db.store)
def attach(
    found: CaseLetter,
    key: CaseKey,
    name: str,
    kind: str,
    content: bytes,
    *,
    now: datetime,
    by: str,
    seen: Seen = UNSEEN,
) -> None:
    """
    Add a file to a draft.

    Args:
        kind: Its media type, as found by its content.
    Raises:
        RuleBroken: "letter-not-open".
        Refused: "file-type", "file-too-large", "files-too-many", "files-too-large".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    again = _open(found)
    if kind not in TYPES:
        raise Refused("file-type")
    before = models.files(again.seq)
    if len(content) > MOST_BYTES:
        raise Refused("file-too-large")
    if len(before) >= MOST_FILES:
        raise Refused("files-too-many")
    if sum(each.size for each in before) + len(content) > MOST_TOGETHER:
        raise Refused("files-too-large")
    head = sealing.seal(key.public, {"name": _plain_name(name), "type": kind})
    models.add_file(
        again.seq,
        head=head,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        sealed=sealing.seal_file(key.public, content),
    )
    models.change(again.seq, version=again.version + 1)
    drafting.note(again, Act.LETTER_FILE, now=now, by=by, change="added")


@db.writing(db.store)
def detach(found: CaseLetter, seq: int, *, now: datetime, by: str, seen: Seen = UNSEEN) -> None:
    """
    Take a file away from a draft.

    Raises:
        RuleBroken: "letter-not-open".
        NotFound: "no-such-file".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    again = _open(found)
    if seq not in {each.seq for each in models.files(again.seq)}:
        raise NotFound("no-such-file", str(seq))
    models.drop_file(again.seq, seq)
    models.change(again.seq, version=again.version + 1)
    drafting.note(again, Act.LETTER_FILE, now=now, by=by, change="dropped")


@db.writing(db.store)
def keep_scan(
    found: CaseLetter, key: CaseKey, kind: str, content: bytes, *, now: datetime, by: str, seen: Seen = UNSEEN
) -> None:
    """
    Store the stamped scan of an issued letter as the letter of record.

    Raises:
        RuleBroken: "letter-not-issued".
        Refused: "file-type", "file-too-large".
        ChangedMeanwhile: see `Seen.hold`.
    """
    seen.hold()
    again = models.letter(found.seq, found.number)
    if again.state not in (LetterState.ISSUED, LetterState.SERVED):
        raise RuleBroken("letter-not-issued")
    if kind not in TYPES:
        raise Refused("file-type")
    if len(content) > MOST_BYTES:
        raise Refused("file-too-large")
    models.change(
        again.seq,
        scan=sealing.seal_file(key.public, content),
        scan_sha256=hashlib.sha256(content).hexdigest(),
        service={**again.service, "scan_type": kind},
    )
    drafting.note(again, Act.LETTER_SCANNED, now=now, by=by, letter_no=again.letter_no)


def kept(found: CaseLetter) -> list[KeptFile]:
    """Return the files of a letter in clear: sizes and hashes, no names."""
    return models.files(found.seq)


def listed(found: CaseLetter, key: CaseKey) -> list[EnclosedFile]:
    """
    Return the files of a letter without their content.

    Raises:
        Refused: "sealed-part-broken".
    """
    made = []
    for each in models.files(found.seq):
        said = _unsealed(key, each.head)
        covered = redaction.of_file(each, key)
        name = _plain_name(covered.name) if covered.name else said["name"]
        size, sha256 = (each.copy_size, each.copy_sha256) if each.is_marked else (each.size, each.sha256)
        is_unfinished = each.is_marked and not each.copy_sha256
        made.append(EnclosedFile(each.seq, name, said["type"], size, sha256, each.is_marked, is_unfinished))
    return made


def titles(found: CaseLetter, key: CaseKey) -> Sequence[str]:
    """Return the titles that the letter's note of attachments prints: file names without their ending."""
    return [PurePath(each.name).stem for each in listed(found, key)]


def contents(found: CaseLetter, key: CaseKey) -> list[EnclosedFile]:
    """
    Return the files of a letter with their content; the caller logs the opening.

    Raises:
        RuleBroken: "redaction-unfinished".
        Refused: "sealed-part-broken".
    """
    return [_with_content(each, key) for each in listed(found, key)]


def one(found: CaseLetter, key: CaseKey, seq: int) -> EnclosedFile:
    """
    Return a file of a letter with its content; the caller logs the opening.

    Raises:
        NotFound: "no-such-file".
        RuleBroken: "redaction-unfinished".
        Refused: "sealed-part-broken".
    """
    for each in listed(found, key):
        if each.seq == seq:
            return _with_content(each, key)
    raise NotFound("no-such-file", str(seq))


def _with_content(each: EnclosedFile, key: CaseKey) -> EnclosedFile:
    if each.is_unfinished:
        raise RuleBroken("redaction-unfinished")
    part = "copy" if each.is_covered else "sealed"
    try:
        content = sealing.unseal_file(key.private, models.file_part(each.seq, part))
    except SealBroken as error:
        raise Refused("sealed-part-broken", error.code) from error
    return replace(each, content=content)


def _unsealed(key: CaseKey, head: bytes) -> dict[str, str]:
    try:
        return sealing.unseal(key.private, head)
    except SealBroken as error:
        raise Refused("sealed-part-broken", error.code) from error


def _plain_name(name: str) -> str:
    """Return a file's name without folders and what cannot be printed."""
    last = PurePath(name.replace("\\", "/")).name
    return letter_text.plain(last).replace("\n", " ").strip()[-LONGEST_NAME:] or "附件"


def _open(found: CaseLetter) -> CaseLetter:
    again = models.letter(found.seq, found.number)
    if again.state is not LetterState.DRAFT:
        raise RuleBroken("letter-not-open")
    return again
