"""
The acts on an entry: imported, written, refused, withdrawn, published to the feed (approval: approval.py).

Each function is a transaction, or joins its caller's. Only `proactive` records ever enter the feed
(DESIGN.md §3).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from kiosk.audit import Act
from kiosk.catalogue.attachments.store import note_entry
from kiosk.catalogue.records import feed, named
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.kinds import NAMED, without_persons
from kiosk.catalogue.records.models import DocumentRow, Entry
from kiosk.catalogue.records.record import Record, changed, parsed
from kiosk.catalogue.records.rules import canonical, digest
from kiosk.clock import beijing_day, stamp
from kiosk.db import Holds, Statement, catalogue, inserted, slot, store, writing
from kiosk.errors import NotFound, RuleBroken
from kiosk.seen import UNSEEN, Seen


class Proposed(StrEnum):
    """The result of proposing a record."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


PROPOSED = {
    "new": Act.CATALOGUE_NEW,
    "edit": Act.CATALOGUE_EDIT,
    "amend": Act.CATALOGUE_AMEND,
    "repeal": Act.CATALOGUE_REPEAL,
}
"""The act in the log for each `entry.act`."""


@dataclass(frozen=True)
class KnownEntry:
    """An entry as it was before an act."""

    state: str
    record: str
    hash: str
    brought_hash: str
    proposed_by: str
    act: str
    reason: str
    ground: str
    publish_on: str

    @cached_property
    def content(self) -> Record:
        """Return the import record."""
        return parsed(self.record)


_KNOWN = Statement(
    lambda: Entry.select(
        Entry.state,
        Entry.record,
        Entry.hash,
        Entry.brought_hash,
        Entry.proposed_by,
        Entry.act,
        Entry.reason,
        Entry.ground,
        Entry.publish_on,
    ).where(Entry.doc_id == slot(Entry.doc_id))
)


def known(doc_id: str) -> KnownEntry | None:
    """Return the entry with this id."""
    return _KNOWN.one(store, KnownEntry, doc_id=doc_id)


def propose(
    text: str,
    *,
    batch_id: int | None,
    hand: Hand,
    act: str = "import",
    reason: str = "",
) -> Proposed:
    """
    Store a checked record, given as canonical JSON, until someone approves it.

    A record imported again waits again only if its source changed it: what a clerk refused, withdrew or edited
    stays so until a clerk saves it again, changed or not. A decided attribute and files that a clerk
    attached stay if the source does not mention them.
    """
    with writing(store):
        record = json.loads(text)
        before = known(record["id"])
        is_import, own = act == "import", digest(text)
        brought = own if is_import else before.brought_hash if before else ""
        if before and _says_the_same(before, own, is_import):
            return Proposed.UNCHANGED
        if before:
            record = _with_kept(record, before.content, *(_KEPT if is_import else _KEPT[:1]))
        store_entry(record, hand, act=act, batch_id=batch_id, reason=reason, brought_hash=brought)
        return Proposed.CHANGED if before else Proposed.CREATED


def _says_the_same(before: KnownEntry, own: str, is_import: bool) -> bool:
    if is_import:
        return before.brought_hash == own
    return before.state in ("waiting", "approved") and before.hash == own


_KEPT = ("disclosure", "attachments")


def _with_kept(record: Record, before: Record, *keys: str) -> Record:
    kept: Mapping[str, Any] = before
    return changed(record, **{key: kept[key] for key in keys if key in kept and key not in record})


def save(
    record: Record,
    hand: Hand,
    *,
    act: str,
    reason: str = "",
    batch_id: int | None = None,
    logged: Act | None = None,
    seen: Seen = UNSEEN,
    **details: str | int,
) -> bool:
    """
    Store a clerk's version until another person approves it, with a line in the log; False if nothing changed.

    Args:
        act: A key of PROPOSED. logged: The act in the log, if it is another one.
        seen: The entry as the clerk saw it.
        details: Further facts for the log.
    Raises:
        ChangedMeanwhile: see `Seen.hold`; nothing was stored.
    """
    with writing(store):
        seen.hold()
        said = propose(canonical(record), batch_id=batch_id, hand=hand, act=act, reason=reason)
        if said is Proposed.UNCHANGED:
            return False
        hand.tell(logged or PROPOSED[act], record["id"], **details)
        return True


_STORED = (
    Entry.kind,
    Entry.title,
    Entry.disclosure,
    Entry.index_no,
    Entry.source,
    Entry.state,
    Entry.hash,
    Entry.record,
    Entry.batch_id,
    Entry.proposed_by,
    Entry.proposed_at,
    Entry.decided_by,
    Entry.decided_at,
    Entry.note,
    Entry.brought_hash,
    Entry.act,
    Entry.reason,
    Entry.publish_on,
)
_STORE = Statement(
    lambda: Entry.insert(inserted(Entry.doc_id, *_STORED)).on_conflict(
        conflict_target=[Entry.doc_id], preserve=_STORED
    )
)


