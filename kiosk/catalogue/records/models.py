"""
The tables of the catalogue: what is published (a terminal's replica, the hub's feed), and the entries of the desk.

Pages receive rows of published documents as `documents.Document`, not as models.
"""

from __future__ import annotations

from functools import cached_property

from peewee import (
    AutoField,
    BigIntegerField,
    Check,
    CompositeKey,
    IntegerField,
    TextField,
)

from kiosk.catalogue.records.record import Record, parsed
from kiosk.db import CatalogueModel, StoreModel, catalogue
from sync.carried.feed_models import FeedDocument

_ACTS = "act IN ('import', 'new', 'edit', 'amend', 'repeal', 'version')"


class DocumentRow(FeedDocument):
    """One published document: a row of the feed, with columns that lists and pages need without reading the record."""

    kind = TextField(default="")
    title = TextField(default="")
    doc_no = TextField(default="")
    issuers = TextField(default="[]")
    published_on = TextField(default="")
    validity = TextField(default="")

    class Meta:
        database = catalogue
        table_name = "document"
        indexes = ((("deleted", "kind", "published_on", "doc_id", "validity"), False),)


class DocumentLink(CatalogueModel):
    """A typed relation, as stated by the document `from_id`."""

    from_id = TextField()
    rel = TextField()
    to_id = TextField(index=True)

    class Meta:
        primary_key = CompositeKey("from_id", "rel", "to_id")


class DocumentAttachment(CatalogueModel):
    """A file, by SHA-256, that a published document refers to."""

    doc_id = TextField()
    at = IntegerField()
    sha256 = TextField(index=True)
    size = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("doc_id", "at")


class AttachmentUse(StoreModel):
    """At a terminal: on how many days a file was requested, and on which last."""

    sha256 = TextField(primary_key=True)
    days = IntegerField()
    last_on = TextField()


class ImportBatch(StoreModel):
    """At the hub: one import and its result."""

    id = AutoField()
    name = TextField()
    at = TextField()
    actor = TextField()
    created = IntegerField(default=0)
    changed = IntegerField(default=0)
    unchanged = IntegerField(default=0)
    refused = IntegerField(default=0)


class Entry(StoreModel):
    """At the hub: the latest version of a submitted record, and its state."""

    doc_id = TextField(primary_key=True)
    kind = TextField()
    title = TextField()
    disclosure = TextField(constraints=[Check("disclosure IN ('proactive', 'on_request', 'withheld')")])
    index_no = TextField(default="", index=True)
    source = TextField(default="")
    state = TextField(constraints=[Check("state IN ('waiting', 'approved', 'refused', 'withdrawn')")])
    hash = TextField()
    record = TextField()
    batch_id = IntegerField(null=True)
    proposed_by = TextField()
    proposed_at = TextField()
    decided_by = TextField(default="")
    decided_at = TextField(default="")
    note = TextField(default="")
    brought_hash = TextField(default="")
    act = TextField(default="import", constraints=[Check(_ACTS)])
    reason = TextField(default="")
    ground = TextField(default="")
    publish_on = TextField(default="", index=True)
    reviewed_on = TextField(default="")

    class Meta:
        indexes = ((("state", "kind"), False),)

    @cached_property
    def content(self) -> Record:
        """Return the import record."""
        return parsed(self.record)


class EntryAttachment(StoreModel):
    """A file that an entry refers to, whether published or waiting."""

    doc_id = TextField()
    sha256 = TextField(index=True)

    class Meta:
        primary_key = CompositeKey("doc_id", "sha256")


class ImportUpload(StoreModel):
    """An uploaded file that a clerk has not confirmed yet, and the column mapping chosen for it."""

    token = TextField(primary_key=True)
    name = TextField()
    bytes = BigIntegerField()
    actor = TextField()
    at = TextField()
    mapping = TextField(default="")


class SavedMapping(StoreModel):
    """A named mapping of a source's columns."""

    name = TextField(primary_key=True)
    spec = TextField()
    actor = TextField()
    at = TextField()

    class Meta:
        table_name = "column_mapping"


class WatchedFile(StoreModel):
    """A version of a file in the watched folder, and its result."""

    name = TextField()
    sha256 = TextField()
    bytes = BigIntegerField()
    changed_ns = BigIntegerField()
    at = TextField()
    outcome = TextField()
    report = TextField(default="{}")

    class Meta:
        primary_key = CompositeKey("name", "sha256")


class NamedRows(StoreModel):
    """At the hub: rows that name persons, as published with the record at this sequence of the feed."""

    doc_id = TextField(primary_key=True)
    seq = BigIntegerField()
    township = TextField()
    shown_from = TextField()
    shown_until = TextField()
    list = TextField()

    class Meta:
        table_name = "named_list"
        indexes = ((("township", "shown_until"), False),)


class LinkUse(StoreModel):
    """A web address that a published record refers to."""

    doc_id = TextField()
    url = TextField(index=True)

    class Meta:
        primary_key = CompositeKey("doc_id", "url")


class LinkLook(StoreModel):
    """The last result of checking an address; fails: consecutive failed checks, on different days."""

    url = TextField(primary_key=True)
    looked_on = TextField()
    said = TextField()
    fails = IntegerField()


class LinkPosition(StoreModel):
    """The sequence of the feed up to which records were searched for addresses. One row."""

    one = IntegerField(primary_key=True, default=1, constraints=[Check("one = 1")])
    through = BigIntegerField()


class Problem(StoreModel):
    """Reports about a document on a day; settled_at: when a clerk settled them, empty while open."""

    doc_id = TextField()
    what = TextField()
    words = TextField()
    day = TextField()
    many = IntegerField()
    settled_at = TextField(default="")
    settled_by = TextField(default="")
    note = TextField(default="")

    class Meta:
        primary_key = CompositeKey("doc_id", "what", "words", "day", "settled_at")


class ProblemMark(StoreModel):
    """A report that was counted at this terminal today: a hash of its form's key and its content; no order, no text."""

    mark = TextField(primary_key=True)
    day = TextField()


class SilentSearch(StoreModel):
    """Words of searches without a result, with their count on a day at all terminals."""

    words = TextField()
    day = TextField()
    many = IntegerField()

    class Meta:
        primary_key = CompositeKey("words", "day")


class SilentSettled(StoreModel):
    """Words that a clerk has settled: they are listed again if searched after that day."""

    words = TextField(primary_key=True)
    through = TextField()
    actor = TextField()
    note = TextField()


class CountyWord(StoreModel):
    """A county's decision about a word of the search; turn grows with each decision."""

    form = TextField(constraints=[Check("form IN ('pair', 'term')")])
    word = TextField()
    meaning = TextField()
    status = TextField(constraints=[Check("status IN ('needs_review', 'reviewed', 'dropped')")])
    changed_by = TextField()
    changed_at = TextField()
    turn = BigIntegerField(unique=True)

    class Meta:
        primary_key = CompositeKey("form", "word")
