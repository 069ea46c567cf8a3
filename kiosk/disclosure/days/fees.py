"""
The fee for handling information (信息处理费): two scales, of which one is used, never both.

No fee is the rule (art. 42); one is asked for only where the county decided so. Amounts are integer fen. Knows neither
Flask nor a database. Source: 国办函〔2020〕109号《政府信息公开信息处理费管理办法》; LAW.md §1.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.errors import RuleBroken

FEN = 100
"""Fen of one yuan."""
MOST = 1_000_000
"""Items or pages that can be asked for at once; a bound against slips of the hand."""


class Scale(StrEnum):
    """What is counted: the requests of one applicant in a calendar month, or the pages of one answer."""

    ITEMS = "items"
    PAGES = "pages"


@dataclass(frozen=True)
class FeeBand:
    """A band of a scale: from its first to its last number, each at this price; only the part within it is charged."""

    first: int
    last: int
    price_fen: int
    many: int

    @property
    def amount_fen(self) -> int:
        """Return what this band costs."""
        return self.many * self.price_fen


PAGE_BANDS = ((1, 30, 0), (31, 100, 10 * FEN), (101, 200, 20 * FEN), (201, MOST, 40 * FEN))
"""Art. 5: from, to, fen a page."""
FREE_ITEMS, FLAT_ITEMS, STEP = 10, 30, 10
"""Items without a fee; items up to which each costs STEP_FEN; items of each later band."""
STEP_FEN = 100 * FEN
"""Fen an item above the free ones, and by how much each later band is dearer."""


def bands(scale: Scale, many: int) -> Sequence[FeeBand]:
    """
    Return the bands that `many` items or pages reach, in order.

    Raises:
        RuleBroken: "many-wrong": below 0 or beyond MOST.
    """
    if not 0 <= many <= MOST:
        raise RuleBroken("many-wrong", str(many))
    rows = PAGE_BANDS if scale is Scale.PAGES else _item_bands(many)
    return [
        FeeBand(first, last, price, min(many, last) - first + 1)
        for first, last, price in rows
        if many >= first
    ]


def _item_bands(many: int) -> Sequence[tuple[int, int, int]]:
    """Return 1 to 10 free, 11 to 30 at 100 yuan, then each ten items 100 yuan dearer an item than the ten before."""
    rows = [(1, FREE_ITEMS, 0), (FREE_ITEMS + 1, FLAT_ITEMS, STEP_FEN)]
    for at, first in enumerate(range(FLAT_ITEMS + 1, many + 1, STEP), start=2):
        rows.append((first, first + STEP - 1, at * STEP_FEN))
    return rows


def fee_fen(scale: Scale, many: int) -> int:
    """Return the fee in fen; for the errors see `bands`."""
    return sum(band.amount_fen for band in bands(scale, many))
