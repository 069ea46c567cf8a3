"""补贴发了没有: the subsidies of one village in one year, as its people ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.catalogue import models
from kiosk.catalogue.models import Document
from kiosk.catalogue.rules import names_shown

VILLAGE = "village"
STATES = {"not_yet": 0, "partly": 1, "paid": 2}
"""What people wait for comes first."""


@dataclass(frozen=True)
class Viewer:
    """What this place may show: whether lists of names at all, and of which townships."""

    names_allowed: bool
    townships: tuple[str, ...]
    today: date


@dataclass(frozen=True)
class Payment:
    """
    One subsidy of a village in a year.

    state: paid, partly, not_yet or empty where the record does not tell. amount: fen, None where not told.
    names_listed: the list of names may be seen here and now, on the document's page.
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
    names_listed: bool


def townships(viewer: Viewer) -> list[str]:
    """The townships that have something to tell, of those that this place serves."""
    held = [name for name, _many in models.values(VILLAGE, "township", {})]
    return [name for name in held if not viewer.townships or name in viewer.townships]


def villages(township: str) -> list[str]:
    """The villages of a township that have something to tell."""
    return [name for name, _many in models.values(VILLAGE, "village", {"township": township})]


def years(township: str, village: str) -> list[str]:
    """The years of a village, the latest first."""
    chosen = {"township": township, "village": village}
    return [year for year, _many in reversed(models.values(VILLAGE, "year", chosen))]


def payments(township: str, village: str, year: str, viewer: Viewer) -> list[Payment]:
    """What was paid and what was not, what is still open first."""
    found: Sequence[Document] = list(
        models.listed(VILLAGE, {"township": township, "village": village, "year": year})
    )
    told = [_payment(document, viewer) for document in found]
    return sorted(told, key=lambda each: (STATES.get(each.state, 3), each.item))


def _payment(document: Document, viewer: Viewer) -> Payment:
    record = document.content
    fields: dict[str, Any] = record.get("fields") or {}
    ask = fields.get("ask") or {}
    names = names_shown(record, allowed=viewer.names_allowed, townships=viewer.townships, today=viewer.today)
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
        names_listed=bool(names),
    )
