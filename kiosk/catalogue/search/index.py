"""
The full-text index: two tantivy folders, one of documents and one of the passages of their bodies.

Documents have titles and bodies, each as words and as bigrams; passages locate the best answer within a document.
The index is derived data. It stores no text, only ids and offsets; title and excerpt come
from the catalogue. Only this module imports tantivy, and only when an index is opened, so that a machine
on which it cannot be installed still starts (search then works by term, title and number).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kiosk.catalogue.text.passages import sections
from kiosk.catalogue.text.tokens import FUNCTION_WORDS, GAP, Cutter, bigrams, fold, pairs

INDEX = "index"
"""Folder of the index in a home."""
SCHEMA = 8
"""Raised whenever fields or cutting change: an index with another number is rebuilt."""

DOCUMENTS, PASSAGES = "text", "passages"
"""The two folders of a generation."""
TITLE_WORDS, TITLE_PAIRS, BODY_WORDS, BODY_PAIRS, NUMBER = "tw", "tb", "bw", "bb", "no"
TOKENS = "t"
"""Words of a passage."""
FACETS = ("kind", "validity", "year", "issuer", "topic", "audience")
DAY = "day"
"""The day of publication as a number (20260318), by which lists are sorted; 0 if unknown."""
_ANALYSER = "given"
WRITER_HEAP = 20_000_000
"""Bytes of each of tantivy's two write buffers: the largest part of a rebuild's memory."""


class IndexUnusable(Exception):
    """The index cannot be opened: `code` is missing, damaged or no-engine."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class IndexedDocument:
    """
    What is indexed of one document. Rows that name persons were removed before.

    more: Text searched besides the body (summary, fields, issuers); none of its passages can be opened.
    """

    doc_id: str
    title: str
    body: str
    more: str = ""
    numbers: tuple[str, ...] = ()
    facets: Mapping[str, Sequence[str]] | None = None
    day: int = 0


@dataclass(frozen=True)
class Hit:
    """A document found by the index, with its score."""

    doc_id: str
    score: float


@dataclass(frozen=True)
class BestPassage:
    """The best passage of a document: its start and end in the body, and its score."""

    doc_id: str
    score: float
    start: int
    end: int


def is_damage(error: BaseException) -> bool:
    """Return whether an error may come from damaged files of an index: the engine's own, also where it panics."""
    return isinstance(error, ValueError | OSError | RuntimeError | LookupError | sqlite3.DatabaseError) or (
        type(error).__name__ == "PanicException"
    )


def engine() -> Any:
    """
    Return the tantivy module.

    Raises:
        IndexUnusable: "no-engine" if it cannot be imported.
    """
    try:
        import tantivy
    except ImportError as error:
        raise IndexUnusable("no-engine") from error
    return tantivy


def has_engine() -> bool:
    """Return whether this machine can keep and search a full-text index."""
    try:
        engine()
    except IndexUnusable:
        return False
    return True


@lru_cache(maxsize=2)
def schema(folder: str = DOCUMENTS) -> Any:
    """Return the tantivy schema of one of the two folders."""
    builder = engine().SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    if folder == PASSAGES:
        builder.add_text_field(TOKENS, tokenizer_name=_ANALYSER, index_option="freq")
        builder.add_unsigned_field("start", stored=True)
        builder.add_unsigned_field("end", stored=True)
    else:
        # Only pairs are looked for as phrases; words need no positions, which are two thirds of their size.
        for field, option in (
            (TITLE_WORDS, "freq"),
            (TITLE_PAIRS, "position"),
            (BODY_WORDS, "freq"),
            (BODY_PAIRS, "position"),
        ):
            builder.add_text_field(field, tokenizer_name=_ANALYSER, index_option=option)
        builder.add_text_field(NUMBER, tokenizer_name="raw", index_option="basic")
        builder.add_unsigned_field(DAY, fast=True)
    for field in FACETS:
        builder.add_text_field(field, fast=folder == DOCUMENTS, tokenizer_name="raw", index_option="basic")
    return builder.build()


@dataclass(frozen=True)
class Texts:
    """Both folders of a generation, open."""

    documents: Any
    passages: Any


def open_texts(generation: Path, create: bool = False) -> Texts:
    """
    Open the index in `generation`.

    Raises:
        IndexUnusable: "missing", "damaged" or "no-engine".
    """
    return Texts(*(_open(generation / name, schema(name), create) for name in (DOCUMENTS, PASSAGES)))


def _open(folder: Path, fields: Any, create: bool) -> Any:
    tantivy = engine()
    if create:
        folder.mkdir(parents=True, exist_ok=True)
    elif not (folder / "meta.json").is_file():
        raise IndexUnusable("missing")
    try:
        index = tantivy.Index(fields, path=str(folder)) if create else tantivy.Index.open(str(folder))
        cut = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
        # A word that is stopped keeps its place: the pairs beside it are no neighbours.
        index.register_tokenizer(_ANALYSER, cut.filter(tantivy.Filter.custom_stopword([GAP])).build())
        index.config_reader(reload_policy="manual")
        index.reload()
    except BaseException as error:  # a panic of the engine is no Exception
        if not is_damage(error):
            raise
        raise IndexUnusable("damaged") from error
    return index


