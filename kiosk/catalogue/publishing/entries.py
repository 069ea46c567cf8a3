"""Queries for the hub's entries: by state, by import, waiting ones, due ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from peewee import Expression, ModelSelect

from kiosk.catalogue.records.models import Entry, ImportBatch
from kiosk.catalogue.text.document_numbers import same_spelling
from kiosk.db import JsonText

ALL = "all"


@dataclass(frozen=True)
class EntryFilter:
    """
    A filter of entries: by state, kind, import, and words in title or number, or an id.

    state: waiting, published, scheduled, closed, refused, withdrawn, or ALL.
    """

    state: str = ALL
    kind: str = ""
    words: str = ""
    batch: int | None = None


def found(doc_id: str) -> Entry | None:
    """Return the entry with this id."""
    return Entry.get_or_none(Entry.doc_id == doc_id)


def page(wanted: EntryFilter, limit: int, offset: int) -> list[Entry]:
    """Return a page of entries: newest first, waiting ones oldest first."""
    return list(_on(wanted).limit(limit).offset(offset))


def how_many(wanted: EntryFilter) -> int:
    """Return how many entries pass a filter."""
    return _on(wanted).count()


def stream(wanted: EntryFilter) -> Iterator[Entry]:
    """Yield all entries of a filter without holding them all."""
    each: Iterator[Entry] = _on(wanted).iterator()
    return each


def state_counts(states: Iterable[str]) -> dict[str, int]:
    """Return how many entries are in each state."""
    return {state: how_many(EntryFilter(state)) for state in states}


def _on(wanted: EntryFilter) -> ModelSelect[Entry]:
    query = Entry.select()
    query = query.where(_in_state(wanted.state)) if wanted.state != ALL else query
    query = query.where(Entry.kind == wanted.kind) if wanted.kind else query
    query = query.where(Entry.batch_id == wanted.batch) if wanted.batch else query
    query = query.where(_says(wanted.words)) if wanted.words else query
    at = Entry.proposed_at.asc() if wanted.state == "waiting" else Entry.proposed_at.desc()
    return query.order_by(at, Entry.doc_id)


def _says(words: str) -> Expression:
    number = JsonText(Entry.record, "doc_no")
    return Entry.title.contains(words) | number.contains(same_spelling(words)) | (Entry.doc_id == words)


def _in_state(state: str) -> Expression:
    """Return the condition that an entry is in this state."""
    approved = Entry.state == "approved"
    return {
        "published": approved & (Entry.disclosure == "proactive") & (Entry.publish_on == ""),
        "scheduled": approved & (Entry.publish_on != ""),
        "closed": approved & (Entry.disclosure != "proactive"),
    }.get(state, Entry.state == state)


def next_waiting(after: Entry, but_of: str) -> Entry | None:
    """Return the next waiting entry after this one that `but_of` did not submit, else the first."""
    query = _on(EntryFilter("waiting")).where(Entry.doc_id != after.doc_id, Entry.proposed_by != but_of)
    later = (Entry.proposed_at > after.proposed_at) | (
        (Entry.proposed_at == after.proposed_at) & (Entry.doc_id > after.doc_id)
    )
    return query.where(later).first() or query.first()


def waiting_batches() -> list[ImportBatch]:
    """Return the imports with waiting entries."""
    waiting = Entry.select(Entry.batch_id).where(Entry.state == "waiting", Entry.batch_id.is_null(False))
    return list(ImportBatch.select().where(ImportBatch.id.in_(waiting)).order_by(ImportBatch.id))


def batch(batch_id: int) -> ImportBatch | None:
    """Return the import with this number."""
    return ImportBatch.get_or_none(ImportBatch.id == batch_id)


def due(today: str) -> list[str]:
    """Return the ids of approved entries whose day of publication has come, ordered by day."""
    query = Entry.select(Entry.doc_id).where(
        Entry.state == "approved", Entry.publish_on != "", Entry.publish_on <= today
    )
    return [each.doc_id for each in query.order_by(Entry.publish_on, Entry.doc_id)]


def titles(doc_ids: Iterable[str]) -> list[str]:
    """Return the titles of these entries."""
    query = Entry.select(Entry.title).where(Entry.doc_id.in_(list(doc_ids)))
    return sorted(each.title for each in query)
