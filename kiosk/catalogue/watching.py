"""
The watched folder: the county site's nightly export is imported by itself, each file once.

A file is taken when it was the same at two looks, so that one that is still being written is left alone. Its good
lines wait for approval; the others are kept in the log with line and reason. Files are never moved or deleted.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kiosk import db
from kiosk.audit import Act
from kiosk.catalogue.actions import Hand
from kiosk.catalogue.attachments_store import Files
from kiosk.catalogue.importers import Report, import_file
from kiosk.catalogue.readers import ENDINGS, ImportRefused
from kiosk.catalogue.rules import REASONS, plain
from kiosk.catalogue.tables import ColumnMapping
from kiosk.clock import stamp
from kiosk.errors import KioskError

SEEN, TAKEN, REPEATED, REFUSED = "seen", "taken", "repeated", "refused"
_ACTS = {TAKEN: Act.CATALOGUE_WATCHED_TAKEN, REFUSED: Act.CATALOGUE_WATCHED_REFUSED}
"""Outcomes that stand in the log."""
MOST_TOLD = 50
UPLOADS = "uploads"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Looked:
    """A file as it was at this look."""

    path: Path
    sha256: str
    bytes: int
    changed_ns: int

    @property
    def name(self) -> str:
        """What it is called in the log; a file system takes names that are no text."""
        return plain(self.path.name, 200)


def mapping_named(connection: sqlite3.Connection, name: str) -> ColumnMapping | None:
    """The saved mapping of that name."""
    row = connection.execute("SELECT spec FROM column_mapping WHERE name = ?", (name,)).fetchone()
    return ColumnMapping.from_json(row[0]) if row else None


def look(folder: str, mapping: str, hand: Hand, files: Files) -> int:
    """Takes what has arrived in `folder` since the last look; returns how many files were dealt with."""
    if not folder:
        return 0
    connection: sqlite3.Connection = db.store.connection()
    _give_another_look(mapping)
    many = 0
    for found in list(_arrived(connection, Path(folder))):
        try:
            many += _deal_with(connection, found, mapping, hand, files)
        except KioskError:
            raise
        except (
            Exception
        ):  # the border of a file: a fault that one of them meets must not hold up all later ones
            _log.exception("%s of the watched folder could not be dealt with", found.name)
    return many


def _give_another_look(mapping: str) -> None:
    """What was refused before its mapping was saved, or saved anew, is no longer known."""
    with db.writing(db.store) as connection:
        connection.execute(
            "DELETE FROM watched_file WHERE outcome = ? AND at <"
            " (SELECT at FROM column_mapping WHERE name = ?)",
            (REFUSED, mapping),
        )


def _arrived(connection: sqlite3.Connection, folder: Path) -> Iterator[Looked]:
    """Files that are not dealt with yet; links, folders and what cannot be read are left alone."""
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        _log.warning("the watched folder cannot be read: %s", error.strerror)
        return
    for path in paths:
        try:
            found = _new(connection, path)
        except OSError as error:  # gone again since, or not for this account
            _log.warning("%s in the watched folder cannot be read: %s", plain(path.name), error.strerror)
            continue
        if found:
            yield found


def _new(connection: sqlite3.Connection, path: Path) -> Looked | None:
    """A file as it is now, unless it was dealt with in this very state."""
    if path.suffix.lower() not in ENDINGS or path.is_symlink() or not path.is_file():
        return None
    state = path.stat()
    found = Looked(path, "", state.st_size, state.st_mtime_ns)
    known = connection.execute(
        "SELECT 1 FROM watched_file WHERE name = ? AND bytes = ? AND changed_ns = ? AND outcome <> ?",
        (found.name, found.bytes, found.changed_ns, SEEN),
    ).fetchone()
    if known:
        return None
    with path.open("rb") as stream:
        return replace(found, sha256=hashlib.file_digest(stream, "sha256").hexdigest())


def _deal_with(connection: sqlite3.Connection, found: Looked, mapping: str, hand: Hand, files: Files) -> bool:
    before = connection.execute(
        "SELECT outcome FROM watched_file WHERE sha256 = ? AND (name = ? OR outcome <> ?)"
        " ORDER BY outcome = ?",
        (found.sha256, found.name, SEEN, SEEN),
    ).fetchone()
    if before is None:
        _note(found, SEEN, {}, hand)
        return False
    if before[0] != SEEN and not _came_back(connection, found):
        _note(found, REPEATED, {}, hand)
        return True
    _note(found, *_take(connection, found.path, mapping, hand, files), hand)
    return True


def _came_back(connection: sqlite3.Connection, found: Looked) -> bool:
    """Whether the file of this name said something else meanwhile: the site took a change back."""
    last = connection.execute(
        "SELECT sha256 FROM watched_file WHERE name = ? AND outcome <> ? ORDER BY at DESC, rowid DESC LIMIT 1",
        (found.name, SEEN),
    ).fetchone()
    return last is not None and last[0] != found.sha256


def _take(
    connection: sqlite3.Connection, path: Path, mapping: str, hand: Hand, files: Files
) -> tuple[str, dict[str, Any]]:
    columns = mapping_named(connection, mapping) if mapping else None
    if mapping and columns is None:
        return REFUSED, {"why": "no-mapping"}
    try:
        return TAKEN, told(import_file(path, hand, keep_good=True, mapping=columns, files=files))
    except ImportRefused as refused:
        return REFUSED, {"why": refused.code, "detail": refused.detail}


def told(report: Report) -> dict[str, Any]:
    """A report as it is kept in the log: counts, and the first refusals with line and reason."""
    lines = [
        {
            "line": each.line,
            "id": each.doc_id,
            "where": fault.where,
            "why": REASONS.get(fault.code, fault.code),
        }
        for each in report.refusals[:MOST_TOLD]
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


def _note(found: Looked, outcome: str, report: dict[str, Any], hand: Hand) -> None:
    with db.writing(db.store) as connection:
        connection.execute("DELETE FROM watched_file WHERE name = ? AND outcome = ?", (found.name, SEEN))
        connection.execute(
            "INSERT INTO watched_file (name, sha256, bytes, changed_ns, at, outcome, report)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name, sha256) DO UPDATE SET"
            " bytes = excluded.bytes, changed_ns = excluded.changed_ns, at = excluded.at,"
            " outcome = iif(excluded.outcome = 'repeated', outcome, excluded.outcome),"
            " report = iif(excluded.outcome = 'repeated', report, excluded.report)",
            (
                found.name,
                found.sha256,
                found.bytes,
                found.changed_ns,
                stamp(hand.at),
                outcome,
                json.dumps(report, ensure_ascii=False),
            ),
        )
        if outcome in _ACTS:
            hand.tell(connection, _ACTS[outcome], found.sha256[:16])


def forget_uploads(home: Path, before: str) -> None:
    """Throws away uploads that nobody confirmed since `before`."""
    connection: sqlite3.Connection = db.store.connection()
    old = connection.execute("SELECT token, name FROM import_upload WHERE at < ?", (before,)).fetchall()
    for token, name in old:
        forget_upload(home, token, name)


def upload_path(home: Path, token: str, name: str) -> Path:
    """Where an upload lies: under a name of ours, with the ending of its own."""
    return home / UPLOADS / f"{token}{Path(name).suffix.lower()}"


def forget_upload(home: Path, token: str, name: str) -> None:
    """Takes an upload and its row away."""
    upload_path(home, token, name).unlink(missing_ok=True)
    with db.writing(db.store) as connection:
        connection.execute("DELETE FROM import_upload WHERE token = ?", (token,))
