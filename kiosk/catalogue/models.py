"""The published documents (a terminal's replica, the hub's feed) and the hub's entries, as tables."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from peewee import CompositeKey, IntegerField, Model, TextField

from kiosk.catalogue.kinds import KINDS, Kind
from kiosk.catalogue.rules import INVERSE
from kiosk.db import catalogue, store


class Document(Model):
    """One published document; `record` is the whole import record as canonical JSON."""

    id = IntegerField(primary_key=True)
    doc_id = TextField(unique=True)
    seq = IntegerField(unique=True)
    deleted = IntegerField(default=0)
    schema_rev = IntegerField(default=1)
    hash = TextField()
    kind = TextField(default="")
    title = TextField(default="")
    doc_no = TextField(default="")
    issuers = TextField(default="[]")
    published_on = TextField(default="")
    validity = TextField(default="")
    record = TextField(default="")

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


class FeedPosition(Model):
    """Where this copy of the catalogue stands in the hub's feed."""

    one = IntegerField(primary_key=True)
    epoch = TextField()
    seq = IntegerField()
    as_of = TextField(default="")

    class Meta:
        database = catalogue
        table_name = "feed_position"


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
    """Documents that are published now."""
    return Document.select().where(Document.deleted == 0)


def one(doc_id: str) -> Document | None:
    """The published document of that id."""
    return live().where(Document.doc_id == doc_id).first()


def by_ids(doc_ids: Iterable[str]) -> dict[str, Document]:
    """The published documents among these ids."""
    wanted = list(doc_ids)
    return {found.doc_id: found for found in live().where(Document.doc_id.in_(wanted))} if wanted else {}


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
    row = FeedPosition.select().first()
    return (row.epoch, row.seq, row.as_of) if row else ("", 0, "")


def kind_counts() -> dict[str, int]:
    """How many documents of each kind are published."""
    return {kind: live().where(Document.kind == kind).count() for kind in KINDS}
