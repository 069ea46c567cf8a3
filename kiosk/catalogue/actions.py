"""
What happens to a record: brought, refused, withdrawn, published to the feed, exported (approved: approval.py).

Each function works inside the caller's transaction. Only `proactive` records ever enter the feed
(DESIGN.md §3).
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk import audit
from kiosk.audit import Act
from kiosk.catalogue import attachments_store, named
from kiosk.catalogue.documents import live, stream
from kiosk.catalogue.kinds import NAMED, without_persons
from kiosk.catalogue.models import DocumentRow
from kiosk.catalogue.rules import canonical, digest
from kiosk.clock import beijing_day, stamp
from kiosk.errors import NotFound, RuleBroken


@dataclass(frozen=True)
class Hand:
    """Who acts, and when."""

    actor: str
    at: datetime

    def tell(self, connection: sqlite3.Connection, act: Act, subject: str, **detail: str | int) -> None:
        """Writes one act to the audit chain."""
        audit.record(at=self.at, actor=self.actor, act=act, subject=subject, detail=detail)


PROPOSED = {
    "new": Act.CATALOGUE_NEW,
    "edit": Act.CATALOGUE_EDIT,
    "amend": Act.CATALOGUE_AMEND,
    "repeal": Act.CATALOGUE_REPEAL,
}
"""How the log calls what the desk proposes, by `entry.act`."""


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
    attachments_store.note_published(connection, doc_id, shown)


def propose(
    connection: sqlite3.Connection,
    text: str,
    *,
    batch_id: int | None,
    hand: Hand,
    act: str = "import",
    reason: str = "",
) -> str:
    """
    Keeps a checked record, given as canonical JSON, until someone approves it.

    Returns created, changed or unchanged. What a source brings again comes back only when the source changed
    it: what a clerk refused, withdrew or edited stays so, until a clerk saves it again, changed or not. An
    attribute that was decided and files that a clerk attached stay where the source does not speak of them.
    """
    row = connection.execute(
        "SELECT brought_hash, hash, record, state FROM entry WHERE doc_id = ?", (json.loads(text)["id"],)
    ).fetchone()
    brought = digest(text) if act == "import" else row[0] if row else ""
    stands = row is not None and row[3] in ("waiting", "approved")
    if row and (row[0] == brought if act == "import" else stands and row[1] == digest(text)):
        return "unchanged"
    record = json.loads(text)
    if row:
        record = _with_kept(record, json.loads(row[2]), *(_KEPT if act == "import" else _KEPT[:1]))
    store_entry(connection, record, hand)
    connection.execute(
        "UPDATE entry SET batch_id = ?, act = ?, reason = ?, brought_hash = ? WHERE doc_id = ?",
        (batch_id, act, reason, brought, record["id"]),
    )
    return "changed" if row else "created"


_KEPT = ("disclosure", "attachments")


def _with_kept(record: dict[str, Any], before: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {**record, **{key: before[key] for key in keys if key in before and key not in record}}


def store_entry(connection: sqlite3.Connection, record: Mapping[str, Any], hand: Hand) -> None:
    """Writes the record as one that waits."""
    text = canonical(record)
    connection.execute(
        "INSERT INTO entry (doc_id, kind, title, disclosure, index_no, source, state, hash, record,"
        " proposed_by, proposed_at) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?)"
        " ON CONFLICT (doc_id) DO UPDATE SET kind = excluded.kind, title = excluded.title,"
        " disclosure = excluded.disclosure, index_no = excluded.index_no, source = excluded.source,"
        " state = 'waiting', hash = excluded.hash, record = excluded.record,"
        " proposed_by = excluded.proposed_by, proposed_at = excluded.proposed_at, decided_by = '',"
        " decided_at = '', note = '', publish_on = ''",
        (
            record["id"],
            record["kind"],
            record["title"],
            record.get("disclosure", "proactive"),
            record.get("index_no", ""),
            record.get("source", ""),
            digest(text),
            text,
            hand.actor,
            stamp(hand.at),
        ),
    )
    attachments_store.note_entry(connection, record)


def publish(connection: sqlite3.Connection, record: Mapping[str, Any], hand: Hand) -> int:
    """
    Gives a record to the feed and returns its sequence.

    Rows that name persons go another way: the feed reaches every terminal (named.py).
    """
    public = without_persons(record)
    seq = _next_seq(connection, hand)
    named.keep(connection, record, seq)
    put(connection, public["id"], seq, public, digest(canonical(public)))
    return seq


def refuse(connection: sqlite3.Connection, doc_id: str, note: str, hand: Hand) -> None:
    """
    Sends an entry back with a note; what is published of it stays.

    Raises:
        NotFound: "no-entry".
        RuleBroken: "not-waiting" or "note-missing".
    """
    waiting_record(connection, doc_id)
    if not note.strip():
        raise RuleBroken("note-missing")
    decide(connection, doc_id, "refused", hand, note.strip())
    hand.tell(connection, Act.CATALOGUE_REFUSE, doc_id)


def withdraw(connection: sqlite3.Connection, doc_id: str, note: str, hand: Hand) -> None:
    """
    Takes a document out of the feed: a tombstone goes to every terminal.

    Raises:
        NotFound: "not-published".
        RuleBroken: "note-missing".
    """
    if not note.strip():
        raise RuleBroken("note-missing")
    if not take_down(connection, doc_id, hand):
        raise NotFound("not-published", doc_id)
    decide(connection, doc_id, "withdrawn", hand, note.strip())
    hand.tell(connection, Act.CATALOGUE_WITHDRAW, doc_id)


def take_down(connection: sqlite3.Connection, doc_id: str, hand: Hand) -> bool:
    """Leaves a tombstone in the feed; False when nothing was published."""
    published = connection.execute(
        "SELECT 1 FROM document WHERE doc_id = ? AND deleted = 0", (doc_id,)
    ).fetchone()
    named.forget(connection, doc_id)
    if published:
        put(connection, doc_id, _next_seq(connection, hand), None, "")
    return published is not None


def waiting_record(connection: sqlite3.Connection, doc_id: str) -> str:
    """
    The record of an entry that waits, as canonical JSON.

    Raises:
        NotFound: "no-entry".
        RuleBroken: "not-waiting".
    """
    row = connection.execute("SELECT record, state FROM entry WHERE doc_id = ?", (doc_id,)).fetchone()
    if row is None:
        raise NotFound("no-entry", doc_id)
    if row[1] != "waiting":
        raise RuleBroken("not-waiting", doc_id)
    return str(row[0])


def erase_names(connection: sqlite3.Connection, hand: Hand) -> int:
    """
    Erases lists that name persons once the last day of their window is over; returns how many.

    What else the record says stays, and so does what the source last brought: the same file does not bring
    the names back. Source: DESIGN.md §4.2, LAW.md §6.5.
    """
    held = connection.execute(
        "SELECT doc_id, record FROM entry WHERE instr(record, ?) > 0", (f'"{NAMED}"',)
    ).fetchall()
    today = beijing_day(hand.at)
    erased = set(named.close(connection, today))
    for doc_id, text in held:
        record = json.loads(text)
        names = (record.get("fields") or {}).get(NAMED)
        if isinstance(names, dict) and "" < names.get("shown_until", "") < today.isoformat():
            bare = canonical(without_persons(record))
            connection.execute(
                "UPDATE entry SET record = ?, hash = ? WHERE doc_id = ?", (bare, digest(bare), doc_id)
            )
            erased.add(doc_id)
    for doc_id in sorted(erased):
        hand.tell(connection, Act.CATALOGUE_NAMES_ERASED, doc_id)
    return len(erased)


def decide(connection: sqlite3.Connection, doc_id: str, state: str, hand: Hand, note: str = "") -> None:
    """Writes what became of an entry, by whom and when."""
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
    for document in stream(live().order_by(DocumentRow.doc_id)):
        yield canonical(without_persons(document.content))
