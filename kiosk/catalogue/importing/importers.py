"""
Import of a file into entries that wait for approval: counts of created, changed, unchanged and refused.

First the whole file is read and checked into a temporary file, then it is written in one transaction: the
hub's writer lock is held for seconds, not for the time it takes to read a county's export.
"""

from __future__ import annotations

import errno
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from kiosk.audit import Act
from kiosk.catalogue.attachments.store import ImportFiles, bring, without_files
from kiosk.catalogue.importing.readers import RecordLine, read
from kiosk.catalogue.importing.sheet_records import ColumnMapping
from kiosk.catalogue.publishing.actions import Proposed, known, propose
from kiosk.catalogue.publishing.approval import release_many
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import Entry, ImportBatch
from kiosk.catalogue.records.rules import canonical, check, plain
from kiosk.catalogue.records.schema import RecordFault
from kiosk.clock import stamp
from kiosk.db import Statement, inserted, slot, store, writing
from kiosk.errors import StoreFull

MOST_LISTED, MOST_FAULTS = 1_000, 20
"""Most refusals listed one by one, and most faults of one line; further ones are counted."""


@dataclass(frozen=True)
class Refusal:
    """One refused line with its faults; quoted text is safe to store and show."""

    line: int
    doc_id: str
    faults: tuple[RecordFault, ...]


@dataclass(frozen=True)
class Report:
    """
    The result of an import. done is False if faults kept everything out.

    published: How many were approved at once; batch: Its number at the desk. against: A hash of the entries that these
    records meet.
    """

    name: str
    done: bool = True
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    published: int = 0
    batch: int | None = None
    against: str = ""
    refusals: tuple[Refusal, ...] = field(default=())


class _TakenBack(Exception):
    """Raised to roll the transaction back."""


class _Refusals:
    """All refusals counted, the first ones listed."""

    def __init__(self) -> None:
        self.count = 0
        self.listed: list[Refusal] = []

    def add(self, line: int, doc_id: str, faults: tuple[RecordFault, ...]) -> None:
        self.count += 1
        if len(self.listed) < MOST_LISTED:
            kept = tuple(RecordFault(fault.code, plain(fault.where)) for fault in faults[:MOST_FAULTS])
            if len(faults) > MOST_FAULTS:
                kept += (RecordFault("more-faults", f"+{len(faults) - MOST_FAULTS}"),)
            self.listed.append(Refusal(line, plain(doc_id, 200), kept))


def import_file(
    path: Path,
    hand: Hand,
    *,
    publish: bool = False,
    keep_good: bool = False,
    name: str = "",
    mapping: ColumnMapping | None = None,
    dry_run: bool = False,
    files: ImportFiles | None = None,
    looked_at: Callable[[Report], None] | None = None,
) -> Report:
    """
    Import a file at the hub.

    Args:
        name: The name of the file at the desk; its own name if empty.
        mapping: How the columns of a table are read.
        dry_run: Only report what would happen; nothing is stored.
        publish: Approve the records of this file at once, logged under the actor's name.
        keep_good: Import the good lines although others are refused; otherwise it is all or nothing.
        files: Where attached files are found and stored; without it a record that names a file is refused.
        looked_at: Called with the result before it is committed; refuses another one than a clerk saw.
    Raises:
        ImportRefused: the file cannot be read at all.
        StoreFull: no room; nothing was imported.
    """
    refusals, name = _Refusals(), plain(name or path.name, 200)
    with _room_for_checking() as checked:
        _check_into(checked, read(path, mapping), refusals, files)
        report = Report(name, refused=refusals.count, refusals=tuple(refusals.listed))
        if refusals.count and not keep_good and not dry_run:
            return replace(report, done=False)
        try:
            with writing(store):
                report = _write(checked, report, hand, refusals, publish)
                if dry_run or (refusals.count and not keep_good):
                    raise _TakenBack
                if looked_at:
                    looked_at(report)
        except _TakenBack:
            result = replace(report, batch=None) if dry_run else Report(name, False)
            return replace(result, refused=refusals.count, refusals=tuple(refusals.listed))
    return replace(report, refused=refusals.count, refusals=tuple(refusals.listed))


