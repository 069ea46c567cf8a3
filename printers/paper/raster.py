"""
Slips as 1-bit pictures and as GS v 0 bytes: any character on any printer.

Text is drawn in grey and cut at a threshold, for dithered Chinese gets ragged strokes (PRINTING.md, 1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

from printers.device import escpos_commands
from printers.device.profiles import Profile
from printers.paper import fonts, layout, qr
from printers.paper.document import Slip
from printers.paper.fonts import Fonts
from printers.paper.layout import Face, TextRole
from printers.paper.linebreak import tidy

INK_BELOW = 150
"""Grey darker than this is printed."""
QUIET_MODULES = qr.QUIET_MODULES
QR_BOX = 5
"""Least dots of one QR module: smaller ones do not survive blur and noise (PRINTING.md, 5)."""
QR_BOX_WIDE = 6


class _Type(NamedTuple):
    dots: int
    pitch: float
    bold: bool
    serif: bool
    smallest: int


_STANDARD = {
    TextRole.TITLE: _Type(46, 1.3, True, True, 30),
    TextRole.HEAD: _Type(28, 1.35, True, False, 28),
    TextRole.BODY: _Type(26, 1.38, False, False, 20),
    TextRole.LABEL: _Type(22, 1.38, False, False, 22),
    TextRole.SMALL: _Type(22, 1.36, False, False, 22),
    TextRole.BIG: _Type(52, 1.16, True, False, 28),
    TextRole.MARK: _Type(32, 1.5, True, False, 32),
}
_LARGE = {
    TextRole.TITLE: _Type(56, 1.25, True, True, 40),
    TextRole.HEAD: _Type(40, 1.35, True, False, 40),
    TextRole.BODY: _Type(36, 1.36, False, False, 28),
    TextRole.LABEL: _Type(30, 1.36, False, False, 30),
    TextRole.SMALL: _Type(30, 1.36, False, False, 30),
    TextRole.BIG: _Type(64, 1.16, True, False, 36),
    TextRole.MARK: _Type(44, 1.5, True, False, 44),
}
_SHRINK = 0.94
_BOLD = 0.018
"""Width of the stroke that makes a face bold, as a part of its size: no bold file is shipped, and more would clog."""
_PANEL_PAD = 14
_RULE_SPACE = 14
_GROWTH = 1024
"""Rows by which a paper being drawn grows; small, for a terminal has little memory."""


def _beside_code(pair: list[layout.Row]) -> bool:
    """Return whether the pair is a rule and a code: they share one space, the code's quiet zone."""
    kinds = {type(row) for row in pair}
    return kinds == {layout.RuleRow, layout.QrRow}


@dataclass(frozen=True)
class Dots:
    """Metrics in printer dots."""

    width: float
    fonts: Fonts
    large: bool
    panel_inset: float = _PANEL_PAD + 4

    def type_of(self, role: TextRole) -> _Type:
        """Return the size and weight of a role."""
        return (_LARGE if self.large else _STANDARD)[role]

    def size(self, face: Face) -> int:
        """Return the height of the face in dots."""
        kind = self.type_of(face.role)
        return max(kind.smallest, round(kind.dots * _SHRINK**face.shrink))

    def measure(self, text: str, face: Face) -> float:
        """Return the width of `text` in dots."""
        path, size = self.path(face), self.size(face)
        return sum(fonts.advance(path, size, char) for char in text)

    def em(self, face: Face) -> float:
        """Return the width of one Han character."""
        return float(self.size(face))

    def shrinks(self, role: TextRole) -> int:
        """Return the number of steps down to the smallest size of the role."""
        kind = self.type_of(role)
        steps = 0
        while kind.dots * _SHRINK**steps > kind.smallest:
            steps += 1
        return steps

    def qr_size(self, data: str) -> float | None:
        """Return the width of the code with its quiet zone."""
        return float(qr_image(data, int(self.width)).width)

    def path(self, face: Face) -> Path:
        """Return the font file of the face."""
        return self.fonts.serif if self.type_of(face.role).serif else self.fonts.sans


