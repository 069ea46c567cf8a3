"""
The only code that opens attached files: a separate program, so that a hostile file harms only its process.

content.py starts it; it limits itself before it reads a byte (memory, processor time, no files
written, no processes), imports nothing of ours, and answers on standard output: one line of JSON, then bytes.

    check PATH                      {"type", "pages"} or {"fault"}
    picture PATH TYPE PAGE WIDTH    {"pages", "width", "height", "words", "type"}, then the picture
    paper PATH TYPE FIRST LAST      {"pages"}, then a PDF of these pages
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MEMORY_BYTES = 1_500_000_000
"""Address space; the libraries reserve half of it unused."""
CPU_S = 20
MOST_PIXELS = 60_000_000
"""Pixels of a picture: an A0 plan at 200 dpi."""
MOST_PAGES = 2_000
MOST_OBJECTS = 400_000
MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO, SMALL_ENTRY = 5_000, 400_000_000, 200, 1_000_000
"""Limits of an unpacked office file."""
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

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
_OPEN = "application/vnd.openxmlformats-officedocument"
PARTS = {
    "word/document.xml": f"{_OPEN}.wordprocessingml.document",
    "xl/workbook.xml": f"{_OPEN}.spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OPEN}.presentationml.presentation",
    "OFD.xml": "application/ofd",
}
"""A required member of the package of each type."""
ODF = {
    b"application/vnd.oasis.opendocument.text": "application/vnd.oasis.opendocument.text",
    b"application/vnd.oasis.opendocument.spreadsheet": "application/vnd.oasis.opendocument.spreadsheet",
}
STREAMS = {
    "worddocument": "application/msword",
    "workbook": "application/vnd.ms-excel",
    "book": "application/vnd.ms-excel",
    "powerpoint document": "application/vnd.ms-powerpoint",
}
"""A required stream of an old office file of each type."""
MACRO_PARTS = (
    "vbaproject",
    "vbadata",
    "macrosheets/",
    "activex/",
    "ctrlprops/",
    "customui/",
    "basic/",
    "scripts/",
)
EMBEDDED_PARTS = ("embeddings/", "oleobject", "objectreplacements/")
ACTIONS = frozenset(
    "/JavaScript /Launch /ImportData /SubmitForm /Rendition /Movie /Sound /RichMediaExecute /GoToE".split()
)
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/RichMediaSettings"})
ACTIVE_SUBTYPES = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})
BOUNDSHEET, WORKSHEET, CHART = 0x85, 0, 2
"""A sheet's record in an old workbook ([MS-XLS] 2.4.28); other sheets than these two hold macros."""


class FileFault(Exception):
    """The reason why a file is refused; the code is a key of attachment.REASONS."""


