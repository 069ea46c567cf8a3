"""Urgent notices: records with the trait `pinned`, from their first to their last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kiosk.catalogue.records.documents import State, live, state, stream
from kiosk.catalogue.records.models import DocumentRow
from kiosk.catalogue.records.schema import read_day

MOST = 2
"""Notices shown at once; of more than two none would look urgent."""


@dataclass(frozen=True)
class PinnedNotice:
    """An urgent notice: one sentence, and the document behind it."""

    doc_id: str
    text: str


def pinned_notices(today: date) -> list[PinnedNotice]:
    """
    Return the urgent notices of this day, at most MOST, latest first.

    Args:
        today: A Beijing calendar day.
    """
    held = _pinned(state())
    return [notice for first, last, notice in held if first <= today <= last][:MOST]


@lru_cache(maxsize=2)
def _pinned(_state: State) -> tuple[tuple[date, date, PinnedNotice], ...]:
    """
    Return every notice with its days, once for each state of the catalogue: it reads all records (60 ms of 12,000).
    """
    found = []
    for document in stream(live().where(DocumentRow.record.contains('"pinned":'))):
        pinned = (document.content.get("fields") or {}).get("pinned") or {}
        first, last = read_day(pinned.get("from", "")), read_day(pinned.get("until", ""))
        if first and last and pinned.get("text"):
            found.append((first, last, PinnedNotice(document.doc_id, pinned["text"])))
    return tuple(sorted(found, key=lambda each: (each[0], each[2].doc_id), reverse=True))
