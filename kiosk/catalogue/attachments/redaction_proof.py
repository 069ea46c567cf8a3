"""
Proof that a redacted file has nothing but pictures with black boxes, in a process that never saw the original.

pdfium, and a reader of plain bytes that knows the few words such a file may have, look for anything that is left.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from kiosk.catalogue.attachments.drawing import PDF, PNG, image
from kiosk.catalogue.attachments.file_faults import FileFault
from kiosk.catalogue.attachments.redacting import Area, OpenPdf, drawn_page

LEFT = "redaction-left"
"""Something is left of what was covered."""
BLACK, SOFT, RIM = 24, 96, 10
"""Darkest shades of a box: inside, and in its outer RIM pixels, where a JPEG blends it with its surroundings."""


def prove(result: bytes, kind: str, pages: int, boxes: Sequence[Area]) -> dict[str, Any]:
    """
    Refuse a redacted file in which anything but covered pictures is found.

    Raises:
        FileFault: LEFT.
    """
    if kind == PDF:
        _check_words(result)
        _check_pdf(result, pages, boxes)
    else:
        _check_picture(result, kind, boxes)
    return {"pages": pages}


ALLOWED = frozenset(
    b"Type Catalog Pages Page Kids Count Parent MediaBox Resources XObject Subtype Image P Contents Length Filter "
    b"FlateDecode DCTDecode Width Height ColorSpace DeviceGray DeviceRGB BitsPerComponent Lang Root Size ID".split()
)
"""All names that a file of page pictures has."""
STREAM = re.compile(rb"/Length (\d+)[^>]*>>\s*stream\r?\n")
GRAMMAR = re.compile(
    rb"%[^\r\n]*|/[A-Za-z0-9]+|<[0-9A-Fa-f]{32}>|\(zh-CN\)|<<|>>|[\[\]]|[\d.]+"
    rb"|\b(?:obj|endobj|stream|endstream|xref|trailer|startxref|R|n|f)\b"
)
"""All that such a file consists of besides."""
CONTENT = re.compile(rb"q [\d.]+ 0 0 [\d.]+ 0 0 cm /P Do Q\s*")


def _check_words(result: bytes) -> None:
    """Look at the bytes outside pictures: one revision, and no word that a page picture does not need."""
    outside, streams = _apart(result)
    names = set(re.findall(rb"/([^\s/<>\[\]()%{}]+)", outside))
    strings = {found for found in re.findall(rb"\(([^)]*)\)", outside) if found != b"zh-CN"}
    comments = re.findall(rb"%[^\r\n]*", outside)
    is_single = outside.count(b"%%EOF") == 1 and outside.count(b"startxref") == 1
    ends = outside.rstrip().endswith(b"%%EOF")
    known_comments = all(each == b"%%EOF" or each.startswith(b"%PDF-") or len(each) <= 5 for each in comments)
    hexes = [each for each in re.findall(rb"<([0-9A-Fa-f]{4,})>", outside) if len(each) != 32]
    if names - ALLOWED or strings or hexes or not (is_single and ends and known_comments):
        raise FileFault(LEFT)
    if not result.startswith(b"%PDF-") or GRAMMAR.sub(b"", outside).strip():
        raise FileFault(LEFT)
    contents = [data for data in streams if not data.startswith((b"\x78", b"\xff\xd8"))]
    if any(not CONTENT.fullmatch(data) for data in contents) or len(contents) * 2 != len(streams):
        raise FileFault(LEFT)
    for data in streams:
        if data.startswith(b"\xff\xd8") and not _is_bare_jpeg(data):
            raise FileFault(LEFT)


def _apart(result: bytes) -> tuple[bytes, list[bytes]]:
    """Return the bytes outside streams, and the streams by the lengths that they say."""
    outside, streams, at = b"", [], 0
    for head in STREAM.finditer(result):
        if head.start() < at:
            continue
        end = head.end() + int(head[1])
        if not re.match(rb"\r?\n?endstream", result[end : end + 12]):
            raise FileFault(LEFT)
        outside += result[at : head.end()]
        streams.append(result[head.end() : end])
        at = end
    return outside + result[at:], streams


def _check_pdf(result: bytes, pages: int, boxes: Sequence[Area]) -> None:
    """Look at the file with pdfium: one picture a page, no text, nothing beside the pages, black boxes."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    with OpenPdf(result) as pdf:
        beside = (
            pdf.count_attachments(),
            pdf.get_formtype(),
            len(list(pdf.get_toc())),
            pdfium.FPDFDoc_GetJavaScriptActionCount(pdf.raw),
            pdfium.FPDF_GetSignatureCount(pdf.raw),
            any(pdf.get_metadata_dict(skip_empty=True).values()),
        )
        if any(beside) or len(pdf) != pages:
            raise FileFault(LEFT)
        for number in range(pages):
            page = pdf[number]
            kinds = [each.type for each in page.get_objects()]
            text = page.get_textpage().count_chars()
            if kinds != [pypdfium2.raw.FPDF_PAGEOBJ_IMAGE] or text or pdfium.FPDFPage_GetAnnotCount(page.raw):
                raise FileFault(LEFT)
            here = [each for each in boxes if each.page == number + 1]
            if here:
                _check_black(drawn_page(page), here)


def _check_black(drawn: Any, boxes: Sequence[Area]) -> None:
    grey = drawn.convert("L")
    for each in boxes:
        left, top, right, bottom = each.pixels(*grey.size)
        darkest = grey.crop((left + 1, top + 1, max(left + 2, right), max(top + 2, bottom))).getextrema()[1]
        inner = (left + RIM, top + RIM, right - RIM, bottom - RIM)
        inside = grey.crop(inner).getextrema()[1] if inner[0] < inner[2] and inner[1] < inner[3] else 0
        if darkest > SOFT or inside > BLACK:
            raise FileFault(LEFT)


def _check_picture(result: bytes, kind: str, boxes: Sequence[Area]) -> None:
    is_bare = _is_bare_png(result) if kind == PNG else _is_bare_jpeg(result)
    if not is_bare:
        raise FileFault(LEFT)
    _check_black(image(io.BytesIO(result)), boxes)


PNG_PARTS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
JPEG_SEGMENTS = frozenset({0xDB, 0xC4, 0xC0, 0xC2, 0xDA, 0xE0, 0xDD})
"""Tables, frame, scan, the JFIF head: no EXIF, no profile, no comment."""
JFIF_BYTES = 16


def _is_bare_png(data: bytes) -> bool:
    """Return whether a PNG is its pixels alone, to the last byte."""
    names, at = [], 8
    while at + 12 <= len(data):
        (size,), name = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        names.append(name)
        at += size + 12
    return (
        at == len(data) and set(names) <= PNG_PARTS and names[-1:] == [b"IEND"] and names.count(b"IEND") == 1
    )


def _is_bare_jpeg(data: bytes) -> bool:
    """Return whether a JPEG is its pixels alone, to the last byte: an 8-bit JFIF head without a small picture."""
    for marker, size in _segments(data):
        if marker not in JPEG_SEGMENTS or (marker == 0xE0 and size != JFIF_BYTES):
            return False
    return data.count(b"\xff\xd9") == 1 and data.endswith(b"\xff\xd9")


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the markers of a JPEG up to its first scan, with their lengths; those of later scans too."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, size
        at += 2 + size
        if marker == 0xDA:
            found = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]").search(data, at)
            if found is None or data[found.start() + 1] == 0xD9:
                return
            at = found.start()
    yield 0, 0  # it ends within a segment, or has something between them
