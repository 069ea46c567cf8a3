"""
Proof that what a home holds is what was stored: every row and file that a digest binds is read and compared.

Terminals erase what citizens entrusted to them once a copy of the hub is proved; so nothing here believes a size, a
count or an exit code. A database that SQLite itself finds damaged is named first, then each broken row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import peewee

from kiosk import db
from kiosk.blobs import Blobs
from kiosk.catalogue.records.models import DocumentAttachment, DocumentRow, Entry
from kiosk.catalogue.records.rules import canonical
from kiosk.errors import StoreDamaged
from kiosk.staff.key_models import KeptReadingKey
from sync.hub.models import InboxEntry, SetAside
from sync.terminal.models import OutboxEntry, SideList
from sync.wire import sealing

AT_ONCE = 50
"""Rows read together: a sealed part has up to 720 kB."""
MOST_NAMED = 10
"""Faults named in one line; more are counted."""
MOST_FAULTS = 100
"""Faults that SQLite's own check lists before it stops."""

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Fault:
    """Something broken: its table (or "file"), its key there, and what is wrong."""

    table: str
    key: str
    words: str

    def __str__(self) -> str:
        return f"{self.table} {self.key} ({self.words})" if self.key else f"{self.table} ({self.words})"


@dataclass(frozen=True)
class _Bound:
    """
    Rows that a digest binds.

    Args:
        key: The column by which rows are read in turn and named; unique.
        fault: Returns what is wrong with the values of `columns`; empty: nothing.
    """

    key: peewee.Field
    columns: Sequence[peewee.Field]
    fault: Callable[..., str]


def in_words(faults: Sequence[Fault]) -> str:
    """Return the faults in one line."""
    named = ", ".join(str(fault) for fault in faults[:MOST_NAMED])
    return named + (f" and {len(faults) - MOST_NAMED} more" if len(faults) > MOST_NAMED else "")


def in_hub(database: db.Store) -> list[Fault]:
    """Return what is broken in a hub's database, on either engine."""
    return [*structure(database), *rows_of_hub(database)]


def rows_of_hub(database: db.Store) -> list[Fault]:
    """Return the rows of a hub that are not what was stored."""
    return list(_rows(database, _AT_HUB))


def in_station(database: db.Store) -> list[Fault]:
    """Return what is broken in a terminal's own database."""
    return [*structure(database), *_rows(database, _AT_TERMINAL)]


def in_catalogue(database: db.Store) -> list[Fault]:
    """Return what is broken in a replica of the catalogue."""
    return [*structure(database), *_rows(database, (_DOCUMENTS,))]


def in_files(files: Blobs) -> list[Fault]:
    """Return the files whose bytes are not those of their names; each is read whole."""
    return [
        Fault("file", sha256, "its bytes are not those of its name")
        for sha256 in sorted(files.held())
        if not files.verified(sha256)
    ]


def missing_files(database: db.Store, files: Blobs) -> list[Fault]:
    """Return the attachments of published documents that the hub does not have: nobody else has them either."""
    named = DocumentAttachment.select(DocumentAttachment.sha256, peewee.fn.MIN(DocumentAttachment.doc_id))
    found = named.group_by(DocumentAttachment.sha256).order_by(DocumentAttachment.sha256).tuples()
    held = files.held()
    return [
        Fault("file", sha256, f"missing, an attachment of {doc_id}")
        for sha256, doc_id in found.execute(database)
        if sha256 not in held
    ]


def structure(database: db.Store) -> list[Fault]:
    """Return what SQLite itself finds; a server looks after its pages with checksums of its own."""
    if not isinstance(database, db.SqliteFile):
        return []
    try:
        answers = database.execute_sql(f"PRAGMA integrity_check({MOST_FAULTS})").fetchall()
    except (peewee.DatabaseError, sqlite3.DatabaseError) as error:
        return [Fault("database", database.path.name, _one_line(error))]
    lines = [" ".join(str(answer).split()) for (answer,) in answers if answer != "ok"]
    return [Fault("database", database.path.name, f"{len(lines)} faults, first: {lines[0]}")] if lines else []


