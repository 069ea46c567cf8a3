"""
Slips as the printer's own Chinese text, short enough for serial lines; characters that its font lacks are drawn.

A line is sent as text only when each character is in the printer's repertoire; else that one line is a picture.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image

from printers.device import escpos_commands
from printers.device.profiles import Profile, QrKind, Repertoire
from printers.paper import layout, raster
from printers.paper.document import Slip
from printers.paper.fonts import Fonts, packaged
from printers.paper.layout import Face, TextRole
from printers.paper.linebreak import cells, tidy

_HIGH = 24
_PITCH = 32
_DOUBLE = (TextRole.TITLE, TextRole.BIG, TextRole.MARK)
_ALSO_GB2312 = "—·"
"""A1AA and A1A4 of GB 2312, which Python's codec gives to other characters of Unicode."""
_RULE = "─".encode("gb2312")
RESET = (
    escpos_commands.INITIALISE
    + escpos_commands.KANJI_ON
    + escpos_commands.LEFT
    + b"\x1d!\x00"
    + b"\x1b3"
    + bytes([_PITCH])
)
_INVERSE_ON, _INVERSE_OFF = b"\x1dB\x01", b"\x1dB\x00"


@dataclass(frozen=True)
class TextCells:
    """
    Metrics of the printer's grid: titles and numbers in double size where they fit, large print always double in
    height.
    """

    width: float
    large: bool
    panel_inset: float = 0.0

    def factor(self, face: Face) -> int:
        """Return how many cells one cell of this face takes."""
        return 2 if face.role in _DOUBLE and face.shrink == 0 else 1

    def tall(self, face: Face) -> int:
        """
        Return how many cells high a face is; a face that was made narrower keeps its height.

        In large print running text is 48 dots high and numbers 72, where raster has 36 and 64.
        """
        if self.large and face.role is TextRole.BIG:
            return 3
        return 2 if face.role in _DOUBLE or (self.large and face.role is not TextRole.SMALL) else 1

    def measure(self, text: str, face: Face) -> float:
        """Return the cells of `text`."""
        return float(cells(text) * self.factor(face))

    def em(self, face: Face) -> float:
        """Return 2, the cells of a Han character."""
        return 2.0 * self.factor(face)

    def shrinks(self, role: TextRole) -> int:
        """Return how many steps smaller a role may become: from double size to single."""
        return 1 if role in _DOUBLE else 0

    def qr_size(self, data: str) -> float | None:
        """Return None: codes are put on lines of their own."""
        return None


def _size(wide: int, tall: int) -> bytes:
    return b"\x1d!" + bytes([(wide - 1) << 4 | (tall - 1)])


def printable(text: str, repertoire: Repertoire) -> bool:
    """Return whether the printer's font has every character."""
    return all(_code(char, repertoire) is not None for char in text)


@lru_cache(maxsize=4096)
def _code(char: str, repertoire: Repertoire) -> bytes | None:
    if " " <= char <= "~":
        return char.encode("ascii")
    codec = "gb2312" if repertoire is Repertoire.GB2312 and char not in _ALSO_GB2312 else "gbk"
    try:
        code = char.encode(codec)
    except UnicodeEncodeError:
        return None
    return code if len(code) == 2 and cells(char) == 2 else None


def encode(
    slip: Slip, profile: Profile, secret: str | None = None, *, with_fonts: Fonts | None = None
) -> tuple[bytes, int]:
    """Return the bytes from reset to cut, and the rows of dots they take."""
    writer = _Writer(profile, slip.large, with_fonts or packaged())
    for row in layout.compose(slip, writer.metrics, secret):
        writer.row(row)
    writer.end()
    return b"".join(writer.out), writer.dots


