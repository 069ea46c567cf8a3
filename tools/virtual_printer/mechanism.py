"""
The virtual printer's mechanism: ESC/POS bytes in, pieces of paper out. Knows no network.

Understands what our renderers and other encoders send: ASCII and GB18030 text, sizes, alignment, inverse, code pages,
GS v 0, ESC *, GS ( L, GS 8 L, GS ( k (QR), GS k, feeds, cuts, GS r, GS ( H, ESC @.
"""

from collections.abc import Callable
from functools import lru_cache

from PIL import Image

from tools.virtual_printer.roll import PaperPiece, Roll, bars, picture, qr_code

_ESC, _GS, _FS, _DLE = 0x1B, 0x1D, 0x1C, 0x10
_ONE_ARGUMENT = {
    _ESC: b"!-EGMRTVaet {JdrS3 cp=%U&",
    _GS: b"!BHLhwfWPabrIzE:",
    _FS: b"!-WSCp",
}
_ALIGN = {0: 0.0, 1: 0.5, 2: 1.0, 48: 0.0, 49: 0.5, 50: 1.0}


class NeedMore(Exception):
    """The command is not whole yet."""


class Mechanism:
    """
    A print head over an endless roll.

    Args:
        width_dots: Width of the head.
        on_paper: Called with each piece of paper that is cut.
        answer: Called with the printer's answers at the moment it reaches their questions.
    """

    def __init__(
        self,
        width_dots: int,
        on_paper: Callable[[PaperPiece], None],
        answer: Callable[[bytes], None] = lambda data: None,
    ) -> None:
        self._roll = Roll(width_dots)
        self._data = bytearray()
        self.answer = answer
        self._on_paper = on_paper
        self._buffer = b""
        self.unknown: list[bytes] = []
        self._reset()

    def _reset(self) -> None:
        self._roll.reset()
        self._graphic: Image.Image | None = None
        self._qr_data, self._qr_box, self._qr_level = b"", 3, "l"

    @property
    def hanging(self) -> bool:
        """Return whether printed paper hangs uncut in the slot."""
        return self._roll.length > 0

    def power_cycle(self) -> None:
        """Forget what was received; what is on paper stays there."""
        self._buffer = b""
        self._reset()

    def preview(self) -> PaperPiece:
        """Return the paper in the slot so far."""
        return self._roll.paper(bytes(self._data))

    def feed(self, data: bytes) -> None:
        """Receive bytes and print."""
        self._buffer += data
        while self._buffer:
            try:
                used = self._command(self._buffer)
            except NeedMore:
                return
            self._data += self._buffer[:used]
            self._buffer = self._buffer[used:]
            if self._cut_now:
                self._finish()

    _cut_now = False

    def _command(self, data: bytes) -> int:
        self._cut_now = False
        first = data[0]
        if first == _ESC:
            return self._escape(data)
        if first == _GS:
            return self._group(data)
        if first == _FS:
            return self._kanji(data)
        if first == _DLE:
            return self._realtime(data)
        if first == 0x0A:
            self._roll.end_line()
            return 1
        if first == 0:
            return len(data) - len(data.lstrip(b"\0"))
        if first < 0x20:
            return 1
        return self._character(data)

    @staticmethod
    def _realtime(data: bytes) -> int:
        _need(data, 2)
        if data[1] in (0x04, 0x05):
            _need(data, 3)
            return 3
        if data[1] == 0x14:
            _need(data, 5)
            return 5
        return 1

    def _character(self, data: bytes) -> int:
        if data[0] < 0x80 or not self._roll.style.kanji:
            char, size = (chr(data[0]), 1) if data[0] < 0x7F else ("?", 1)
        else:
            _need(data, 2)
            size = 4 if 0x30 <= data[1] <= 0x39 else 2
            _need(data, size)
            char = _decoded(data[:size])
        self._roll.type(char)
        return size

    def _finish(self) -> None:
        paper = self.preview()
        self._roll.renew()
        self._data.clear()
        if paper.height > 1:
            self._on_paper(paper)

    # -- ESC --------------------------------------------------------------------------------------------------

    def _escape(self, data: bytes) -> int:
        _need(data, 2)
        code = data[1:2]
        if code == b"@":
            self._reset()
            return 2
        if code == b"*":
            return self._columns(data)
        if code in (b"D",):
            end = data.find(b"\0")
            if end < 0:
                raise NeedMore
            return end + 1
        if code in (b"$", b"\\"):
            _need(data, 4)
            dots = int.from_bytes(data[2:4], "little", signed=code == b"\\")
            self._roll.line.at = max(0, dots + (self._roll.line.at if code == b"\\" else 0))
            return 4
        if code in (b"i", b"m"):
            self._cut_now = True
            return 2
        if code in b"2<":
            self._roll.style.pitch = 30 if code == b"2" else self._roll.style.pitch
            return 2
        _need(data, 3)
        self._escape_value(code, data[2])
        if code == b"c" or code == b"p":
            size = 4 if code == b"c" else 5
            _need(data, size)
            return size
        return self._known(data, 3)

    def _escape_value(self, code: bytes, value: int) -> None:
        style = self._roll.style
        match code:
            case b"!":
                style.wide, style.high = 1 + (value >> 5 & 1), 1 + (value >> 4 & 1)
                style.bold = bool(value & 8)
            case b"E" | b"G":
                style.bold = bool(value & 1)
            case b"a":
                style.align = _ALIGN.get(value, 0.0)
            case b"3":
                style.pitch = value
            case b"J":
                self._roll.white(value)
            case b"d":
                self._roll.white(value * style.pitch)

    def _columns(self, data: bytes) -> int:
        """Add columns of ESC *: 8 or 24 dots high, bytes run down the columns; return the length of the command."""
        _need(data, 5)
        mode, count = data[2], data[3] | data[4] << 8
        tall = 3 if mode in (32, 33) else 1
        _need(data, 5 + count * tall)
        image = Image.new("1", (count, tall * 8), 1)
        for place in range(count * tall):
            x, part = divmod(place, tall)
            bits = data[5 + place]
            for row in range(8):
                if bits >> (7 - row) & 1:
                    image.putpixel((x, part * 8 + row), 0)
        self._roll.strip(image, 2 if mode in (0, 32) else 1, 3 if tall == 1 else 1)
        return 5 + count * tall

    # -- GS ---------------------------------------------------------------------------------------------------

    def _group(self, data: bytes) -> int:
        _need(data, 2)
        code = data[1:2]
        match code:
            case b"v":
                return self._raster(data)
            case b"(" | b"8":
                return self._long(data)
            case b"V":
                return self._cut(data)
            case b"k":
                return self._barcode(data)
            case b"$" | b"L" | b"W" | b"P" | b"\\":
                _need(data, 4)
                return 4
        _need(data, 3)
        if code == b"!":
            self._roll.style.wide, self._roll.style.high = 1 + (data[2] >> 4 & 7), 1 + (data[2] & 7)
        elif code == b"B":
            self._roll.style.inverse = bool(data[2] & 1)
        elif code == b"r":
            self.answer(b"\x00")
        elif code == b"I":
            self.answer(b"_virtual\0")
        return self._known(data, 3)

    def _raster(self, data: bytes) -> int:
        _need(data, 8)
        row_bytes, rows = data[4] | data[5] << 8, data[6] | data[7] << 8
        size = 8 + row_bytes * rows
        _need(data, size)
        wide, high = 1 + (data[3] & 1), 1 + (data[3] >> 1 & 1)
        self._roll.paste(picture(row_bytes * 8, rows, data[8:size], wide, high))
        return size

    def _long(self, data: bytes) -> int:
        """Run GS ( x pL pH ... or GS 8 L p1 p2 p3 p4 ...; return the length of the command."""
        head = 5 if data[1:2] == b"(" else 7
        _need(data, head)
        size = head + int.from_bytes(data[3:head], "little")
        _need(data, size)
        body = data[head:size]
        match data[2:3]:
            case b"L":
                self._graphics(body)
            case b"k":
                self._symbol(body)
            case b"H" if body[:2] == b"\x30\x30":
                self.answer(b"\x37\x22" + body[2:6] + b"\0")
        return size

    def _graphics(self, body: bytes) -> None:
        if body[:2] == b"\x30\x70" and len(body) >= 10:
            width, rows = body[6] | body[7] << 8, body[8] | body[9] << 8
            padded, wide, high = (width + 7) // 8, _once_or_twice(body[3]), _once_or_twice(body[4])
            image = picture(padded * 8, rows, body[10 : 10 + padded * rows], wide, high)
            self._graphic = image.crop((0, 0, width * wide, image.height))
        elif body[:1] == b"\x30" and body[1:2] in (b"\x02", b"\x32") and self._graphic is not None:
            self._roll.paste(self._graphic)
            self._graphic = None

    def _symbol(self, body: bytes) -> None:
        if body[:1] != b"1" or len(body) < 3:
            return
        function, values = body[1], body[2:]
        if function == 0x43:
            self._qr_box = min(16, max(1, values[0]))
        elif function == 0x45:
            self._qr_level = "lmqh"[(values[0] - 48) & 3]
        elif function == 0x50:
            self._qr_data = values[1:]
        elif function == 0x51 and self._qr_data:
            self._roll.paste(qr_code(self._qr_data, self._qr_level, self._qr_box))
            self._roll.texts.append(f"[QR {self._qr_data.decode('utf-8', 'replace')}]")

    def _cut(self, data: bytes) -> int:
        _need(data, 3)
        if self._roll.line.pieces:
            self._roll.end_line()
        self._cut_now = True
        if data[2] in (0, 1, 48, 49):
            return 3
        _need(data, 4)
        return 4

    def _barcode(self, data: bytes) -> int:
        _need(data, 4)
        if data[2] <= 6:
            end = data.find(b"\0", 3)
            if end < 0:
                raise NeedMore
            content, size = data[3:end], end + 1
        else:
            size = 4 + data[3]
            _need(data, size)
            content = data[4:size]
        drawn = bars(data[2], content, self._roll.width_dots)
        if drawn:
            self._roll.paste(drawn)
        self._roll.texts.append(f"[BARCODE {content.decode('ascii', 'replace')}]")
        return size

    # -- FS ---------------------------------------------------------------------------------------------------

    def _kanji(self, data: bytes) -> int:
        _need(data, 2)
        code = data[1:2]
        if code in b"&.":
            self._roll.style.kanji = code == b"&"
            return 2
        if code == b"(":
            _need(data, 5)
            size = 5 + int.from_bytes(data[3:5], "little")
            _need(data, size)
            return size
        _need(data, 3)
        if code == b"!":
            self._roll.style.wide, self._roll.style.high = 1 + (data[2] >> 2 & 1), 1 + (data[2] >> 3 & 1)
        return self._known(data, 4 if code == b"S" else 3)

    def _known(self, data: bytes, size: int) -> int:
        """Skip a command without effect on paper, and keep unknown ones for the tests; return its length."""
        _need(data, size)
        if data[1] not in _ONE_ARGUMENT[data[0]]:
            self.unknown.append(data[:2])
        return size


@lru_cache(maxsize=4096)
def _decoded(code: bytes) -> str:
    return code.decode("gb18030", "replace")[:1]


def _once_or_twice(scale: int) -> int:
    return 2 if scale == 2 else 1


def _need(data: bytes, size: int) -> None:
    if len(data) < size:
        raise NeedMore
