"""
What others' encoders send, our virtual printer prints: same lines, same pixels.

python-escpos is always there. The encoders of npm are only for these tests: `npm ci --ignore-scripts` in
tests/printers/foreign; without them their tests say so and are skipped.
"""

import base64
import json
import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy
import pytest
import zxingcpp
from PIL import Image

from printers.device import drivers, profiles
from printers.paper import plain, raster
from tests.printers.slips import a_receipt
from tools.virtual_printer.mechanism import Mechanism
from tools.virtual_printer.roll import PaperPiece

FOREIGN = Path(__file__).parents[2] / "printers" / "foreign"
ADDRESS = "https://gk.guanxian.gov.cn/p/GX03-261122-0007-K7-4"
HAS_NODE = bool(shutil.which("node")) and (FOREIGN / "node_modules").is_dir()
needs_node = pytest.mark.skipif(
    not HAS_NODE and not os.environ.get("CI"),
    reason="node or the encoders of tests/printers/foreign are not installed",
)


def printed(data: bytes, width: int = 576) -> list[PaperPiece]:
    papers: list[PaperPiece] = []
    mechanism = Mechanism(width, papers.append)
    mechanism.feed(data)
    assert mechanism.unknown == []
    if mechanism.hanging:
        papers.append(mechanism.preview())
    return papers


def foreign(**asked: Any) -> bytes:
    made = subprocess.run(
        ["node", str(FOREIGN / "encode.mjs")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    return base64.b64decode(json.loads(made.stdout)["bytes"])


def dummy() -> Any:
    """python-escpos building bytes for an 80 mm printer."""
    link_module = drivers._escpos()
    return link_module.Dummy(profile="TM-T20II")


def a_picture() -> Image.Image:
    return raster.render(a_receipt(), profiles.GENERIC_80, "4821 0937 5516").crop((0, 0, 576, 480))


def codes(image: Image.Image) -> list[str]:
    framed = Image.new("L", (image.width + 80, image.height + 80), 255)
    framed.paste(image.convert("L"), (40, 40))
    return [found.text for found in zxingcpp.read_barcodes(numpy.array(framed))]


@pytest.mark.parametrize("way", ["bitImageRaster", "bitImageColumn", "graphics"])
def test_pictures_of_python_escpos_come_out_dot_for_dot(way: str) -> None:
    image, encoder = a_picture(), dummy()
    encoder.image(image, impl=way, fragment_height=240)
    (paper,) = printed(encoder.output)
    shown = paper.image.crop((0, 0, 576, 480))
    assert numpy.array_equal(numpy.array(shown), numpy.array(image))


def test_chinese_text_of_python_escpos_is_read() -> None:
    encoder = dummy()
    encoder.text("冠县人民政府办公室政府信息公开申请登记回执\n王䶮\n")
    encoder.cut()
    (paper,) = printed(encoder.output)
    assert paper.text.split() == ["冠县人民政府办公室政府信息公开申请登记回执", "王䶮"]


def test_a_native_code_of_python_escpos_is_drawn_readable() -> None:
    encoder = dummy()
    encoder.qr(ADDRESS, native=True, size=5, ec=2)
    (paper,) = printed(encoder.output)
    assert codes(paper.image) == [ADDRESS]


def test_our_picture_and_theirs_are_the_same_paper() -> None:
    image, encoder = a_picture(), dummy()
    encoder.image(image, impl="bitImageRaster", fragment_height=256)
    (theirs,), (ours,) = printed(encoder.output), printed(b"".join(raster.bands(image)))
    differing = numpy.count_nonzero(numpy.array(theirs.image) != numpy.array(ours.image))
    assert differing <= 20, "but for the dots that hide look-alikes"


@needs_node
def test_a_receipt_of_receiptline_is_read_line_by_line() -> None:
    rows = [
        ("编号", "GX03-261122-0007-K7-4"),
        ("办理机关", "冠县农业农村局"),
        ("破折号", "————〔2022〕8号：完"),
    ]
    document = "^^接收回执\n" + "".join(f"{label} | {value}\n" for label, value in rows)
    document += f"{{code:{ADDRESS};option:qrcode,5,q}}\n=\n"
    paper, *_ = printed(foreign(tool="receiptline", document=document, width=48))
    assert [tuple(line.split()) for line in paper.text.splitlines() if line.strip()] == [("接收回执",), *rows]
    assert codes(paper.image) == [ADDRESS]


@needs_node
def test_our_plain_text_sent_by_receiptline_comes_back_unchanged() -> None:
    lines = [
        line for line in plain.render(a_receipt(), 46, "4821 0937 5516").splitlines() if set(line) - {"-"}
    ]
    marked = "".join(f"|{line}\n" for line in lines)
    paper, *_ = printed(foreign(tool="receiptline", document=marked + "=\n", width=48))
    assert "".join(paper.text.split()) == "".join("".join(lines).split())


@needs_node
def test_text_picture_and_code_of_node_thermal_printer_come_out() -> None:
    image, out = a_picture(), BytesIO()
    image.convert("RGB").save(out, "PNG")
    lines = ["接收回执", "办理机关 冠县农业农村局"]
    data = foreign(tool="thermal", lines=lines, image=base64.b64encode(out.getvalue()).decode(), qr=ADDRESS)
    paper, *_ = printed(data)
    assert paper.text.splitlines()[:2] == lines
    shown = paper.image.crop((0, 60, 576, 540))
    assert numpy.array_equal(numpy.array(shown), numpy.array(image))
    assert ADDRESS in codes(paper.image)
