"""
The few ESC/POS commands that this package sends, as bytes.

Source: Epson ESC/POS Application Programming Guide; PRINTING.md, 2 and 8.
"""

from collections.abc import Iterator

from printers.device.profiles import CutKind, Profile

INITIALISE = b"\x1b@"
KANJI_ON = b"\x1c&"
LEFT = b"\x1ba\x00"
CENTRE = b"\x1ba\x01"
STATUS_QUERIES = tuple(b"\x10\x04" + bytes([n]) for n in (1, 2, 3, 4))
ASK_PAPER = b"\x1dr\x01"
FLUSH_ROWS = 256
"""Rows of white that are enough to complete any raster command that was interrupted."""
_LOOK_ALIKES = ((b"\x10\x04", b"\x11\x04"), (b"\x10\x05", b"\x11\x05"), (b"\x10\x14", b"\x11\x14"))


def scrubbed(data: bytes) -> bytes:
    """Return raster data in which no DLE EOT, DLE ENQ or DLE DC4 can be seen; sets one dot more in each such byte."""
    for look_alike, harmless in _LOOK_ALIKES:
        data = data.replace(look_alike, harmless)
    return data


def bands(packed: bytes, row_bytes: int, band_rows: int) -> Iterator[bytes]:
    """
    Return GS v 0 commands for a picture.

    Args:
        packed: Rows of 8 dots a byte, black is 1.
        row_bytes: Bytes of one row.
        band_rows: Rows of one command, at most 256.
    """
    data = scrubbed(packed)
    step = row_bytes * min(band_rows, 256)
    for start in range(0, len(data), step):
        band = data[start : start + step]
        rows = len(band) // row_bytes
        yield b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little") + band


def cut(profile: Profile) -> bytes:
    """Return the bytes that feed to the cutter and cut, or feed to the cutting edge where there is no cutter."""
    dots = profile.feed_mm * profile.dots_per_mm
    if profile.cut is CutKind.NONE:
        return feed(dots)
    return b"\x1dV" + (b"A" if profile.cut is CutKind.FULL else b"B") + bytes([min(dots, 255)])


def feed(dots: int) -> bytes:
    """Return the bytes that feed `dots` rows of blank paper."""
    whole, rest = divmod(dots, 255)
    return b"\x1bJ\xff" * whole + (b"\x1bJ" + bytes([rest]) if rest else b"")


def ask_job_end(number: int) -> bytes:
    """Return GS ( H function 48: the printer answers with this number when all before it is on paper."""
    return b"\x1d(H\x06\x00\x30\x30" + job_end_digits(number)


def job_end_digits(number: int) -> bytes:
    """Return the four printable characters that carry a job number there and back."""
    return f"{number % 10_000:04d}".encode("ascii")


def clean_start(profile: Profile) -> bytes:
    """
    Return the bytes that end any interrupted command with white and reset the printer (as receiptio does, PRINTING.md
    8).
    """
    return bytes(max(8192, FLUSH_ROWS * profile.width_dots // 8 + 16)) + INITIALISE
