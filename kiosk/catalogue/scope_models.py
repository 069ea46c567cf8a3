"""The documents of a scope where there is no index to ask: from the records themselves, slowly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peewee import SQL, fn

from kiosk.catalogue.models import Document, live
from kiosk.catalogue.ways import Scope

_LISTS = {"topic": "$.topics", "audience": "$.audience", "issuer": "$.issuers"}
"""Where a record holds the values of a facet that may have several."""


def in_scope(scope: Scope) -> Any:
    """The documents of a scope without an index, the newest first: it reads the records, so it takes its time."""
    query = live()
    for name, values in scope.facets:
        query = query.where(_has(name, values))
    either = _has("topic", scope.topics) if scope.topics else None
    for word in scope.words:
        titled = Document.title.contains(word)
        either = titled if either is None else either | titled
    query = query if either is None else query.where(either)
    return query.order_by(Document.published_on.desc(), Document.doc_id)


def _has(name: str, values: Iterable[str]) -> Any:
    wanted = list(values)
    if name in _LISTS:
        held = f"EXISTS (SELECT 1 FROM json_each(record, '{_LISTS[name]}') WHERE value IN ({_marks(wanted)}))"
        return SQL(held, wanted)
    columns = {"kind": Document.kind, "validity": Document.validity}
    return columns.get(name, fn.substr(Document.published_on, 1, 4)).in_(wanted)


def _marks(values: list[str]) -> str:
    return ", ".join("?" * len(values))


def scope_counts(scope: Scope, name: str) -> dict[str, int]:
    """How many documents of a scope have each value of a facet, the commonest first; without an index."""
    counts: dict[str, int] = {}
    for document in in_scope(scope):
        for value in _values_of(document, name):
            counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def _values_of(document: Document, name: str) -> list[str]:
    if name in _LISTS:
        held: list[str] = document.content.get(_LISTS[name][2:], [])
        return held
    told = {"kind": document.kind, "validity": document.validity, "year": document.published_on[:4]}
    return [value] if (value := told[name]) else []
