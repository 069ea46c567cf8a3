"""The virtual printer draws the barcodes it is sent, so that others' papers can be checked on it too."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageOps

from tools.virtual_printer.mechanism import Mechanism, PaperPiece

EAN13, CODE39, CODE128 = 67, 69, 73


def printed(tmp_path: Path, kind: int, content: bytes) -> Image.Image:
    papers: list[PaperPiece] = []
    mechanism = Mechanism(576, papers.append)
    mechanism.feed(b"\x1b@" + bytes((0x1D, 0x6B, kind, len(content))) + content + b"\n\n\x1dV\x00")
    path = tmp_path / "paper.png"
    path.write_bytes(papers[0].png())
    return ImageOps.expand(Image.open(path).convert("L"), 20, 255)


@pytest.mark.parametrize(
    ("kind", "content", "read"),
    [
        (EAN13, b"5901234123457", "5901234123457"),
        (CODE39, b"GX01-2611", "GX01-2611"),
        (CODE128, b"{BGX01-261123", "GX01-261123"),
    ],
)
def test_a_barcode_on_the_paper_is_read_back(tmp_path: Path, kind: int, content: bytes, read: str) -> None:
    assert [found.text for found in zxingcpp.read_barcodes(printed(tmp_path, kind, content))] == [read]


def test_content_that_a_kind_cannot_hold_prints_no_bars(tmp_path: Path) -> None:
    assert zxingcpp.read_barcodes(printed(tmp_path, EAN13, b"not digits")) == []
