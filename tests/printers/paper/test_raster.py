"""Receipts as pictures: every name can be printed, every code can be read, nothing looks like a command."""

import random
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from printers.device import escpos_commands, profiles
from printers.device.profiles import GENERIC_58, GENERIC_80, Profile
from printers.errors import FontMissing, SlipFault
from printers.paper import document, encode, fonts, gbk, layout, raster, selftest
from printers.paper.layout import Face, TextRole
from tests.printers.slips import CODE, NUMBER, a_receipt, a_short_slip
from tests.printers.stations import printed


def standard_characters() -> list[str]:
    """The 8,105 characters of 通用规范汉字表 (国发〔2013〕23号) from tgh.txt, whose head says how they are written."""
    lines = Path(__file__).with_name("tgh.txt").read_text("utf-8").splitlines()
    found: list[str] = []
    at = 0
    for run in " ".join(line for line in lines if not line.startswith("#")).split():
        gap, _, further = run.partition(".")
        start = at + int(gap, 36)
        at = start + (int(further, 36) if further else 0)
        found += [chr(code) for code in range(start, at + 1)]
    return found


def decoded(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(numpy.array(image.convert("L")))]


def test_every_character_a_name_may_have_is_drawn_by_the_packaged_font() -> None:
    path = fonts.packaged().sans
    font = fonts.face(path, 24)
    missing = bytes(font.getmask("\U0010fffe"))
    standard = standard_characters()
    assert len(standard) == len(set(standard)) == 8105
    names = [chr(code) for code in range(0x4E00, 0x9FA6)] + standard + list(selftest.RARE)
    assert [char for char in names if bytes(font.getmask(char)) == missing] == []


def test_every_character_of_the_standard_reaches_the_paper_of_a_text_printer() -> None:
    """In the printer's own font where it has the character, else as a picture in place; none is lost or replaced."""
    standard = standard_characters()
    own = [char for char in standard if gbk.printable(char, profiles.Repertoire.GBK)]
    assert len(standard) - len(own) < 300
    text = replace(GENERIC_80, mode=profiles.Mode.TEXT, repertoire=profiles.Repertoire.GBK)
    (paper,) = printed(encode.encode(a_short_slip("".join(own)), text).data, 576)
    assert "".join(paper.text.split()) == "".join(own)
    rest = [char for char in standard if char not in set(own)]
    (drawn,) = printed(encode.encode(a_short_slip("".join(rest)), text).data, 576)
    assert drawn.text.strip() == "", "pictures only"
    assert drawn.height > len(rest) // 24 * 26


def test_a_character_no_font_has_is_drawn_as_a_box_with_its_code_point() -> None:
    with_box = raster.render(a_short_slip("王\U0002ebff"), GENERIC_80)
    without = raster.render(a_short_slip("王"), GENERIC_80)
    assert with_box.tobytes() != without.tobytes()
    assert fonts.advance(fonts.packaged().sans, 26, "\U0002ebff") == 26


@pytest.mark.parametrize("profile", [GENERIC_80, GENERIC_58], ids=["80mm", "58mm"])
@pytest.mark.parametrize("large", [False, True], ids=["standard", "large"])
def test_the_code_on_a_receipt_is_read_back(profile: Profile, large: bool) -> None:
    image = raster.render(a_receipt(large=large), profile, CODE)
    assert decoded(image) == [f"https://gk.guanxian.gov.cn/p/{NUMBER}"]
    assert (image.mode, image.width) == ("1", profile.width_dots)