def bound() -> None:
    """Limit this process: memory, processor time, file size, child processes."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def check(path: Path) -> dict[str, Any]:
    """Return the type of a file by its content, and its pages (0 if it has none)."""
    with path.open("rb") as stream:
        head = stream.read(1_024)
    if not head:
        raise FileFault("file-empty")
    if head.startswith(b"%PDF-"):
        return {"type": PDF, "pages": _check_pdf(path)}
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        _image(path)
        return {"type": PNG if head.startswith(b"\x89") else JPEG, "pages": 1}
    if head.startswith(b"PK\x03\x04"):
        return {"type": _check_packed(path), "pages": 0}
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return {"type": _check_old_office(path), "pages": 0}
    raise FileFault("file-svg" if b"<svg" in head.lower() else "file-type")


def _check_pdf(path: Path) -> int:
    import pikepdf

    try:
        with pikepdf.open(path) as pdf:
            if len(pdf.objects) > MOST_OBJECTS:
                raise FileFault("file-bomb")
            for each in pdf.objects:
                for part in _dictionaries(each):
                    _refuse_active(part)
            if not 0 < len(pdf.pages) <= MOST_PAGES:
                raise FileFault("file-unreadable" if not len(pdf.pages) else "file-bomb")
    except pikepdf.PasswordError as error:
        raise FileFault("file-locked") from error
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, ValueError, KeyError, TypeError) as error:
        raise FileFault("file-unreadable") from error
    return _draw_pdf(path, 1, 200)[0]


def _dictionaries(start: Any) -> Iterator[Any]:
    """Yield an object and the objects directly inside it; indirect ones are visited on their own."""
    import pikepdf

    waiting = [start]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            inside = [value for _key, value in one.items()]
        elif isinstance(one, pikepdf.Array):
            inside = list(one)
        else:
            continue
        waiting += [
            value
            for value in inside
            if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect
        ]


def _refuse_active(part: Any) -> None:
    keys = set(part.keys())
    if (
        keys & ACTIVE_KEYS
        or str(part.get("/S", "")) in ACTIONS
        or str(part.get("/Subtype", "")) in ACTIVE_SUBTYPES
    ):
        raise FileFault("file-active")
    if "/EF" in keys or "/EmbeddedFiles" in keys or str(part.get("/Subtype", "")) == "/FileAttachment":
        raise FileFault("file-embedded")


def _check_packed(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            if len(entries) > MOST_ENTRIES or sum(each.file_size for each in entries) > MOST_UNPACKED:
                raise FileFault("file-bomb")
            if any(
                each.file_size > SMALL_ENTRY and each.file_size > MOST_RATIO * each.compress_size
                for each in entries
            ):
                raise FileFault("file-bomb")
            names = [each.filename for each in entries]
            found = _packed_type(packed, names)
            lowered = [name.lower() for name in names]
            if any(each.flag_bits & 1 for each in entries):
                raise FileFault("file-locked")
            if any(word in name for name in lowered for word in MACRO_PARTS) or _says_macros(packed, names):
                raise FileFault("file-active")
            if any(word in name for name in lowered for word in EMBEDDED_PARTS):
                raise FileFault("file-embedded")
            return found
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        KeyError,
        RuntimeError,
        NotImplementedError,
        EOFError,
    ) as error:
        raise FileFault("file-unreadable") from error


def _packed_type(packed: zipfile.ZipFile, names: list[str]) -> str:
    found = {kind for part, kind in PARTS.items() if part in names}
    if "mimetype" in names:
        kind = ODF.get(_start_of(packed, "mimetype").strip())
        found |= {kind} if kind else set()
    if len(found) != 1:
        raise FileFault("file-type")
    return found.pop()


def _says_macros(packed: zipfile.ZipFile, names: list[str]) -> bool:
    listed = "[Content_Types].xml"
    return listed in names and b"macroenabled" in _start_of(packed, listed, 1_000_000).lower()


def _start_of(packed: zipfile.ZipFile, name: str, most: int = 200) -> bytes:
    with packed.open(name) as stream:
        return stream.read(most)


def _check_old_office(path: Path) -> str:
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as office:
            parts = [
                [step.lower() for step in entry] for entry in office.listdir(streams=True, storages=True)
            ]
            top = {entry[0] for entry in parts}
            if "encryptedpackage" in top:
                raise FileFault("file-locked")
            if any(
                step in ("macros", "_vba_project_cur", "vba", "_vba_project")
                for entry in parts
                for step in entry
            ):
                raise FileFault("file-active")
            if "objectpool" in top and any(entry[0] == "objectpool" and len(entry) > 1 for entry in parts):
                raise FileFault("file-embedded")
            found = next((kind for stream, kind in STREAMS.items() if stream in top), "")
            if not found:
                raise FileFault("file-type")
            book = next((name for name in ("workbook", "book") if name in top), "")
            if book and _has_macro_sheet(office.openstream(book).read()):
                raise FileFault("file-active")
            return found
    except OSError as error:
        raise FileFault("file-unreadable") from error


def _has_macro_sheet(book: bytes) -> bool:
    at = 0
    while at + 4 <= len(book):
        kind, length = (
            int.from_bytes(book[at : at + 2], "little"),
            int.from_bytes(book[at + 2 : at + 4], "little"),
        )
        if kind == BOUNDSHEET and length >= 6 and book[at + 9] not in (WORKSHEET, CHART):
            return True
        at += 4 + length
    return False


def _image(path: Path) -> Any:
    """Return the picture, decoded and turned upright."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the bound is ours, before a pixel is unpacked
    try:
        found = Image.open(path, formats=("PNG", "JPEG"))
        if found.width * found.height > MOST_PIXELS:
            raise FileFault("file-bomb")
        found.load()
        return ImageOps.exif_transpose(found).convert("RGB") if found.mode != "RGBA" else _on_white(found)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise FileFault("file-unreadable") from error


