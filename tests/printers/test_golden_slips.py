"""
Golden slips: papers as text and PNG, reviewed like source.

After a deliberate change, `GOLDEN=write python -m pytest tests/printers/test_golden_slips.py` draws them anew.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from printers import encode, plain, profiles, raster, selftest
from printers.document import Slip
from tests.printers.slips import CODE, a_guide, a_receipt, an_english_receipt

GOLDEN = Path(__file__).parent / "golden"
IS_WRITING = os.environ.get("GOLDEN") == "write"

PAPERS: dict[str, tuple[Callable[[], Slip], profiles.Profile, str | None]] = {
    "receipt-80": (a_receipt, profiles.GENERIC_80, CODE),
    "receipt-58": (a_receipt, profiles.GENERIC_58, CODE),
    "receipt-80-large": (lambda: a_receipt(large=True), profiles.GENERIC_80, CODE),
    "receipt-58-reprint": (lambda: encode.as_copy(a_receipt(), 2), profiles.GENERIC_58, None),
    "receipt-80-english": (an_english_receipt, profiles.GENERIC_80, CODE),
    "guide-80": (a_guide, profiles.GENERIC_80, None),
    "guide-58-large": (lambda: a_guide(large=True), profiles.GENERIC_58, None),
    "void-80": (encode.void_mark, profiles.GENERIC_80, None),
    "self-test-80": (lambda: selftest.slip(profiles.GENERIC_80), profiles.GENERIC_80, None),
}


@pytest.mark.parametrize("name", PAPERS)
def test_the_paper_looks_as_it_was_reviewed(name: str) -> None:
    make, profile, secret = PAPERS[name]
    image = raster.render(make(), profile, secret)
    path = GOLDEN / f"{name}.png"
    if IS_WRITING:
        image.save(path, optimize=True)
    expected = Image.open(path)
    assert image.size == expected.size
    assert ImageChops.difference(image.convert("L"), expected.convert("L")).getbbox() is None


@pytest.mark.parametrize("name", PAPERS)
def test_the_paper_reads_as_it_was_reviewed(name: str) -> None:
    make, profile, secret = PAPERS[name]
    text = plain.render(make(), profile.columns, secret)
    path = GOLDEN / f"{name}.txt"
    if IS_WRITING:
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def test_each_golden_file_belongs_to_a_paper() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(PAPERS)
