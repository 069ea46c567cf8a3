"""The documents of a scope while there is no index: read from the records themselves, slowly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from peewee import Expression, Value

from kiosk.catalogue.records.documents import YEAR, Document, live, stream
from kiosk.catalogue.records.models import DocumentRow
from kiosk.catalogue.search.ways import Scope

_LISTS = {"topic": "topics", "audience": "audience", "issuer": "issuers"}
"""The keys of a record with several values of a facet."""


def in_scope(scope: Scope) -> list[Document]:
    """Return the documents of a scope without an index, newest first; slow, since it reads records."""
    query = live().order_by(DocumentRow.published_on.desc(), DocumentRow.doc_id)
    for name, values in scope.facets:
        query = query.where(_may_have(name, values))
    return [document for document in stream(query) if _is_in(document, scope)]


def _may_have(name: str, values: Iterable[str]) -> Expression:
    """Return the condition that the database can check quickly: the list contains one of these values."""
    wanted = list(values)
    if name in _LISTS:
        conditions = (DocumentRow.record.contains(json.dumps(value, ensure_ascii=False)) for value in wanted)
        return reduce(or_, conditions, Value(0) == 1)
    columns = {"kind": DocumentRow.kind, "validity": DocumentRow.validity}
    return columns.get(name, YEAR).in_(wanted)


def _is_in(document: Document, scope: Scope) -> bool:
    if not all(set(_values_of(document, name)) & set(values) for name, values in scope.facets):
        return False
    if not scope.topics and not scope.words:
        return True
    is_titled = any(word in document.title for word in scope.words)
    return is_titled or bool(set(_values_of(document, "topic")) & set(scope.topics))


def scope_counts(scope: Scope, name: str) -> dict[str, int]:
    """Return how many documents of a scope have each value of a facet, commonest first, without an index."""
    counts: dict[str, int] = {}
    for document in in_scope(scope):
        for value in _values_of(document, name):
            counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def _values_of(document: Document, name: str) -> list[str]:
    if name in _LISTS:
        content: Mapping[str, Any] = document.content
        return list(content.get(_LISTS[name], []))
    values = {"kind": document.kind, "validity": document.validity, "year": document.published_on[:4]}
    return [value] if (value := values[name]) else []
