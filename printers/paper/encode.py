"""A slip as the bytes for one profile, and the length of paper they take."""

from dataclasses import dataclass

from printers.device import escpos_commands
from printers.device.profiles import JobEnd, Mode, Profile
from printers.paper import gbk, raster
from printers.paper.document import Slip
from printers.paper.fonts import Fonts

_REPRINT = {"zh": "补打 第{n}次", "en": "Reprint no. {n}"}
_VOID = {"zh": "以上若未印完，作废", "en": "Void above if incomplete"}


@dataclass(frozen=True)
class Encoded:
    """Bytes to send, and the millimetres of paper they take, including the feed to the cutter."""

    data: bytes
    paper_mm: int


def as_copy(slip: Slip, copy: int) -> Slip:
    """Return the slip as the Nth reprint: below an inverse bar that says so. Copy 0 is the original."""
    return slip.marked(_words(_REPRINT, slip.lang).format(n=copy)) if copy else slip


def void_mark(lang: str = "zh") -> Slip:
    """Return the slip that marks the end of a piece of paper on which a job was interrupted."""
    return Slip("void", "", (), lang).marked(_words(_VOID, lang))


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


def _words(table: dict[str, str], lang: str) -> str:
    return table.get(lang.partition("-")[0], table["zh"])


def _mm(dots: int, profile: Profile, pieces: int) -> int:
    return round(dots / profile.dots_per_mm) + pieces * profile.feed_mm
