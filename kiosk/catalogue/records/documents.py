"""Queries for published documents, for pages, search and exports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import TypeVar

from peewee import SQL, Field, ModelSelect, fn

from kiosk import db
from kiosk.catalogue.records.kinds import KINDS, Kind
from kiosk.catalogue.records.models import DocumentLink, DocumentRow
from kiosk.catalogue.records.record import Record, parsed
from kiosk.catalogue.records.rules import INVERSE, VALIDITY
from kiosk.db import Statement, catalogue, slot
from kiosk.errors import StoreDamaged
from sync.carried.feed_models import FeedPosition

Row = TypeVar("Row")
COLUMNS = (
    DocumentRow.doc_id,
    DocumentRow.kind,
    DocumentRow.title,
    DocumentRow.doc_no,
    DocumentRow.issuers,
    DocumentRow.published_on,
    DocumentRow.validity,
    DocumentRow.record,
)
YEAR = fn.SUBSTR(DocumentRow.published_on, SQL("1"), SQL("4"))
"""
The year of publication. Its numbers are literals in the SQL: PostgreSQL cannot group by an expression with
parameters.
"""
MOST_AT_ONCE = 512
"""Most documents selected by id in one statement."""


@dataclass(frozen=True)
class Document:
    """One published document; `record` is the whole import record as canonical JSON, `issuers` a JSON list."""

    doc_id: str
    kind: str
    title: str
    doc_no: str
    issuers: str
    published_on: str
    validity: str
    record: str

    @cached_property
    def content(self) -> Record:
        """Return the import record."""
        return parsed(self.record)

    @cached_property
    def issuer_names(self) -> list[str]:
        """Return the names of its issuers."""
        names: list[str] = json.loads(self.issuers)
        return names

    @property
    def described(self) -> Kind:
        """Return its row in the table of kinds."""
        return KINDS[self.kind]

    @property
    def validity_words(self) -> str:
        """Return its validity in words; empty if unknown."""
        return VALIDITY.get(self.validity, "")


@dataclass(frozen=True)
class CopyPosition:
    """The position of this copy of the catalogue in the feed, and the time its content dates from ("data as of")."""

    epoch: str
    seq: int
    as_of: str


def live() -> ModelSelect[DocumentRow]:
    """Return the query of all published documents of kinds that this version knows; `found` runs it."""
    return DocumentRow.select(*COLUMNS).where(DocumentRow.deleted == 0, DocumentRow.kind.in_(list(KINDS)))


def found(query: ModelSelect[DocumentRow]) -> list[Document]:
    """Return the documents of a query of `live`."""
    return db.rows(query, Document)


def stream(query: ModelSelect[DocumentRow]) -> Iterator[Document]:
    """Yield the documents of a query of `live` one after another, without holding them all."""
    each: Iterator[Document] = query.objects(Document).iterator()
    return each


_ONE = Statement(
    lambda: DocumentRow.select(*COLUMNS).where(
        DocumentRow.doc_id == slot(DocumentRow.doc_id), DocumentRow.deleted == 0
    )
)


def one(doc_id: str) -> Document | None:
    """Return the published document with this id."""
    document = _ONE.one(catalogue, Document, doc_id=doc_id)
    return document if document and document.kind in KINDS else None


_DIGEST = Statement(
    lambda: DocumentRow.select(DocumentRow.hash).where(DocumentRow.doc_id == slot(DocumentRow.doc_id))
)


def one_to_show(doc_id: str) -> Document | None:
    """
    Return the published document with this id, compared with the digest that the hub published.

    Raises:
        StoreDamaged: "document-changed": the file holds other words than were published.
    """
    document = one(doc_id)
    if document is not None:
        row = _DIGEST.first(catalogue, doc_id=doc_id)
        if row is None or sha256(document.record.encode()).hexdigest() != row[0]:
            raise StoreDamaged("document-changed", doc_id)
    return document


@lru_cache(maxsize=64)
def _among(columns: tuple[Field, ...], many: int) -> Statement:
    """Return the statement that selects this many documents by their ids."""
    # By id alone: with `deleted` in the question SQLite reads the whole index of lists instead.
    slots = [slot(DocumentRow.doc_id, f"id{at}") for at in range(many)]
    return Statement(lambda: DocumentRow.select(*columns).where(DocumentRow.doc_id.in_(slots)))


def _by_ids(columns: tuple[Field, ...], row: type[Row], doc_ids: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of these documents; the last id is repeated to fill one of a few statement sizes."""
    wanted = list(doc_ids)
    for at in range(0, len(wanted), MOST_AT_ONCE):
        part = wanted[at : at + MOST_AT_ONCE]
        many = 1 << (len(part) - 1).bit_length()
        part += [part[-1]] * (many - len(part))
        given = {f"id{number}": doc_id for number, doc_id in enumerate(part)}
        yield from _among(columns, many).rows(catalogue, row, **given)


