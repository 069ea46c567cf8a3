"""The search that page, API and command line share: understand → plan → run → rank → present."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kiosk.catalogue.records.documents import Document, by_ids, heads
from kiosk.catalogue.search import index, indexing, present
from kiosk.catalogue.search.index import Texts
from kiosk.catalogue.search.indexing import Stamp
from kiosk.catalogue.search.opening import OpenIndex, Opening
from kiosk.catalogue.search.plan import Ladder
from kiosk.catalogue.search.present import SHOWN_FACETS, SearchAnswer
from kiosk.catalogue.search.rank import in_order
from kiosk.catalogue.search.run import cards, climb, look_up, places
from kiosk.catalogue.search.scope_models import in_scope, scope_counts
from kiosk.catalogue.search.understand import ParsedQuery, understand
from kiosk.catalogue.search.ways import Scope
from kiosk.catalogue.search.words import SearchWords

MOST_TRIES = 3
"""Tries of a search: with the index, without a damaged one, and with one that came in between."""


class Search:
    """The search over the index in `folder`; one for the process, safe for its threads."""

    def __init__(self, folder: Path, words: Callable[[], SearchWords]) -> None:
        self._index = Opening(folder, words)

    def find(
        self,
        typed: str,
        *,
        only: Mapping[str, str] | None = None,
        limit: int = 10,
        offset: int = 0,
        facets: bool = False,
    ) -> SearchAnswer:
        """
        Return the documents that match what was typed.

        Args:
            only: Facet values by name (kind, validity, year, issuer, topic, audience).
            facets: Whether to count the matches by SHOWN_FACETS.
        """
        kept = {name: value for name, value in (only or {}).items() if name in index.FACETS and value}
        for _ in range(MOST_TRIES):
            opened = self._index.current()
            try:
                return _found(opened, typed, kept, limit, offset, facets)
            except BaseException as error:  # a panic of the engine is no Exception
                if not index.is_damage(error) or (opened.text is None and opened.terms is None):
                    raise
                self._index.report_damage(opened)
        return SearchAnswer("partial")

    def ranked(self, typed: str, limit: int = 10) -> list[str]:
        """Return the ids of the first matches, without excerpts; empty while there is no index."""
        opened = self._index.current()
        asked = understand(typed, opened.words, opened.terms)
        if opened.text is None or not (asked.parts or asked.numbers):
            return []
        ladder = Ladder(opened.words.cutter)
        query, _sure = climb(ladder, opened.text, asked, {})
        query = ladder.with_cards(query, cards(asked, {}))
        hits, _total = in_order(opened.text, query, asked, opened.words, heads, limit)
        return [hit.doc_id for hit in hits]

    def suggest(self, typed: str, limit: int = 8) -> list[str]:
        """Return terms that begin with what was typed, by characters, pinyin or initials."""
        opened = self._index.current()
        if opened.terms is None:
            return []
        try:
            return [term.text for term in opened.terms.beginning(typed, limit)]
        except sqlite3.DatabaseError:
            return []

    def listed(
        self, scope: Scope, limit: int, offset: int = 0, best_first: bool = False
    ) -> tuple[list[Document], int]:
        """
        Return documents of a scope, newest first (or `best_first`: nearest to its subject), and the number of all.
        """
        opened = self._index.current()
        if opened.text is not None:
            try:
                query = Ladder(opened.words.cutter).scoped(scope)
                if best_first:
                    hits, total = index.read(opened.text.documents, query, limit, offset)
                    ids = [hit.doc_id for hit in hits]
                else:
                    ids, total = index.newest(opened.text.documents, query, limit, offset)
                known = by_ids(ids)
                return [known[doc_id] for doc_id in ids if doc_id in known], total
            except BaseException as error:  # as in `find`
                if not index.is_damage(error):
                    raise
                self._index.report_damage(opened)
        found = in_scope(scope)
        return found[offset : offset + limit], len(found)

    def counts(self, scope: Scope, fields: Sequence[str], most: int = 1_000) -> dict[str, dict[str, int]]:
        """Return how many documents of a scope have each value of each field, commonest first."""
        opened = self._index.current()
        if opened.text is not None:
            try:
                query = Ladder(opened.words.cutter).scoped(scope)
                return index.facet_counts(opened.text.documents, query, fields, most)
            except BaseException as error:  # as in `find`
                if not index.is_damage(error):
                    raise
                self._index.report_damage(opened)
        return {field: scope_counts(scope, field) for field in fields}

    def state(self) -> tuple[str, tuple[int, int] | None]:
        """Return full or partial, and, while the index is being built, the documents done and to do."""
        opened = self._index.current()
        return ("full" if opened.text is not None else "partial"), indexing.progress(self._index.folder)

    def stamp(self) -> Stamp | None:
        """Return the stamp of the index in use."""
        return self._index.current().stamp


def _found(
    opened: OpenIndex, typed: str, only: Mapping[str, str], limit: int, offset: int, facets: bool
) -> SearchAnswer:
    asked = understand(typed, opened.words, opened.terms)
    if not asked.parts and not asked.numbers:
        return SearchAnswer("none")
    if opened.text is not None:
        return _in_full(opened, opened.text, asked, only, limit, offset, facets)
    return _without_index(opened, asked, only, limit, offset)


def _in_full(
    opened: OpenIndex,
    text: Texts,
    asked: ParsedQuery,
    only: Mapping[str, str],
    limit: int,
    offset: int,
    facets: bool,
) -> SearchAnswer:
    """Plan, run, rank and present an understood query."""
    ladder = Ladder(opened.words.cutter)
    query, sure = climb(ladder, text, asked, only)
    query = ladder.with_cards(query, cards(asked, only))
    hits, total = in_order(text, query, asked, opened.words, heads, limit, offset)
    documents = by_ids(hit.doc_id for hit in hits)
    spots = places(ladder, text, asked, list(documents))
    marks = present.needles(asked, present.content_words(asked, opened.words))
    found = tuple(
        present.shown(documents[hit.doc_id], marks, spots.get(hit.doc_id))
        for hit in hits
        if hit.doc_id in documents
    )
    counted = index.facet_counts(text.documents, query, SHOWN_FACETS) if facets and total else {}
    near = present.near(asked, opened.terms, opened.words, sure)
    return SearchAnswer("full", found, total, sure, present.understood(asked), near, counted)


def _without_index(
    opened: OpenIndex, asked: ParsedQuery, only: Mapping[str, str], limit: int, offset: int
) -> SearchAnswer:
    """Answer from titles, numbers and terms."""
    documents, total = look_up(asked, opened.terms, only, limit, offset)
    marks = present.needles(asked, ())
    found = tuple(present.shown(document, marks) for document in documents)
    near = present.near(asked, opened.terms, opened.words, total)
    return SearchAnswer("partial", found, total, total, present.understood(asked), near)
