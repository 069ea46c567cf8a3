"""
Golden slips: papers as text and PNG, reviewed like source.

After a deliberate change, `GOLDEN=write python -m pytest tests/printers/paper/test_golden_slips.py` draws them anew.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from printers.device import profiles
from printers.paper import encode, plain, raster, selftest
from printers.paper.document import Slip
from tests.printers.slips import CODE, a_guide, a_receipt, a_short_slip, an_english_receipt

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


def readable(data: bytes) -> str:
    """Bytes for a printer as text to review: Chinese as it reads, control bytes in ⟨⟩, pictures by size and hash."""
    out, at = "", 0
    while at < len(data):
        if data[at : at + 3] == b"\x1dv0":
            wide, rows = (int.from_bytes(data[at + place : at + place + 2], "little") for place in (4, 6))
            size = 8 + wide * rows
            out += f"⟨picture {wide * 8}x{rows} {sha256(data[at : at + size]).hexdigest()[:16]}⟩"
            at += size
        elif data[at] >= 0x81 and data[at + 1] >= 0x40:
            out += data[at : at + 2].decode("gbk")
            at += 2
        else:
            plain = 0x20 <= data[at] < 0x7F
            out += chr(data[at]) if plain else "\n" if data[at] == 10 else f"⟨{data[at]:02x}⟩"
            at += 1
    return out


def in_text(profile: profiles.Profile, qr: profiles.QrKind) -> profiles.Profile:
    return replace(profile, mode=profiles.Mode.TEXT, qr=qr)


BYTES: dict[str, tuple[Callable[[], Slip], profiles.Profile, str | None]] = {
    "receipt-80-gbk": (a_receipt, in_text(profiles.GENERIC_80, profiles.QrKind.NATIVE), CODE),
    "receipt-80-gbk-large": (
        lambda: a_receipt(large=True),
        in_text(profiles.GENERIC_80, profiles.QrKind.NATIVE),
        CODE,
    ),
    "receipt-58-gbk-reprint": (
        lambda: encode.as_copy(a_receipt(), 2),
        in_text(profiles.GENERIC_58, profiles.QrKind.RASTER),
        None,
    ),
    "guide-58-gbk": (a_guide, in_text(profiles.GENERIC_58, profiles.QrKind.NATIVE), None),
    "rare-name-80-gbk": (
        lambda: a_short_slip("申请人 王䶮㛃，联系电话 0635-5231234"),
        in_text(profiles.GENERIC_80, profiles.QrKind.NATIVE),
        None,
    ),
}


@pytest.mark.parametrize("name", BYTES)
def test_the_bytes_of_a_text_printer_are_as_they_were_reviewed(name: str) -> None:
    make, profile, secret = BYTES[name]
    shown = readable(encode.encode(make(), profile, secret).data) + "\n"
    path = GOLDEN / f"{name}.bytes"
    if IS_WRITING:
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")


def test_each_golden_file_belongs_to_a_paper() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(PAPERS) | set(BYTES)
