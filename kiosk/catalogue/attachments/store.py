"""
The files of attachments: stored at the hub, fetched by terminals, erased when no document needs them.

Files are stored beside the database under their SHA-256 (kiosk/blobs.py); tables say which document refers to which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from peewee import EXCLUDED, fn

from kiosk.blobs import Blobs
from kiosk.catalogue.attachments import content
from kiosk.catalogue.attachments.content import FileNotRead
from kiosk.catalogue.records import attachment
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
"""Age at which a file is erased that no entry refers to, as a refused import leaves behind."""
JUST_COME = timedelta(minutes=10)
"""Age below which a file is kept: the entry that will refer to it may be being written."""


@dataclass(frozen=True)
class ImportFiles:
    """
    The folders of an import's files.

    folder: The folder of the import file; None for an upload through a browser.
    """

    blobs: Blobs
    most_bytes: int
    folder: Path | None = None


def take(stream: BinaryIO, name: str, files: ImportFiles) -> AttachmentItem:
    """
    Store a file at the hub and return it as the item of a record.

    Raises:
        NotRead: why it is refused.
        StoreFull: no room.
    """
    try:
        kept = files.blobs.put(stream, files.most_bytes)
    except Refused as refused:
        raise FileNotRead("file-too-large") from refused
    return _item(files, kept.sha256, name)


def _item(files: ImportFiles, sha256: str, name: str) -> AttachmentItem:
    """Return the item of a stored file by its content, whatever its record said."""
    path = files.blobs.path(sha256)
    if path is None:
        raise FileNotRead("file-missing")
    checked = content.check(path)
    item: AttachmentItem = {"name": name, "type": checked.type, "size": path.stat().st_size, "sha256": sha256}
    if checked.pages:
        item["pages"] = checked.pages
    return item


def bring(record: Any, files: ImportFiles | None) -> tuple[Any, tuple[RecordFault, ...]]:
    """
    Store the files of an imported record: `file` names one beside the import, `sha256` one already stored.

    Returns the record, and the faults of its files.
    """
    items = record.get("attachments") if isinstance(record, dict) else None
    if not isinstance(items, list) or len(items) > attachment.MOST:
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
    """Return the record in the form checked before its files are opened; the same object if it has none."""
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
        is_name = isinstance(item["sha256"], str) and attachment.SHA256.fullmatch(item["sha256"])
        return {**rest, **_item(files, item["sha256"], rest.get("name", ""))} if is_name else item
    path = _inside(files.folder, item["file"])
    name = rest.get("name") or attachment.clean_name(path.name)
    try:
        with path.open("rb") as stream:
            return {**rest, **take(stream, name, files)}
    except OSError as error:
        raise FileNotRead("file-missing") from error


def _inside(folder: Path | None, named: object) -> Path:
    """Return the path of a file below the folder; a name that leads outside, also by a link, is refused."""
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
    """Store which files an entry of the hub refers to."""
    _FORGET.run(store, doc_id=record["id"])
    for sha256 in sorted({each.sha256 for each in attachment.of(record) if each.sha256}):
        _NAME.run(store, doc_id=record["id"], sha256=sha256)


def missing(record: Record, blobs: Blobs) -> list[str]:
    """Return the names of attachments whose file the hub had and no longer has."""
    return [each.name for each in attachment.of(record) if each.sha256 and blobs.path(each.sha256) is None]


def incomplete(batch: int, blobs: Blobs) -> set[str]:
    """Return the waiting entries of an import with an attachment whose file the hub had and no longer has."""
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
    """Return whether a terminal may fetch this file: only files of published documents."""
    return _PUBLISHED.first(catalogue, sha256=sha256) is not None


@dataclass(frozen=True)
class _Named:
    """A file of published documents, with the newest day on which one of them was published."""

    sha256: str
    bytes: int
    published_on: str


def wanted() -> Iterator[Wanted]:
    """
    Yield the files of a terminal's documents: most recently read here first, then the newest documents.

    So a file that somebody asked for while it was missing is fetched next.
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
    Count that a file was requested today, without a person. Written once a day.

    Raises:
        StoreFull: nothing was stored.
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
    """Return the last day on which a file was requested, or an empty string."""
    row = _LAST_USE.first(store, sha256=sha256)
    return str(row[0]) if row else ""


def uses() -> int:
    """Return how often files were requested; a change means that the order of `wanted` may have changed."""
    return int(AttachmentUse.select(total(AttachmentUse.days)).scalar())


def sweep(blobs: Blobs, clock: Clock) -> int:
    """
    Erase at the hub files that no document needs any more; return how many.

    Files of withdrawn or non-public entries go once they are JUST_COME old, files that no entry ever referred to at
    ORPHAN_LIFE. The transaction keeps entries from referring to a file meanwhile.
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
    """Return the files that published documents refer to."""
    return {each.sha256 for each in DocumentAttachment.select(DocumentAttachment.sha256)}
