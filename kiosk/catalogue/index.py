"""
The full-text index: one tantivy folder of titles and bodies, each as words and as bigrams.

The index is derived data. It stores no text, only document ids; what it cannot tell (title, excerpt) comes
from the catalogue. Only this module imports tantivy, and only when an index is opened, so that a machine
on which it cannot be installed still starts (the look-up then works by term, title and number).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kiosk.catalogue.tokens import Cutter, bigrams, fold

SCHEMA = 4
"""Raised whenever fields or cutting change: an index of another number is rebuilt."""

TITLE_WORDS, TITLE_PAIRS, BODY_WORDS, BODY_PAIRS, NUMBER = "tw", "tb", "bw", "bb", "no"
FACETS = ("kind", "validity", "year", "issuer", "topic", "audience")
DAY = "day"
"""The day of publication as a number (20260318), by which lists are ordered; 0 where it is not known."""
_ANALYSER = "given"
WRITER_HEAP = 64_000_000
"""Bytes of tantivy's write buffer: the largest part of a rebuild's memory."""


class IndexUnusable(Exception):
    """The index cannot be opened: `code` is missing, damaged or no-engine."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Page:
    """What the index keeps of one document. Named persons were taken out before."""

    doc_id: str
    title: str
    body: str
    numbers: tuple[str, ...] = ()
    facets: Mapping[str, Sequence[str]] | None = None
    day: int = 0


@dataclass(frozen=True)
class Hit:
    """One answer of the index."""

    doc_id: str
    score: float


def engine() -> Any:
    """
    The tantivy module.

    Raises:
        IndexUnusable: "no-engine" where it cannot be imported.
    """
    try:
        import tantivy
    except ImportError as error:
        raise IndexUnusable("no-engine") from error
    return tantivy


def has_engine() -> bool:
    """True where full text can be kept and searched."""
    try:
        engine()
    except IndexUnusable:
        return False
    return True


@lru_cache(maxsize=1)
def schema() -> Any:
    """The fields, in tantivy's terms."""
    builder = engine().SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in (TITLE_WORDS, TITLE_PAIRS, BODY_WORDS, BODY_PAIRS):
        builder.add_text_field(field, tokenizer_name=_ANALYSER, index_option="position")
    builder.add_text_field(NUMBER, tokenizer_name="raw", index_option="basic")
    for field in FACETS:
        builder.add_text_field(field, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field(DAY, fast=True)
    return builder.build()


def open_index(folder: Path, create: bool = False) -> Any:
    """
    The tantivy index in `folder`.

    Raises:
        IndexUnusable: "missing", "damaged" or "no-engine".
    """
    tantivy = engine()
    if create:
        folder.mkdir(parents=True, exist_ok=True)
    elif not (folder / "meta.json").is_file():
        raise IndexUnusable("missing")
    try:
        index = tantivy.Index(schema(), path=str(folder)) if create else tantivy.Index.open(str(folder))
        index.register_tokenizer(
            _ANALYSER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        )
        index.config_reader(reload_policy="manual")
        index.reload()
    except (ValueError, OSError) as error:
        raise IndexUnusable("damaged") from error
    return index


def _entry(page: Page, cutter: Cutter) -> Any:
    title, body = fold(page.title), fold(page.body)
    entry = engine().Document()
    entry.add_text("id", page.doc_id)
    entry.add_text(TITLE_WORDS, " ".join(cutter.words(title)))
    entry.add_text(TITLE_PAIRS, " ".join(bigrams(title)))
    entry.add_text(BODY_WORDS, " ".join(cutter.words(body)))
    entry.add_text(BODY_PAIRS, " ".join(bigrams(body)))
    for number in page.numbers:
        entry.add_text(NUMBER, number)
    for field, values in (page.facets or {}).items():
        for value in values:
            entry.add_text(field, value)
    entry.add_unsigned(DAY, page.day)
    return entry


class Writer:
    """One batch of changes; nothing is visible before `commit`."""

    def __init__(self, index: Any, cutter: Cutter, heap: int = WRITER_HEAP) -> None:
        self._writer = index.writer(heap_size=heap, num_threads=1)
        self._cutter = cutter
        self._index = index

    def put(self, page: Page, known: bool = True) -> None:
        """Adds a document, in place of the one with its id when there may be one."""
        if known:
            self.remove(page.doc_id)
        self._writer.add_document(_entry(page, self._cutter))

    def remove(self, doc_id: str) -> None:
        """Takes a document out."""
        self._writer.delete_documents_by_term("id", doc_id)

    def commit(self) -> None:
        """Makes the batch durable and lets go of the writer's lock."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._index.reload()


def read(index: Any, query: Any, limit: int, offset: int = 0) -> tuple[list[Hit], int]:
    """The hits from `offset` on, best first, and how many there are in all."""
    searcher = index.searcher()
    found = searcher.search(query, limit=max(limit, 1), offset=offset, count=True)
    hits = [Hit(searcher.doc(address)["id"][0], score) for score, address in found.hits[:limit]]
    return hits, int(found.count)


def newest(index: Any, query: Any, limit: int, offset: int = 0) -> tuple[list[str], int]:
    """Ids of what the query finds, the newest first, and how many there are in all."""
    searcher = index.searcher()
    found = searcher.search(query, limit=max(limit, 1), offset=offset, count=True, order_by_field=DAY)
    return [searcher.doc(address)["id"][0] for _day, address in found.hits[:limit]], int(found.count)


def count(index: Any, query: Any) -> int:
    """How many documents answer."""
    return int(index.searcher().search(query, limit=1, count=True).count)


def facet_counts(index: Any, query: Any, fields: Iterable[str], most: int = 40) -> dict[str, dict[str, int]]:
    """How many of the answers fall on each value of each field, the commonest `most` values first."""
    wanted = {field: {"terms": {"field": field, "size": most}} for field in fields}
    answer = index.searcher().aggregate(query, wanted)
    return {
        field: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in answer[field]["buckets"]}
        for field in wanted
    }