@lru_cache(maxsize=64)
def qr_image(data: str, width: int) -> Image.Image:
    """
    Return a QR code at level Q with four modules of quiet zone, at least five dots a module where the paper allows.
    """
    matrix = qr.modules(data)
    side = len(matrix) + 2 * QUIET_MODULES
    wanted = QR_BOX_WIDE if width >= 512 else QR_BOX
    box = max(1, min(wanted, width // side))
    image = Image.new("L", (side, side), 255)
    dark = bytes(0 if module else 255 for row in matrix for module in row)
    image.paste(Image.frombytes("L", (len(matrix), len(matrix)), dark), (QUIET_MODULES, QUIET_MODULES))
    return image.resize((side * box, side * box), Image.Resampling.NEAREST)


def render(
    slip: Slip, profile: Profile, secret: str | None = None, *, with_fonts: Fonts | None = None
) -> Image.Image:
    """
    Return the slip as one picture of mode "1", as wide as the paper; pieces of paper follow each other.

    Args:
        secret: The value of the Secret block; None prints its absent text.
    Raises:
        FontMissing: There is no font.
    """
    pieces = pages(slip, profile, secret, with_fonts=with_fonts)
    whole = Image.new("1", (profile.width_dots, sum(piece.height for piece in pieces)), 1)
    top = 0
    for piece in pieces:
        whole.paste(piece, (0, top))
        top += piece.height
    return whole


def pages(
    slip: Slip, profile: Profile, secret: str | None = None, *, with_fonts: Fonts | None = None
) -> list[Image.Image]:
    """Return one picture of mode "1" for each piece of paper between cuts."""
    metrics = Dots(width=profile.width_dots, fonts=with_fonts or fonts.packaged(), large=slip.large)
    pieces: list[list[layout.Row]] = [[]]
    for row in layout.compose(slip, metrics, secret):
        if isinstance(row, layout.CutRow):
            pieces.append([])
        else:
            pieces[-1].append(row)
    return [draw_rows(rows, metrics, profile) for rows in pieces if rows]


def draw_rows(rows: list[layout.Row], metrics: Dots, profile: Profile) -> Image.Image:
    """Return laid-out rows as one picture of mode "1"."""
    return _Sheet(metrics, profile).drawn(rows)


def packed(image: Image.Image) -> bytes:
    """Return the rows of 8 dots a byte, black is 1, of a picture of mode "1" whose width is a multiple of 8."""
    inverted = bytes.maketrans(bytes(range(256)), bytes(range(255, -1, -1)))
    return image.tobytes().translate(inverted)


def bands(image: Image.Image, band_rows: int = 256) -> Iterator[bytes]:
    """Return the picture as GS v 0 commands of at most 256 rows, free of look-alikes of real-time commands."""
    yield from escpos_commands.bands(packed(image), image.width // 8, band_rows)


class _Sheet:
    """One piece of paper being drawn, from top to bottom."""

    def __init__(self, metrics: Dots, profile: Profile) -> None:
        self._metrics = metrics
        self._profile = profile
        self._width = profile.width_dots
        self._line = metrics.size(Face(TextRole.BODY)) * metrics.type_of(TextRole.BODY).pitch
        self._image = Image.new("L", (self._width, _GROWTH), 255)
        self._pen = ImageDraw.Draw(self._image)
        self._y = 0

    def drawn(self, rows: list[layout.Row]) -> Image.Image:
        """Return the rows as a picture of mode "1", cut to what is used."""
        for place, row in enumerate(rows):
            self._room(self._height_hint(row))
            self._row(row)
            if isinstance(row, layout.RuleRow | layout.QrRow) and _beside_code(rows[place : place + 2]):
                self._y -= _RULE_SPACE
        used = self._image.crop((0, 0, self._width, max(self._y, 1)))
        return used.point(lambda grey: 255 if grey >= INK_BELOW else 0, mode="1")

    def _height_hint(self, row: layout.Row) -> int:
        texts = 1
        if isinstance(row, layout.PanelRow):
            texts = sum(map(len, row.cells)) + 1
        elif isinstance(row, layout.QrRow):
            return self._width + len(row.caption) * 110
        elif isinstance(row, layout.FeedRow):
            return row.mm * self._profile.dots_per_mm + 1
        return texts * 110

    def _room(self, height: int) -> None:
        if self._y + height <= self._image.height:
            return
        taller = Image.new("L", (self._width, self._image.height + height + _GROWTH), 255)
        taller.paste(self._image, (0, 0))
        self._image, self._pen = taller, ImageDraw.Draw(taller)

    def _row(self, row: layout.Row) -> None:
        match row:
            case layout.TextRow(inverse=True):
                self._bar(row)
            case layout.TextRow():
                self._y += round(row.above * self._line)
                self._y += self._text(row, 0, self._y)
            case layout.RuleRow(dashed):
                self._rule(dashed)
            case layout.PanelRow():
                self._panel(row)
            case layout.QrRow():
                self._qr(row)
            case layout.FeedRow(mm):
                self._y += mm * self._profile.dots_per_mm

    def _text(self, row: layout.TextRow, left: float, top: int, ink: int = 0) -> int:
        """Draw one row; return its height in dots."""
        if not row.spans:
            return 0
        sizes = [self._metrics.size(span.face) for span in row.spans]
        heights = [
            size * self._metrics.type_of(span.face.role).pitch
            for size, span in zip(sizes, row.spans, strict=True)
        ]
        height, size = max(zip(heights, sizes, strict=True))
        base = top + round((height - size) / 2 + size * 0.88)
        for span in row.spans:
            self._span(span, left + span.x, base, ink)
        return round(height)

    def _span(self, span: layout.TextSpan, x: float, base: int, ink: int) -> None:
        path, size = self._metrics.path(span.face), self._metrics.size(span.face)
        stroke = size * _BOLD if self._metrics.type_of(span.face.role).bold else 0
        font = fonts.face(path, size)
        run = ""
        for char in tidy(span.text) + "\0":
            if char != "\0" and fonts.has(path, char):
                run += char
                continue
            if run:
                self._pen.text((round(x), base), run, fill=ink, font=font, anchor="ls", stroke_width=stroke)
                x += sum(fonts.advance(path, size, drawn) for drawn in run)
            if char != "\0":
                self._image.paste(
                    fonts.code_box(char, size, self._metrics.fonts.sans), (round(x), base - size * 7 // 8)
                )
                x += size
            run = ""

    def _bar(self, row: layout.TextRow) -> None:
        face = row.spans[0].face if row.spans else Face(TextRole.MARK)
        height = round(self._metrics.size(face) * self._metrics.type_of(face.role).pitch)
        self._pen.rectangle((0, self._y, self._width - 1, self._y + height - 1), fill=0)
        self._text(row, 0, self._y, ink=255)
        self._y += height

    def _rule(self, dashed: bool) -> None:
        self._y += _RULE_SPACE
        if dashed:
            for x in range(0, self._width, 18):
                self._pen.rectangle((x, self._y, x + 9, self._y + 1), fill=0)
        else:
            self._pen.rectangle((0, self._y, self._width - 1, self._y + 1), fill=0)
        self._y += 2 + _RULE_SPACE

    def _panel(self, row: layout.PanelRow) -> None:
        self._y += _RULE_SPACE
        top, left = self._y, _PANEL_PAD + 4
        for place, cell in enumerate(row.cells):
            if place:
                self._pen.rectangle((0, self._y, self._width - 1, self._y), fill=0)
            self._y += 8
            for text in cell:
                self._y += self._text(text, left, self._y)
            self._y += 12
        self._pen.rounded_rectangle((0, top, self._width - 1, self._y), radius=14, outline=0, width=3)
        self._y += _RULE_SPACE

    def _qr(self, row: layout.QrRow) -> None:
        code = qr_image(row.data, self._width)
        line = self._metrics.size(Face(TextRole.SMALL)) * self._metrics.type_of(TextRole.SMALL).pitch
        if row.beside:
            self._image.paste(code, (0, self._y))
            top = self._y + max(0, round((code.height - line * len(row.caption)) / 2))
            for text in row.caption:
                top += self._text(text, code.width, top)
            self._y = max(self._y + code.height, top)
            return
        self._image.paste(code, ((self._width - code.width) // 2, self._y))
        self._y += code.height
        for text in row.caption:
            self._y += self._text(text, 0, self._y)
