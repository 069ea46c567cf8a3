"""The hub's entries as the desk asks for them: by shelf, by import, by what waits and what is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from peewee import Expression, ModelSelect

from kiosk.catalogue.records.models import Entry, ImportBatch
from kiosk.catalogue.text.document_numbers import same_spelling
from kiosk.db import JsonText

ALL = "all"


@dataclass(frozen=True)
class Shelf:
    """
    Which entries are asked for: on a shelf, of a kind, of an import, with these words in title or number or of this id.

    state: waiting, published, scheduled, closed, refused, withdrawn, or ALL.
    """

    state: str = ALL
    kind: str = ""
    words: str = ""
    batch: int | None = None


def found(doc_id: str) -> Entry | None:
    """Return the entry of that id."""
    return Entry.get_or_none(Entry.doc_id == doc_id)


def page(shelf: Shelf, limit: int, offset: int) -> list[Entry]:
    """Return some entries of a shelf: the newest first, what waits the oldest first."""
    return list(_on(shelf).limit(limit).offset(offset))


def how_many(shelf: Shelf) -> int:
    """Return how many entries stand on a shelf."""
    return _on(shelf).count()


def stream(shelf: Shelf) -> Iterator[Entry]:
    """Yield all entries of a shelf without holding them all."""
    each: Iterator[Entry] = _on(shelf).iterator()
    return each


def shelf_counts(states: Iterable[str]) -> dict[str, int]:
    """Return how many entries stand on each shelf of the desk."""
    return {state: how_many(Shelf(state)) for state in states}


def _on(shelf: Shelf) -> ModelSelect[Entry]:
    query = Entry.select()
    query = query.where(_in_state(shelf.state)) if shelf.state != ALL else query
    query = query.where(Entry.kind == shelf.kind) if shelf.kind else query
    query = query.where(Entry.batch_id == shelf.batch) if shelf.batch else query
    query = query.where(_says(shelf.words)) if shelf.words else query
    at = Entry.proposed_at.asc() if shelf.state == "waiting" else Entry.proposed_at.desc()
    return query.order_by(at, Entry.doc_id)


def _says(words: str) -> Expression:
    number = JsonText(Entry.record, "doc_no")
    return Entry.title.contains(words) | number.contains(same_spelling(words)) | (Entry.doc_id == words)


def _in_state(state: str) -> Expression:
    """Return the condition that an entry stands on this shelf."""
    approved = Entry.state == "approved"
    return {
        "published": approved & (Entry.disclosure == "proactive") & (Entry.publish_on == ""),
        "scheduled": approved & (Entry.publish_on != ""),
        "closed": approved & (Entry.disclosure != "proactive"),
    }.get(state, Entry.state == state)


def next_waiting(after: Entry, but_of: str) -> Entry | None:
    """Return the entry that waits next behind this one, brought by somebody else than `but_of`, else the first."""
    query = _on(Shelf("waiting")).where(Entry.doc_id != after.doc_id, Entry.proposed_by != but_of)
    later = (Entry.proposed_at > after.proposed_at) | (
        (Entry.proposed_at == after.proposed_at) & (Entry.doc_id > after.doc_id)
    )
    return query.where(later).first() or query.first()


def waiting_batches() -> list[ImportBatch]:
    """Return the imports of which entries wait."""
    waiting = Entry.select(Entry.batch_id).where(Entry.state == "waiting", Entry.batch_id.is_null(False))
    return list(ImportBatch.select().where(ImportBatch.id.in_(waiting)).order_by(ImportBatch.id))


def due(today: str) -> list[str]:
    """Return the ids of approved entries whose day of publication has come, in the order of their days."""
    query = Entry.select(Entry.doc_id).where(
        Entry.state == "approved", Entry.publish_on != "", Entry.publish_on <= today
    )
    return [each.doc_id for each in query.order_by(Entry.publish_on, Entry.doc_id)]


def titles(doc_ids: Iterable[str]) -> list[str]:
    """Return the titles of these entries."""
    query = Entry.select(Entry.title).where(Entry.doc_id.in_(list(doc_ids)))
    return sorted(each.title for each in query)
