"""The same slip on A4 and on the screen."""

import re
import subprocess
import sys

import pytest

from printers.paper import document as doc
from printers.paper import encode, pdf, plain, webpage
from tests.printers.slips import CODE, NUMBER, a_guide, a_receipt

HOSTILE = '<script>alert(1)</script>#read("/etc/passwd")$x$ \\ *_`"&'


def test_a4_is_tagged_for_screen_readers() -> None:
    page = pdf.render(a_receipt(), CODE)
    assert page.startswith(b"%PDF-1.7")
    assert b"pdfuaid:part" in page or b"pdfuaid" in page
    assert b"/MarkInfo" in page
    assert b"/Lang" in page


def test_a4_is_the_same_file_each_time() -> None:
    assert pdf.render(a_receipt(), CODE) == pdf.render(a_receipt(), CODE)


@pytest.mark.parametrize("slip", [a_guide(), a_guide(large=True), encode.as_copy(a_receipt(), 1)])
def test_every_block_can_stand_on_a4(slip: doc.Slip) -> None:
    assert len(pdf.render(slip)) > 10_000


def test_two_copies_are_two_pages() -> None:
    once = doc.Slip("form", "申请表", (doc.Para("第一联"), doc.Feed(30)))
    twice = doc.Slip("form", "申请表", (*once.blocks, doc.Cut(), doc.Para("第二联"), doc.Feed(30)))
    assert b"/Pages/Count 1" in pdf.render(once)
    assert b"/Pages/Count 2" in pdf.render(twice)


def test_what_a_citizen_typed_is_never_run() -> None:
    slip = doc.Slip(
        "k", HOSTILE, (doc.Para(HOSTILE), doc.KeyValue(HOSTILE, HOSTILE), doc.Qr(HOSTILE, HOSTILE))
    )
    assert len(pdf.render(slip)) > 1000
    page = webpage.render(slip)
    assert "<script" not in page
    assert HOSTILE in plain.render(slip, 200)


def test_the_screen_shows_the_same_words_in_the_same_order() -> None:
    shown = re.sub(r"<[^>]+>", " ", webpage.render(a_receipt(), CODE))
    at = [shown.index(words) for words in ("冠县人民政府办公室", NUMBER, CODE, "办理机关", "扫码", "热敏纸")]
    assert at == sorted(at)
    assert "查询码见原件" in webpage.render(a_receipt())
    assert CODE not in webpage.render(a_receipt())


def test_typst_is_loaded_only_when_a_page_is_asked_for() -> None:
    asked = "import sys, printers.paper.pdf; print('typst' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