def by_ids(doc_ids: Iterable[str]) -> dict[str, Document]:
    """Return the published documents among these ids."""
    rows = _by_ids(COLUMNS, Document, doc_ids)
    return {each.doc_id: each for each in rows if each.record and each.kind in KINDS}


def published_ids(doc_ids: Iterable[str]) -> set[str]:
    """Return those of the ids that are published now."""
    return {each.doc_id for each in _by_ids(_HEAD, DocumentHead, doc_ids) if each.kind in KINDS}


_HEAD = (DocumentRow.doc_id, DocumentRow.kind, DocumentRow.title, DocumentRow.validity)


def heads(doc_ids: Iterable[str]) -> dict[str, DocumentHead]:
    """Return kind, title and validity of each of these documents, without reading their texts."""
    return {each.doc_id: each for each in _by_ids(_HEAD, DocumentHead, doc_ids)}


def heads_of(kind: str) -> list[DocumentHead]:
    """Return the head of every published document of a kind, by id."""
    query = DocumentRow.select(*_HEAD).where(DocumentRow.deleted == 0, DocumentRow.kind == kind)
    return db.rows(query.order_by(DocumentRow.doc_id), DocumentHead)


def all_heads() -> dict[str, DocumentHead]:
    """Return the head of every published document."""
    query = DocumentRow.select(*_HEAD).where(DocumentRow.deleted == 0)
    return {each.doc_id: each for each in db.rows(query, DocumentHead)}


Related = Sequence[tuple[str, Document]]
"""Related documents, each with the relation as seen from this one."""
_FROM = Statement(
    lambda: DocumentLink.select(DocumentLink.rel, DocumentLink.to_id).where(
        DocumentLink.from_id == slot(DocumentLink.from_id)
    )
)
_TO = Statement(
    lambda: DocumentLink.select(DocumentLink.rel, DocumentLink.from_id).where(
        DocumentLink.to_id == slot(DocumentLink.to_id)
    )
)


def related(doc_id: str) -> list[tuple[str, Document]]:
    """Return related documents with the relation as seen from this one, whichever of the two records states it."""
    links: dict[tuple[str, str], None] = {}
    for rel, other in _FROM.tuples(catalogue, from_id=doc_id):
        links[rel, other] = None
    for rel, other in _TO.tuples(catalogue, to_id=doc_id):
        links[INVERSE.get(rel, "related"), other] = None
    around = by_ids(dict.fromkeys(other for _, other in links))
    return [(rel, around[other]) for rel, other in links if other in around]


_POSITION = Statement(lambda: FeedPosition.select(FeedPosition.epoch, FeedPosition.seq, FeedPosition.as_of))


def position() -> CopyPosition:
    """Return the position of this copy; ("", 0, "") before the first sync."""
    return _POSITION.one(catalogue, CopyPosition) or CopyPosition("", 0, "")


@dataclass(frozen=True)
class Change:
    """One changed row of the feed; `record` is empty for a withdrawn document."""

    doc_id: str
    record: str


def changes(after: int, until: int) -> Iterator[Change]:
    """Yield the changes after one position of the feed up to another, in order."""
    query = DocumentRow.select(DocumentRow.doc_id, DocumentRow.record).where(
        DocumentRow.seq > after, DocumentRow.seq <= until
    )
    each: Iterator[Change] = query.order_by(DocumentRow.seq).objects(Change).iterator()
    return each


def published_count() -> int:
    """Return how many documents are published, also of kinds that this version does not know."""
    return DocumentRow.select().where(DocumentRow.deleted == 0).count()


State = tuple[str, str, int]
"""File, epoch and sequence of the catalogue: while they are unchanged, cached counts stay valid."""


def state() -> State:
    """Return the state of the catalogue now in use."""
    here = position()
    return str(catalogue.obj.database), here.epoch, here.seq


def meant(typed: str, most: int = 10) -> list[Document]:
    """Return the documents that a clerk's entry may mean: by id, else by document number, else by title."""
    for match in (DocumentRow.doc_id == typed, DocumentRow.doc_no == typed, DocumentRow.title == typed):
        same = found(live().where(match).limit(most))
        if same:
            return same
    titled = live().where(DocumentRow.title.contains(typed)).order_by(DocumentRow.doc_id)
    return found(titled.limit(most))


@dataclass(frozen=True)
class DocumentHead:
    """Kind, title and validity of a document, known without reading its record."""

    doc_id: str
    kind: str = ""
    title: str = ""
    validity: str = ""
