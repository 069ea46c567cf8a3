"""
At the hub: the pieces of files as they arrive, and a file put together for the person who opened its submission.

A piece may come before its submission, or long after it; the inbox holds its bytes, this table where it belongs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import peewee

from kiosk import db
from kiosk.errors import Refused
from kiosk.intake.attached.clean_files import FILES, AttachedFile, CleanFile, read_file
from kiosk.intake.sealed import OpenedSubmission
from sync.hub.models import InboxEntry
from sync.wire import sealing
from sync.wire.errors import SealBroken
from sync.wire.submission import SealedSubmission


class AttachedPiece(db.StoreModel):
    """A piece that arrived: of which submission (its key), which file, which place of how many."""

    number = peewee.TextField(primary_key=True)
    belongs_to = peewee.TextField(index=True)
    file = peewee.TextField()
    place = peewee.IntegerField()
    many = peewee.IntegerField()


@dataclass(frozen=True)
class ArrivedFile:
    """A file of an opened submission, and whether all of it is here."""

    file: AttachedFile
    is_whole: bool


def take_in(submission: SealedSubmission) -> None:
    """Note a piece in the transaction of its arrival; one whose place is not said is kept in the inbox alone."""
    said = submission.envelope
    belongs_to, file = said.get("belongs_to"), said.get("file")
    place, many = said.get("place"), said.get("of")
    if not (isinstance(belongs_to, str) and isinstance(file, str)):
        return
    if not (isinstance(place, int) and isinstance(many, int) and 0 <= place < many):
        return
    AttachedPiece.insert(
        number=submission.number, belongs_to=belongs_to, file=file, place=place, many=many
    ).on_conflict_ignore().execute(db.store)


def whole_files(number: str) -> frozenset[str]:
    """Return the ids of the files of a submission that are here whole."""
    found = AttachedPiece.select(AttachedPiece.file, AttachedPiece.place, AttachedPiece.many)
    places: dict[tuple[str, int], set[int]] = {}
    for file, place, many in found.where(AttachedPiece.belongs_to == _key(number)).tuples().execute(db.store):
        places.setdefault((file, many), set()).add(place)
    return frozenset(file for (file, many), held in places.items() if len(held) == many)


def files_of(number: str, opened: OpenedSubmission) -> list[ArrivedFile]:
    """Return the files that an opened submission names."""
    named = opened.personal.get(FILES)
    if not isinstance(named, list):
        return []
    whole = whole_files(number)
    return [ArrivedFile(file, file.id in whole) for file in map(read_file, named)]


def opened_file(number: str, opened: OpenedSubmission, at: int) -> CleanFile:
    """
    Return a file in clear, by its place (from 0) in the list; the caller logs the opening.

    Raises:
        Refused: "no-such-file", "file-on-its-way", "sealed-part-broken".
    """
    files = files_of(number, opened)
    if not 0 <= at < len(files):
        raise Refused("no-such-file", str(at))
    file = files[at].file
    if not files[at].is_whole:
        raise Refused("file-on-its-way", file.id)
    try:
        content = sealing.unlock_file(bytes.fromhex(file.key), _locked(number, file.id))
    except SealBroken as error:
        raise Refused("sealed-part-broken", error.code) from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Refused("sealed-part-broken", "digest-differs")
    return CleanFile(file.name, file.type, file.pages, content)


def _locked(number: str, file: str) -> bytes:
    """Return the locked bytes of a file that is here whole."""
    found = (
        AttachedPiece.select(InboxEntry.sealed)
        .join(InboxEntry, on=(InboxEntry.number == AttachedPiece.number))
        .where(AttachedPiece.belongs_to == _key(number), AttachedPiece.file == file)
        .order_by(AttachedPiece.place)
    )
    return b"".join(bytes(sealed) for (sealed,) in found.tuples().execute(db.store))


def _key(number: str) -> str:
    key = InboxEntry.select(InboxEntry.key).where(InboxEntry.number == number).scalar(db.store)
    return str(key or "")
