"""The published documents (a terminal's replica, the hub's feed) and the hub's entries, as tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from peewee import CompositeKey, IntegerField, Model, TextField, fn

from kiosk.catalogue.kinds import KINDS, Kind
from kiosk.catalogue.numbers import same_spelling
from kiosk.catalogue.rules import INVERSE
from kiosk.db import catalogue, store
from sync.feed_models import FeedDocument, FeedPosition


class Document(FeedDocument):
    """One published document: a row of the feed, and what lists and pages ask of it without reading the record."""

    kind = TextField(default="")
    title = TextField(default="")
    doc_no = TextField(default="")
    issuers = TextField(default="[]")
    published_on = TextField(default="")
    validity = TextField(default="")

    class Meta:
        database = catalogue
        table_name = "document"

    @property
    def content(self) -> dict[str, Any]:
        """The import record."""
        found: dict[str, Any] = json.loads(self.record)
        return found

    @property
    def issuer_names(self) -> list[str]:
        """Who issued it."""
        names: list[str] = json.loads(self.issuers)
        return names

    @property
    def described(self) -> Kind:
        """Its row of the table of kinds."""
        return KINDS[self.kind]


class DocumentLink(Model):
    """A typed relation, as written on the document `from_id`."""

    from_id = TextField()
    rel = TextField()
    to_id = TextField()

    class Meta:
        database = catalogue
        table_name = "document_link"
        primary_key = CompositeKey("from_id", "rel", "to_id")


class Entry(Model):
    """At the hub: the latest version of a record that someone brought, and what became of it."""

    doc_id = TextField(primary_key=True)
    kind = TextField()
    title = TextField()
    disclosure = TextField()
    index_no = TextField(default="")
    source = TextField(default="")
    state = TextField()
    hash = TextField()
    record = TextField()
    batch_id = IntegerField(null=True)
    proposed_by = TextField()
    proposed_at = TextField()
    decided_by = TextField(default="")
    decided_at = TextField(default="")
    note = TextField(default="")
    brought_hash = TextField(default="")
    act = TextField(default="import")
    reason = TextField(default="")
    ground = TextField(default="")
    publish_on = TextField(default="")
    reviewed_on = TextField(default="")

    class Meta:
        database = store
        table_name = "entry"

    @property
    def content(self) -> dict[str, Any]:
        """The import record."""
        found: dict[str, Any] = json.loads(self.record)
        return found


class ImportBatch(Model):
    """At the hub: one import, with what it did."""

    id = IntegerField(primary_key=True)
    name = TextField()
    at = TextField()
    actor = TextField()
    created = IntegerField(default=0)
    changed = IntegerField(default=0)
    unchanged = IntegerField(default=0)
    refused = IntegerField(default=0)

    class Meta:
        database = store
        table_name = "import_batch"


def live() -> Any:
    """Documents that are published now, of kinds that this version knows."""
    return Document.select().where((Document.deleted == 0) & Document.kind.in_(list(KINDS)))


def townships() -> list[str]:
    """The townships of the organ directory and of published lists of villages, as lists of names write them."""
    rows = catalogue.execute_sql(
        "SELECT json_extract(record, '$.fields.short') AS place FROM document WHERE deleted = 0 AND kind = 'organ'"
        " AND json_extract(record, '$.fields.level') = 'township'"
        " UNION SELECT json_extract(record, '$.fields.township') FROM document WHERE deleted = 0 AND kind = 'village'"
        " ORDER BY place"
    )
    return [place for (place,) in rows.fetchall() if place]


def one(doc_id: str) -> Document | None:
    """The published document of that id."""
    return live().where(Document.doc_id == doc_id).first()


def by_ids(doc_ids: Iterable[str]) -> dict[str, Document]:
    """The published documents among these ids."""
    # Asked for by id alone: with `deleted` in the question SQLite reads the whole index of lists instead.
    wanted = list(doc_ids)
    rows = Document.select().where(Document.doc_id.in_(wanted)) if wanted else []
    return {found.doc_id: found for found in rows if not found.deleted and found.kind in KINDS}


def heads(doc_ids: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """Kind, title and validity of each of these documents, without reading their texts."""
    wanted = list(doc_ids)
    marks = ",".join("?" * len(wanted))
    rows = catalogue.execute_sql(
        f"SELECT doc_id, kind, title, validity FROM document WHERE doc_id IN ({marks})", wanted
    )
    return {str(doc_id): (str(kind), str(title), str(state or "")) for doc_id, kind, title, state in rows}


Related = Sequence[tuple[str, Document]]
"""What stands around a document: the relation as seen from it, and the other document."""


def related(doc_id: str) -> list[tuple[str, Document]]:
    """Related documents with the relation as seen from this one, whichever side wrote it down."""
    links: dict[tuple[str, str], None] = {}
    for link in DocumentLink.select().where(DocumentLink.from_id == doc_id):
        links[link.rel, link.to_id] = None
    for link in DocumentLink.select().where(DocumentLink.to_id == doc_id):
        links[INVERSE.get(link.rel, "related"), link.from_id] = None
    found = by_ids(other for _, other in links)
    return [(rel, found[other]) for rel, other in links if other in found]


def position() -> tuple[str, int, str]:
    """Epoch, sequence and "data as of" of this copy; ("", 0, "") before the first sync."""
    row = FeedPosition.select().first(catalogue)
    return (row.epoch, row.seq, row.as_of) if row else ("", 0, "")


def kind_counts() -> dict[str, int]:
    """How many documents of each kind are published; kinds without any are left out."""
    counted: Any = (
        Document.select(Document.kind, fn.COUNT(Document.id))
        .where(Document.deleted == 0)
        .group_by(Document.kind)
        .tuples()
    )
    pairs: list[tuple[str, int]] = list(counted)
    return {kind: many for kind, many in pairs if kind in KINDS}


def field(kind: str, name: str) -> Any:
    """A field of a kind in a query; `validity` and `year` (of publication) where the kind has none of its own."""
    columns = {"validity": Document.validity, "year": fn.substr(Document.published_on, 1, 4)}
    if name in columns and name not in KINDS[kind].schema:
        return columns[name]
    return fn.json_extract(Document.record, f"$.fields.{name}").cast("TEXT")


def listed(kind: str, chosen: Mapping[str, str]) -> Any:
    """The published documents of a kind with these field values, the newest first."""
    query = live().where(Document.kind == kind)
    for name, value in chosen.items():
        query = query.where(field(kind, name) == value)
    return query.order_by(Document.published_on.desc(), Document.doc_id)


def values(kind: str, name: str, chosen: Mapping[str, str]) -> list[tuple[str, int]]:
    """The values of a field among the documents of a kind, with how many have each."""
    column = field(kind, name)
    query = listed(kind, chosen).select(column, fn.COUNT(Document.id)).order_by().group_by(column)
    return sorted((str(value), int(many)) for value, many in query.tuples() if value not in (None, ""))


def organs_that_take_requests() -> list[dict[str, str]]:
    """The organs that take disclosure requests: code, name, phone, hours, address; by name."""
    found = []
    for document in live().where(Document.kind == "organ").order_by(Document.title):
        fields = document.content.get("fields", {})
        if fields.get("accepts_requests") and fields.get("code"):
            told = {"code": fields["code"], "name": document.title, "phone": fields.get("telephone", "")}
            found.append(told | {name: fields.get(name, "") for name in ("hours", "address")})
    return found


def organ_title(code: str) -> str | None:
    """The name of the organ with this code; one small question, for it is asked while a submission is stored."""
    asked = (Document.deleted == 0) & (Document.kind == "organ") & (field("organ", "code") == code)
    found = Document.select(Document.title).where(asked).tuples().first()
    return str(found[0]) if found else None


def waiting(batch: int | None = None) -> Any:
    """At the hub: entries that wait for approval, the oldest first."""
    query = Entry.select().where(Entry.state == "waiting").order_by(Entry.proposed_at, Entry.doc_id)
    return query.where(Entry.batch_id == batch) if batch else query


def next_waiting(after: Entry, but_of: str) -> Entry | None:
    """At the hub: the entry that waits next behind this one, brought by somebody else than `but_of`, else the first."""
    query = waiting().where((Entry.doc_id != after.doc_id) & (Entry.proposed_by != but_of))
    later = (Entry.proposed_at > after.proposed_at) | (
        (Entry.proposed_at == after.proposed_at) & (Entry.doc_id > after.doc_id)
    )
    return query.where(later).first() or query.first()


def waiting_batches() -> list[tuple[ImportBatch, int]]:
    """At the hub: imports with entries that wait, and how many."""
    counted: Any = (
        Entry.select(Entry.batch_id, fn.COUNT(Entry.doc_id))
        .where((Entry.state == "waiting") & Entry.batch_id.is_null(False))
        .group_by(Entry.batch_id)
        .tuples()
    )
    pairs: list[tuple[int, int]] = list(counted)
    counts = dict(pairs)
    batches = ImportBatch.select().where(ImportBatch.id.in_(list(counts))).order_by(ImportBatch.id)
    return [(found, counts[found.id]) for found in batches]


def _in_state(state: str) -> Any:
    """In a query of entries: the shelf of the desk on which an entry stands."""
    approved = Entry.state == "approved"
    return {
        "published": approved & (Entry.disclosure == "proactive") & (Entry.publish_on == ""),
        "scheduled": approved & (Entry.publish_on != ""),
        "closed": approved & (Entry.disclosure != "proactive"),
    }.get(state, Entry.state == state)


def entries(state: str = "", kind: str = "", words: str = "", batch: int | None = None) -> Any:
    """
    At the hub: entries on a shelf of the desk, of a kind, with these words in title or number or of this id;
    newest first.

    state: waiting, published, scheduled, closed, refused, withdrawn, or empty for all; what waits is told
    oldest first.
    """
    query = Entry.select()
    query = query.where(_in_state(state)) if state else query
    query = query.where(Entry.kind == kind) if kind else query
    query = query.where(Entry.batch_id == batch) if batch else query
    if words:
        number = fn.json_extract(Entry.record, "$.doc_no")
        query = query.where(
            Entry.title.contains(words) | number.contains(same_spelling(words)) | (Entry.doc_id == words)
        )
    at = Entry.proposed_at if state == "waiting" else Entry.proposed_at.desc()
    return query.order_by(at, Entry.doc_id)


def shelf_counts(states: Iterable[str]) -> dict[str, int]:
    """At the hub: how many entries stand on each shelf of the desk."""
    return {state: entries("" if state == "all" else state).count() for state in states}


def published_ids(doc_ids: Iterable[str]) -> set[str]:
    """Those of the ids that are public now."""
    return set(by_ids(doc_ids))


def due(today: str) -> list[str]:
    """At the hub: approved entries whose day of publication has come, in the order of their days."""
    query = Entry.select(Entry.doc_id).where(
        (Entry.state == "approved") & (Entry.publish_on != "") & (Entry.publish_on <= today)
    )
    return [found.doc_id for found in query.order_by(Entry.publish_on, Entry.doc_id)]


def meant(typed: str, most: int = 10) -> list[Document]:
    """The published documents that a clerk may mean: the one of that id, else of that number, else titles."""
    for match in (Document.doc_id == typed, Document.doc_no == typed, Document.title == typed):
        found = list(live().where(match).limit(most))
        if found:
            return found
    return list(live().where(Document.title.contains(typed)).order_by(Document.doc_id).limit(most))