def _rows(database: db.Store, tables: Sequence[_Bound]) -> Iterator[Fault]:
    for bound in tables:
        name = bound.key.model._meta.table_name
        try:
            for key, *values in _in_turn(database, bound):
                if words := bound.fault(*values):
                    yield Fault(name, str(key), words)
        except (peewee.DatabaseError, sqlite3.DatabaseError, StoreDamaged, UnicodeError) as error:
            yield Fault(name, "", f"cannot be read to its end: {_one_line(error)}")


def _in_turn(database: db.Store, bound: _Bound) -> Iterator[Row]:
    """Yield key and columns of every row, a few at a time."""
    asked = bound.key.model.select(bound.key, *bound.columns).order_by(bound.key).limit(AT_ONCE).tuples()
    found = list(asked.execute(database))
    while found:
        yield from found
        found = list(asked.where(bound.key > found[-1][0]).execute(database))


def _submission(sealed: bytes, digest: str, envelope: str, same: dict[str, Any]) -> str:
    """Return what is wrong with a sealed part and the envelope that names its digest."""
    if sha256(bytes(sealed)).hexdigest() != digest:
        return "its sealed part has another digest"
    try:
        said = json.loads(envelope)
        is_canonical = canonical(said) == envelope
    except (ValueError, RecursionError):
        return "its envelope cannot be read"
    differing = [name for name, value in {**same, "digest": digest}.items() if said.get(name, value) != value]
    if differing or not is_canonical:
        return f"its envelope differs{' in ' + ', '.join(differing) if differing else ''}"
    return ""


def _in_inbox(
    sealed: bytes, digest: str, envelope: str, bound: str, key: str, kind: str, number: str, code: str
) -> str:
    if bound and sha256(envelope.encode()).hexdigest() != bound:
        return "its envelope has another digest"
    same = {"key": key, "kind": kind, "number": number, "code_hash": code}
    return _submission(sealed, digest, envelope, same)


def _in_outbox(sealed: bytes | None, digest: str, envelope: str, key: str, number: str) -> str:
    return "" if sealed is None else _submission(sealed, digest, envelope, {"key": key, "number": number})


def _set_aside(sealed: bytes, digest: str, envelope: str, key: str, number: str) -> str:
    return _submission(sealed, digest, envelope, {"key": key, "number": number})


def _record(record: str, digest: str) -> str:
    return "" if sha256(record.encode()).hexdigest() == digest else "its record has another digest"


def _document(record: str, digest: str, is_deleted: bool) -> str:
    return "" if is_deleted else _record(record, digest)


def _public_key(key_id: str, public: bytes) -> str:
    return "" if sealing.key_id(bytes(public)) == key_id else "its public half has another id"


def _content(content: bytes, digest: str) -> str:
    return "" if sha256(bytes(content)).hexdigest() == digest else "its content has another digest"


_DOCUMENTS = _Bound(
    DocumentRow.doc_id, (DocumentRow.record, DocumentRow.hash, DocumentRow.deleted), _document
)
_AT_HUB = (
    _Bound(
        InboxEntry.no,
        (
            InboxEntry.sealed,
            InboxEntry.digest,
            InboxEntry.envelope,
            InboxEntry.envelope_digest,
            InboxEntry.key,
            InboxEntry.kind,
            InboxEntry.number,
            InboxEntry.code_hash,
        ),
        _in_inbox,
    ),
    _Bound(
        SetAside.digest,
        (SetAside.sealed, SetAside.digest, SetAside.envelope, SetAside.key, SetAside.number),
        _set_aside,
    ),
    _DOCUMENTS,
    _Bound(Entry.doc_id, (Entry.record, Entry.hash), _record),
    _Bound(KeptReadingKey.key_id, (KeptReadingKey.key_id, KeptReadingKey.public_key), _public_key),
)
_AT_TERMINAL = (
    _Bound(
        OutboxEntry.id,
        (OutboxEntry.sealed, OutboxEntry.digest, OutboxEntry.envelope, OutboxEntry.key, OutboxEntry.number),
        _in_outbox,
    ),
    _Bound(SideList.name, (SideList.content, SideList.sha256), _content),
)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
