"""
The files of attachments: taken in at the hub, wanted at a terminal, erased when no document needs them.

Files lie beside the database, named by their SHA-256 (kiosk/blobs.py); tables say which document names which file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from peewee import EXCLUDED, fn

from kiosk.blobs import Blobs
from kiosk.catalogue.attachments import content as attachments_content
from kiosk.catalogue.attachments.content import FileNotRead
from kiosk.catalogue.records import attachment as attachments
from kiosk.catalogue.records.models import (
    AttachmentUse,
    DocumentAttachment,
    DocumentRow,
    Entry,
    EntryAttachment,
)
from kiosk.catalogue.records.record import AttachmentItem, Record
from kiosk.catalogue.records.schema import RecordFault
from kiosk.clock import Clock
from kiosk.db import Statement, catalogue, inserted, rows, slot, store, total, writing
from kiosk.errors import Refused
from sync.carried.transfer import Wanted

ORPHAN_LIFE = timedelta(hours=24)
"""A file that no entry ever named: what an import that was refused left behind."""
JUST_COME = timedelta(minutes=10)
"""A file that came again; the entry that will name it is perhaps being written."""


@dataclass(frozen=True)
class ImportFiles:
    """
    Where an import finds files and where they are kept.

    folder: beside the import file; None where there is none (a file that came through a browser).
    """

    blobs: Blobs
    most_bytes: int
    folder: Path | None = None


def take(stream: BinaryIO, name: str, files: ImportFiles) -> AttachmentItem:
    """
    Return a file kept at the hub, as the item of a record.

    Raises:
        FileNotRead: why it is not taken.
        StoreFull: no room.
    """
    try:
        kept = files.blobs.put(stream, files.most_bytes)
    except Refused as refused:
        raise FileNotRead("file-too-large") from refused
    return _item(files, kept.sha256, name)


def _item(files: ImportFiles, sha256: str, name: str) -> AttachmentItem:
    """Return what the content of a kept file says, whatever anybody else said of it."""
    path = files.blobs.path(sha256)
    if path is None:
        raise FileNotRead("file-missing")
    content = attachments_content.check(path)
    item: AttachmentItem = {"name": name, "type": content.type, "size": path.stat().st_size, "sha256": sha256}
    if content.pages:
        item["pages"] = content.pages
    return item


def bring(record: Any, files: ImportFiles | None) -> tuple[Any, tuple[RecordFault, ...]]:
    """
    Return a record of an import with its files taken in: `file` names one beside the import, `sha256` one that is
    kept.

    Returns the record, and what is wrong with its files.
    """
    items = record.get("attachments") if isinstance(record, dict) else None
    if not isinstance(items, list) or len(items) > attachments.MOST:
        return record, ()
    taken: list[Any] = []
    faults: list[RecordFault] = []
    for at, item in enumerate(items):
        try:
            taken.append(_brought(item, files))
        except FileNotRead as fault:
            faults.append(RecordFault(fault.code, f"attachments[{at}]"))
    return {**record, "attachments": taken}, tuple(faults)


def without_files(record: Any) -> Any:
    """Return the record as it can be checked before its files are opened; the same object when it names none."""
    items = record.get("attachments") if isinstance(record, dict) else None
    if not isinstance(items, list) or not any(_names_file(item) for item in items):
        return record
    return {**record, "attachments": [item for item in items if not _names_file(item)]}


def _names_file(item: Any) -> bool:
    return isinstance(item, dict) and ("file" in item or bool(item.get("sha256")))


def _brought(item: Any, files: ImportFiles | None) -> Any:
    if not _names_file(item):
        return item
    rest = {key: value for key, value in item.items() if key != "file"}
    if files is None:
        raise FileNotRead("file-missing")
    if "file" not in item:
        is_name = isinstance(item["sha256"], str) and attachments.SHA256.fullmatch(item["sha256"])
        return {**rest, **_item(files, item["sha256"], rest.get("name", ""))} if is_name else item
    path = _inside(files.folder, item["file"])
    name = rest.get("name") or attachments.clean_name(path.name)
    try:
        with path.open("rb") as stream:
            return {**rest, **take(stream, name, files)}
    except OSError as error:
        raise FileNotRead("file-missing") from error


def _inside(folder: Path | None, named: object) -> Path:
    """Return a file below the folder, by a name that leads nowhere else; links are followed only inside."""
    if folder is None or not isinstance(named, str) or not named or "\x00" in named:
        raise FileNotRead("file-missing")
    if "\\" in named or Path(named).is_absolute() or ".." in Path(named).parts:
        raise FileNotRead("file-outside")
    try:
        home, found = folder.resolve(), (folder / named).resolve()
        if not found.is_relative_to(home):
            raise FileNotRead("file-outside")
        if not found.is_file():
            raise FileNotRead("file-missing")
    except (OSError, RuntimeError, ValueError) as error:  # ValueError: no name of a file at all
        raise FileNotRead("file-missing") from error
    return found


_FORGET = Statement(
    lambda: EntryAttachment.delete().where(EntryAttachment.doc_id == slot(EntryAttachment.doc_id))
)
_NAME = Statement(lambda: EntryAttachment.insert(inserted(EntryAttachment.doc_id, EntryAttachment.sha256)))


def note_entry(record: Record) -> None:
    """Keep which files an entry of the hub names."""
    _FORGET.run(store, doc_id=record["id"])
    for sha256 in sorted({each.sha256 for each in attachments.of(record) if each.sha256}):
        _NAME.run(store, doc_id=record["id"], sha256=sha256)


def missing(record: Record, blobs: Blobs) -> list[str]:
    """Return the names of attachments whose file was with the hub and is not any more."""
    return [each.name for each in attachments.of(record) if each.sha256 and blobs.path(each.sha256) is None]


def incomplete(batch: int, blobs: Blobs) -> set[str]:
    """Return the waiting entries of an import with an attachment whose file was with the hub and is not any more."""
    waiting = Entry.select(Entry.doc_id).where(Entry.state == "waiting", Entry.batch_id == batch)
    query = EntryAttachment.select().where(EntryAttachment.doc_id.in_(waiting))
    return {each.doc_id for each in query if blobs.path(each.sha256) is None}


_PUBLISHED = Statement(
    lambda: (
        DocumentAttachment.select(DocumentAttachment.sha256)
        .where(DocumentAttachment.sha256 == slot(DocumentAttachment.sha256))
        .limit(1)
    )
)


def may_fetch(sha256: str) -> bool:
    """Return whether a terminal may have this file of the hub, which is so for those of published documents."""
    return _PUBLISHED.first(catalogue, sha256=sha256) is not None


@dataclass(frozen=True)
class _Named:
    """A file that published documents name, with the newest day on which one of them was published."""

    sha256: str
    bytes: int
    published_on: str


def wanted() -> Iterator[Wanted]:
    """
    Yield the files of a terminal's documents, what was read here last first, then the newest.

    A file that somebody asked for while it was missing so comes next.
    """
    query = (
        DocumentAttachment.select(
            DocumentAttachment.sha256,
            fn.MAX(DocumentAttachment.size).alias("bytes"),
            fn.MAX(DocumentRow.published_on).alias("published_on"),
        )
        .join(DocumentRow, on=(DocumentRow.doc_id == DocumentAttachment.doc_id))
        .where(DocumentRow.deleted == 0)
        .group_by(DocumentAttachment.sha256)
    )
    used = {each.sha256: (each.last_on, each.days) for each in AttachmentUse.select()}
    found = rows(query, _Named)
    found.sort(
        key=lambda each: (used.get(each.sha256, ("", 0)), each.published_on, each.sha256), reverse=True
    )
    yield from (Wanted(each.sha256, each.bytes) for each in found)


def note_use(sha256: str, today: date) -> None:
    """
    Keep that a file was asked for today; nobody is named. Written once a day.

    Raises:
        StoreFull: nothing was kept.
    """
    if _used_on(sha256) >= today.isoformat():
        return
    used = {AttachmentUse.sha256: sha256, AttachmentUse.days: 1, AttachmentUse.last_on: today.isoformat()}
    with writing(store):
        AttachmentUse.insert(used).on_conflict(
            conflict_target=[AttachmentUse.sha256],
            preserve=[AttachmentUse.last_on],
            update={AttachmentUse.days: AttachmentUse.days + 1},
            where=AttachmentUse.last_on < EXCLUDED.last_on,
        ).execute()


_LAST_USE = Statement(
    lambda: AttachmentUse.select(AttachmentUse.last_on).where(
        AttachmentUse.sha256 == slot(AttachmentUse.sha256)
    )
)


def _used_on(sha256: str) -> str:
    """Return the last day on which a file was asked for, or an empty string."""
    row = _LAST_USE.first(store, sha256=sha256)
    return str(row[0]) if row else ""


def uses() -> int:
    """Return how often files were asked for; when it changes, another order of use may hold."""
    return int(AttachmentUse.select(total(AttachmentUse.days)).scalar())


def sweep(blobs: Blobs, clock: Clock) -> int:
    """
    Erase at the hub what no document needs any more; returns how many files.

    Files of withdrawn entries and of those that were decided not to be public go at once, files that no entry ever
    named after a day. Nothing is named meanwhile.
    """
    erased = 0
    with writing(store):
        needed = published_files() | _of_entries_that_may_be_public()
        named = {each.sha256 for each in EntryAttachment.select(EntryAttachment.sha256)}
        for sha256 in set(blobs.held()) - needed:
            path = blobs.path(sha256)
            age = timedelta(seconds=clock.now().timestamp() - path.stat().st_mtime) if path else timedelta()
            if age > (JUST_COME if sha256 in named else ORPHAN_LIFE):
                blobs.remove(sha256)
                erased += 1
    return erased


def _of_entries_that_may_be_public() -> set[str]:
    is_public = (Entry.state == "approved") & (Entry.disclosure == "proactive")
    needing = Entry.select(Entry.doc_id).where(Entry.state.in_(["waiting", "refused"]) | is_public)
    query = EntryAttachment.select(EntryAttachment.sha256).where(EntryAttachment.doc_id.in_(needing))
    return {each.sha256 for each in query}


def published_files() -> set[str]:
    """Return the files that published documents name."""
    return {each.sha256 for each in DocumentAttachment.select(DocumentAttachment.sha256)}
