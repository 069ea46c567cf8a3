"""A slip as the bytes for one profile, and the length of paper they take."""

from collections.abc import Mapping
from dataclasses import dataclass

from printers.device import escpos_commands
from printers.device.profiles import JobEnd, Mode, Profile
from printers.paper import gbk, raster
from printers.paper.document import Slip
from printers.paper.fonts import Fonts


@dataclass(frozen=True)
class Marks:
    """The words that are put on a slip when it is printed, in its language; `{n}` is the number of the reprint."""

    reprint: str = "补打 第{n}次"
    void: str = "以上若未印完，作废"


MarksOf = Mapping[str, Marks]
"""Marks by the `lang` of a slip; one that is missing gets the usual ones."""
USUAL: MarksOf = {}


@dataclass(frozen=True)
class Encoded:
    """Bytes to send, and the millimetres of paper they take, including the feed to the cutter."""

    data: bytes
    paper_mm: int


def as_copy(slip: Slip, copy: int, marks: MarksOf = USUAL) -> Slip:
    """Return the slip as the Nth reprint: below an inverse bar that says so. Copy 0 is the original."""
    return slip.marked(_of(slip, marks).reprint.format(n=copy)) if copy else slip


def void_mark(marks: MarksOf = USUAL) -> Slip:
    """Return the slip that marks the end of a piece of paper on which a job was interrupted."""
    empty = Slip("void", "", ())
    return empty.marked(_of(empty, marks).void)


def encode(
    slip: Slip, profile: Profile, secret: str | None = None, *, with_fonts: Fonts | None = None
) -> Encoded:
    """
    Return the bytes of a slip, from reset to cut, without the question for the end of the job.

    Args:
        secret: The value of the Secret block; None prints its absent text.
    Raises:
        SlipFault: A QR code holds too much.
        FontMissing: There is no font.
    """
    if profile.mode is Mode.TEXT:
        body, dots = gbk.encode(slip, profile, secret, with_fonts=with_fonts)
        return Encoded(body, _mm(dots, profile, 1))
    data, dots = [escpos_commands.INITIALISE, escpos_commands.LEFT], 0
    pages = raster.pages(slip, profile, secret, with_fonts=with_fonts)
    for page in pages:
        data += raster.bands(page, profile.band_rows)
        data.append(escpos_commands.cut(profile))
        dots += page.height
    return Encoded(b"".join(data), _mm(dots, profile, len(pages)))


def job_end(profile: Profile, number: int) -> bytes:
    """Return the question whose answer proves that all before it is on paper; empty where the profile has none."""
    if profile.job_end is JobEnd.GS_H:
        return escpos_commands.ask_job_end(number)
    return escpos_commands.ASK_PAPER if profile.job_end is JobEnd.GS_R else b""


def _of(slip: Slip, marks: MarksOf) -> Marks:
    return marks.get(slip.lang) or Marks()


def _mm(dots: int, profile: Profile, pieces: int) -> int:
    return round(dots / profile.dots_per_mm) + pieces * profile.feed_mm
