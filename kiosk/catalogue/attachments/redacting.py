"""
Redaction: a PDF or a picture in which areas are black boxes and nothing else of them is left. Part of reader.py.

A PDF becomes a new file of page pictures: pdfium draws each page, the boxes are filled, qpdf writes pictures alone.
What is no pixel does not travel: text layers, fonts, annotations, forms, layers, files, metadata, earlier revisions.
redaction_proof.py looks for what is left, in another process. Source of the way: LETTERS.md §6.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.catalogue.attachments.drawing import MOST_PIXELS, PDF, PNG, image
from kiosk.catalogue.attachments.file_faults import BOMB, UNREADABLE, FileFault

OUTSIDE = "redaction-outside"
"""A box is beside the page."""
DPI, POINTS = 200, 72
MOST_PAGES = 100
PAGE_BYTES = 25_000_000
"""Pixels of one page at most: A3 at 400 dpi; a larger one is drawn with fewer."""
HEAVY_BYTES, SHADES, QUALITY = 250_000, 16, 85
MARGIN = 0.12
"""Share of a character's height by which a box of text is larger."""


@dataclass(frozen=True)
class Area:
    """A box on a page (from 1), in shares of its width and height from the upper left corner."""

    page: int
    x: float
    y: float
    width: float
    height: float

    def pixels(self, wide: int, high: int) -> tuple[int, int, int, int]:
        """Return left, top, right, bottom in pixels of a picture, rounded outwards; right and bottom are inside."""
        left, top = int(self.x * wide), int(self.y * high)
        right = min(wide - 1, int((self.x + self.width) * wide) + 1)
        bottom = min(high - 1, int((self.y + self.height) * high) + 1)
        if not (0 <= left < right and 0 <= top < bottom):
            raise FileFault(OUTSIDE)
        return left, top, right, bottom


def areas(written: Sequence[Sequence[float]]) -> list[Area]:
    """Return the boxes that a question names."""
    return [Area(int(page), *map(float, rest)) for page, *rest in written]


def sheet(source: bytes, kind: str, page: int, width: int) -> tuple[dict[str, Any], bytes]:
    """Return a whole page as a clerk marks it, margins included, as JPEG of at most that width."""
    if kind == PDF:
        with OpenPdf(source) as pdf:
            many = len(pdf)
            if not 1 <= page <= many:
                raise FileFault(UNREADABLE)
            drawn = drawn_page(pdf[page - 1], width=width)
    else:
        many, drawn = 1, image(io.BytesIO(source))
        drawn.thumbnail((width, 4 * width))
    packed = io.BytesIO()
    drawn.save(packed, "JPEG", quality=QUALITY)
    return {"pages": many, "width": drawn.width, "height": drawn.height}, packed.getvalue()


def find(source: bytes, words: str) -> list[list[float]]:
    """Return where a PDF says these words, blanks and line ends aside: one box a line, as `areas` reads them."""
    found: list[list[float]] = []
    wanted = "".join(words.split())
    if not wanted:
        return found
    with OpenPdf(source) as pdf:
        for number in range(min(len(pdf), MOST_PAGES)):
            page = pdf[number]
            letters = _letters(page)
            said = "".join(each for each, _box in letters)
            for hit in re.finditer(re.escape(wanted), said):
                boxes = [box for _each, box in letters[hit.start() : hit.end()]]
                found += [[number + 1, *box] for box in _by_line(boxes)]
    return found


def redact(source: bytes, kind: str, boxes: Sequence[Area]) -> tuple[dict[str, Any], bytes]:
    """
    Return the file with these areas covered; the facts say where a covered passage can still be read.

    Raises:
        FileFault: OUTSIDE, BOMB (too many pages), UNREADABLE.
    """
    if kind == PDF:
        return _redacted_pdf(source, boxes)
    if any(each.page != 1 for each in boxes):
        raise FileFault(OUTSIDE)
    drawn = image(io.BytesIO(source))
    _fill(drawn, boxes)
    packed = io.BytesIO()
    drawn.save(packed, "PNG") if kind == PNG else drawn.save(packed, "JPEG", quality=QUALITY)
    return {"pages": 1, "elsewhere": [], "covered": []}, packed.getvalue()


def _redacted_pdf(source: bytes, boxes: Sequence[Area]) -> tuple[dict[str, Any], bytes]:
    with OpenPdf(source) as pdf:
        if len(pdf) > MOST_PAGES:
            raise FileFault(BOMB)
        if any(not 1 <= each.page <= len(pdf) for each in boxes):
            raise FileFault(OUTSIDE)
        pages, covered, open_text = [], set(), {}
        for number in range(1, len(pdf) + 1):
            page, here = pdf[number - 1], [each for each in boxes if each.page == number]
            under, open_text[number] = _passages(page, here)
            covered |= under
            drawn = drawn_page(page)
            _fill(drawn, here)
            pages.append((page.get_size(), drawn.size, *_encoded(drawn)))
    elsewhere = [number for number, said in open_text.items() if any(each in said for each in covered)]
    return {"pages": len(pages), "elsewhere": elsewhere, "covered": sorted(covered)}, _written(pages)


class OpenPdf:
    """A PDF in pdfium with its forms, closed again."""

    def __init__(self, source: bytes) -> None:
        self.source = source

    def __enter__(self) -> Any:
        import pypdfium2

        try:
            self.pdf = pypdfium2.PdfDocument(self.source)
            if self.pdf.get_formtype():
                self.pdf.init_forms()
        except pypdfium2.PdfiumError as error:
            raise FileFault(UNREADABLE) from error
        return self.pdf

    def __exit__(self, *_raised: object) -> None:
        self.pdf.close()


