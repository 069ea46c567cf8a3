"""
What happens to a record: brought, approved, refused, withdrawn, published to the feed, exported.

Each function works inside the caller's transaction. Nothing is published that was not approved, and only
`proactive` records ever enter the feed (DESIGN.md §3).
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.catalogue.kinds import without_persons
from kiosk.catalogue.models import Document, live
from kiosk.catalogue.rules import canonical, digest
from kiosk.clock import stamp
from kiosk.errors import NotFound, RuleBroken

Log = Callable[..., object]
"""`kiosk.audit.record`: (connection, *, at, actor, act, subject, detail)."""


@dataclass(frozen=True)
class Hand:
    """Who acts, when, and where it is written down."""

    actor: str
    at: datetime
    log: Log

    def tell(self, connection: sqlite3.Connection, act: str, subject: str, **detail: str | int) -> None:
        """Writes one act to the audit chain."""
        self.log(connection, at=self.at, actor=self.actor, act=act, subject=subject, detail=detail)


def put(
    connection: sqlite3.Connection, doc_id: str, seq: int, record: Mapping[str, Any] | None, hash: str
) -> None:
    """
    Puts one row of the feed into the document table; a record of None leaves a tombstone.

    A row that is already as new stays. Used by publishing at the hub and by the terminal's sync alike.
    """
    shown = record or {}
    connection.execute(
        "INSERT INTO document (doc_id, seq, deleted, hash, kind, title, doc_no, issuers, published_on,"
        " validity, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (doc_id) DO UPDATE SET seq = excluded.seq, deleted = excluded.deleted,"
        " hash = excluded.hash, kind = excluded.kind, title = excluded.title, doc_no = excluded.doc_no,"
        " issuers = excluded.issuers, published_on = excluded.published_on, validity = excluded.validity,"
        " record = excluded.record WHERE excluded.seq > document.seq",
        (
            doc_id,
            seq,
            int(record is None),
            hash if record is not None else "",
            shown.get("kind", ""),
            shown.get("title", ""),
            shown.get("doc_no", ""),
            json.dumps(shown.get("issuers", []), ensure_ascii=False),
            shown.get("published_on") or shown.get("drawn_on", ""),
            shown.get("validity", ""),
            canonical(record) if record is not None else "",
        ),
    )
    connection.execute("DELETE FROM document_link WHERE from_id = ?", (doc_id,))
    links = {(link["rel"], link["id"]) for link in shown.get("links", [])}
    connection.executemany(
        "INSERT INTO document_link (from_id, rel, to_id) VALUES (?, ?, ?)",
        [(doc_id, rel, other) for rel, other in sorted(links)],
    )


def propose(connection: sqlite3.Connection, text: str, *, batch_id: int | None, hand: Hand) -> str:
    """
    Keeps a checked record, given as canonical JSON, until someone approves it.

    Returns created, changed or unchanged. What was refused or withdrawn does not come back unless it changed.
    """
    record, hash = json.loads(text), digest(text)
    known = connection.execute("SELECT hash FROM entry WHERE doc_id = ?", (record["id"],)).fetchone()
    if known and known[0] == hash:
        return "unchanged"
    connection.execute(
        "INSERT INTO entry (doc_id, kind, title, disclosure, index_no, source, state, hash, record, batch_id,"
        " proposed_by, proposed_at) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?)"
        " ON CONFLICT (doc_id) DO UPDATE SET kind = excluded.kind, title = excluded.title,"
        " disclosure = excluded.disclosure, index_no = excluded.index_no, source = excluded.source,"
        " state = 'waiting', hash = excluded.hash, record = excluded.record, batch_id = excluded.batch_id,"
        " proposed_by = excluded.proposed_by, proposed_at = excluded.proposed_at, decided_by = '',"
        " decided_at = '', note = ''",
        (
            record["id"],
            record["kind"],
            record["title"],
            record.get("disclosure", "proactive"),
            record.get("index_no", ""),
            record.get("source", ""),
            hash,
            text,
            batch_id,
            hand.actor,
            stamp(hand.at),
        ),
    )
    return "changed" if known else "created"


def approve(connection: sqlite3.Connection, doc_id: str, hand: Hand) -> int | None:
    """
    Approves an entry that waits; returns its sequence in the feed, or None when it is not for everyone.

    Raises:
        NotFound: "no-entry".
        RuleBroken: "not-waiting", or "same-person" for whoever brought it.
    """
    _not_ones_own(connection, [doc_id], hand)
    seq = _release(connection, doc_id, hand)
    hand.tell(connection, "catalogue-approve", doc_id, seq=seq or 0)
    return seq


def approve_many(connection: sqlite3.Connection, doc_ids: list[str], hand: Hand, *, batch_id: int) -> int:
    """
    Approves a whole batch under one line of the log; returns how many were released.

    Raises:
        NotFound, RuleBroken: as `approve`; nothing is released then.
    """
    _not_ones_own(connection, doc_ids, hand)
    return release_many(connection, doc_ids, hand, batch_id=batch_id)


def release_many(connection: sqlite3.Connection, doc_ids: list[str], hand: Hand, *, batch_id: int) -> int:
    """What an operator's `--publish` does: the batch is released by the hand that brought it, and logged so."""
    for doc_id in doc_ids:
        _release(connection, doc_id, hand)
    hand.tell(connection, "catalogue-approve-batch", str(batch_id), entries=len(doc_ids))
    return len(doc_ids)


