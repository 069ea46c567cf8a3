"""补贴发了没有: the subsidies of one village in one year, as its people ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from kiosk.catalogue.records import documents, named
from kiosk.catalogue.records.documents import Document
from kiosk.catalogue.records.named import NamedList
from kiosk.db import catalogue

VILLAGE = "village"
STATES = {"not_yet": 0, "partly": 1, "paid": 2}
"""What people wait for comes first."""


@dataclass(frozen=True)
class Viewer:
    """What this place may show: whether lists of names at all, and of which townships; the time by its clock."""

    names_allowed: bool
    townships: tuple[str, ...]
    now: datetime

    def names(self, doc_id: str) -> NamedList | None:
        """The list of names that belongs to a record, where and while it may be shown."""
        if not self.names_allowed:
            return None
        return named.here(doc_id, townships=self.townships, today=named.day_here(self.now))


@dataclass(frozen=True)
class Payment:
    """
    One subsidy of a village in a year.

    state: paid, partly, not_yet or empty where the record does not tell. amount: fen, None where not told.
    shown_until: the last day on which the list of names may be seen here; None where it may not be.
    organ, telephone: whom to ask; empty where the record names nobody.
    """

    doc_id: str
    item: str
    state: str
    paid_on: str
    expected: str
    standard: str
    households: int | None
    amount: int | None
    organ: str
    telephone: str
    shown_until: date | None


@dataclass(frozen=True)
class _Line:
    """Of which village and year a record tells."""

    doc_id: str
    township: str | None
    village: str | None
    year: str | None


Outline = dict[str, dict[str, dict[str, tuple[str, ...]]]]
"""Ids of records by township, village and year."""


def _outline() -> Outline:
    here = documents.position()
    return _read(str(catalogue.obj.database), here.epoch, here.seq)


@lru_cache(maxsize=2)
def _read(file: str, epoch: str, seq: int) -> Outline:
    """Every village's records, once for each state of the catalogue: a county has tens of thousands of them."""
    found: Outline = {}
    for each in documents.fields_of(VILLAGE, ("township", "village", "year"), _Line):
        if each.township and each.village:
            years = found.setdefault(each.township, {}).setdefault(each.village, {})
            years[each.year or ""] = (*years.get(each.year or "", ()), each.doc_id)
    return found


def townships(viewer: Viewer) -> list[str]:
    """The townships that have something to tell, of those that this place serves."""
    return [name for name in sorted(_outline()) if not viewer.townships or name in viewer.townships]


def villages(township: str) -> list[str]:
    """The villages of a township that have something to tell."""
    return sorted(_outline().get(township, {}))


def years(township: str, village: str) -> list[str]:
    """The years of a village, the latest first; one empty year where no record tells its year."""
    held = _outline().get(township, {}).get(village, {})
    return sorted(filter(None, held), reverse=True) or list(held)


def payments(township: str, village: str, year: str, viewer: Viewer) -> list[Payment]:
    """What was paid and what was not, what is still open first; records without a year stand in the latest."""
    held = _outline().get(township, {}).get(village, {})
    is_latest = year == max(held, default="")
    ids = (*held.get(year, ()), *(held.get("", ()) if year and is_latest else ()))
    told = [_payment(document, viewer) for document in documents.by_ids(ids).values()]
    return sorted(told, key=lambda each: (STATES.get(each.state, 3), each.item))


def _payment(document: Document, viewer: Viewer) -> Payment:
    record = document.content
    fields: dict[str, Any] = record.get("fields") or {}
    ask = fields.get("ask") or {}
    names = viewer.names(document.doc_id)
    return Payment(
        doc_id=document.doc_id,
        item=fields.get("item") or document.title,
        state=fields.get("state", ""),
        paid_on=fields.get("paid_on", ""),
        expected=fields.get("expected", ""),
        standard=fields.get("standard", ""),
        households=fields.get("households"),
        amount=fields.get("amount"),
        organ=ask.get("organ_name", ""),
        telephone=ask.get("telephone", ""),
        shown_until=names.shown_until if names else None,
    )
