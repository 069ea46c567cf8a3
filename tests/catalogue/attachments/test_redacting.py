"""A redacted copy holds nothing of what was covered: canaries in every place that a PDF or a picture has for words."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
import pypdfium2
import pytest
import typst
from PIL import Image, ImageDraw, PngImagePlugin

from kiosk.catalogue.attachments import content, redacting, redaction_proof
from kiosk.catalogue.attachments.content import FileNotRead
from kiosk.catalogue.attachments.drawing import JPEG, PDF, PNG
from kiosk.catalogue.attachments.file_faults import FileFault
from kiosk.catalogue.attachments.redacting import Area

CANARY = "Canary0635"
"""It is only in what must not travel."""
SOURCE = """
#set document(title: "Canary0635")
#set page(margin: 3cm)
= List of grants
Name: Canary0635, amount 1200.

Spaced: C a n a r y 0 6 3 5. Broken: Canary \\ 0635 end.
#pagebreak()
= Second page
Open words, then Canary0635 again.
"""
WHOLE = Area(1, 0, 0, 1, 1)


@cache
def plain() -> bytes:
    """Two pages that say the canary, spaced and broken over lines too."""
    return typst.compile(SOURCE.encode())


def changed(source: bytes, change: Callable[[Any], None], **how: Any) -> bytes:
    with pikepdf.open(io.BytesIO(source)) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out, **how)
    return out.getvalue()


def with_metadata(pdf: Any) -> None:
    pdf.docinfo["/Author"] = CANARY
    with pdf.open_metadata() as said:
        said["dc:creator"] = [CANARY]
        said["pdf:Keywords"] = CANARY


def with_annotations(pdf: Any) -> None:
    box = [100, 100, 300, 200]
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=box, Contents=CANARY, T=CANARY, NM=CANARY
    )
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=box,
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=f"https://example.cn/{CANARY}"),
    )  # fmt: skip
    pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(each) for each in (note, link)]))


def with_a_form(pdf: Any) -> None:
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T=CANARY,
            V=CANARY,
            TU=CANARY,
            Rect=[0, 0, 10, 10],
            F=2,
        )
    )
    pdf.pages[0].Annots = pikepdf.Array([field])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))


def with_a_file(pdf: Any) -> None:
    pdf.attachments[f"{CANARY}.txt"] = CANARY.encode()


def with_an_outline(pdf: Any) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(CANARY, 0))
    pdf.Root.PageLabels = pikepdf.Dictionary(Nums=[0, pikepdf.Dictionary(P=CANARY)])


def with_hidden_text(pdf: Any) -> None:
    """As recognised by a scanner (render mode 3), white, beside the page, under a picture, in a layer that is off."""
    page = pdf.pages[0]
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page.Resources.Font = pikepdf.Dictionary({**dict(page.Resources.get("/Font", {})), "/Fc": font})
    group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=CANARY))
    off = pikepdf.Dictionary(OFF=[group], BaseState=pikepdf.Name.ON)
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[group], D=off)
    page.Resources.Properties = pikepdf.Dictionary(L=group)
    said = (
        f"BT /Fc 12 Tf 3 Tr 72 300 Td ({CANARY}) Tj ET BT /Fc 12 Tf 0 Tr 1 g 72 320 Td ({CANARY}) Tj ET "
        f"BT /Fc 12 Tf 0 g -900 -900 Td ({CANARY}) Tj ET /OC /L BDC BT /Fc 12 Tf 72 340 Td ({CANARY}) Tj ET EMC "
        f"BT /Fc 12 Tf 72 360 Td ({CANARY}) Tj ET 1 g 60 350 300 30 re f /Span << /ActualText ({CANARY}) >> BDC EMC"
    )
    page.contents_add(said.encode())


def with_a_picture(pdf: Any) -> None:
    """A picture that shows the canary only where it is covered, with a comment in its bytes."""
    drawn = Image.new("RGB", (400, 80), "white")
    ImageDraw.Draw(drawn).text((10, 20), CANARY, fill="black", font_size=40)
    packed = io.BytesIO()
    drawn.save(packed, "JPEG", comment=CANARY.encode())
    picture = pikepdf.Stream(
        pdf, packed.getvalue(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=400, Height=80,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    page = pdf.pages[0]
    page.Resources.XObject = pikepdf.Dictionary(Pc=picture)
    page.contents_add(b"q 200 0 0 40 100 200 cm /Pc Do Q")


def with_a_thumbnail(pdf: Any) -> None:
    pdf.pages[0].Thumb = pdf.make_stream(CANARY.encode(), Width=1, Height=1)
    pdf.pages[0].PieceInfo = pikepdf.Dictionary(App=pikepdf.Dictionary(Private=CANARY))
    pdf.Root.StructTreeRoot = pikepdf.Dictionary(Alt=CANARY)


def with_an_earlier_revision(source: bytes) -> bytes:
    """The canary in revision 1, a harmless page in an incremental update after it."""
    start = int(re.findall(rb"startxref\s+(\d+)", source)[-1])
    at = len(source)
    extra = b"\n9999 0 obj\n<< /Producer (none) >>\nendobj\n"
    table = b"xref\n9999 1\n%010d 00000 n \ntrailer\n<< /Size 10000 /Root %s /Prev %d /Info 9999 0 R >>\n" % (
        at + 1,
        re.search(rb"/Root (\d+ \d+ R)", source)[1],  # type: ignore[index]
        start,
    )
    return source + extra + table + b"startxref\n%d\n%%%%EOF\n" % (at + len(extra))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "text": plain,
    "packed": lambda: changed(
        plain(), lambda _pdf: None, object_stream_mode=pikepdf.ObjectStreamMode.generate
    ),
    "metadata": lambda: changed(plain(), with_metadata),
    "annotations": lambda: changed(plain(), with_annotations),
    "form": lambda: changed(plain(), with_a_form),
    "file": lambda: changed(plain(), with_a_file),
    "outline": lambda: changed(plain(), with_an_outline),
    "hidden text": lambda: changed(plain(), with_hidden_text),
    "picture": lambda: changed(plain(), with_a_picture),
    "thumbnail": lambda: changed(plain(), with_a_thumbnail),
    "earlier revision": lambda: with_an_earlier_revision(
        changed(plain(), lambda _pdf: None, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    ),
    "turned": lambda: changed(plain(), lambda pdf: [page.rotate(90, relative=False) for page in pdf.pages]),
    "cropped": lambda: changed(
        plain(), lambda pdf: [setattr(page, "cropbox", [40, 40, 560, 800]) for page in pdf.pages]
    ),
}


def everything_said(pdf: bytes) -> bytes:
    """All bytes of a PDF, streams unpacked by zlib, and its text by pdfium."""
    unpacked = [pdf]
    for at in (found.end() for found in re.finditer(rb"stream\r?\n", pdf)):
        try:
            unpacked.append(zlib.decompressobj().decompress(pdf[at:]))
        except zlib.error:
            continue
    text = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))
    return b"".join(unpacked) + text.encode()


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_nothing_of_a_hostile_pdf_is_left(made: Callable[[], bytes]) -> None:
    source = made()
    places = redacting.areas(redacting.find(source, CANARY))
    assert len({each.page for each in places}) == 2, "found on both pages, spaced and broken too"
    inside = Area(1, 0.05, 0.5, 0.7, 0.3)
    _facts, copy = redacting.redact(source, PDF, [*places, inside])
    assert redaction_proof.prove(copy, PDF, 2, [*places, inside]) == {"pages": 2}
    said = everything_said(copy)
    for word in (
        CANARY.encode(),
        CANARY.encode("utf-16-be"),
        b"".join(b"%02X" % each for each in CANARY.encode()),
    ):
        assert word not in said
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert sorted(pdf.Root.keys()) == ["/Lang", "/Pages", "/Type"]
        assert not pdf.attachments
        for page in pdf.pages:
            assert sorted(page.keys()) == ["/Contents", "/MediaBox", "/Parent", "/Resources", "/Type"]


def test_what_is_open_can_still_be_seen_and_what_is_covered_is_black() -> None:
    """The pixels beside the boxes are those of the page; those under them are black, in two programs' pictures."""
    source = plain()
    places = redacting.areas(redacting.find(source, CANARY))
    facts, copy = redacting.redact(source, PDF, places)
    assert facts["elsewhere"] == []
    for number in range(2):
        before, after = (
            pypdfium2.PdfDocument(each)[number].render(scale=2).to_pil().convert("L")
            for each in (source, copy)
        )
        assert before.size == after.size
        pen = ImageDraw.Draw(before)
        for each in (area for area in places if area.page == number + 1):
            box = each.pixels(*before.size)
            assert after.crop((box[0] + 2, box[1] + 2, box[2] - 2, box[3] - 2)).getextrema()[1] < 24
            pen.rectangle(box, fill=0)
        apart = sum(abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True))
        assert apart / len(before.tobytes()) < 2, "mean difference of grey"