class _Writer:
    def __init__(self, profile: Profile, large: bool, fonts: Fonts) -> None:
        self._profile = profile
        self.metrics = TextCells(profile.columns, large)
        self._drawing = raster.Dots(width=profile.width_dots, fonts=fonts, large=large)
        self.out = [RESET]
        self.dots = 0
        self._cut_pending = True

    def row(self, row: layout.Row) -> None:
        """Add one row."""
        self._cut_pending = True
        match row:
            case layout.TextRow():
                self._text(row)
            case layout.RuleRow(dashed):
                self._rule(dashed)
            case layout.PanelRow():
                self._panel(row)
            case layout.QrRow():
                self._qr(row)
            case layout.FeedRow(mm):
                self._feed(mm * self._profile.dots_per_mm)
            case layout.CutRow():
                self._cut()

    def end(self) -> None:
        """Add the last cut."""
        if self._cut_pending:
            self._cut()

    def _cut(self) -> None:
        self.out.append(escpos_commands.cut(self._profile))
        self._cut_pending = False

    def _feed(self, dots: int) -> None:
        self.out.append(escpos_commands.feed(dots))
        self.dots += dots

    def _panel(self, row: layout.PanelRow) -> None:
        self._rule(False)
        for text in (text for cell in row.cells for text in cell):
            self._text(text)
        self._rule(False)

    def _text(self, row: layout.TextRow) -> None:
        if row.above >= 0.3:
            self._feed(round(row.above * _PITCH))
        if all(printable(tidy(span.text), self._profile.repertoire) for span in row.spans):
            self._typed(row)
        else:
            self._drawn(row)

    def _typed(self, row: layout.TextRow) -> None:
        tall = max((self.metrics.tall(span.face) for span in row.spans), default=1)
        self.out.append(b"\x1b3" + bytes([_HIGH * tall + 8]))
        at, codes = 0, b""
        for span in row.spans:
            codes += _size(1, tall) + b" " * max(0, int(span.x) - at)
            codes += _size(self.metrics.factor(span.face), self.metrics.tall(span.face)) + self._codes(
                span.text
            )
            at = int(span.x + self.metrics.measure(span.text, span.face))
        if row.inverse:
            codes = (
                _INVERSE_ON
                + codes
                + _size(1, tall)
                + b" " * max(0, self._profile.columns - at)
                + _INVERSE_OFF
            )
        self.out.append(codes + _size(1, 1) + b"\n")
        self.dots += _HIGH * tall + 8

    def _codes(self, text: str) -> bytes:
        return b"".join(_code(char, self._profile.repertoire) or b"" for char in tidy(text))

    def _drawn(self, row: layout.TextRow) -> None:
        """Add the line as a picture, its words at the same columns."""
        scale = self._profile.width_dots / self._profile.columns
        spans = []
        for span in row.spans:
            face, room = span.face, self._profile.width_dots - span.x * scale
            while self._drawing.measure(span.text, face) > room and self._drawing.size(face) > _HIGH // 2:
                if face.shrink >= self._drawing.shrinks(face.role):
                    break
                face = replace(face, shrink=face.shrink + 1)
            spans.append(layout.TextSpan(span.x * scale, span.text, face))
        self._picture(
            raster.draw_rows([layout.TextRow(tuple(spans), 0.0, row.inverse)], self._drawing, self._profile)
        )

    def _picture(self, image: Image.Image) -> None:
        self.out += raster.bands(image, self._profile.band_rows)
        self.dots += image.height

    def _rule(self, dashed: bool) -> None:
        """Add a rule of characters that every Chinese font has: a picture would take two seconds on a serial line."""
        line = b"- " * (self._profile.columns // 2) if dashed else _RULE * (self._profile.columns // 2)
        self.out.append(b"\x1b3" + bytes([_HIGH]) + line + b"\n")
        self.dots += _HIGH

    def _qr(self, row: layout.QrRow) -> None:
        if self._profile.qr is QrKind.NATIVE:
            self._native_qr(row.data)
        else:
            self._picture(raster.draw_rows([layout.QrRow(row.data, (), False)], self._drawing, self._profile))
        for text in row.caption:
            self._text(text)

    def _native_qr(self, data: str) -> None:
        """
        Add a QR code drawn by the printer (model 2, level Q), with white lines as the quiet zone it does not draw.
        """
        box = 6 if self._profile.width_dots >= 512 else 5
        payload = data.encode("utf-8")
        store = (len(payload) + 3).to_bytes(2, "little")
        quiet = raster.QUIET_MODULES * box
        self._feed(quiet)
        self.out += [
            escpos_commands.CENTRE,
            b"\x1d(k\x04\x00\x31\x41\x32\x00",
            b"\x1d(k\x03\x00\x31\x43" + bytes([box]),
            b"\x1d(k\x03\x00\x31\x45\x32",
            b"\x1d(k" + store + b"\x31\x50\x30" + payload,
            b"\x1d(k\x03\x00\x31\x51\x30",
            escpos_commands.LEFT,
        ]
        self.dots += raster.qr_image(data, self._profile.width_dots).height - 2 * quiet
        self._feed(quiet)