def store_entry(
    record: Record,
    hand: Hand,
    *,
    act: str = "import",
    batch_id: int | None = None,
    reason: str = "",
    brought_hash: str = "",
) -> None:
    """Write the record as one that waits."""
    text = canonical(record)
    _STORE.run(
        store,
        doc_id=record["id"],
        kind=record["kind"],
        title=record["title"],
        disclosure=record.get("disclosure", "proactive"),
        index_no=record.get("index_no", ""),
        source=record.get("source", ""),
        state="waiting",
        hash=digest(text),
        record=text,
        batch_id=batch_id,
        proposed_by=hand.actor,
        proposed_at=stamp(hand.at),
        decided_by="",
        decided_at="",
        note="",
        brought_hash=brought_hash,
        act=act,
        reason=reason,
        publish_on="",
    )
    note_entry(record)


def publish(record: Record, hand: Hand) -> int:
    """
    Write a record to the feed and return its sequence.

    Rows that name persons are sent separately, since the feed reaches every terminal (named.py).
    """
    public = without_persons(record)
    with writing(catalogue):
        seq = feed.publish(public["id"], public, digest(canonical(public)), hand.at)
        named.keep(record, seq)
    return seq


def refuse(doc_id: str, note: str, hand: Hand, seen: Seen = UNSEEN) -> None:
    """
    Send an entry back with a note; its published version stays.

    Raises:
        NotFound: "no-entry".
        RuleBroken: "not-waiting" or "note-missing".
        ChangedMeanwhile: see `Seen.hold`.
    """
    with writing(store):
        seen.hold()
        waiting(doc_id)
        if not note.strip():
            raise RuleBroken("note-missing")
        decide(doc_id, "refused", hand, note.strip())
        hand.tell(Act.CATALOGUE_REFUSE, doc_id)


def withdraw(doc_id: str, note: str, hand: Hand, seen: Seen = UNSEEN) -> None:
    """
    Take a document out of the feed: a tombstone goes to every terminal.

    Raises:
        NotFound: "not-published".
        RuleBroken: "note-missing".
        ChangedMeanwhile: see `Seen.hold`.
    """
    if not note.strip():
        raise RuleBroken("note-missing")
    with writing(store):
        seen.hold()
        if not take_down(doc_id, hand):
            raise NotFound("not-published", doc_id)
        decide(doc_id, "withdrawn", hand, note.strip())
        hand.tell(Act.CATALOGUE_WITHDRAW, doc_id)


_IS_PUBLIC = Statement(
    lambda: DocumentRow.select(DocumentRow.seq).where(
        DocumentRow.doc_id == slot(DocumentRow.doc_id), DocumentRow.deleted == 0
    )
)


def take_down(doc_id: str, hand: Hand) -> bool:
    """Leave a tombstone in the feed; return False if nothing was published."""
    with writing(catalogue):
        published = _IS_PUBLIC.first(catalogue, doc_id=doc_id)
        named.forget(doc_id)
        if published:
            feed.publish(doc_id, None, "", hand.at)
    return published is not None


def waiting(doc_id: str) -> KnownEntry:
    """
    Return the entry with this id, which waits for approval.

    Raises:
        NotFound: "no-entry".
        RuleBroken: "not-waiting".
    """
    found = known(doc_id)
    if found is None:
        raise NotFound("no-entry", doc_id)
    if found.state != "waiting":
        raise RuleBroken("not-waiting", doc_id)
    return found


def erase_names(hand: Hand) -> int:
    """
    Erase lists that name persons once the last day of their window is over; return how many.

    The rest of the record stays, and so does the hash of the last import: the same file does not bring
    the names back. Source: DESIGN.md §4.2, LAW.md §6.5.
    """
    today = beijing_day(hand.at)
    with writing(store):
        erased = set(named.close(today))
        for each in list(Entry.select(Entry.doc_id, Entry.record).where(Holds(Entry.record, f'"{NAMED}"'))):
            names = (each.content.get("fields") or {}).get(NAMED)
            if isinstance(names, dict) and "" < names.get("shown_until", "") < today.isoformat():
                bare = canonical(without_persons(each.content))
                changed = {Entry.record: bare, Entry.hash: digest(bare)}
                Entry.update(changed).where(Entry.doc_id == each.doc_id).execute()
                erased.add(each.doc_id)
        for doc_id in sorted(erased):
            hand.tell(Act.CATALOGUE_NAMES_ERASED, doc_id)
    return len(erased)


_DECIDE = Statement(
    lambda: Entry.update(inserted(Entry.state, Entry.decided_by, Entry.decided_at, Entry.note)).where(
        Entry.doc_id == slot(Entry.doc_id)
    )
)


def decide(doc_id: str, state: str, hand: Hand, note: str = "") -> None:
    """Write the decision about an entry, with its person and time."""
    _DECIDE.run(
        store, doc_id=doc_id, state=state, decided_by=hand.actor, decided_at=stamp(hand.at), note=note
    )
