"""Pages as pictures and as paper: of PDFs by pdfium without scripts, of images by Pillow."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, Any

from kiosk.catalogue.attachments.file_faults import BOMB, UNREADABLE, FileFault

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
MOST_PIXELS = 60_000_000
"""Pixels of a picture: an A0 plan at 200 dpi."""
LONGEST_SIDE = 4_000
LOOK_WIDTH, RIM, MOST_TRIM = 300, 0.03, 0.14
"""
Width in pixels of the small picture in which margins are looked for; share of a page kept as rim; most share trimmed.
"""
HEAVY_BYTES = 300_000
FEW_COLOURS, SHADES = 2_048, 32
"""Text has a few hundred colours, grey ones at the edges of its letters; 32 shades make a third of the bytes."""
MOST_WORDS = 20_000
"""Characters of the text of one page."""
A4_PIXELS = (1654, 2339)
"""An image on A4 at 200 dpi."""


def image(path: Path | IO[bytes]) -> Any:
    """Return the picture, decoded and turned upright."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the bound is ours, before a pixel is unpacked
    try:
        found = Image.open(path, formats=("PNG", "JPEG"))
        if found.width * found.height > MOST_PIXELS:
            raise FileFault(BOMB)
        found.load()
        drawn = ImageOps.exif_transpose(found).convert("RGB") if found.mode != "RGBA" else _on_white(found)
        drawn.info.clear()  # a JPEG's comment would be written again
        return drawn
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise FileFault(UNREADABLE) from error


def _on_white(found: Any) -> Any:
    from PIL import Image

    paper = Image.new("RGBA", found.size, "white")
    return Image.alpha_composite(paper, found).convert("RGB")


def draw_pdf(source: Path | bytes, page: int, width: int) -> tuple[int, Any, str]:
    """Return the number of pages, one page as a picture of that width (narrower if it is very long), and its words."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(source)
        many = len(pdf)
        if not 1 <= page <= many:
            raise FileFault(UNREADABLE)
        one = pdf[page - 1]
        wide, high = one.get_size()
        if wide <= 0 or high <= 0:
            raise FileFault(UNREADABLE)
        crop = _margins(one, wide, high)
        left, bottom, right, top = crop
        scale = min(width / (wide - left - right), LONGEST_SIDE / (high - bottom - top))
        drawn = one.render(scale=scale, crop=crop, may_draw_forms=False).to_pil().convert("RGB")
        words = one.get_textpage().get_text_bounded()[:MOST_WORDS]
    except pypdfium2.PdfiumError as error:
        raise FileFault(UNREADABLE) from error
    return many, drawn, "".join(each for each in words if each in "\n\t" or each.isprintable())


def _margins(one: Any, wide: float, high: float) -> tuple[float, float, float, float]:
    """
    Return the white margins to trim from a page: left, bottom, right, top, in points.

    Trimmed pages show their words a third larger on the screen.
    """
    from PIL import ImageOps

    small = one.render(scale=min(LOOK_WIDTH / wide, 4 * LOOK_WIDTH / high), may_draw_forms=False).to_pil()
    box = ImageOps.invert(small.convert("L")).point(lambda dark: 255 if dark > 16 else 0).getbbox()
    if box is None:
        return 0, 0, 0, 0
    across, down = wide / small.width, high / small.height
    sides = box[0] * across, high - box[3] * down, wide - box[2] * across, box[1] * down
    left, bottom, right, top = (max(0.0, side - wide * RIM) for side in sides)
    left = right = min(left, right, wide * MOST_TRIM)
    return left, min(bottom, high * MOST_TRIM), right, min(top, high * MOST_TRIM)


def picture(source: Path | bytes, kind: str, page: int, width: int) -> tuple[dict[str, Any], bytes]:
    """Return one page of a file, or of a PDF in memory, as PNG or JPEG, no wider than asked for."""
    if kind == PDF:
        pages, drawn, words = draw_pdf(source, page, width)
    elif isinstance(source, bytes):
        raise FileFault(UNREADABLE)
    else:
        pages, drawn, words = 1, image(source), ""
        if drawn.width > width or drawn.height > LONGEST_SIDE:
            drawn.thumbnail((width, LONGEST_SIDE))
    kind, content = _light(drawn)
    answer = {"pages": pages, "width": drawn.width, "height": drawn.height, "words": words, "type": kind}
    return answer, content


def _light(drawn: Any) -> tuple[str, bytes]:
    """Return text and drawings as PNG with few shades, a scan or photograph as JPEG."""
    scan, text = io.BytesIO(), io.BytesIO()
    if drawn.getcolors(FEW_COLOURS) is not None:
        drawn.quantize(SHADES).save(text, "PNG", compress_level=6)
        if text.tell() <= HEAVY_BYTES:
            return PNG, text.getvalue()
    drawn.save(scan, "JPEG", quality=80, optimize=True)
    if text.tell() and text.tell() < scan.tell():
        return PNG, text.getvalue()
    return JPEG, scan.getvalue()


def paper(path: Path, kind: str, first: int, last: int) -> tuple[dict[str, Any], bytes]:
    """Return pages first to last as a PDF for a printer; an image becomes one A4 page."""
    packed = io.BytesIO()
    if kind != PDF:
        drawn = image(path)
        sheet = A4_PIXELS if drawn.height >= drawn.width else A4_PIXELS[::-1]
        drawn.thumbnail(sheet)
        _centred(drawn, sheet).save(packed, "PDF", resolution=200)
        return {"pages": 1}, packed.getvalue()
    import pypdfium2

    try:
        whole, part = pypdfium2.PdfDocument(path), pypdfium2.PdfDocument.new()
        wanted = [number - 1 for number in range(first, last + 1) if 1 <= number <= len(whole)]
        if not wanted:
            raise FileFault(UNREADABLE)
        part.import_pages(whole, wanted)
        part.save(packed)
    except pypdfium2.PdfiumError as error:
        raise FileFault(UNREADABLE) from error
    return {"pages": len(wanted)}, packed.getvalue()


def _centred(drawn: Any, sheet: tuple[int, int]) -> Any:
    from PIL import Image

    page = Image.new("RGB", sheet, "white")
    page.paste(drawn, ((sheet[0] - drawn.width) // 2, (sheet[1] - drawn.height) // 2))
    return page
