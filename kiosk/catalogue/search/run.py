"""
Step 3 of a search, run: the plan against the full-text index, or against titles and numbers while there is none.

Without the index only titles, numbers and terms are searched: less than a full search, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from kiosk.catalogue.records.documents import Document, by_ids, found, heads_of, live
from kiosk.catalogue.records.kinds import DIRECTORY
from kiosk.catalogue.records.models import DocumentRow
from kiosk.catalogue.search import index
from kiosk.catalogue.search.index import PASSAGES, BestPassage, Texts
from kiosk.catalogue.search.plan import Ladder
from kiosk.catalogue.search.terms import Terms
from kiosk.catalogue.search.understand import ParsedQuery
from kiosk.catalogue.text.tokens import fold

ENOUGH = 10
"""With fewer verbatim matches than one page holds, looser ones are added."""
BEST_PASSAGES = 20
"""Passages that move their documents up; further ones would only be weaker."""
MOST_CARDS = 3
"""An organ of a short name (供电所) has this many cards before other answers."""
PLACES_READ = 100
"""Passages read to find the best one of each document of a page."""


def climb(ladder: Ladder, text: Texts, asked: ParsedQuery, only: Mapping[str, str]) -> tuple[Any, int]:
    """Return the strictest query with enough matches, and how many documents match verbatim."""
    verbatim = ladder.sure(asked)
    sure = index.count(text.documents, ladder.filtered(verbatim, only)) if verbatim is not None else 0
    rungs = [ladder.filtered(rung, only) for rung in ladder.rungs(asked, is_found=sure > 0)]
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


def cards(asked: ParsedQuery, only: Mapping[str, str]) -> list[str]:
    """Return the cards of the directory whose names begin, go on and end as the organ that was asked for (住建局)."""
    if not asked.organ or only.get("kind", DIRECTORY.id) != DIRECTORY.id:
        return []
    stem = asked.organ.removesuffix("局").removesuffix("委员会").removesuffix("委")
    named = (head.doc_id for head in heads_of(DIRECTORY.id) if _occurs_in_order(stem, fold(head.title)))
    return list(islice(named, MOST_CARDS))


def _occurs_in_order(short: str, whole: str) -> bool:
    left = iter(whole)
    return all(each in left for each in short)


def places(ladder: Ladder, text: Texts, asked: ParsedQuery, doc_ids: Sequence[str]) -> dict[str, BestPassage]:
    """Return the best passage of each of these documents."""
    wanted = ladder.passages(asked)
    if wanted is None or not doc_ids:
        return {}
    return index.places(text.passages, ladder.of_documents(wanted, doc_ids), PLACES_READ)


def look_up(
    asked: ParsedQuery, terms: Terms | None, only: Mapping[str, str], limit: int, offset: int
) -> tuple[list[Document], int]:
    """
    Return documents with this number, or whose title contains every part or a reading of it, and the number of all.
    """
    first = _pinned(asked, terms)
    condition = _in_title(asked)
    query = _filtered(live(), only)
    query = query.where(
        DocumentRow.doc_id.in_(first) | condition if condition is not None else DocumentRow.doc_id.in_(first)
    )
    newest = query.order_by(DocumentRow.published_on.desc(), DocumentRow.doc_id)
    if not first or offset:
        return found(newest.limit(limit).offset(offset)), query.count()
    known = by_ids(first)
    top = [known[doc_id] for doc_id in first if doc_id in known and _passes(known[doc_id], only)][:limit]
    rest = newest.where(DocumentRow.doc_id.not_in(first)).limit(limit - len(top))
    return [*top, *(found(rest) if len(top) < limit else ())], query.count()


def _pinned(asked: ParsedQuery, terms: Terms | None) -> list[str]:
    if terms is None:
        return []
    found = terms.documents_by_number(asked.numbers)
    if len(asked.parts) == 1:
        found += terms.documents_by_title_sound(asked.parts[0].text)
    return list(dict.fromkeys(found))[:50]


def _in_title(asked: ParsedQuery) -> Any:
    condition = None
    for part in asked.parts:
        choices: list[Any] = [
            DocumentRow.title.contains(text) | (DocumentRow.doc_no == text)
            for text in (part.text, *(reading for reading, _ in part.readings))
        ]
        either = reduce(or_, choices)
        condition = either if condition is None else condition & either
    return condition


_COLUMNS: Mapping[str, Any] = {"kind": DocumentRow.kind, "validity": DocumentRow.validity}


def _filtered(query: Any, only: Mapping[str, str]) -> Any:
    for field, value in only.items():
        if field in _COLUMNS:
            query = query.where(_COLUMNS[field] == value)
        elif field == "year":
            query = query.where(DocumentRow.published_on.startswith(value))
    return query


def _passes(document: Document, only: Mapping[str, str]) -> bool:
    values = {"kind": document.kind, "validity": document.validity, "year": document.published_on[:4]}
    return all(values.get(field, value) == value for field, value in only.items())