def test_a_passage_that_is_open_elsewhere_is_named() -> None:
    places = redacting.areas(redacting.find(plain(), CANARY))
    facts, _copy = redacting.redact(plain(), PDF, [each for each in places if each.page == 1])
    assert facts["elsewhere"] == [2]


@cache
def covered_copy() -> tuple[bytes, list[Area]]:
    places = redacting.areas(redacting.find(plain(), CANARY))
    return redacting.redact(plain(), PDF, places)[1], places


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "a text": lambda copy: changed(
        copy, lambda pdf: pdf.pages[0].contents_add(b"BT (x) Tj ET"), static_id=True
    ),
    "a title": lambda copy: changed(copy, lambda pdf: pdf.docinfo.update({"/Title": "x"}), static_id=True),
    "a note": lambda copy: changed(copy, with_annotations, static_id=True),
    "a file": lambda copy: changed(copy, with_a_file, static_id=True),
    "a form": lambda copy: changed(copy, with_a_form, static_id=True),
    "an update": with_an_earlier_revision,
    "bytes at the end": lambda copy: copy + b"x",
    "bytes before": lambda copy: b"x\n" + copy,
    "a comment": lambda copy: copy.replace(b"\nendobj", b"\n%Canary0635\nendobj", 1),
    "an object": lambda copy: copy.replace(b"\nxref", b"\n99 0 obj (Canary0635) endobj\nxref", 1),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_the_proof_refuses_a_copy_in_which_anything_is_left(spoil: Callable[[bytes], bytes]) -> None:
    copy, places = covered_copy()
    redaction_proof.prove(copy, PDF, 2, places)
    with pytest.raises(FileFault):
        redaction_proof.prove(spoil(copy), PDF, 2, places)