@pytest.mark.parametrize("profile", [GENERIC_80, GENERIC_58], ids=["80mm", "58mm"])
def test_the_code_survives_blur_fading_noise_and_a_crease(profile: Profile) -> None:
    data = f"https://gk.guanxian.gov.cn/p/{NUMBER}"
    code = raster.qr_image(data, profile.width_dots).convert("L")
    box = code.width // (code.width // 5 if profile is GENERIC_58 else code.width // 6)
    assert decoded(code.filter(ImageFilter.GaussianBlur(2))) == [data], "blur"
    assert decoded(code.point(lambda dot: 235 if dot else 200)) == [data], "faded to 15 % of contrast"
    creased = code.copy()
    ImageDraw.Draw(creased).rectangle((0, code.height // 2, code.width, code.height // 2 + 2 * box), fill=255)
    assert decoded(creased) == [data], "crease"
    dice = random.Random(7)
    noisy = code.copy()
    for _ in range(code.width * code.height // 25):
        noisy.putpixel((dice.randrange(code.width), dice.randrange(code.height)), dice.choice((0, 255)))
    assert decoded(noisy.filter(ImageFilter.GaussianBlur(1))) == [data], "noise, seen through a lens"


def test_codes_have_a_quiet_zone_of_four_modules_and_level_q() -> None:
    code = raster.qr_image("https://gk.guanxian.gov.cn/p/1", 576)
    white = code.crop((0, 0, code.width, 24))
    assert white.getextrema() == (255, 255)
    assert zxingcpp.read_barcodes(numpy.array(code))[0].ec_level == "Q"


def test_a_code_that_holds_too_much_is_refused() -> None:
    with pytest.raises(SlipFault):
        raster.render(document.Slip("k", "", (document.Qr("x" * 5000),)), GENERIC_80)


@pytest.mark.parametrize("profile", [GENERIC_80, GENERIC_58, replace(GENERIC_80, band_rows=24)])
def test_what_is_sent_is_what_was_drawn_but_for_single_dots(profile: Profile) -> None:
    slip = a_receipt()
    image = raster.render(slip, profile, CODE)
    (paper,) = printed(encode.encode(slip, profile, CODE).data, profile.width_dots)
    assert paper.image.size == image.size
    differing = numpy.count_nonzero(numpy.array(paper.image) != numpy.array(image))
    assert differing <= 40, "only the dots that hide look-alikes of real-time commands"


def test_no_picture_holds_bytes_that_look_like_real_time_commands() -> None:
    dice = random.Random(5)
    for _ in range(20):
        names = "".join(chr(dice.randrange(0x4E00, 0x9FA5)) for _ in range(400))
        data = encode.encode(a_short_slip(names), GENERIC_80).data
        assert not any(b"\x10" + second in data for second in (b"\x04", b"\x05", b"\x14"))


def test_bands_have_at_most_256_rows_and_lose_none() -> None:
    rows = bytes(range(1, 73)) * 600
    sizes = [int.from_bytes(band[6:8], "little") for band in escpos_commands.bands(rows, 72, 999)]
    assert sizes == [256, 256, 88]


def test_a_number_stays_on_one_line_on_the_narrowest_paper() -> None:
    metrics = raster.Dots(width=384, fonts=fonts.packaged(), large=False)
    rows = layout.compose(document.Slip("k", "", (document.Big("编号", NUMBER),)), metrics)
    (panel,) = rows
    assert isinstance(panel, layout.PanelRow)
    assert [text.spans[0].text for text in panel.cells[0]] == ["编号", NUMBER]


def test_large_print_has_a_36_dot_body_and_64_dot_codes() -> None:
    metrics = raster.Dots(width=576, fonts=fonts.packaged(), large=True)
    (panel,) = layout.compose(
        document.Slip(
            "k", "", (document.Big("编号", NUMBER), document.Secret("c", "查询码", "")), large=True
        ),
        metrics,
        CODE,
    )
    assert isinstance(panel, layout.PanelRow)
    assert metrics.size(panel.cells[1][1].spans[0].face) == 64
    assert metrics.size(Face(TextRole.BODY)) == 36


def test_each_cut_ends_a_paper() -> None:
    slip = document.Slip("k", "", (document.Para("第一联"), document.Cut(), document.Para("第二联")))
    assert len(printed(encode.encode(slip, GENERIC_80).data, 576)) == 2
    assert len(printed(encode.encode(slip, replace(GENERIC_80, mode=profiles.Mode.TEXT)).data, 576)) == 2


def test_a_font_that_cannot_be_read_is_named() -> None:
    with pytest.raises(FontMissing, match="no-such-font"):
        fonts.configured("/no-such-font.otf")