def _not_ones_own(connection: sqlite3.Connection, doc_ids: list[str], hand: Hand) -> None:
    """What one person brought, another one approves (seed item 1)."""
    for doc_id in doc_ids:
        row = connection.execute("SELECT proposed_by FROM entry WHERE doc_id = ?", (doc_id,)).fetchone()
        if row and row[0] == hand.actor:
            raise RuleBroken("same-person", doc_id)


def _release(connection: sqlite3.Connection, doc_id: str, hand: Hand) -> int | None:
    row = _waiting(connection, doc_id)
    _decide(connection, doc_id, "approved", hand)
    record = json.loads(row[0])
    if record.get("disclosure", "proactive") == "proactive":
        return publish(connection, record, hand)
    _take_down(connection, doc_id, hand)
    return None


def publish(connection: sqlite3.Connection, record: Mapping[str, Any], hand: Hand) -> int:
    """
    Gives a record to the feed and returns its sequence.

    Rows that name persons stay at the hub: the feed goes to every terminal (README.md, "Named persons").
    """
    public = without_persons(record)
    seq = _next_seq(connection, hand)
    put(connection, public["id"], seq, public, digest(canonical(public)))
    return seq


def refuse(connection: sqlite3.Connection, doc_id: str, note: str, hand: Hand) -> None:
    """
    Sends an entry back with a note; what is published of it stays.

    Raises:
        NotFound: "no-entry".
        RuleBroken: "not-waiting" or "note-missing".
    """
    _waiting(connection, doc_id)
    if not note.strip():
        raise RuleBroken("note-missing")
    _decide(connection, doc_id, "refused", hand, note.strip())
    hand.tell(connection, "catalogue-refuse", doc_id)


def withdraw(connection: sqlite3.Connection, doc_id: str, note: str, hand: Hand) -> None:
    """
    Takes a document out of the feed: a tombstone goes to every terminal.

    Raises:
        NotFound: "not-published".
        RuleBroken: "note-missing".
    """
    if not note.strip():
        raise RuleBroken("note-missing")
    if not _take_down(connection, doc_id, hand):
        raise NotFound("not-published", doc_id)
    _decide(connection, doc_id, "withdrawn", hand, note.strip())
    hand.tell(connection, "catalogue-withdraw", doc_id)


def _take_down(connection: sqlite3.Connection, doc_id: str, hand: Hand) -> bool:
    published = connection.execute(
        "SELECT 1 FROM document WHERE doc_id = ? AND deleted = 0", (doc_id,)
    ).fetchone()
    if published:
        put(connection, doc_id, _next_seq(connection, hand), None, "")
    return published is not None


def _waiting(connection: sqlite3.Connection, doc_id: str) -> tuple[str]:
    row = connection.execute("SELECT record, state FROM entry WHERE doc_id = ?", (doc_id,)).fetchone()
    if row is None:
        raise NotFound("no-entry", doc_id)
    if row[1] != "waiting":
        raise RuleBroken("not-waiting", doc_id)
    return (str(row[0]),)


def _decide(connection: sqlite3.Connection, doc_id: str, state: str, hand: Hand, note: str = "") -> None:
    connection.execute(
        "UPDATE entry SET state = ?, decided_by = ?, decided_at = ?, note = ? WHERE doc_id = ?",
        (state, hand.actor, stamp(hand.at), note, doc_id),
    )


def _next_seq(connection: sqlite3.Connection, hand: Hand) -> int:
    """The next place in the feed, taken inside the writing transaction by the hub's one writer."""
    moved = connection.execute(
        "UPDATE feed_position SET seq = seq + 1, as_of = ? WHERE one = 1 RETURNING seq", (stamp(hand.at),)
    ).fetchone()
    if moved:
        return int(moved[0])
    connection.execute(
        "INSERT INTO feed_position (one, epoch, seq, as_of) VALUES (1, ?, 1, ?)",
        (secrets.token_hex(16), stamp(hand.at)),
    )
    return 1


def export() -> Iterator[str]:
    """What is published, as canonical JSON, one record after another, without rows that name persons."""
    for document in live().order_by(Document.doc_id).iterator():
        yield canonical(without_persons(document.content))
