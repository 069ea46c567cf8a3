"""
The watched folder: the county site's nightly export is imported automatically, each file once.

A file is imported once two looks found it unchanged, so that one still being written is left alone. Its good
lines wait for approval; the others are logged with line and reason. Files are never moved or deleted.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from kiosk import db
from kiosk.audit import Act
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.importing import uploads
from kiosk.catalogue.importing.importers import Report, import_file
from kiosk.catalogue.importing.readers import ENDINGS, ImportRefused
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import SavedMapping, WatchedFile
from kiosk.catalogue.records.rules import REASONS, plain
from kiosk.clock import stamp
from kiosk.errors import KioskError

SEEN, TAKEN, REPEATED, REFUSED = "seen", "taken", "repeated", "refused"
_ACTS = {TAKEN: Act.CATALOGUE_WATCHED_TAKEN, REFUSED: Act.CATALOGUE_WATCHED_REFUSED}
"""Results that are logged, with their act."""
MOST_LISTED = 50

_log = logging.getLogger(__name__)


class RefusedLine(TypedDict):
    """A line that was not taken: where the fault is, and why in the clerk's words."""

    line: int
    id: str
    where: str
    why: str


class FileReport(TypedDict, total=False):
    """What became of a file, as the log keeps it in JSON: counts, or why the whole file was refused."""

    created: int
    changed: int
    unchanged: int
    refused: int
    batch: int | None
    refusals: list[RefusedLine]
    why: str
    detail: str


@dataclass(frozen=True)
class Looked:
    """A file as this look found it."""

    path: Path
    sha256: str
    bytes: int
    changed_ns: int

    @property
    def name(self) -> str:
        """Return its name for the log, with characters that are no text escaped."""
        return plain(self.path.name, 200)


def look(folder: str, mapping: str, hand: Hand, files: ImportFiles) -> int:
    """Import what has arrived in `folder` since the last look; return how many files were handled."""
    if not folder:
        return 0
    _give_another_look(mapping)
    many = 0
    for found in list(_arrived(Path(folder))):
        try:
            many += _deal_with(found, mapping, hand, files)
        except KioskError:
            raise
        except (
            Exception
        ):  # the border of a file: a fault that one of them meets must not hold up all later ones
            _log.exception("%s of the watched folder could not be dealt with", found.name)
    return many


def _give_another_look(mapping: str) -> None:
    """Forget refusals older than the saved mapping, so that their files are tried again."""
    saved_at = SavedMapping.select(SavedMapping.at).where(SavedMapping.name == mapping)
    with db.writing(db.store):
        is_older = (WatchedFile.outcome == REFUSED) & (WatchedFile.at < saved_at)
        WatchedFile.delete().where(is_older).execute()


def _arrived(folder: Path) -> Iterator[Looked]:
    """Yield files not handled yet, without links, folders and unreadable ones."""
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        _log.warning("the watched folder cannot be read: %s", error.strerror)
        return
    for path in paths:
        try:
            found = _new(path)
        except OSError as error:  # gone again since, or not for this account
            _log.warning("%s in the watched folder cannot be read: %s", plain(path.name), error.strerror)
            continue
        if found:
            yield found


def _new(path: Path) -> Looked | None:
    """Return a file as it is now, unless this very version was handled already."""
    if path.suffix.lower() not in ENDINGS or path.is_symlink() or not path.is_file():
        return None
    state = path.stat()
    found = Looked(path, "", state.st_size, state.st_mtime_ns)
    is_known = WatchedFile.select().where(
        WatchedFile.name == found.name,
        WatchedFile.bytes == found.bytes,
        WatchedFile.changed_ns == found.changed_ns,
        WatchedFile.outcome != SEEN,
    )
    if is_known.exists():
        return None
    with path.open("rb") as stream:
        return replace(found, sha256=hashlib.file_digest(stream, "sha256").hexdigest())


def _deal_with(found: Looked, mapping: str, hand: Hand, files: ImportFiles) -> bool:
    is_this = (WatchedFile.name == found.name) | (WatchedFile.outcome != SEEN)
    known = WatchedFile.select().where(WatchedFile.sha256 == found.sha256, is_this)
    before = known.order_by(WatchedFile.outcome == SEEN).first()
    if before is None:
        _note(found, SEEN, {}, hand)
        return False
    if before.outcome != SEEN and not _came_back(found):
        _note(found, REPEATED, {}, hand)
        return True
    _note(found, *_take(found.path, mapping, hand, files), hand)
    return True


def _came_back(found: Looked) -> bool:
    """Return whether the file of this name had other content in between: the site reverted a change."""
    dealt_with = WatchedFile.select().where(WatchedFile.name == found.name, WatchedFile.outcome != SEEN)
    last = dealt_with.order_by(WatchedFile.at.desc(), WatchedFile.changed_ns.desc()).first()
    return last is not None and last.sha256 != found.sha256


def _take(path: Path, mapping: str, hand: Hand, files: ImportFiles) -> tuple[str, FileReport]:
    columns = uploads.mapping(mapping) if mapping else None
    if mapping and columns is None:
        return REFUSED, {"why": "no-mapping"}
    try:
        return TAKEN, as_logged(import_file(path, hand, keep_good=True, mapping=columns, files=files))
    except ImportRefused as refused:
        return REFUSED, {"why": refused.code, "detail": refused.detail}


def as_logged(report: Report) -> FileReport:
    """Return a report for the log: counts, and the first refusals with line and reason."""
    lines: list[RefusedLine] = [
        {
            "line": each.line,
            "id": each.doc_id,
            "where": fault.where,
            "why": REASONS.get(fault.code, fault.code),
        }
        for each in report.refusals[:MOST_LISTED]
        for fault in each.faults[:3]
    ]
    return {
        "created": report.created,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "batch": report.batch,
        "refusals": lines,
    }


def _note(found: Looked, outcome: str, report: FileReport, hand: Hand) -> None:
    """Store the result of a file; a repeated one keeps its first result."""
    seen = {
        WatchedFile.name: found.name,
        WatchedFile.sha256: found.sha256,
        WatchedFile.bytes: found.bytes,
        WatchedFile.changed_ns: found.changed_ns,
        WatchedFile.at: stamp(hand.at),
        WatchedFile.outcome: outcome,
        WatchedFile.report: json.dumps(report, ensure_ascii=False),
    }
    kept = [WatchedFile.bytes, WatchedFile.changed_ns, WatchedFile.at]
    if outcome != REPEATED:
        kept += [WatchedFile.outcome, WatchedFile.report]
    was_seen = (WatchedFile.name == found.name) & (WatchedFile.outcome == SEEN)
    with db.writing(db.store):
        WatchedFile.delete().where(was_seen).execute()
        WatchedFile.insert(seen).on_conflict(
            conflict_target=[WatchedFile.name, WatchedFile.sha256], preserve=kept
        ).execute()
        if outcome in _ACTS:
            hand.tell(_ACTS[outcome], found.sha256[:16])


@dataclass(frozen=True)
class Handled:
    """A handled file of the watched folder, as the desk shows it."""

    name: str
    at: str
    outcome: str
    report: str

    @property
    def counts(self) -> FileReport:
        """Return the counts of its report."""
        said: FileReport = json.loads(self.report)
        return said


def newest(most: int) -> list[Handled]:
    """Return the files handled last."""
    query = WatchedFile.select(WatchedFile.name, WatchedFile.at, WatchedFile.outcome, WatchedFile.report)
    dealt_with = query.where(WatchedFile.outcome != SEEN).order_by(WatchedFile.at.desc())
    return db.rows(dealt_with.limit(most), Handled)