@contextmanager
def _room_for_checking() -> Iterator[IO[str]]:
    """Return a temporary file; a disk that it fills is reported as full."""
    try:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as checked:
            yield checked
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StoreFull("disk-full", f"no room in {tempfile.gettempdir()}: nothing was imported") from error


def _check_into(
    checked: IO[str], lines: Iterator[RecordLine], refusals: _Refusals, files: ImportFiles | None
) -> None:
    """Write the good records as `line number, tab, canonical JSON`."""
    seen: set[str] = set()
    for line in lines:
        record, faults = (line.record, line.faults) if line.faults else _checked(line.record, files)
        doc_id = _id_of(record)
        if not faults and doc_id in seen:
            faults = (RecordFault("same-id-twice", "id"),)
        text = "" if faults else _text(record)
        if text:
            seen.add(doc_id)
            checked.write(f"{line.number}\t{text}\n")
        else:
            refusals.add(line.number, doc_id, faults or (RecordFault("not-text", ""),))
    checked.seek(0)


def _checked(record: Any, files: ImportFiles | None) -> tuple[Any, tuple[RecordFault, ...]]:
    """Return the record with its files stored, and all its faults; files of a faulty record are not stored."""
    bare = without_files(record)
    faults = tuple(check(bare))
    if faults or bare is record:
        return record, faults
    record, faults = bring(record, files)
    return record, faults or tuple(check(record))


def _text(record: dict[str, object]) -> str:
    """Return the canonical JSON; empty if it cannot be written as UTF-8 (half of a surrogate pair)."""
    text = canonical(record)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return ""
    return text


def _id_of(record: object) -> str:
    found = record.get("id") if isinstance(record, dict) else None
    return found[:200] if isinstance(found, str) else ""


_BEGIN = Statement(
    lambda: ImportBatch.insert(inserted(ImportBatch.name, ImportBatch.at, ImportBatch.actor)).returning(
        ImportBatch.id
    )
)


def _write(checked: IO[str], report: Report, hand: Hand, refusals: _Refusals, publish: bool) -> Report:
    begun = _BEGIN.first(store, name=report.name, at=stamp(hand.at), actor=hand.actor)
    assert begun is not None
    batch = int(begun[0])
    counts = {said.value: 0 for said in Proposed}
    waiting: list[str] = []
    against = hashlib.sha256()
    for line in checked:
        number, _, text = line.rstrip("\n").partition("\t")
        doc_id, fault = _conflict(text)
        if fault:
            refusals.add(int(number), doc_id, (fault,))
            continue
        met = known(doc_id)
        against.update(f"{doc_id}\n{met.hash}\n{met.state}\n".encode() if met else b"\n")
        counts[propose(text, batch_id=batch, hand=hand)] += 1
        if publish and _waits(doc_id):
            waiting.append(doc_id)
    hand.tell(Act.CATALOGUE_IMPORT, str(batch), **counts, refused=refusals.count)
    published = release_many(waiting, hand, batch_id=batch) if waiting else 0
    ImportBatch.update(**counts, refused=refusals.count).where(ImportBatch.id == batch).execute()
    created, changed, unchanged = counts.values()
    return replace(
        report,
        created=created,
        changed=changed,
        unchanged=unchanged,
        published=published,
        batch=batch,
        against=against.hexdigest(),
    )


_OTHER_SOURCE = Statement(
    lambda: (
        Entry.select(Entry.doc_id)
        .where(
            Entry.index_no == slot(Entry.index_no),
            Entry.doc_id != slot(Entry.doc_id),
            Entry.source != slot(Entry.source),
            Entry.state != "withdrawn",
        )
        .limit(1)
    )
)


def _conflict(text: str) -> tuple[str, RecordFault | None]:
    """Return the id, and a fault if another source already uses the record's index number."""
    record = json.loads(text)
    if not record.get("index_no"):
        return record["id"], None
    other = _OTHER_SOURCE.first(
        store, index_no=record["index_no"], doc_id=record["id"], source=record.get("source", "")
    )
    return record["id"], RecordFault("other-source", "index_no") if other else None


def _waits(doc_id: str) -> bool:
    found = known(doc_id)
    return found is not None and found.state == "waiting"
