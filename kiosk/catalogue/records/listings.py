"""Lists of a kind: its documents by their fields, with counts and values kept for one state of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from peewee import ColumnBase, DatabaseError, Expression, ModelSelect, fn

from kiosk import db
from kiosk.catalogue.records.documents import COLUMNS, YEAR, Document, State, state
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.models import DocumentRow
from kiosk.db import JsonText, Statement, catalogue, number_slot, slot

Row = TypeVar("Row")

_HOLDS = Statement(
    lambda: (
        DocumentRow.select(DocumentRow.kind)
        .where(DocumentRow.deleted == 0, DocumentRow.kind == slot(DocumentRow.kind))
        .limit(1)
    )
)


def kinds_held(kinds: Iterable[str]) -> list[str]:
    """Return those of `kinds` with at least one document; none when the replica cannot be read."""
    try:
        return [kind for kind in kinds if _HOLDS.first(catalogue, kind=kind)]
    except DatabaseError:
        return []


_KIND_COUNTS = Statement(
    lambda: (
        DocumentRow.select(DocumentRow.kind, fn.COUNT(DocumentRow.doc_id).alias("many"))
        .where(DocumentRow.deleted == 0)
        .group_by(DocumentRow.kind)
    )
)


def kind_counts() -> dict[str, int]:
    """Return how many documents of each kind are published; kinds without any are left out."""
    return {kind: many for kind, many in _KIND_COUNTS.tuples(catalogue) if kind in KINDS}


def field(kind: str, name: str) -> ColumnBase:
    """Return a field of a kind in a query; `validity` and `year` of publication where the kind has none of its own."""
    columns = {"validity": DocumentRow.validity, "year": YEAR}
    if name in columns and name not in KINDS[kind].schema:
        return columns[name]
    return JsonText(DocumentRow.record, "fields", name)


def of_kind(kind: str) -> ModelSelect[DocumentRow]:
    """Return the query of the published documents of a kind, newest first."""
    return _newest(DocumentRow.select(*COLUMNS).where(*is_of(kind)))


def _newest(query: ModelSelect[DocumentRow]) -> ModelSelect[DocumentRow]:
    return query.order_by(DocumentRow.published_on.desc(), DocumentRow.doc_id)


def is_of(kind: str) -> tuple[Expression, ...]:
    """Return the conditions of a published document of a kind."""
    return DocumentRow.deleted == 0, DocumentRow.kind == kind


def _has(kind: str, names: Iterable[str]) -> list[Expression]:
    """Return conditions that each of these fields equals the value given when the statement runs."""
    return [field(kind, name) == slot(DocumentRow.title, f"of_{name}") for name in names]


@dataclass(frozen=True)
class _Listing:
    """The prepared statements for the list of a kind, filtered by some of its fields."""

    page: Statement
    count: Statement


@lru_cache(maxsize=256)
def _listing(kind: str, names: tuple[str, ...]) -> _Listing:
    chosen = (*is_of(kind), *_has(kind, names))
    return _Listing(
        Statement(
            lambda: (
                _newest(DocumentRow.select(*COLUMNS).where(*chosen))
                .limit(number_slot("limit"))
                .offset(number_slot("offset"))
            )
        ),
        Statement(lambda: DocumentRow.select(fn.COUNT(DocumentRow.doc_id).alias("many")).where(*chosen)),
    )


def _given(chosen: Mapping[str, str]) -> dict[str, str]:
    return {f"of_{name}": value for name, value in chosen.items()}


def listed(kind: str, chosen: Mapping[str, str], limit: int, offset: int = 0) -> list[Document]:
    """Return a page of the published documents of a kind with these field values, newest first."""
    page = _listing(kind, tuple(chosen)).page
    return page.rows(catalogue, Document, limit=limit, offset=offset, **_given(chosen))


def how_many(kind: str, chosen: Mapping[str, str]) -> int:
    """Return how many documents of a kind have these field values."""
    return _how_many(state(), kind, tuple(chosen.items()))


@lru_cache(maxsize=256)
def _how_many(_state: State, kind: str, chosen: tuple[tuple[str, str], ...]) -> int:
    """Return the count, computed once for each state of the catalogue: every page of a list shows the same number."""
    given = dict(chosen)
    return int(_listing(kind, tuple(given)).count.tuples(catalogue, **_given(given))[0][0])


@lru_cache(maxsize=256)
def _values(kind: str, name: str, names: tuple[str, ...]) -> Statement:
    column, chosen = field(kind, name), (*is_of(kind), *_has(kind, names))
    return Statement(
        lambda: (
            DocumentRow.select(column.alias("value"), fn.COUNT(DocumentRow.doc_id).alias("many"))
            .where(*chosen)
            .group_by(column)
        )
    )


def values(kind: str, name: str, chosen: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """Return the values of a field among the documents of a kind, each with its count."""
    return _counted(state(), kind, name, tuple(chosen.items()))


@lru_cache(maxsize=256)
def _counted(
    _state: State, kind: str, name: str, chosen: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, int], ...]:
    given = dict(chosen)
    rows = _values(kind, name, tuple(given)).tuples(catalogue, **_given(given))
    return tuple(sorted((value, many) for value, many in rows if value))


def fields_of(kind: str, names: Iterable[str], row: type[Row]) -> list[Row]:
    """Return `doc_id` and these fields (texts or None) of all documents of a kind, newest first."""
    columns = [field(kind, name).alias(name) for name in names]
    return db.rows(of_kind(kind).select(DocumentRow.doc_id, *columns), row)
