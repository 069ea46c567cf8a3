"""The printer's own Chinese text: the same lines as intended, with pictures only for what its font lacks."""

from dataclasses import replace

import pytest

from printers.device import profiles
from printers.device.profiles import Mode, QrKind, Repertoire
from printers.paper import encode, gbk
from printers.paper.document import Mark, Slip
from tests.printers.slips import CODE, NUMBER, a_receipt, a_short_slip
from tools.virtual_printer.mechanism import Mechanism
from tools.virtual_printer.roll import PaperPiece

TEXT_80 = replace(profiles.GENERIC_80, mode=Mode.TEXT, qr=QrKind.NATIVE)
TEXT_58 = replace(profiles.GENERIC_58, mode=Mode.TEXT, qr=QrKind.NATIVE)


def printed(data: bytes, width: int) -> PaperPiece:
    papers: list[PaperPiece] = []
    mechanism = Mechanism(width, papers.append)
    mechanism.feed(data)
    assert mechanism.unknown == []
    (paper,) = papers
    return paper


@pytest.mark.parametrize("profile", [TEXT_80, TEXT_58], ids=["80mm", "58mm"])
def test_each_word_of_the_receipt_is_on_the_paper(profile: profiles.Profile) -> None:
    paper = printed(encode.encode(a_receipt(), profile, CODE).data, profile.width_dots)
    shown = "".join(paper.text.split())
    for words in (
        NUMBER,
        "".join(CODE.split()),
        "冠县农业农村局",
        "2026年12月18日",
        "0635-5231234",
        "请拍照留存。",
    ):
        assert words in shown


def test_a_receipt_as_text_takes_less_than_two_seconds_on_a_serial_line() -> None:
    assert len(encode.encode(a_receipt(), TEXT_80, CODE).data) < 9600 / 10 * 2


def test_a_name_outside_the_printers_font_becomes_a_picture_in_its_line() -> None:
    data = encode.encode(a_short_slip("申请人 王䶮㛃"), TEXT_80).data
    assert b"\x1dv0" in data
    assert "王".encode("gbk") not in data
    paper = printed(data, 576)
    assert paper.image.getbbox() is not None
    assert b"\x1dv0" not in encode.encode(a_short_slip("申请人 王小明"), TEXT_80).data


@pytest.mark.parametrize(
    ("char", "repertoire", "expected"),
    [
        ("冠", Repertoire.GB2312, True),
        ("—", Repertoire.GB2312, True),
        ("·", Repertoire.GB2312, True),
        ("￥", Repertoire.GB2312, True),
        ("镕", Repertoire.GB2312, False),
        ("镕", Repertoire.GBK, True),
        ("䶮", Repertoire.GBK, False),
        ("𠅤", Repertoire.GB18030, False),
        ("¥", Repertoire.GB18030, False),
        ("✓", Repertoire.GBK, False),
        ("\ue000", Repertoire.GB18030, False),
        ("A", Repertoire.GB2312, True),
    ],
)
def test_what_a_printers_font_has(char: str, repertoire: Repertoire, expected: bool) -> None:
    assert gbk.printable(char, repertoire) is expected


def test_punctuation_is_sent_as_chinese_text_and_never_as_a_code_page() -> None:
    data = encode.encode(a_short_slip("〔2022〕8号：————"), TEXT_80).data
    assert "〔2022〕8号：————".encode("gbk") in data
    assert b"\x1bt" not in data


def test_the_bar_of_a_reprint_covers_the_whole_line() -> None:
    paper = printed(encode.encode(Slip("k", "", (Mark("补打 第1次"),)), TEXT_80).data, 576)
    bar = paper.image.crop((0, 0, 576, 48)).convert("L")
    assert bar.crop((0, 0, 60, 48)).getextrema() == (0, 0)
    assert bar.crop((516, 0, 576, 48)).getextrema() == (0, 0)


def test_large_print_is_twice_as_tall() -> None:
    standard = encode.encode(a_short_slip(), TEXT_80).paper_mm
    large = encode.encode(a_short_slip().enlarged(), TEXT_80).paper_mm
    assert large - standard == 3
