"""Files as people attach them, and as somebody hostile would: made here, byte by byte where no program makes them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from openpyxl import Workbook
from PIL import Image

from printers.paper import pdf
from printers.paper.document import Cut, Para, Slip

OPEN = "application/vnd.openxmlformats-officedocument"


@cache
def a_pdf(*pages: str) -> bytes:
    """A PDF with a page for each text, made as the product makes its forms."""
    blocks: list[Any] = []
    for text in pages or ("城乡居民最低生活保障申请表（示例）",):
        blocks += [Cut(), Para(text)] if blocks else [Para(text)]
    return pdf.render(Slip("form", "申请表（示例）", tuple(blocks)))


def changed_pdf(change: Any, **saved: Any) -> bytes:
    """A PDF of one page after `change` was done to it."""
    packed = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(595, 842))
        change(made)
        made.save(packed, **saved)
    return packed.getvalue()


def with_script(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def with_script_in_a_field(made: pikepdf.Pdf) -> None:
    """Deep inside: an annotation's additional action."""
    action = pikepdf.Dictionary(U=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[0, 0, 9, 9], AA=action
    )
    made.pages[0].Annots = pikepdf.Array([note])


def with_launch(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")


def with_file_inside(made: pikepdf.Pdf) -> None:
    made.attachments["inner.exe"] = b"MZ"


def with_link(made: pikepdf.Pdf) -> None:
    """Harmless: an address on the web, and a page to open at."""
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.cn"),
    )
    made.pages[0].Annots = pikepdf.Array([link])
    made.Root.OpenAction = pikepdf.Array([made.pages[0].obj, pikepdf.Name.Fit])


def with_empty_lists(made: pikepdf.Pdf) -> None:
    """Harmless: lists of scripts and files as some programs write them, with nothing in them."""
    empty = pikepdf.Dictionary(Names=pikepdf.Array([]))
    made.Root.Names = pikepdf.Dictionary(JavaScript=empty, EmbeddedFiles=empty)


def with_first_page(made: pikepdf.Pdf) -> None:
    target = pikepdf.Array([made.pages[0].obj, pikepdf.Name.Fit])
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=target)


def opening(kind: str, **about: Any) -> Any:
    """Something that happens when the file is opened."""

    def change(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name(kind), **about)

    return change


def touched(kind: str, **about: Any) -> Any:
    """Something that happens when a link is touched."""

    def change(made: pikepdf.Pdf) -> None:
        with_link(made)
        made.pages[0].Annots[0].A = pikepdf.Dictionary(S=pikepdf.Name(kind), **about)

    return change


def with_outside_content(made: pikepdf.Pdf) -> None:
    stream = made.make_stream(b"")
    stream.stream_dict = pikepdf.Dictionary(
        F=pikepdf.Dictionary(FS=pikepdf.Name.URL, F="https://example.cn/a")
    )
    made.pages[0].Contents = stream


def a_pdf_with_a_slow_second_page() -> bytes:
    """Its first page is empty, its second draws some hundred thousand curves."""

    def slow(made: pikepdf.Pdf) -> None:
        made.add_blank_page(page_size=(595, 842))
        curve = b"0 0 m 500 800 0 800 500 0 c 9 9 400 300 20 700 c S\n"
        made.pages[1].Contents = made.make_stream(curve * 400_000)

    return changed_pdf(slow)


def a_pdf_bomb() -> bytes:
    """A kilobyte that unpacks to gigabytes when its page is drawn: zeros packed twice."""

    def burst(made: pikepdf.Pdf) -> None:
        once = zlib.compress(b"\x00" * 400_000_000, 9)
        image = pikepdf.Stream(made, zlib.compress(once, 9))
        image.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=100_000,
            Height=100_000,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceRGB,
            Filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode]),
        )
        made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=made.make_indirect(image)))
        made.pages[0].Contents = pikepdf.Stream(made, b"q 500 0 0 500 0 0 cm /I Do Q " * 50)

    return changed_pdf(burst, compress_streams=False)


def a_laughing_pdf() -> bytes:
    """A page that draws a form ten times, which draws a form ten times, and so on: hours of work in two kilobytes."""

    def laugh(made: pikepdf.Pdf) -> None:
        inner = made.make_stream(b"0 0 m 500 800 l S")
        for _level in range(9):
            inner.stream_dict = pikepdf.Dictionary(
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Form,
                BBox=[0, 0, 595, 842],
                **({"Resources": inner.Resources} if "/Resources" in inner else {}),
            )
            outer = made.make_stream(b"/F Do " * 10)
            outer.stream_dict = pikepdf.Dictionary(
                Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
            )
            inner = outer
        made.pages[0].Contents = made.make_stream(b"/F Do " * 10)
        made.pages[0].Resources = inner.Resources

    return changed_pdf(laugh)


def a_png(width: int = 900, height: int = 600, colour: str = "#1d5fa8") -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(packed, "PNG")
    return packed.getvalue()


def a_jpeg() -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(packed, "JPEG")
    return packed.getvalue()


def a_png_bomb() -> bytes:
    """A small file that says it is 60,000 points wide and high."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 10_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def packed(**parts: bytes) -> bytes:
    """A zip file; `__` in a name stands for a slash, `_` before the ending for a dot."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def types(*named: tuple[str, str]) -> bytes:
    """The list of a package's parts and their types."""
    rows = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in named)
    plain = '<Default Extension="xml" ContentType="application/xml"/>'
    rels = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    )
    return f'<?xml version="1.0"?><Types>{plain}{rels}{rows}</Types>'.encode()


