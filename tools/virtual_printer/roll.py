"""The virtual printer's paper: what its head has drawn, line by line. Knows no commands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw

from printers.errors import SlipFault
from printers.paper import fonts, qr

CELL_W, CELL_H = 12, 24


class Ink(NamedTuple):
    """A thing that the head drew, `x` and `y` dots from the upper left corner; `draw` pastes it there."""

    x: int
    y: int
    draw: Callable[[Image.Image, int, int], None]


@dataclass(frozen=True)
class PaperPiece:
    """One piece of paper after a cut; it is drawn when somebody looks at it."""

    width: int
    height: int
    inks: tuple[Ink, ...]
    text: str
    data: bytes

    @cached_property
    def image(self) -> Image.Image:
        """Return the picture, of mode "1"."""
        image = Image.new("1", (self.width, max(1, self.height)), 1)
        for ink in self.inks:
            ink.draw(image, ink.x, ink.y)
        return image

    def png(self) -> bytes:
        """Return the picture as a file."""
        out = BytesIO()
        self.image.save(out, "PNG")
        return out.getvalue()


@dataclass
class Style:
    """Style of the characters from here on."""

    wide: int = 1
    high: int = 1
    align: float = 0.0
    inverse: bool = False
    bold: bool = False
    kanji: bool = True
    pitch: int = 30


class PrintedCharacter(NamedTuple):
    """One character at `x` dots from the left margin."""

    x: int
    char: str
    wide: int
    high: int
    inverse: bool
    bold: bool


@dataclass
class PendingLine:
    """Characters that wait for the end of their line; the head is at `at` dots."""

    pieces: list[PrintedCharacter] = field(default_factory=list)
    at: int = 0

    def text(self) -> str:
        """Return the characters, with blanks where the head was moved."""
        text, end = "", 0
        for piece in self.pieces:
            text += " " * max(0, (piece.x - end) // CELL_W) + piece.char
            end = piece.x + (1 if piece.char.isascii() else 2) * CELL_W * piece.wide
        return text


class Roll:
    """The paper below the head, from the last cut on."""

    def __init__(self, width_dots: int) -> None:
        self.width_dots = width_dots
        self.style = Style()
        self.line = PendingLine()
        self.renew()

    def renew(self) -> None:
        """Begin another piece: the paper was cut."""
        self._inks: list[Ink] = []
        self._y = 0
        self.texts: list[str] = []

    def reset(self) -> None:
        """Forget style and waiting characters; what is drawn stays."""
        self.style, self.line = Style(), PendingLine()

    @property
    def length(self) -> int:
        """Return the number of rows of dots that came out."""
        return self._y

    def paper(self, data: bytes) -> PaperPiece:
        """Return the paper that came out so far."""
        return PaperPiece(self.width_dots, self._y, tuple(self._inks), "\n".join(self.texts), data)

    def type(self, char: str) -> None:
        """Add one character at the head; a full line ends by itself."""
        style = self.style
        width = (1 if char.isascii() else 2) * CELL_W * style.wide
        if self.line.at + width > self.width_dots:
            self.end_line()
        piece = PrintedCharacter(self.line.at, char, style.wide, style.high, style.inverse, style.bold)
        self.line.pieces.append(piece)
        self.line.at += width

    def end_line(self) -> None:
        """Print the characters that wait, and feed by the line pitch or their height."""
        high = max([piece.high for piece in self.line.pieces], default=1)
        height = max(self.style.pitch, CELL_H * high)
        left = round((self.width_dots - self.line.at) * self.style.align)
        self._inks.append(Ink(left, self._y, partial(_draw_line, self.line.pieces, high)))
        self.texts.append(self.line.text().rstrip())
        self._y += height
        self.line = PendingLine()

    def paste(self, image: Image.Image) -> None:
        """Print a picture at the alignment in force; what is wider than the head is lost."""
        if self.line.pieces:
            self.end_line()
        x = max(0, round((self.width_dots - image.width) * self.style.align))
        self._inks.append(Ink(x, self._y, partial(_draw_picture, image)))
        self._y += image.height

    def strip(self, image: Image.Image, wide: int, high: int) -> None:
        """Draw a strip on the line like text: the next line end moves on by the line pitch; an empty one is nothing."""
        if not image.width:
            return
        image = image.resize((image.width * wide, image.height * high))
        x = max(0, round((self.width_dots - image.width) * self.style.align))
        self._inks.append(Ink(x, self._y, partial(_draw_picture, image)))

    def white(self, dots: int) -> None:
        """Feed blank paper."""
        if self.line.pieces:
            self.end_line()
        self._y += dots


def _draw_line(pieces: list[PrintedCharacter], high: int, paper: Image.Image, x: int, y: int) -> None:
    for piece in pieces:
        tile = _tile(piece.char, piece.wide, piece.high, piece.bold)
        top = y + (high - piece.high) * CELL_H
        paper.paste(ImageChops.invert(tile) if piece.inverse else tile, (x + piece.x, top))


def _draw_picture(picture: Image.Image, paper: Image.Image, x: int, y: int) -> None:
    paper.paste(picture, (x, y))


def picture(width: int, rows: int, data: bytes, wide: int = 1, high: int = 1) -> Image.Image:
    """Return raster data (black is 1) as a stretched picture."""
    inverted = bytes(255 - byte for byte in data) if len(data) < 64 else data.translate(_INVERT)
    if not width or not rows:
        return Image.new("1", (max(1, width), 1), 1)
    image = Image.frombytes("1", (width, rows), inverted.ljust(width // 8 * rows, b"\xff"))
    return image.resize((width * wide, rows * high)) if (wide, high) != (1, 1) else image


_INVERT = bytes(range(255, -1, -1))


@lru_cache(maxsize=4096)
def _tile(char: str, wide: int, high: int, bold: bool) -> Image.Image:
    cells = 1 if char.isascii() else 2
    path = fonts.packaged().sans
    tile = Image.new("L", (cells * CELL_W, CELL_H), 255)
    if fonts.has(path, char):
        pen = ImageDraw.Draw(tile)
        size = CELL_H - 2 if cells == 2 else 20
        pen.text((cells * CELL_W / 2, 21), char, fill=0, font=fonts.face(path, size), anchor="ms")
    else:
        tile.paste(fonts.code_box(char, CELL_H, path), (0, 0))
    tile = tile.point(lambda grey: 255 if grey >= (190 if bold else 150) else 0)
    return tile.resize((tile.width * wide, tile.height * high), Image.Resampling.NEAREST).convert("1")


@lru_cache(maxsize=64)
def qr_code(data: bytes, level: str, box: int) -> Image.Image:
    """Return a QR code as printers draw it: without a quiet zone."""
    try:
        matrix = qr.modules(data, level)
    except SlipFault:
        return Image.new("1", (box, box), 1)
    dark = bytes(0 if module else 255 for row in matrix for module in row)
    image = Image.frombytes("L", (len(matrix), len(matrix)), dark)
    return image.resize((image.width * box, image.height * box), Image.Resampling.NEAREST).convert("1")


_SYMBOLOGIES = ("upca", "", "ean13", "ean8", "code39", "itf", "codabar", "", "code128")
"""Barcodes by the number of `GS k`; UPC-E and CODE93 are taken but not drawn."""
_BAR_DOTS, _BAR_HEIGHT = 2, 80


def bars(number: int, content: bytes, width: int) -> Image.Image | None:
    """
    Return a barcode of `GS k` kind 0-6 or 65-73; None where a printer, too, prints none (data its kind cannot hold).
    """
    place = number - 65 if number >= 65 else number
    kind = _SYMBOLOGIES[place] if place < len(_SYMBOLOGIES) else ""
    text = content.decode("ascii", "replace")
    if kind == "code128" and text[:1] == "{":
        text = text[2:]
    modules = _modules(kind, text) if kind else ""
    if not modules or len(modules) * _BAR_DOTS > width:
        return None
    row = Image.frombytes("L", (len(modules), 1), bytes(0 if module == "1" else 255 for module in modules))
    return row.resize((len(modules) * _BAR_DOTS, _BAR_HEIGHT), Image.Resampling.NEAREST).convert("1")


def _modules(kind: str, text: str) -> str:
    """Return dark and light modules as 1 and 0; empty when the text does not fit the kind."""
    import barcode  # drawn so seldom that the printer's start need not wait for it
    from barcode.errors import BarcodeError

    options = {"options": {"add_checksum": False}} if kind == "code39" else {}
    try:
        built: list[str] = barcode.get(kind, text, **options).build()
    except (BarcodeError, ValueError, KeyError):
        return ""
    return built[0]
