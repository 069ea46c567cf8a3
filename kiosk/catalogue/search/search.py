"""The look-up that page, API and command line share: one question in, documents with marked excerpts out."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kiosk.catalogue.records.documents import Document, Head, by_ids, heads
from kiosk.catalogue.records.kinds import without_persons
from kiosk.catalogue.search import index
from kiosk.catalogue.search import indexing as upkeep
from kiosk.catalogue.search.index import PASSAGES, Hit, IndexUnusable, Place, Texts
from kiosk.catalogue.search.indexing import TERMS, Stamp
from kiosk.catalogue.search.lookup import NEXT_WEIGHT, PINYIN_WEIGHT, look_up, needles, understand
from kiosk.catalogue.search.nearness import LOOKED_AT, nearest_first
from kiosk.catalogue.search.queries import Asked, Ladder
from kiosk.catalogue.search.scope_models import in_scope, scope_counts
from kiosk.catalogue.search.terms import Terms
from kiosk.catalogue.search.ways import Scope
from kiosk.catalogue.search.words import Words
from kiosk.catalogue.text.excerpts import Excerpt, Segment, excerpt, mark
from kiosk.catalogue.text.passages import anchor_at
from kiosk.catalogue.text.tokens import FUNCTION_WORDS, is_han

ENOUGH = 10
"""With fewer sure answers than one page holds, looser ones follow them."""
BEST_PASSAGES = 20
"""So many passages move their documents up: more of them would only be weaker ones."""
PLACES_READ = 100
"""Passages looked through for the best one of each document of a page."""
SHOWN_FACETS = ("kind", "validity", "year", "topic", "audience", "issuer")


@dataclass(frozen=True)
class Found:
    """One document of an answer; `anchor` is the paragraph of its best passage, or empty."""

    document: Document
    title: tuple[Segment, ...]
    excerpt: Excerpt
    anchor: str = ""


@dataclass(frozen=True)
class Answer:
    """
    What was found.

    mode: full (every text was searched), partial (only titles, numbers and terms, while the index is being
    made or cannot be used), none (nothing was asked).
    sure: how many hold what was typed as it stands; the rest only shares words with it.
    understood: terms that were read out of pinyin. near: terms that may have been meant.
    """

    mode: str
    found: tuple[Found, ...] = ()
    total: int = 0
    sure: int = 0
    understood: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Opened:
    """
    One generation of the index, open for reading; `text` is None where full text cannot be used.

    words: those with which it was made, for a question must be cut like the texts.
    """

    generation: Path
    written: int
    stamp: Stamp | None
    text: Texts | None
    terms: Terms | None
    words: Words


class Search:
    """
    Reads the index in `folder`; one for the process, safe for its threads.

    It takes up a new generation or stamp, and the words that came with it, at the next question. Nothing is opened
    before the first one. `words` are those of the product, for the time without an index.
    """

    def __init__(self, folder: Path, words: Words) -> None:
        self._folder = folder
        self._words = words
        self._turn = threading.Lock()
        self._nothing = _Opened(Path(), 0, None, None, None, words)
        self._opened = self._nothing

    def find(
        self,
        typed: str,
        *,
        only: Mapping[str, str] | None = None,
        limit: int = 10,
        offset: int = 0,
        facets: bool = False,
    ) -> Answer:
        """
        The documents that answer what was typed.

        Args:
            only: Facet values by name (kind, validity, year, issuer, topic, audience).
            facets: Whether to count the answers by SHOWN_FACETS.
        """
        opened = self._open()
        asked = understand(typed, opened.words, opened.terms)
        if not asked.parts and not asked.numbers:
            return Answer("none")
        kept = {name: value for name, value in (only or {}).items() if name in index.FACETS and value}
        if opened.text is not None:
            try:
                return self._full(opened, opened.text, asked, kept, limit, offset, facets)
            except (ValueError, OSError):
                self._damaged(opened)
        documents, total = look_up(asked, opened.terms, kept, limit, offset)
        marks = needles(asked, ())
        found = tuple(self._found(document, marks) for document in documents)
        return Answer("partial", found, total, total, _understood(asked), self._near(opened, asked, total))

    def ranked(self, typed: str, limit: int = 10) -> list[str]:
        """Ids of the first documents of an answer, without what a page shows of them; empty while there is no index."""
        opened = self._open()
        asked = understand(typed, opened.words, opened.terms)
        if opened.text is None or not (asked.parts or asked.numbers):
            return []
        query, _sure = climb(Ladder(opened.words.cutter), opened.text, asked, {})
        hits, _total = in_order(opened.text, query, asked, opened.words, heads, limit)
        return [hit.doc_id for hit in hits]

    def suggest(self, typed: str, limit: int = 8) -> list[str]:
        """Terms that begin with what was typed, by characters, pinyin or initials."""
        opened = self._open()
        if opened.terms is None:
            return []
        try:
            return [term.text for term in opened.terms.beginning(typed, limit)]
        except sqlite3.DatabaseError:
            return []

    def listed(
        self, scope: Scope, limit: int, offset: int = 0, best_first: bool = False
    ) -> tuple[list[Document], int]:
        """Documents of a scope, the newest first (or those nearest to its subject), and how many there are."""
        opened = self._open()
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
            except (ValueError, OSError):
                self._damaged(opened)
        found = in_scope(scope)
        return found[offset : offset + limit], len(found)

    def counts(self, scope: Scope, fields: Sequence[str], most: int = 1_000) -> dict[str, dict[str, int]]:
        """How many documents of a scope have each value of each field, the commonest first."""
        opened = self._open()
        if opened.text is not None:
            try:
                query = Ladder(opened.words.cutter).scoped(scope)
                return index.facet_counts(opened.text.documents, query, fields, most)
            except (ValueError, OSError):
                self._damaged(opened)
        return {field: scope_counts(scope, field) for field in fields}

    def state(self) -> tuple[str, tuple[int, int] | None]:
        """full or partial, and while the index is being made documents done and to do."""
        opened = self._open()
        return ("full" if opened.text is not None else "partial"), upkeep.progress(self._folder)

    def stamp(self) -> Stamp | None:
        """What the index in use was made of."""
        return self._open().stamp

    def _full(
        self,
        opened: _Opened,
        text: Texts,
        asked: Asked,
        only: Mapping[str, str],
        limit: int,
        offset: int,
        facets: bool,
    ) -> Answer:
        ladder = Ladder(opened.words.cutter)
        query, sure = climb(ladder, text, asked, only)
        hits, total = in_order(text, query, asked, opened.words, heads, limit, offset)
        documents = by_ids(hit.doc_id for hit in hits)
        spots = places(ladder, text, asked, list(documents))
        marks = needles(asked, _content_words(asked, opened.words))
        found = tuple(
            self._found(documents[hit.doc_id], marks, spots.get(hit.doc_id))
            for hit in hits
            if hit.doc_id in documents
        )
        counted = index.facet_counts(text.documents, query, SHOWN_FACETS) if facets and total else {}
        near = self._near(opened, asked, sure)
        return Answer("full", found, total, sure, _understood(asked), near, counted)

    def _found(self, document: Document, marks: list[str], place: Place | None = None) -> Found:
        record = without_persons(document.content)
        body = str(record.get("body", ""))
        piece = excerpt(body, marks, within=(place.start, place.end) if place else None)
        anchor = anchor_at(body, piece.at) if piece.at >= 0 else ""
        if piece.at < 0 and record.get("summary"):
            piece = excerpt(str(record["summary"]), marks)
        return Found(document, mark(document.title, marks), piece, anchor)

    @staticmethod
    def _near(opened: _Opened, asked: Asked, sure: int) -> tuple[str, ...]:
        """What may have been meant, where nothing holds what was typed: a term, or the query with one slip mended."""
        if sure or opened.terms is None or len(asked.parts) != 1:
            return ()
        part = asked.parts[0]
        if part.readings and not (part.inner and is_han(part.text)):
            return ()
        whole = [] if part.inner else opened.terms.near(part.text)
        return tuple(whole or opened.terms.near_inside(part.text, opened.words.cutter.knows))

    def _open(self) -> _Opened:
        generation = upkeep.current(self._folder)
        if generation is None:
            return self._nothing
        try:
            written = (generation / upkeep.STAMP).stat().st_mtime_ns
        except OSError:
            return self._nothing
        opened = self._opened
        if (opened.generation, opened.written) == (generation, written):
            return opened
        with self._turn:
            if (self._opened.generation, self._opened.written) != (generation, written):
                self._opened = _open(generation, written, self._opened.words)
            return self._opened

    def _damaged(self, opened: _Opened) -> None:
        """A file of the index cannot be read: say so to the writer, and answer by the look-up."""
        (opened.generation / upkeep.BROKEN).touch()
        self._close(opened)

    def _close(self, opened: _Opened) -> None:
        with self._turn:
            if self._opened is opened:
                self._opened = replace(opened, text=None)


def _open(generation: Path, written: int, before: Words) -> _Opened:
    """A generation with its words; those held before where they are the same, for a cutter takes time to learn."""
    stamp = upkeep.read_stamp(generation)
    words = before if stamp and stamp.words == before.version else upkeep.words_of(generation) or before
    text = None
    if stamp and (stamp.schema, stamp.cut) == (index.SCHEMA, words.cut):
        try:
            text = index.open_texts(generation)
        except IndexUnusable as error:
            if error.code == "damaged":
                (generation / upkeep.BROKEN).touch()
    return _Opened(generation, written, stamp, text, _open_terms(generation / TERMS), words)


def _open_terms(path: Path) -> Terms | None:
    try:
        terms = Terms(path)
        terms.beginning("a", limit=1)
    except sqlite3.DatabaseError:
        return None
    return terms


def _content_words(asked: Asked, words: Words) -> list[str]:
    said = (word for part in asked.parts for word in words.cutter.words(part.text))
    return [word for word in said if word not in FUNCTION_WORDS]


def climb(ladder: Ladder, text: Texts, asked: Asked, only: Mapping[str, str]) -> tuple[Any, int]:
    """The lowest rung that has enough, and how many documents are sure."""
    stands = ladder.sure(asked)
    sure = index.count(text.documents, ladder.filtered(stands, only)) if stands is not None else 0
    rungs = [ladder.filtered(rung, only) for rung in ladder.rungs(asked, stands=sure > 0)]
    at, many = 0, sure
    while many < ENOUGH and at < len(rungs) - 1 and not (asked.numbers and sure):
        at += 1
        # The last rung is taken whatever it holds: counting it would read every document with one of its words.
        many = index.count(text.documents, rungs[at]) if at < len(rungs) - 1 else ENOUGH
    query = rungs[at]
    if at == len(rungs) - 1 and (wanted := ladder.passages(asked)) is not None:
        best = index.places(text.passages, ladder.filtered(wanted, only, PASSAGES), BEST_PASSAGES)
        query = ladder.with_passages(query, best.values(), ladder.passage_weight(asked))
    return query, sure


def in_order(
    text: Texts,
    query: Any,
    asked: Asked,
    words: Words,
    heads: Callable[[Iterable[str]], Mapping[str, Head]],
    limit: int,
    offset: int = 0,
) -> tuple[list[Hit], int]:
    """
    A page of what the query finds, and how many there are in all; the first of them in order.

    heads: What is known of documents, by their ids.
    """
    if offset >= LOOKED_AT or asked.numbers:
        return index.read(text.documents, query, limit, offset)
    hits, total = index.read(text.documents, query, max(LOOKED_AT, offset + limit))
    first = hits[:LOOKED_AT]
    ordered = nearest_first(first, heads([hit.doc_id for hit in first]), asked, words.cutter)
    return [*ordered, *hits[LOOKED_AT:]][offset : offset + limit], total


def places(ladder: Ladder, text: Texts, asked: Asked, doc_ids: Sequence[str]) -> dict[str, Place]:
    """Where in each of these documents the answer stands best."""
    wanted = ladder.passages(asked)
    if wanted is None or not doc_ids:
        return {}
    return index.places(text.passages, ladder.of_documents(wanted, doc_ids), PLACES_READ)


def _understood(asked: Asked) -> tuple[str, ...]:
    """What Latin letters were taken for."""
    spelled = [part for part in asked.parts if not is_han(part.text)]
    read = [
        (reading, weight)
        for part in spelled
        for reading, weight in part.readings
        if part.text.isascii() or weight == PINYIN_WEIGHT
    ]
    return tuple(reading for reading, weight in read if weight > NEXT_WEIGHT)[:3]
