"""
Fonts for paper: the configured one, else Noto of a package; a box with the code point for what no font has.

A character that the font lacks is never dropped, because a name with a missing character is a wrong name.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from printers.errors import FontMissing

_NO_CHARACTER = "\U0010fffe"
"""A code point that is no character, so every font answers with its 'missing' glyph."""

_COMMON = re.compile("[ -~\\s·‘-”—…\u3000-\u3017一-龥\uff01-\uff5e￥]")
"""
Characters that every font for Chinese has; they are not looked up, so an ordinary receipt does not open a font to
check.
"""


@dataclass(frozen=True)
class Fonts:
    """
    Font files.

    Args:
        sans: For all text. Noto Sans SC covers the 8,105 characters of 通用规范汉字表 and rare names.
        serif: For titles.
    """

    sans: Path
    serif: Path


@lru_cache(maxsize=1)
def packaged() -> Fonts:
    """Return the fonts of the package pylopdf-fonts-zh-cn; raise FontMissing when it is not installed."""
    try:
        import pylopdf_fonts_zh_cn as package
    except ImportError as fault:
        raise FontMissing("pylopdf-fonts-zh-cn") from fault
    return Fonts(sans=package.sans_path(), serif=package.serif_path())


def configured(path: str | None) -> Fonts:
    """
    Return the packaged fonts with `path` for all text, where it is given; raise FontMissing when it cannot be read.
    """
    if not path:
        return packaged()
    file = Path(path)
    face(file, 24)
    return Fonts(sans=file, serif=file)


@lru_cache(maxsize=32)
def face(path: Path, dots: int) -> ImageFont.FreeTypeFont:
    """Return one font at one size, kept open."""
    try:
        return ImageFont.truetype(str(path), dots, layout_engine=ImageFont.Layout.BASIC)
    except OSError as fault:
        raise FontMissing(path.name) from fault


@lru_cache(maxsize=8192)
def advance(path: Path, dots: int, char: str) -> float:
    """Return the width of one character in dots; a drawn box is one em."""
    return face(path, dots).getlength(char) if has(path, char) else float(dots)


@lru_cache(maxsize=8192)
def has(path: Path, char: str) -> bool:
    """Return whether the font can draw the character."""
    if _COMMON.fullmatch(char):
        return True
    font = face(path, 24)
    return bytes(font.getmask(char)) != _missing_mask(path) or char == _NO_CHARACTER


@lru_cache(maxsize=8)
def _missing_mask(path: Path) -> bytes:
    return bytes(face(path, 24).getmask(_NO_CHARACTER))


@lru_cache(maxsize=256)
def code_box(char: str, dots: int, sans: Path) -> Image.Image:
    """Return a box of one em with the code point of a character that the font lacks."""
    code = f"{ord(char):04X}"
    rows = [code[: (len(code) + 1) // 2], code[(len(code) + 1) // 2 :]]
    font = face(sans, max(8, dots * 9 // 20))
    image = Image.new("L", (dots, dots), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((1, 1, dots - 2, dots - 2), outline=0)
    for place, row in enumerate(rows):
        pen.text((dots / 2, dots * (0.3 + 0.42 * place)), row, fill=0, font=font, anchor="mm")
    return image