def a_docx(body: str = "", *, before: str = "", **further: bytes) -> bytes:
    """A text of this body; `before` it stands at the head of the part."""
    parts = {
        "[Content_Types].xml": types(("word/document.xml", f"{OPEN}.wordprocessingml.document.main+xml")),
        "word/document.xml": f"{before}<w:document><w:body>{body}</w:body></w:document>".encode(),
    }
    return packed(**{**parts, **further})


def relationship(role: str, target: str, mode: str = "External") -> dict[str, bytes]:
    """The relationships of a text: one."""
    kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{role}"
    row = f'<Relationship Id="r1" Type="{kind}" Target="{escape(target)}" TargetMode="{mode}"/>'
    return {"word/_rels/document.xml.rels": f"<Relationships>{row}</Relationships>".encode()}


def field(*code: str) -> str:
    """A field of a text; pieces of its code in runs of their own, a piece with elements as it is."""
    runs = "".join(each if "<" in each else f"<w:instrText>{escape(each)}</w:instrText>" for each in code)
    begin, end = ('<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>')
    return f"<w:p><w:r>{begin}{runs}{end}</w:r></w:p>"


def chart(table: bytes) -> dict[str, bytes]:
    """A chart and the table behind it."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package"
    row = f'<Relationship Id="r1" Type="{kind}" Target="../embeddings/a.xlsx"/>'
    return {
        "[Content_Types].xml": types(
            ("word/document.xml", f"{OPEN}.wordprocessingml.document.main+xml"),
            ("word/charts/chart1.xml", f"{OPEN}.drawingml.chart+xml"),
            ("word/embeddings/a.xlsx", f"{OPEN}.spreadsheetml.sheet"),
        ),
        "word/charts/chart1.xml": b"<c:chartSpace/>",
        "word/charts/_rels/chart1.xml.rels": f"<Relationships>{row}</Relationships>".encode(),
        "word/embeddings/a.xlsx": table,
    }


def an_xlsx(*formulas: str) -> bytes:
    made = io.BytesIO()
    book = Workbook()
    book.active.append(["村", "户数", *formulas])
    book.save(made)
    return made.getvalue()


def changed_xlsx(Override: tuple[str, str] | None = None, **further: bytes) -> bytes:  # as in the file
    """A table with further parts, and one further row in the list of types."""
    with zipfile.ZipFile(io.BytesIO(an_xlsx())) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    if Override:
        row = f'<Override PartName="/{Override[0]}" ContentType="{Override[1]}"/></Types>'
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", row.encode())
    return packed(**{**parts, **further})


def an_odt(body: str) -> bytes:
    return packed(
        mimetype=b"application/vnd.oasis.opendocument.text",
        **{"content.xml": f"<office:body>{body}</office:body>".encode()},
    )


def an_ofd(body: str, **further: bytes) -> bytes:
    return packed(
        **{
            "OFD.xml": b"<ofd:OFD/>",
            "Doc_0/Document.xml": f"<ofd:Document>{body}</ofd:Document>".encode(),
            **further,
        }
    )


def slide_action(action: int) -> bytes:
    """A container of slides with what a touch does ([MS-PPT] 2.8.2)."""
    atom = struct.pack("<HHI", 0, 0x0FF3, 16) + struct.pack("<IIB", 0, 0, action) + b"\x00" * 7
    return struct.pack("<HHI", 0x0F, 1000, len(atom)) + atom


def old_office(*names: str, book: bytes = b"") -> bytes:
    """A compound file ([MS-CFB]) with these streams; `A/B` is a stream B in a storage A."""
    entries: list[tuple[str, int, int, int]] = []  # name, type, child, right
    tops = list(dict.fromkeys(name.split("/")[0] for name in names))
    for at, top in enumerate(tops):
        inner = [name.split("/", 1)[1] for name in names if name.startswith(top + "/")]
        entries.append((top, 1 if inner else 2, -1, at + 2 if at + 1 < len(tops) else -1))
    for at, top in enumerate(tops):
        inner = [name.split("/", 1)[1] for name in names if name.startswith(top + "/")]
        if inner:
            entries[at] = (top, 1, len(entries) + 1, entries[at][3])
            for step, name in enumerate(inner):
                more = len(entries) + 2 if step + 1 < len(inner) else -1
                entries.append((name, 2, -1, more))
    content = (book or b"\x00").ljust(4096, b"\x00")
    directory = _entry("Root Entry", 5, 1, -1, -2, 0)
    for name, kind, child, right in entries:
        directory += _entry(name, kind, child, right, 1 if kind == 2 else 0, 4096 if kind == 2 else 0)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\x00")
    sectors = len(directory) // 512
    # sector 0: FAT; 1 to 8: the content, shared by all streams; then the directory
    table = [-3, *range(2, 9), -2, *range(10, 9 + sectors), -2]
    fat = b"".join(struct.pack("<i", each) for each in table).ljust(512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    head += struct.pack("<IIIIIiIiI", 0, 1, 9, 0, 4096, -2, 0, -2, 0)
    head += struct.pack("<i", 0) + b"\xff" * 432
    return head + fat + content + directory


def _entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le") + b"\x00\x00"
    one = written.ljust(64, b"\x00") + struct.pack("<HBB", len(written), kind, 1)
    one += struct.pack("<iii", -1, right, child) + b"\x00" * 36
    return one + struct.pack("<iQ", start, size)


def a_book(*sheet_types: int) -> bytes:
    """The beginning of an old workbook with sheets of these types."""
    made = b""
    for kind in sheet_types:
        body = struct.pack("<IBB", 0, 0, kind) + b"\x01\x00A"
        made += struct.pack("<HH", 0x85, len(body)) + body
    return made
