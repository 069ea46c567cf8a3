"""The feed of published records: written row by row into the hub's or a replica's document table, deleted, exported."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from peewee import EXCLUDED

from kiosk.catalogue.records import attachment
from kiosk.catalogue.records.documents import live, stream
from kiosk.catalogue.records.kinds import without_persons
from kiosk.catalogue.records.models import DocumentAttachment, DocumentLink, DocumentRow
from kiosk.catalogue.records.record import checked
from kiosk.catalogue.records.rules import canonical
from kiosk.clock import stamp
from kiosk.db import Statement, catalogue, inserted, slot
from sync.carried import marks
from sync.carried.feed_models import FeedPosition
from sync.statements import Database

_COLUMNS = (
    DocumentRow.seq,
    DocumentRow.deleted,
    DocumentRow.hash,
    DocumentRow.kind,
    DocumentRow.title,
    DocumentRow.doc_no,
    DocumentRow.issuers,
    DocumentRow.published_on,
    DocumentRow.validity,
    DocumentRow.record,
)
_PUT = Statement(
    lambda: DocumentRow.insert(inserted(DocumentRow.doc_id, *_COLUMNS)).on_conflict(
        conflict_target=[DocumentRow.doc_id], preserve=_COLUMNS, where=EXCLUDED.seq > DocumentRow.seq
    )
)
_FORGET_LINKS = Statement(
    lambda: DocumentLink.delete().where(DocumentLink.from_id == slot(DocumentLink.from_id))
)
_LINK = Statement(
    lambda: DocumentLink.insert(inserted(DocumentLink.from_id, DocumentLink.rel, DocumentLink.to_id))
)
_FORGET_FILES = Statement(
    lambda: DocumentAttachment.delete().where(DocumentAttachment.doc_id == slot(DocumentAttachment.doc_id))
)
_NAME_FILE = Statement(
    lambda: DocumentAttachment.insert(
        inserted(
            DocumentAttachment.doc_id,
            DocumentAttachment.at,
            DocumentAttachment.sha256,
            DocumentAttachment.size,
        )
    )
)


def put(database: Database, doc_id: str, seq: int, record: Mapping[str, Any] | None, hash: str) -> None:
    """
    Write one row of the feed into the document table of a database; a record of None leaves a tombstone.

    A row that is not newer than the stored one is ignored. Used for publishing at the hub and by a terminal's sync.
    """
    shown = checked(record or {})
    _PUT.run(
        database,
        doc_id=doc_id,
        seq=seq,
        deleted=record is None,
        hash=hash if record is not None else "",
        kind=shown.get("kind", ""),
        title=shown.get("title", ""),
        doc_no=shown.get("doc_no", ""),
        issuers=json.dumps(shown.get("issuers", []), ensure_ascii=False),
        published_on=shown.get("published_on") or shown.get("drawn_on", ""),
        validity=shown.get("validity", ""),
        record=canonical(record) if record is not None else "",
    )
    _FORGET_LINKS.run(database, from_id=doc_id)
    for rel, other in sorted({(link["rel"], link["id"]) for link in shown.get("links", [])}):
        _LINK.run(database, from_id=doc_id, rel=rel, to_id=other)
    _FORGET_FILES.run(database, doc_id=doc_id)
    for each in attachment.of(shown):
        if each.sha256:
            _NAME_FILE.run(database, doc_id=doc_id, at=each.at, sha256=each.sha256, size=each.size)


_NEXT = Statement(
    lambda: (
        FeedPosition.update(
            {FeedPosition.seq: FeedPosition.seq + 1, FeedPosition.as_of: slot(FeedPosition.as_of)}
        )
        .where(FeedPosition.one == 1)
        .returning(FeedPosition.seq)
    )
)


def publish(doc_id: str, record: Mapping[str, Any] | None, hash: str, now: datetime) -> int:
    """Write a record into the hub's feed, or a tombstone (None), at its next position; return that position."""
    seq = _next_seq(now)
    put(catalogue, doc_id, seq, record, hash)
    marks.bind(catalogue, marks.FEED, seq, doc_id, hash)
    return seq


def _next_seq(now: datetime) -> int:
    """Return the next sequence of the hub's feed, locked until the writing transaction ends."""
    moved = _NEXT.first(catalogue, as_of=stamp(now))
    if moved:
        return int(moved[0])
    begun = {"one": 1, "epoch": secrets.token_hex(16), "seq": 1, "as_of": stamp(now)}
    FeedPosition.insert(begun).execute(catalogue)
    return 1


def export() -> Iterator[str]:
    """Yield every published record as canonical JSON, without rows that name persons."""
    for document in stream(live().order_by(DocumentRow.doc_id)):
        yield canonical(without_persons(document.content))
