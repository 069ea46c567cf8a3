"""
Approval of waiting entries: by a second person, with a disclosure attribute, now or on a day.

Each function is a transaction, or joins its caller's. Nothing is published without approval.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peewee import fn

from kiosk.audit import Act
from kiosk.blobs import Blobs
from kiosk.catalogue.attachments.store import incomplete
from kiosk.catalogue.publishing import sources
from kiosk.catalogue.publishing.actions import (
    KnownEntry,
    decide,
    known,
    publish,
    store_entry,
    take_down,
    waiting,
)
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import Entry
from kiosk.catalogue.records.record import Record, changed
from kiosk.catalogue.records.rules import DISCLOSURE, GROUNDS, canonical, digest
from kiosk.clock import beijing_day
from kiosk.db import Statement, inserted, slot, store, writing
from kiosk.errors import NotFound, RuleBroken
from kiosk.seen import UNSEEN, Seen


@dataclass(frozen=True)
class Release:
    """
    The terms of an approval.

    attribute: The disclosure attribute, if the entry has none yet or another one is right.
    ground: Why it is withheld, a key of GROUNDS. publish_on: The day on which it becomes public; empty: now.
    alone: The unit has one publisher only (setting `single_approval`), who may approve their own entries.
    """

    attribute: str = ""
    ground: str = ""
    publish_on: str = ""
    alone: bool = False


@dataclass(frozen=True)
class BatchOutcome:
    """
    The result of approving an import as a whole.

    lacking: Ids of entries not approved because an attached file is gone. unread: How many were not approved because
    nobody confirmed reading them.
    """

    approved: int
    lacking: tuple[str, ...]
    unread: int


def approve(doc_id: str, hand: Hand, release: Release | None = None, seen: Seen = UNSEEN) -> int | None:
    """
    Approve a waiting entry; return its sequence in the feed, or None if it is not public or not yet.

    Raises:
        NotFound: "no-entry".
        RuleBroken: "not-waiting", "same-person" for the author, "attribute-missing", "ground-missing".
        ChangedMeanwhile: see `Seen.hold`.
    """
    release = release or Release()
    with writing(store):
        seen.hold()
        is_own = bool(_own([doc_id], hand))
        if is_own and not release.alone:
            raise RuleBroken("same-person", doc_id)
        seq = _release(doc_id, waiting(doc_id), hand, release)
        hand.tell(
            Act.CATALOGUE_APPROVE_ALONE if is_own else Act.CATALOGUE_APPROVE,
            doc_id,
            seq=seq or 0,
            **({"publish_on": release.publish_on} if release.publish_on else {}),
        )
    return seq


def approve_batch(
    batch_id: int,
    hand: Hand,
    release: Release,
    *,
    sites: Sequence[str],
    blobs: Blobs,
    others_read: bool,
    seen: Seen = UNSEEN,
) -> BatchOutcome:
    """
    Approve the waiting entries of an import that are already public at their `source_url` and have all their files.

    Args:
        sites: See `sources.of_batch`.
        others_read: Somebody confirms having read the others: they are approved as well.
    Raises:
        NotFound, RuleBroken, ChangedMeanwhile: as `approve`; nothing is released then.
    """
    with writing(store):
        seen.hold()
        sourced, others = sources.of_batch(batch_id, sites)
        lacking = incomplete(batch_id, blobs)
        asked = [*sourced, *others] if others_read else sourced
        doc_ids = [doc_id for doc_id in asked if doc_id not in lacking]
        unsourced = len(set(doc_ids) - set(sourced))
        approved = approve_many(doc_ids, hand, batch_id=batch_id, release=release, unsourced=unsourced)
    return BatchOutcome(approved, tuple(sorted(lacking)), len({*sourced, *others} - {*asked}))


def approve_many(
    doc_ids: list[str],
    hand: Hand,
    *,
    batch_id: int,
    release: Release | None = None,
    unsourced: int = 0,
) -> int:
    """
    Approve entries under one line of the log (none for no entries); return how many were released.

    `release.attribute` applies to entries without an attribute; it changes none. `unsourced`:
    how many of them are not known to be public elsewhere, for the log.

    Raises:
        NotFound, RuleBroken: as `approve`; nothing is released then.
    """
    release = release or Release()
    if not doc_ids:
        return 0
    with writing(store):
        own = _own(doc_ids, hand)
        if own and not release.alone:
            raise RuleBroken("same-person", doc_ids[0])
        for doc_id in doc_ids:
            entry = waiting(doc_id)
            _release(doc_id, entry, hand, Release() if "disclosure" in entry.content else release)
        hand.tell(
            Act.CATALOGUE_APPROVE_BATCH, str(batch_id), entries=len(doc_ids), own=own, unsourced=unsourced
        )
    return len(doc_ids)


def release_many(doc_ids: list[str], hand: Hand, *, batch_id: int) -> int:
    """
    Release the entries of one's own import, logged as such: an operator's `--publish`.

    A record without an attribute is proactive, as the import form says.
    """
    with writing(store):
        for doc_id in doc_ids:
            entry = waiting(doc_id)
            decide(doc_id, "approved", hand)
            _let_out(entry.content, entry, hand)
        hand.tell(Act.CATALOGUE_APPROVE_BATCH, str(batch_id), entries=len(doc_ids))
    return len(doc_ids)


_PROPOSER = Statement(lambda: Entry.select(Entry.proposed_by).where(Entry.doc_id == slot(Entry.doc_id)))


def _own(doc_ids: Iterable[str], hand: Hand) -> int:
    """Return how many of the entries this person submitted: another person must approve them (seed item 1)."""
    return sum(_PROPOSER.first(store, doc_id=doc_id) == (hand.actor,) for doc_id in doc_ids)


_SET_DAY = Statement(
    lambda: Entry.update(inserted(Entry.publish_on)).where(Entry.doc_id == slot(Entry.doc_id))
)


def _release(doc_id: str, entry: KnownEntry, hand: Hand, release: Release) -> int | None:
    record = _decided(entry, release)
    decide(doc_id, "approved", hand)
    if release.publish_on and release.publish_on > beijing_day(hand.at).isoformat():
        if record["disclosure"] != "proactive":
            raise RuleBroken("schedule-not-public", doc_id)
        _SET_DAY.run(store, doc_id=doc_id, publish_on=release.publish_on)
        return None
    return _let_out(record, entry, hand)


_SET_ATTRIBUTE = Statement(
    lambda: Entry.update(inserted(Entry.disclosure, Entry.ground, Entry.record, Entry.hash)).where(
        Entry.doc_id == slot(Entry.doc_id)
    )
)


def _decided(entry: KnownEntry, release: Release) -> Record:
    """Return the record with its disclosure attribute; nothing is approved without one (seed item 1)."""
    record = entry.content
    doc_id, attribute = record["id"], release.attribute or record.get("disclosure", "")
    if attribute not in DISCLOSURE:
        raise RuleBroken("attribute-missing", doc_id)
    ground = (release.ground or entry.ground) if attribute == "withheld" else ""
    if attribute == "withheld" and ground not in GROUNDS:
        raise RuleBroken("ground-missing", doc_id)
    decided = changed(record, disclosure=attribute)
    text = canonical(decided)
    _SET_ATTRIBUTE.run(
        store, doc_id=doc_id, disclosure=attribute, ground=ground, record=text, hash=digest(text)
    )
    return decided


def _let_out(record: Record, entry: KnownEntry, hand: Hand) -> int | None:
    """Publish a proactive record; take down one that is no longer proactive."""
    if record.get("disclosure", "proactive") != "proactive":
        take_down(record["id"], hand)
        return None
    if entry.act == "amend":
        _keep_old_version(record["id"], entry.reason, hand)
    return publish(record, hand)


def _keep_old_version(doc_id: str, reason: str, hand: Hand) -> None:
    """
    Make the old text a document of its own before an amended text replaces it.

    Its id is the document's with @1, @2, ...; it is `amended`, says why, and its link `replaced_by` names the
    document. So addresses and printed codes always lead to the valid text.
    """
    published = documents.one(doc_id)
    if published is None:
        return
    earlier = Entry.select().where(
        Entry.act == "version", fn.SUBSTR(Entry.doc_id, 1, len(doc_id) + 1) == f"{doc_id}@"
    )
    old = changed(
        published.content,
        id=f"{doc_id}@{earlier.count() + 1}",
        validity="amended",
        validity_reason=reason,
        links=[*published.content.get("links", []), {"rel": "replaced_by", "id": doc_id}],
    )
    store_entry(old, hand, act="version")
    decide(old["id"], "approved", hand)
    publish(old, hand)


def release_due(doc_ids: Iterable[str], hand: Hand) -> int:
    """Publish the approved entries whose day has come, each in its own transaction; return how many."""
    return sum(_release_due(doc_id, hand) for doc_id in doc_ids)


def _release_due(doc_id: str, hand: Hand) -> bool:
    """
    Publish an approved entry whose day has come; return False if it is not due (any more).

    The approval was given and logged before; this is the agent's act.
    """
    with writing(store):
        entry = known(doc_id)
        if entry is None or entry.state != "approved":
            return False
        if not entry.publish_on or entry.publish_on > beijing_day(hand.at).isoformat():
            return False
        _SET_DAY.run(store, doc_id=doc_id, publish_on="")
        seq = _let_out(entry.content, entry, hand)
        hand.tell(Act.CATALOGUE_PUBLISH_DUE, doc_id, seq=seq or 0)
    return seq is not None


def unschedule(doc_id: str, hand: Hand, seen: Seen = UNSEEN) -> None:
    """
    Cancel a planned day: the entry waits for approval again.

    Raises:
        NotFound: "not-scheduled".
        ChangedMeanwhile: see `Seen.hold`.
    """
    with writing(store):
        seen.hold()
        entry = known(doc_id)
        if entry is None or entry.state != "approved" or not entry.publish_on:
            raise NotFound("not-scheduled", doc_id)
        waits = {Entry.state: "waiting", Entry.publish_on: "", Entry.decided_by: "", Entry.decided_at: ""}
        Entry.update(waits).where(Entry.doc_id == doc_id).execute()
        hand.tell(Act.CATALOGUE_UNSCHEDULE, doc_id, publish_on=entry.publish_on)


def note_reviewed(doc_id: str, hand: Hand, seen: Seen = UNSEEN) -> None:
    """
    Note that somebody reviewed a non-public entry and left it so.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
    """
    with writing(store):
        seen.hold()
        day = beijing_day(hand.at).isoformat()
        Entry.update({Entry.reviewed_on: day}).where(Entry.doc_id == doc_id).execute()
        hand.tell(Act.CATALOGUE_REVIEWED, doc_id)