def _on_white(found: Any) -> Any:
    from PIL import Image

    paper = Image.new("RGBA", found.size, "white")
    return Image.alpha_composite(paper, found).convert("RGB")


def _draw_pdf(path: Path, page: int, width: int) -> tuple[int, Any, str]:
    """Return the number of pages, one page as a picture of that width (narrower if it is very long), and its words."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(path)
        many = len(pdf)
        if not 1 <= page <= many:
            raise FileFault("file-unreadable")
        one = pdf[page - 1]
        wide, high = one.get_size()
        if wide <= 0 or high <= 0:
            raise FileFault("file-unreadable")
        crop = _margins(one, wide, high)
        left, bottom, right, top = crop
        scale = min(width / (wide - left - right), LONGEST_SIDE / (high - bottom - top))
        drawn = one.render(scale=scale, crop=crop, may_draw_forms=False).to_pil().convert("RGB")
        words = one.get_textpage().get_text_bounded()[:MOST_WORDS]
    except pypdfium2.PdfiumError as error:
        raise FileFault("file-unreadable") from error
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


def picture(path: Path, kind: str, page: int, width: int) -> tuple[dict[str, Any], bytes]:
    """Return one page as PNG or JPEG, no wider than asked for."""
    if kind == PDF:
        pages, drawn, words = _draw_pdf(path, page, width)
    else:
        pages, drawn, words = 1, _image(path), ""
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
        drawn = _image(path)
        sheet = A4_PIXELS if drawn.height >= drawn.width else A4_PIXELS[::-1]
        drawn.thumbnail(sheet)
        _centred(drawn, sheet).save(packed, "PDF", resolution=200)
        return {"pages": 1}, packed.getvalue()
    import pypdfium2

    try:
        whole, part = pypdfium2.PdfDocument(path), pypdfium2.PdfDocument.new()
        wanted = [number - 1 for number in range(first, last + 1) if 1 <= number <= len(whole)]
        if not wanted:
            raise FileFault("file-unreadable")
        part.import_pages(whole, wanted)
        part.save(packed)
    except pypdfium2.PdfiumError as error:
        raise FileFault("file-unreadable") from error
    return {"pages": len(wanted)}, packed.getvalue()


def _centred(drawn: Any, sheet: tuple[int, int]) -> Any:
    from PIL import Image

    page = Image.new("RGB", sheet, "white")
    page.paste(drawn, ((sheet[0] - drawn.width) // 2, (sheet[1] - drawn.height) // 2))
    return page


def main(arguments: list[str]) -> int:
    """Answer one question; return 0 if there was an answer, also for a refused file."""
    bound()
    what, path, *rest = arguments
    answer: dict[str, Any]
    content = b""
    try:
        if what == "check":
            answer = check(Path(path))
        elif what == "picture":
            answer, content = picture(Path(path), rest[0], int(rest[1]), int(rest[2]))
        else:
            answer, content = paper(Path(path), rest[0], int(rest[1]), int(rest[2]))
    except FileFault as fault:
        answer = {"fault": str(fault)}
    except ImportError:
        answer = {"fault": "file-unchecked"}
    except (MemoryError, RecursionError):
        answer = {"fault": "file-bomb"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + content)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
