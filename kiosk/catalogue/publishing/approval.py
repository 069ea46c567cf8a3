"""
Approval of what waits: by a second person, with a disclosure attribute, now or on a day.

Each function is a transaction, or joins the one that its caller opened. Nothing is published that was not approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peewee import fn

from kiosk.audit import Act
from kiosk.blobs import Blobs
from kiosk.catalogue.attachments import store as attachments_store
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


@dataclass(frozen=True)
class Release:
    """
    How an entry is approved.

    attribute: the disclosure attribute, where the entry has none yet or another one is right.
    ground: why it is withheld, a key of GROUNDS. publish_on: the day on which it becomes public; empty: now.
    alone: the unit has one publisher only (setting `single_approval`): one may approve what one brought.
    """

    attribute: str = ""
    ground: str = ""
    publish_on: str = ""
    alone: bool = False


@dataclass(frozen=True)
class BatchOutcome:
    """
    What became of an import that was approved as a whole.

    lacking: ids of entries that stayed because an attached file is gone. unread: how many stayed because nobody said
    that they were read.
    """

    approved: int
    lacking: tuple[str, ...]
    unread: int


def approve(doc_id: str, hand: Hand, release: Release | None = None) -> int | None:
    """
    Approve an entry that waits; returns its sequence in the feed, or None when it is not for everyone or not yet.

    Raises:
        NotFound: "no-entry".
        RuleBroken: "not-waiting", "same-person" for whoever brought it, "attribute-missing", "ground-missing".
    """
    release = release or Release()
    with writing(store):
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
    batch_id: int, hand: Hand, release: Release, *, sites: Sequence[str], blobs: Blobs, others_read: bool
) -> BatchOutcome:
    """
    Approve what still waits of an import and is public at its `source_url` already, but for entries with a lost file.

    Args:
        sites: See `sources.of_batch`.
        others_read: Somebody says to have read the others too: they are approved as well.
    Raises:
        NotFound, RuleBroken: as `approve`; nothing is released then.
    """
    with writing(store):
        sourced, others = sources.of_batch(batch_id, sites)
        lacking = attachments_store.incomplete(batch_id, blobs)
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
    Approve a whole batch under one line of the log (none for nothing); returns how many were released.

    `release.attribute` stands for those that have none; it changes no attribute that was given. `unsourced`:
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
    Release a batch by the hand that brought it, and log it so: what an operator's `--publish` does.

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
    """Return how many this hand brought: what one person brought, another one approves (seed item 1)."""
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
    """Return the record with its disclosure attribute, which nothing is approved without (seed item 1)."""
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
    """Publish what is for everyone, and take down what is so no longer."""
    if record.get("disclosure", "proactive") != "proactive":
        take_down(record["id"], hand)
        return None
    if entry.act == "amend":
        _keep_old_version(record["id"], entry.reason, hand)
    return publish(record, hand)


def _keep_old_version(doc_id: str, reason: str, hand: Hand) -> None:
    """
    Before an amended text takes its place, make the old one a document of its own.

    Its id is the document's with @1, @2, ...; it is `amended`, says why, and its link `replaced_by` names the
    document. Addresses and printed codes so always lead to the text that is valid.
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
    """Publish the approved entries whose day has come, each in a transaction of its own; returns how many."""
    return sum(_release_due(doc_id, hand) for doc_id in doc_ids)


def _release_due(doc_id: str, hand: Hand) -> bool:
    """
    Publish an approved entry whose day has come; False when it is not due (any more).

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


def unschedule(doc_id: str, hand: Hand) -> None:
    """
    Take a planned day back: the entry waits for approval again.

    Raises:
        NotFound: "not-scheduled".
    """
    with writing(store):
        entry = known(doc_id)
        if entry is None or entry.state != "approved" or not entry.publish_on:
            raise NotFound("not-scheduled", doc_id)
        waits = {Entry.state: "waiting", Entry.publish_on: "", Entry.decided_by: "", Entry.decided_at: ""}
        Entry.update(waits).where(Entry.doc_id == doc_id).execute()
        hand.tell(Act.CATALOGUE_UNSCHEDULE, doc_id, publish_on=entry.publish_on)


def note_reviewed(doc_id: str, hand: Hand) -> None:
    """Note that somebody looked again at an entry that is not public, and it stays so."""
    with writing(store):
        day = beijing_day(hand.at).isoformat()
        Entry.update({Entry.reviewed_on: day}).where(Entry.doc_id == doc_id).execute()
        hand.tell(Act.CATALOGUE_REVIEWED, doc_id)
