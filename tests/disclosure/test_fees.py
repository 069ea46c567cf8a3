"""Fees by the scale of 2020: the amounts of the notes, and that nothing is charged unless the county decided so."""

from __future__ import annotations

import pytest

from kiosk.disclosure.days.fees import FEN, MOST, Scale, bands, fee_fen
from kiosk.errors import RuleBroken


@pytest.mark.parametrize(
    ("scale", "many", "yuan"),
    [
        (Scale.ITEMS, 0, 0), (Scale.ITEMS, 10, 0), (Scale.ITEMS, 11, 100), (Scale.ITEMS, 30, 2_000),
        (Scale.ITEMS, 31, 2_200), (Scale.ITEMS, 40, 4_000), (Scale.ITEMS, 41, 4_300), (Scale.ITEMS, 50, 7_000),
        (Scale.PAGES, 30, 0), (Scale.PAGES, 31, 10), (Scale.PAGES, 100, 700), (Scale.PAGES, 101, 720),
        (Scale.PAGES, 200, 2_700), (Scale.PAGES, 201, 2_740),
    ],
)  # fmt: skip
def test_each_band_is_charged_for_what_lies_in_it(scale: Scale, many: int, yuan: int) -> None:
    assert fee_fen(scale, many) == yuan * FEN
    assert sum(band.many for band in bands(scale, many)) == many


@pytest.mark.parametrize("many", [-1, MOST + 1])
def test_what_nobody_can_ask_for_is_refused(many: int) -> None:
    with pytest.raises(RuleBroken):
        fee_fen(Scale.PAGES, many)