def drawn_page(page: Any, width: int = 0) -> Any:
    """Return a page as a picture: at DPI, or of a width."""
    import pypdfium2

    wide, high = page.get_size()
    if wide <= 0 or high <= 0:
        raise FileFault(UNREADABLE)
    scale = width / wide if width else DPI / POINTS
    scale = min(scale, (min(PAGE_BYTES, MOST_PIXELS) / (wide * high)) ** 0.5)
    try:
        return page.render(scale=scale).to_pil().convert("RGB")
    except pypdfium2.PdfiumError as error:
        raise FileFault(UNREADABLE) from error


def _fill(drawn: Any, boxes: Sequence[Area]) -> None:
    from PIL import ImageDraw

    pen = ImageDraw.Draw(drawn)
    for each in boxes:
        pen.rectangle(each.pixels(*drawn.size), fill="black")


def _letters(page: Any) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Return each character of a page that is no blank, with its box in shares of the page as it is drawn."""
    import pypdfium2.raw as pdfium

    text, (wide, high) = page.get_textpage(), page.get_size()
    found = []
    across, down = pdfium.c_int(), pdfium.c_int()
    fine = 20
    for at in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text.raw, at))
        if letter.isspace() or not letter.isprintable():
            continue
        left, bottom, right, top = text.get_charbox(at, loose=True)
        corners = []
        for x, y in ((left, bottom), (right, top)):
            pdfium.FPDF_PageToDevice(
                page.raw, 0, 0, int(wide * fine), int(high * fine), 0, x, y, across, down
            )
            corners.append((across.value / (wide * fine), down.value / (high * fine)))
        (ax, ay), (bx, by) = corners
        if not (max(ax, bx) > 0 and min(ax, bx) < 1 and max(ay, by) > 0 and min(ay, by) < 1):
            continue  # beside the page: nobody sees it, and the copy has no text
        found.append((letter, (min(ax, bx), min(ay, by), abs(ax - bx), abs(ay - by))))
    text.close()
    return found


def _by_line(boxes: Sequence[tuple[float, float, float, float]]) -> list[tuple[float, float, float, float]]:
    """Return one box for the characters of each line, a little larger and inside the page."""
    lines: list[list[float]] = []
    for x, y, wide, high in boxes:
        last = lines[-1] if lines else None
        if last and min(last[3], y + high) - max(last[1], y) > high / 2 and x >= last[0]:
            last[1], last[2], last[3] = min(last[1], y), max(last[2], x + wide), max(last[3], y + high)
        else:
            lines.append([x, y, x + wide, y + high])
    made = []
    for left, top, right, bottom in lines:
        rim = (bottom - top) * MARGIN
        left, top = max(0.0, left - rim), max(0.0, top - rim)
        made.append((left, top, min(1.0, right + rim) - left, min(1.0, bottom + rim) - top))
    return made


def _passages(page: Any, boxes: Sequence[Area]) -> tuple[set[str], str]:
    """Return the passages of the text layer that boxes touch, of two characters and more, and the rest of its text."""
    letters = _letters(page)
    under: dict[int, str] = {}
    rest = ""
    for letter, (x, y, wide, high) in letters:
        middle = (x + wide / 2, y + high / 2)
        at = next(
            (
                number
                for number, each in enumerate(boxes)
                if each.x <= middle[0] <= each.x + each.width and each.y <= middle[1] <= each.y + each.height
            ),
            None,
        )
        if at is None:
            rest += letter
        else:
            under[at] = under.get(at, "") + letter
    return {said for said in under.values() if len(said) > 1}, rest


def _encoded(drawn: Any) -> tuple[str, str, bytes]:
    """Return colour space, filter and data of a page picture: exact for text, JPEG for scans and photographs."""
    red, green, blue = drawn.split()
    is_grey = red.tobytes() == green.tobytes() == blue.tobytes()
    plain = red if is_grey else drawn
    if is_grey:
        step = 255 // (SHADES - 1)
        plain = red.point([round(shade / step) * step for shade in range(256)])
    space = "/DeviceGray" if is_grey else "/DeviceRGB"
    exact = zlib.compress(plain.tobytes(), 6)
    if len(exact) <= HEAVY_BYTES:
        return space, "/FlateDecode", exact
    packed = io.BytesIO()
    (red if is_grey else drawn).save(packed, "JPEG", quality=QUALITY)
    smaller = packed.getvalue()
    return (space, "/DCTDecode", smaller) if len(smaller) < len(exact) else (space, "/FlateDecode", exact)


Packed = tuple[tuple[float, float], tuple[int, int], str, str, bytes]
"""A page: its size in points and in pixels, colour space, filter, data."""


def _written(pages: Sequence[Packed]) -> bytes:
    """Return a new PDF of page pictures."""
    import pikepdf

    pdf = pikepdf.new()
    for (wide, high), pixels, space, packing, data in pages:
        picture = pikepdf.Stream(
            pdf,
            data,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=pixels[0],
            Height=pixels[1],
            ColorSpace=pikepdf.Name(space),
            BitsPerComponent=8,
            Filter=pikepdf.Name(packing),
        )
        page = pdf.add_blank_page(page_size=(wide, high))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture))
        page.Contents = pdf.make_stream(f"q {wide:.3f} 0 0 {high:.3f} 0 0 cm /P Do Q".encode())
    pdf.Root.Lang = pikepdf.String("zh-CN")
    out = io.BytesIO()
    pdf.save(
        out,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        compress_streams=False,
        static_id=True,
    )
    return out.getvalue()
