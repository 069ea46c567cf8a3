"""
The files of attachments: taken in at the hub, wanted at a terminal, erased when no document needs them.

Files lie beside the database, named by their SHA-256 (kiosk/blobs.py); tables say which document names which file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from kiosk.blobs import Blobs
from kiosk.catalogue import attachments, attachments_content
from kiosk.catalogue.attachments_content import NotRead
from kiosk.catalogue.schema import Fault
from kiosk.clock import Clock
from kiosk.errors import Refused

ORPHAN_LIFE = timedelta(hours=24)
"""A file that no entry ever named: what an import that was refused left behind."""
JUST_COME = timedelta(minutes=10)
"""A file that came again; the entry that will name it is perhaps being written."""


@dataclass(frozen=True)
class Files:
    """
    Where an import finds files and where they are kept.

    folder: beside the import file; None where there is none (a file that came through a browser).
    """

    blobs: Blobs
    most_bytes: int
    folder: Path | None = None


def take(stream: BinaryIO, name: str, files: Files) -> dict[str, Any]:
    """
    A file kept at the hub, as the item of a record.

    Raises:
        NotRead: why it is not taken.
        StoreFull: no room.
    """
    try:
        kept = files.blobs.put(stream, files.most_bytes)
    except Refused as refused:
        raise NotRead("file-too-large") from refused
    return _item(files, kept.sha256, name)


def _item(files: Files, sha256: str, name: str) -> dict[str, Any]:
    """What the content of a kept file says, whatever anybody else said of it."""
    path = files.blobs.path(sha256)
    if path is None:
        raise NotRead("file-missing")
    content = attachments_content.check(path)
    item = {"name": name, "type": content.type, "size": path.stat().st_size, "sha256": sha256}
    return item | ({"pages": content.pages} if content.pages else {})


def bring(record: Any, files: Files | None) -> tuple[Any, tuple[Fault, ...]]:
    """
    A record of an import with its files taken in: `file` names one beside the import, `sha256` one that is kept.

    Returns the record, and what is wrong with its files.
    """
    items = record.get("attachments") if isinstance(record, dict) else None
    if not isinstance(items, list) or len(items) > attachments.MOST:
        return record, ()
    taken: list[Any] = []
    faults: list[Fault] = []
    for at, item in enumerate(items):
        try:
            taken.append(_brought(item, files))
        except NotRead as fault:
            faults.append(Fault(fault.code, f"attachments[{at}]"))
    return {**record, "attachments": taken}, tuple(faults)


def without_files(record: Any) -> Any:
    """The record as it can be checked before its files are opened; the same object when it names none."""
    items = record.get("attachments") if isinstance(record, dict) else None
    if not isinstance(items, list) or not any(_names_file(item) for item in items):
        return record
    return {**record, "attachments": [item for item in items if not _names_file(item)]}


def _names_file(item: Any) -> bool:
    return isinstance(item, dict) and ("file" in item or bool(item.get("sha256")))


def _brought(item: Any, files: Files | None) -> Any:
    if not _names_file(item):
        return item
    rest = {key: value for key, value in item.items() if key != "file"}
    if files is None:
        raise NotRead("file-missing")
    if "file" not in item:
        is_name = isinstance(item["sha256"], str) and attachments.SHA256.fullmatch(item["sha256"])
        return {**rest, **_item(files, item["sha256"], rest.get("name", ""))} if is_name else item
    path = _inside(files.folder, item["file"])
    name = rest.get("name") or attachments.clean_name(path.name)
    try:
        with path.open("rb") as stream:
            return {**rest, **take(stream, name, files)}
    except OSError as error:
        raise NotRead("file-missing") from error


def _inside(folder: Path | None, named: object) -> Path:
    """A file below the folder, by a name that leads nowhere else; links are followed only inside."""
    if folder is None or not isinstance(named, str) or not named or "\x00" in named:
        raise NotRead("file-missing")
    if "\\" in named or Path(named).is_absolute() or ".." in Path(named).parts:
        raise NotRead("file-outside")
    try:
        home, found = folder.resolve(), (folder / named).resolve()
        if not found.is_relative_to(home):
            raise NotRead("file-outside")
        if not found.is_file():
            raise NotRead("file-missing")
    except (OSError, RuntimeError, ValueError) as error:  # ValueError: no name of a file at all
        raise NotRead("file-missing") from error
    return found


def note_published(connection: sqlite3.Connection, doc_id: str, record: Mapping[str, Any]) -> None:
    """Keeps which files a published document names; none for one that is no longer public."""
    connection.execute("DELETE FROM document_attachment WHERE doc_id = ?", (doc_id,))
    connection.executemany(
        "INSERT INTO document_attachment (doc_id, at, sha256, size) VALUES (?, ?, ?, ?)",
        [(doc_id, each.at, each.sha256, each.size) for each in attachments.of(record) if each.sha256],
    )


def note_entry(connection: sqlite3.Connection, record: Mapping[str, Any]) -> None:
    """Keeps which files an entry of the hub names."""
    named = {each.sha256 for each in attachments.of(record) if each.sha256}
    connection.execute("DELETE FROM entry_attachment WHERE doc_id = ?", (record["id"],))
    connection.executemany(
        "INSERT INTO entry_attachment (doc_id, sha256) VALUES (?, ?)",
        [(record["id"], sha256) for sha256 in sorted(named)],
    )


def missing(record: Mapping[str, Any], blobs: Blobs) -> list[str]:
    """The names of attachments whose file was with the hub and is not any more."""
    return [each.name for each in attachments.of(record) if each.sha256 and blobs.path(each.sha256) is None]


def incomplete(connection: sqlite3.Connection, batch: int, blobs: Blobs) -> set[str]:
    """The waiting entries of an import with an attachment whose file was with the hub and is not any more."""
    rows = connection.execute(
        "SELECT a.doc_id, a.sha256 FROM entry_attachment a JOIN entry e ON e.doc_id = a.doc_id"
        " WHERE e.state = 'waiting' AND e.batch_id = ?",
        (batch,),
    )
    return {doc_id for doc_id, sha256 in rows if blobs.path(sha256) is None}


def may_fetch(connection: sqlite3.Connection, sha256: str) -> bool:
    """At the hub: whether a terminal may have this file, which is so for those of published documents."""
    row = connection.execute(
        "SELECT 1 FROM document_attachment WHERE sha256 = ? LIMIT 1", (sha256,)
    ).fetchone()
    return row is not None


def wanted(catalogue: sqlite3.Connection, station: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """
    At a terminal: (sha256, bytes) of the files of its documents, what was read here last first, then the newest.

    A file that somebody asked for while it was missing so comes next.
    """
    rows = catalogue.execute(
        "SELECT a.sha256, max(a.size), max(d.published_on) FROM document_attachment a"
        " JOIN document d ON d.doc_id = a.doc_id WHERE d.deleted = 0 GROUP BY a.sha256"
    ).fetchall()
    used = {
        sha256: (last_on, days)
        for sha256, days, last_on in station.execute("SELECT sha256, days, last_on FROM attachment_use")
    }
    ordered = sorted(rows, key=lambda row: (used.get(row[0], ("", 0)), row[2], row[0]), reverse=True)
    yield from ((sha256, int(size)) for sha256, size, _day in ordered)


def note_use(station: sqlite3.Connection, sha256: str, today: date) -> None:
    """Keeps that a file was asked for today; nobody is named. Callers write once a day (see `used_on`)."""
    station.execute(
        "INSERT INTO attachment_use (sha256, days, last_on) VALUES (?, 1, ?) ON CONFLICT (sha256)"
        " DO UPDATE SET days = days + 1, last_on = excluded.last_on WHERE last_on < excluded.last_on",
        (sha256, today.isoformat()),
    )


def uses(station: sqlite3.Connection) -> int:
    """How often files were asked for; when it changes, another order of use may hold."""
    return int(station.execute("SELECT total(days) FROM attachment_use").fetchone()[0])


def used_on(station: sqlite3.Connection, sha256: str) -> str:
    """The last day on which a file was asked for, or an empty string."""
    row = station.execute("SELECT last_on FROM attachment_use WHERE sha256 = ?", (sha256,)).fetchone()
    return str(row[0]) if row else ""


def sweep(connection: sqlite3.Connection, blobs: Blobs, clock: Clock) -> int:
    """
    Erases at the hub what no document needs any more; returns how many files.

    Files of withdrawn entries and of those that were decided not to be public go at once, files that no entry ever
    named after a day. Must run inside the hub's writing transaction, so that nothing is named meanwhile.
    """
    needed = _first(
        connection.execute(
            "SELECT sha256 FROM document_attachment UNION SELECT a.sha256 FROM entry_attachment a JOIN entry e"
            " ON e.doc_id = a.doc_id WHERE e.state IN ('waiting', 'refused')"
            " OR (e.state = 'approved' AND e.disclosure = 'proactive')"
        )
    )
    named = _first(connection.execute("SELECT sha256 FROM entry_attachment"))
    erased = 0
    for sha256 in set(blobs.held()) - needed:
        path = blobs.path(sha256)
        age = timedelta(seconds=clock.now().timestamp() - path.stat().st_mtime) if path else timedelta()
        if age > (JUST_COME if sha256 in named else ORPHAN_LIFE):
            blobs.remove(sha256)
            erased += 1
    return erased


def published_files(catalogue: sqlite3.Connection) -> set[str]:
    """The files that published documents name."""
    return _first(catalogue.execute("SELECT sha256 FROM document_attachment"))


def _first(rows: Iterable[Any]) -> set[str]:
    return {str(row[0]) for row in rows}