class Writer:
    """One batch of changes; nothing is visible before `commit`."""

    def __init__(self, texts: Texts, cutter: Cutter, heap: int = WRITER_HEAP) -> None:
        self._texts = texts
        self._documents = texts.documents.writer(heap_size=heap, num_threads=1)
        self._passages = texts.passages.writer(heap_size=heap, num_threads=1)
        self._cutter = cutter

    def put(self, page: IndexedDocument, known: bool = True) -> None:
        """Add a document; `known`: there may be an earlier version to replace."""
        if known:
            self.remove(page.doc_id)
        facets = [(field, value) for field, values in (page.facets or {}).items() for value in values]
        words: list[str] = []
        paired: list[str] = []
        for start, end in sections(page.body):
            piece = fold(page.body[start:end])
            cut = self._cutter.words(piece)
            self._passages.add_document(_passage(page.doc_id, start, end, cut, facets))
            words += cut
            paired += pairs(piece)
        more = fold(page.more)
        words += self._cutter.words(more)
        paired += pairs(more)
        self._documents.add_document(self._document(page, words, paired, facets))

    def _document(
        self, page: IndexedDocument, words: list[str], paired: list[str], facets: list[tuple[str, str]]
    ) -> Any:
        title = fold(page.title)
        entry = _entry(page.doc_id, facets)
        entry.add_text(TITLE_WORDS, " ".join(self._cutter.words(title)))
        entry.add_text(TITLE_PAIRS, " ".join(bigrams(title)))
        entry.add_text(BODY_WORDS, " ".join(words))
        entry.add_text(BODY_PAIRS, " ".join(paired))
        for number in page.numbers:
            entry.add_text(NUMBER, number)
        entry.add_unsigned(DAY, page.day)
        return entry

    def remove(self, doc_id: str) -> None:
        """Delete a document."""
        for writer in (self._documents, self._passages):
            writer.delete_documents_by_term("id", doc_id)

    def commit(self) -> None:
        """Make the batch durable and release the locks of both writers."""
        for writer in (self._passages, self._documents):
            writer.commit()
        for writer in (self._passages, self._documents):
            writer.wait_merging_threads()
        self._texts.documents.reload()
        self._texts.passages.reload()


def _entry(doc_id: str, facets: Iterable[tuple[str, str]]) -> Any:
    entry = engine().Document()
    entry.add_text("id", doc_id)
    for field, value in facets:
        entry.add_text(field, value)
    return entry


def _passage(
    doc_id: str, start: int, end: int, words: Iterable[str], facets: Iterable[tuple[str, str]]
) -> Any:
    entry = _entry(doc_id, facets)
    entry.add_text(TOKENS, " ".join(word for word in words if word not in FUNCTION_WORDS))
    entry.add_unsigned("start", start)
    entry.add_unsigned("end", end)
    return entry


def places(passages: Any, query: Any, limit: int) -> dict[str, BestPassage]:
    """Return the best passage of each document among the best `limit` passages, best document first."""
    searcher = passages.searcher()
    found: dict[str, BestPassage] = {}
    for score, address in searcher.search(query, limit=limit, count=False).hits:
        kept = searcher.doc(address)
        doc_id = kept["id"][0]
        if doc_id not in found:
            found[doc_id] = BestPassage(doc_id, score, kept["start"][0], kept["end"][0])
    return found


def read(index: Any, query: Any, limit: int, offset: int = 0) -> tuple[list[Hit], int]:
    """Return the hits from `offset` on, best first, and the number of all."""
    searcher = index.searcher()
    found = searcher.search(query, limit=max(limit, 1), offset=offset, count=True)
    hits = [Hit(searcher.doc(address)["id"][0], score) for score, address in found.hits[:limit]]
    return hits, int(found.count)


def newest(index: Any, query: Any, limit: int, offset: int = 0) -> tuple[list[str], int]:
    """Return the ids of the matching documents, newest first, and the number of all."""
    searcher = index.searcher()
    found = searcher.search(query, limit=max(limit, 1), offset=offset, count=True, order_by_field=DAY)
    return [searcher.doc(address)["id"][0] for _day, address in found.hits[:limit]], int(found.count)


def count(index: Any, query: Any) -> int:
    """Return the number of matching documents."""
    return int(index.searcher().search(query, limit=1, count=True).count)


def facet_counts(index: Any, query: Any, fields: Iterable[str], most: int = 40) -> dict[str, dict[str, int]]:
    """Return how many matches have each value of each field, the `most` commonest values first."""
    wanted = {field: {"terms": {"field": field, "size": most}} for field in fields}
    answer = index.searcher().aggregate(query, wanted)
    return {
        field: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in answer[field]["buckets"]}
        for field in wanted
    }
