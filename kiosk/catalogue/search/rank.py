"""
Step 4 of a search, rank: the first matches of a name, sorted by how much of the name their titles contain.

A name is often shortened (法宣 for 法治宣传教育), and a long text contains its words incidentally: the title shows
both, the score of the index neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kiosk.catalogue.records.documents import DocumentHead
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.search import index
from kiosk.catalogue.search.index import Hit, Texts
from kiosk.catalogue.search.plan import CARD
from kiosk.catalogue.search.understand import ParsedQuery, QueryPart
from kiosk.catalogue.search.words import SearchWords
from kiosk.catalogue.text.tokens import Cutter, fold

LOOKED_AT = 30
"""Matches that are sorted; those after them keep their order."""
TITLE, ASKED_BY_NAME = 1.2, 2.0
"""
Weight of a title with every character of the name, beside a best score of 1; more for a service
guide, since people search for its name to use the service. Chosen on one half of the public cases by nDCG, checked on
the other; neighbours (0.8 to 1.6) differ by less than .005.
"""
LEAVING = ("注销", "撤销", "吊销", "迁出", "终止", "停止", "暂停", "退出")
LEFT = 0.3
"""Penalty of a title about giving something up that the query does not mention: most people want to obtain it."""
OUT_OF_FORCE = 0.1
"""Penalty of a document no longer in force: of two equal ones the valid one comes first."""
HOLDS = ("", "in_force", "not_yet")
STEEPNESS = 3
"""Exponent of the share: a title with half of the characters is far less than half as near."""


SURE_READING = 0.3
"""Readings of less weight are guesses at pinyin: their titles do not count as the name."""


def in_order(
    text: Texts,
    query: Any,
    asked: ParsedQuery,
    words: SearchWords,
    heads: Callable[[Iterable[str]], Mapping[str, DocumentHead]],
    limit: int,
    offset: int = 0,
) -> tuple[list[Hit], int]:
    """
    Return a page of the query's matches, the first of them sorted, and the number of all.

    heads: Returns the heads of documents by their ids.
    """
    if offset >= LOOKED_AT or asked.numbers:
        return index.read(text.documents, query, limit, offset)
    hits, total = index.read(text.documents, query, max(LOOKED_AT, offset + limit))
    first = hits[:LOOKED_AT]
    ordered = nearest_first(first, heads([hit.doc_id for hit in first]), asked, words.cutter)
    return [*ordered, *hits[LOOKED_AT:]][offset : offset + limit], total


def nearest_first(
    hits: Sequence[Hit], heads: Mapping[str, DocumentHead], asked: ParsedQuery, cutter: Cutter
) -> list[Hit]:
    """Return the hits sorted: documents in force before those that are not, and for a name the nearest titles first."""
    best = max((hit.score for hit in hits if hit.score < CARD), default=1.0) or 1.0
    is_name = asked.is_name and not asked.numbers

    def value(hit: Hit) -> float:
        head = heads.get(hit.doc_id) or DocumentHead(hit.doc_id)
        named = _named(asked, head, cutter) if is_name else 0.0
        return hit.score / best + named - (0.0 if head.validity in HOLDS else OUT_OF_FORCE)

    return sorted(hits, key=value, reverse=True)


def _named(asked: ParsedQuery, head: DocumentHead, cutter: Cutter) -> float:
    lost = LEFT if any(word in head.title and word not in asked.typed for word in LEAVING) else 0.0
    return _weight(head.kind) * share(asked, head.title, cutter) ** STEEPNESS - lost


def _weight(kind: str) -> float:
    known = KINDS.get(kind)
    return ASKED_BY_NAME if known and known.is_asked_by_name else TITLE


def share(asked: ParsedQuery, title: str, cutter: Cutter) -> float:
    """
    Return how much of the query a title contains, 0 to 1, each part by its length; an official word counts as the
    whole.
    """
    folded = fold(title)
    whole = sum(len(part.text) for part in asked.parts)
    return sum(len(part.text) * _of_part(part, folded, cutter) for part in asked.parts) / max(1, whole)


def _of_part(part: QueryPart, title: str, cutter: Cutter) -> float:
    readings = (text for text, weight in part.readings if weight > SURE_READING)
    return max(_of_text(text, title, cutter) for text in (part.text, *readings))


def _of_text(text: str, title: str, cutter: Cutter) -> float:
    if text in title:
        is_part = len(text) == 2 and cutter.knows(text) and text not in cutter.words(title)
        return 0.0 if is_part else 1.0
    characters = set(text)
    return len(characters & set(title)) / len(characters)
