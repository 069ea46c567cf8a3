"""Step 5 of a search, present: the answer with marked titles and excerpts, and its JSON for API and command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiosk.catalogue.records.documents import Document, position
from kiosk.catalogue.records.kinds import without_persons
from kiosk.catalogue.search.index import BestPassage
from kiosk.catalogue.search.terms import Terms
from kiosk.catalogue.search.understand import NEXT_WEIGHT, PINYIN_WEIGHT, ParsedQuery
from kiosk.catalogue.search.words import SearchWords
from kiosk.catalogue.text.excerpts import Excerpt, Segment, excerpt, mark
from kiosk.catalogue.text.passages import anchor_at
from kiosk.catalogue.text.tokens import FUNCTION_WORDS, is_han

SHOWN_FACETS = ("kind", "validity", "year", "topic", "audience", "issuer")


@dataclass(frozen=True)
class SearchHit:
    """One document of an answer; `anchor` is the paragraph of its best passage, or empty."""

    document: Document
    title: tuple[Segment, ...]
    excerpt: Excerpt
    anchor: str = ""


@dataclass(frozen=True)
class SearchAnswer:
    """
    The result of a search.

    mode: full (all texts were searched), partial (only titles, numbers and terms, while the index is being
    built or cannot be used), none (the query was empty).
    sure: How many contain the query verbatim; the others only share words with it.
    understood: Terms that were read from pinyin. near: Terms that may have been meant.
    """

    mode: str
    found: tuple[SearchHit, ...] = ()
    total: int = 0
    sure: int = 0
    understood: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def shown(document: Document, marks: list[str], place: BestPassage | None = None) -> SearchHit:
    """Return a document with title and excerpt marked, without rows that name persons."""
    record = without_persons(document.content)
    body = str(record.get("body", ""))
    piece = excerpt(body, marks, within=(place.start, place.end) if place else None)
    anchor = anchor_at(body, piece.at) if piece.at >= 0 else ""
    if piece.at < 0 and record.get("summary"):
        piece = excerpt(str(record["summary"]), marks)
    return SearchHit(document, mark(document.title, marks), piece, anchor)


def needles(asked: ParsedQuery, content_words: Sequence[str]) -> list[str]:
    """Return the texts to mark in titles and excerpts, the surest first."""
    found = [part.text for part in asked.parts]
    found += [reading for part in asked.parts for reading, weight in part.readings if weight > NEXT_WEIGHT]
    found += [each for part in asked.parts for word, official in part.inner for each in (word, *official)]
    longest_first = sorted((word for word in content_words if len(word) > 1), key=len, reverse=True)
    return list(dict.fromkeys([*found, *longest_first]))[:40]


def content_words(asked: ParsedQuery, words: SearchWords) -> list[str]:
    """Return the words of the query without function words."""
    said = (word for part in asked.parts for word in words.cutter.words(part.text))
    return [word for word in said if word not in FUNCTION_WORDS]


def understood(asked: ParsedQuery) -> tuple[str, ...]:
    """Return the Chinese that Latin letters were read as."""
    spelled = [part for part in asked.parts if not is_han(part.text)]
    read = [
        (reading, weight)
        for part in spelled
        for reading, weight in part.readings
        if part.text.isascii() or weight == PINYIN_WEIGHT
    ]
    return tuple(reading for reading, weight in read if weight > NEXT_WEIGHT)[:3]


def near(asked: ParsedQuery, terms: Terms | None, words: SearchWords, sure: int) -> tuple[str, ...]:
    """Return what may have been meant if nothing contains the query: a term, or the query with one slip corrected."""
    if sure or terms is None or len(asked.parts) != 1:
        return ()
    part = asked.parts[0]
    if part.readings and not (part.inner and is_han(part.text)):
        return ()
    whole = [] if part.inner else terms.near(part.text)
    return tuple(whole or terms.near_inside(part.text, words.cutter.knows))


def answer_json(answer: SearchAnswer) -> dict[str, Any]:
    """Return the answer as the API gives it (DESIGN.md §3), never with names of persons."""
    return {
        "results": [_result(found) for found in answer.found],
        "total": answer.total,
        "as_of": position().as_of,
        "searched": {"full": "full-text", "partial": "titles", "none": "nothing"}[answer.mode],
    }


def _result(found: SearchHit) -> dict[str, Any]:
    document = found.document
    return {
        "id": document.doc_id,
        "kind": document.kind,
        "title": document.title,
        "doc_no": document.doc_no,
        "issuers": document.issuer_names,
        "published_on": document.published_on,
        "validity": document.validity,
        "excerpt": found.excerpt.text,
    }
