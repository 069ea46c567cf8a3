"""补贴发了没有: the subsidies of one village in one year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from kiosk.catalogue.records import documents, listings, named
from kiosk.catalogue.records.documents import Document
from kiosk.catalogue.records.kinds import PAYMENTS
from kiosk.catalogue.records.named import NamedList
from kiosk.catalogue.records.record import KindFields
from kiosk.db import catalogue

STATES = {"not_yet": 0, "partly": 1, "paid": 2}
"""The order of the states: outstanding payments first."""


@dataclass(frozen=True)
class Viewer:
    """What this terminal may show: whether lists of names at all, and of which townships; its current time."""

    names_allowed: bool
    townships: tuple[str, ...]
    now: datetime

    def names(self, doc_id: str) -> NamedList | None:
        """Return the list of names of a record, if it may be shown here and now."""
        if not self.names_allowed:
            return None
        return named.here(doc_id, townships=self.townships, today=named.day_here(self.now))


@dataclass(frozen=True)
class Payment:
    """
    One subsidy of a village in a year.

    state: paid, partly, not_yet, or empty if unknown. amount: fen, None if unknown.
    shown_until: The last day on which the list of names may be seen here; None if it may not.
    organ, telephone: The contact; empty if the record gives none.
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
    """The village and year of a record."""

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
    """
    Return the records of every village, once for each state of the catalogue: a county has tens of thousands of them.
    """
    found: Outline = {}
    for each in listings.fields_of(PAYMENTS.id, ("township", "village", "year"), _Line):
        if each.township and each.village:
            years = found.setdefault(each.township, {}).setdefault(each.village, {})
            years[each.year or ""] = (*years.get(each.year or "", ()), each.doc_id)
    return found


def townships(viewer: Viewer) -> list[str]:
    """Return the townships with records, among those that this terminal serves."""
    return [name for name in sorted(_outline()) if not viewer.townships or name in viewer.townships]


def villages(township: str) -> list[str]:
    """Return the villages of a township with records."""
    return sorted(_outline().get(township, {}))


def years(township: str, village: str) -> list[str]:
    """Return the years of a village, latest first; one empty year if no record states its year."""
    held = _outline().get(township, {}).get(village, {})
    return sorted(filter(None, held), reverse=True) or list(held)


def payments(township: str, village: str, year: str, viewer: Viewer) -> list[Payment]:
    """Return the payments of a village in a year, open ones first; records without a year count for the latest."""
    held = _outline().get(township, {}).get(village, {})
    is_latest = year == max(held, default="")
    ids = (*held.get(year, ()), *(held.get("", ()) if year and is_latest else ()))
    paid = [_payment(document, viewer) for document in documents.by_ids(ids).values()]
    return sorted(paid, key=lambda each: (STATES.get(each.state, 3), each.item))


def _payment(document: Document, viewer: Viewer) -> Payment:
    record = document.content
    fields: KindFields = record.get("fields") or {}
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