def test_the_proof_refuses_a_box_that_is_not_black_and_another_number_of_pages() -> None:
    copy, places = covered_copy()
    for pages, boxes in ((2, [*places, Area(2, 0.1, 0.1, 0.8, 0.1)]), (1, places), (3, places)):
        with pytest.raises(FileFault):
            redaction_proof.prove(copy, PDF, pages, boxes)
    with pytest.raises(FileFault):
        redaction_proof.prove(plain(), PDF, 2, [])


def picture(kind: str) -> bytes:
    """A picture with the canary as pixels, in its text parts, and after its end."""
    drawn = Image.new("RGB", (600, 300), "white")
    ImageDraw.Draw(drawn).text((100, 100), CANARY, fill="red", font_size=40)
    packed = io.BytesIO()
    if kind == PNG:
        said = PngImagePlugin.PngInfo()
        said.add_text("Comment", CANARY)
        drawn.save(packed, "PNG", pnginfo=said)
    else:
        exif = Image.Exif()
        exif[0x010E] = CANARY
        drawn.save(packed, "JPEG", exif=exif, comment=CANARY.encode(), icc_profile=CANARY.encode() * 20)
    return packed.getvalue() + CANARY.encode()


@pytest.mark.parametrize("kind", [PNG, JPEG])
def test_a_picture_is_its_pixels_alone_and_black_where_covered(kind: str) -> None:
    box = Area(1, 0.1, 0.3, 0.7, 0.25)
    _facts, copy = redacting.redact(picture(kind), kind, [box])
    assert redaction_proof.prove(copy, kind, 1, [box]) == {"pages": 1}
    assert CANARY.encode() not in copy
    drawn = Image.open(io.BytesIO(copy)).convert("RGB")
    assert not [(r, g) for r, g, _b in drawn.get_flattened_data() if r > 120 and g < 90], "no red letter"
    for spoilt in (picture(kind), copy + b"x"):
        with pytest.raises(FileFault):
            redaction_proof.prove(spoilt, kind, 1, [box])


def test_it_happens_apart_and_faults_are_refusals() -> None:
    """As the hub calls it: two processes, one that covers and one that never saw the original."""
    source = plain()
    places = content.find(source, PDF, CANARY)
    made = content.redacted(source, PDF, places)
    assert (made.pages, list(made.elsewhere)) == (2, [])
    assert CANARY in made.covered
    assert content.sheet(source, PDF, 2, 300).width == 300
    assert content.find(picture(PNG), PNG, CANARY) == []
    for areas, bytes_ in (([(3, 0, 0, 0.5, 0.5)], source), ([(1, 0, 0, 0.5, 0.5)], b"%PDF-1.7 broken")):
        with pytest.raises(FileNotRead):
            content.redacted(bytes_, PDF, areas)
