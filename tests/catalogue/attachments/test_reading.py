"""What a file really is, and that a hostile one is refused by the process that reads it, with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from kiosk.catalogue.attachments import content as attachments_content
from kiosk.catalogue.attachments import drawing, old_office_check, package_check
from kiosk.catalogue.attachments.content import Content, FileNotRead
from kiosk.catalogue.records import attachment as attachments
from tests.catalogue import attached

ROOT = Path(__file__).parents[3]
PDF = "application/pdf"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
ODT = "application/vnd.oasis.opendocument.text"


def kept(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


def wide(written: bytes) -> bytes:
    return written.decode().replace('<?xml version="1.0"?>', "").encode("utf-16")


def locked(user: str) -> bytes:
    return attached.changed_pdf(lambda pdf: None, encryption=pikepdf.Encryption(owner="o", user=user))


KNOWN: dict[str, tuple[Callable[[], bytes], Content]] = {
    "pdf": (lambda: attached.a_pdf("一", "二", "三"), Content(PDF, 3)),
    "pdf-with-link": (lambda: attached.changed_pdf(attached.with_link), Content(PDF, 1)),
    "pdf-with-an-empty-list-of-scripts": (
        lambda: attached.changed_pdf(attached.with_empty_lists),
        Content(PDF, 1),
    ),
    "pdf-after-two-line-ends": (
        lambda: b"\r\n\r\n" + attached.changed_pdf(attached.with_link),
        Content(PDF, 1),
    ),
    "pdf-with-a-page-to-begin-at": (
        lambda: attached.changed_pdf(attached.with_first_page),
        Content(PDF, 1),
    ),
    "pdf-that-only-its-owner-may-change": (lambda: locked(user=""), Content(PDF, 1)),
    "png": (attached.a_png, Content("image/png", 1)),
    "jpeg": (attached.a_jpeg, Content("image/jpeg", 1)),
    "docx": (attached.a_docx, Content(f"{attached.OPEN}.wordprocessingml.document", 0)),
    "xlsx": (attached.an_xlsx, Content(f"{attached.OPEN}.spreadsheetml.sheet", 0)),
    "docx-with-chart": (
        lambda: attached.a_docx(**attached.chart(attached.an_xlsx())),
        Content(f"{attached.OPEN}.wordprocessingml.document", 0),
    ),
    "docx-with-web-link-and-page-numbers": (
        lambda: attached.a_docx(
            attached.field("PAGE")
            + attached.field("HYPERLINK", ' "https://example.cn"')
            + attached.field("_Ref01"),
            **attached.relationship("hyperlink", "https://example.cn/a?b=c"),
        ),
        Content(f"{attached.OPEN}.wordprocessingml.document", 0),
    ),
    "xlsx-with-tick-boxes": (
        lambda: attached.changed_xlsx(
            Override=("xl/ctrlProps/ctrlProp1.xml", "application/vnd.ms-excel.controlproperties+xml"),
            **{"xl/ctrlProps/ctrlProp1.xml": b'<formControlPr objectType="CheckBox"/>'},
        ),
        Content(f"{attached.OPEN}.spreadsheetml.sheet", 0),
    ),
    "xlsx-with-formulas": (
        lambda: attached.an_xlsx("=SUM(B1:B9)", '=HYPERLINK("https://example.cn","网站")', "='表|一'!A1"),
        Content(f"{attached.OPEN}.spreadsheetml.sheet", 0),
    ),
    "odt-with-link": (
        lambda: attached.an_odt(
            '<text:a xlink:href="https://example.cn">x</text:a><draw:image xlink:href="Pictures/1.png"/>'
        ),
        Content(ODT, 0),
    ),
    "ofd-with-link": (
        lambda: attached.an_ofd('<ofd:Action Event="CLICK"><ofd:URI URI="https://example.cn"/></ofd:Action>'),
        Content("application/ofd", 0),
    ),
    "ofd": (lambda: attached.packed(**{"OFD.xml": b"<OFD/>"}), Content("application/ofd", 0)),
    "odt": (lambda: attached.packed(mimetype=ODT.encode()), Content(ODT, 0)),
    "doc": (lambda: attached.old_office("WordDocument"), Content("application/msword", 0)),
    "xls": (
        lambda: attached.old_office("Workbook", book=attached.a_book(0, 2)),
        Content("application/vnd.ms-excel", 0),
    ),
}


@pytest.mark.parametrize(("made", "expected"), KNOWN.values(), ids=KNOWN)
def test_the_type_is_what_the_content_says(
    tmp_path: Path, made: Callable[[], bytes], expected: Content
) -> None:
    assert attachments_content.check(kept(tmp_path, made())) == expected


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "file-empty"),
    "program": (lambda: b"MZ\x90\x00 a program", "file-type"),
    "html": (lambda: b"<html><script>alert(1)</script></html>", "file-type"),
    "svg": (lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "file-svg"),
    "gif": (lambda: b"GIF89a" + b"\x00" * 40, "file-type"),
    "zip": (lambda: attached.packed(readme=b"a zip file"), "file-type"),
    "pdf-with-script": (lambda: attached.changed_pdf(attached.with_script), "file-active"),
    "pdf-with-script-in-a-field": (
        lambda: attached.changed_pdf(attached.with_script_in_a_field),
        "file-active",
    ),
    "pdf-with-packed-script": (
        lambda: attached.changed_pdf(
            attached.with_script_in_a_field, object_stream_mode=pikepdf.ObjectStreamMode.generate
        ),
        "file-active",
    ),
    "pdf-that-launches": (lambda: attached.changed_pdf(attached.with_launch), "file-active"),
    "pdf-with-file": (lambda: attached.changed_pdf(attached.with_file_inside), "file-embedded"),
    "pdf-with-password": (lambda: locked(user="secret"), "file-locked"),
    "pdf-in-name-only": (lambda: b"%PDF-1.7\nnot really\n%%EOF", "file-unreadable"),
    "png-bomb": (attached.a_png_bomb, "file-bomb"),
    "half-a-png": (lambda: attached.a_png()[:200], "file-unreadable"),
    "docx-with-macros": (lambda: attached.a_docx(**{"word/vbaProject.bin": b"x"}), "file-active"),
    "docx-that-says-macros": (
        lambda: attached.a_docx(**{"[Content_Types].xml": attached.types(("word/document.xml", MACROS))}),
        "file-active",
    ),
    "docx-with-object": (
        lambda: attached.a_docx(**{"word/embeddings/oleObject1.bin": b"x"}),
        "file-embedded",
    ),
    "docx-bomb": (lambda: attached.a_docx(**{"word/media/zeros": b"\x00" * 300_000_000}), "file-bomb"),
    "half-a-docx": (lambda: attached.a_docx()[:60], "file-unreadable"),
    "doc-with-macros": (lambda: attached.old_office("WordDocument", "Macros/VBA"), "file-active"),
    "xls-with-macros": (lambda: attached.old_office("Workbook", "_VBA_PROJECT_CUR/dir"), "file-active"),
    "xls-with-macro-sheet": (
        lambda: attached.old_office("Workbook", book=attached.a_book(0, 1)),
        "file-active",
    ),
    "office-with-password": (lambda: attached.old_office("EncryptedPackage"), "file-locked"),
    "old-office-of-no-kind": (lambda: attached.old_office("Something"), "file-type"),
    "pdf-that-opens-a-share": (
        lambda: attached.changed_pdf(attached.opening("/GoToR", F=r"\\\\server\\share\\a.pdf")),
        "file-active",
    ),
    "pdf-that-opens-an-address-unasked": (
        lambda: attached.changed_pdf(attached.opening("/URI", URI="https://example.cn")),
        "file-active",
    ),
    "pdf-with-thread": (
        lambda: attached.changed_pdf(attached.touched("/Thread", F=r"\\\\server\\share\\a.pdf")),
        "file-active",
    ),
    "pdf-with-link-to-a-share": (
        lambda: attached.changed_pdf(attached.touched("/URI", URI="file://server/share")),
        "file-active",
    ),
    "pdf-with-link-that-runs": (
        lambda: attached.changed_pdf(attached.touched("/URI", URI="javascript:alert(1)")),
        "file-active",
    ),
    "pdf-that-prints": (
        lambda: attached.changed_pdf(attached.touched("/Named", N=pikepdf.Name.Print)),
        "file-active",
    ),
    "pdf-with-content-elsewhere": (
        lambda: attached.changed_pdf(attached.with_outside_content),
        "file-linked",
    ),
    "docx-with-remote-template": (
        lambda: attached.a_docx(**attached.relationship("attachedTemplate", "https://example.cn/a.dotm")),
        "file-linked",
    ),
    "docx-with-outside-object": (
        lambda: attached.a_docx(**attached.relationship("oleObject", "file:///c:/a.xls")),
        "file-embedded",
    ),
    "docx-with-picture-on-a-share": (
        lambda: attached.a_docx(**attached.relationship("image", r"\\\\server\\share\\a.png")),
        "file-linked",
    ),
    "docx-with-link-to-a-share": (
        lambda: attached.a_docx(**attached.relationship("hyperlink", "file://server/share/a.docx")),
        "file-linked",
    ),
    "docx-with-dde": (
        lambda: attached.a_docx(attached.field("DDEAUTO", r' c:\\cmd.exe "/k calc"')),
        "file-active",
    ),
    "docx-with-dde-in-pieces": (
        lambda: attached.a_docx(attached.field("DD", "E", "AUTO x y")),
        "file-active",
    ),
    "docx-with-a-field-that-names-a-field": (
        lambda: attached.a_docx(attached.field(attached.field("QUOTE", " 68 68 69"), " x y")),
        "file-active",
    ),
    "docx-with-dde-in-small": (
        lambda: attached.a_docx('<w:fldSimple w:instr=" ddeauto x y "/>'),
        "file-active",
    ),
    "docx-with-picture-by-field": (
        lambda: attached.a_docx(attached.field("INCLUDEPICTURE", ' "https://example.cn/a.png"')),
        "file-active",
    ),
    "docx-whose-types-are-written-wide": (
        lambda: attached.a_docx(
            **{"[Content_Types].xml": wide(attached.types(("word/document.xml", MACROS)))}
        ),
        "file-active",
    ),
    "docx-with-document-type": (
        lambda: attached.a_docx(before='<!DOCTYPE a [<!ENTITY b "c">]>'),
        "file-active",
    ),
    "docx-with-page-inside": (
        lambda: attached.a_docx(**attached.relationship("aFChunk", "a.htm", mode="Internal")),
        "file-embedded",
    ),
    "xlsx-with-dde": (lambda: attached.an_xlsx("=cmd|'/c calc'!A0"), "file-linked"),
    "xlsx-that-asks-an-address": (
        lambda: attached.an_xlsx('=WEBSERVICE("https://example.cn")'),
        "file-linked",
    ),
    "xlsx-with-outside-book": (
        lambda: attached.changed_xlsx(
            **{
                "xl/externalLinks/externalLink1.xml": b'<externalLink><ddeLink ddeService="cmd"/></externalLink>'
            }
        ),
        "file-linked",
    ),
    "odt-with-outside-picture": (
        lambda: attached.an_odt('<draw:image xlink:href="https://example.cn/a.png"/>'),
        "file-linked",
    ),
    "odt-with-macro-at-an-event": (
        lambda: attached.an_odt('<script:event-listener script:event-name="dom:load" xlink:href="x"/>'),
        "file-active",
    ),
    "ofd-that-acts-unasked": (
        lambda: attached.an_ofd('<ofd:Action Event="DO"><ofd:URI URI="https://example.cn"/></ofd:Action>'),
        "file-active",
    ),
    "ofd-with-program": (lambda: attached.an_ofd("", **{"Doc_0/a.exe": b"MZ"}), "file-embedded"),
    "doc-with-dde": (
        lambda: attached.old_office("WordDocument", book=b"\x13 DDEAUTO c:\\x \x14\x15"),
        "file-active",
    ),
    "doc-with-dde-written-wide": (
        lambda: attached.old_office("WordDocument", book="\x13 DDE x y\x14".encode("utf-16-le")),
        "file-active",
    ),
    "xls-with-outside-book": (
        lambda: attached.old_office("Workbook", book=b"\xae\x01\x08\x00\x01\x00\x03\x00\x00abc"),
        "file-linked",
    ),
    "ppt-with-program": (
        lambda: attached.old_office("PowerPoint Document", book=attached.slide_action(2)),
        "file-active",
    ),
}


@pytest.mark.parametrize(("made", "why"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_could_act_or_cannot_be_read_is_refused_with_its_reason(
    tmp_path: Path, made: Callable[[], bytes], why: str
) -> None:
    with pytest.raises(FileNotRead) as refused:
        attachments_content.check(kept(tmp_path, made()))
    assert refused.value.code == why
    assert why in attachments.REASONS


def test_a_pdf_that_unpacks_to_gigabytes_is_drawn_without_them(tmp_path: Path) -> None:
    path = kept(tmp_path, attached.a_pdf_bomb())
    assert path.stat().st_size < 100_000, "a bomb is small"
    assert attachments_content.check(path) == Content(PDF, 1)
    assert len(attachments_content.picture(path, PDF, 1, 1_200).content) < 100_000


def test_a_pdf_that_would_be_drawn_for_hours_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments_content, "PATIENCE_S", 2.0)
    path = kept(tmp_path, attached.a_laughing_pdf())
    assert path.stat().st_size < 10_000
    with pytest.raises(FileNotRead) as refused:
        attachments_content.check(path)
    assert refused.value.code == "file-bomb"


def changed_reader(folder: Path, change: str) -> Path:
    """Write a reader of which something is changed before it answers."""
    made = folder / "reader.py"
    made.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from kiosk.catalogue.attachments import reader\nfrom kiosk.catalogue.foreign import isolation\n"
        f"{change}\nsys.exit(reader.main(sys.argv[1:]))\n",
        "utf-8",
    )
    return made


def test_the_reader_cannot_take_more_than_its_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    greedy = changed_reader(tmp_path, "reader.check = lambda path: bytearray(3 * 10**9)")
    monkeypatch.setattr(attachments_content, "READER", greedy)
    with pytest.raises(FileNotRead) as refused:
        attachments_content.check(kept(tmp_path, attached.a_pdf()))
    assert refused.value.code == "file-bomb"


TAKEN_OVER = """
import os, socket
def check(path):
    done = []
    for name, act in (
        ("file", lambda: open({key!r}).read()), ("folder", lambda: os.listdir({home!r})),
        ("network", lambda: socket.socket()), ("kill", lambda: os.kill(os.getppid(), 0)),
    ):
        try:
            act()
            done.append(name)
        except PermissionError:
            pass
    return {{"type": "+".join(done), "pages": len(open(path, "rb").read(1))}}
reader.check = check
"""


@pytest.mark.parametrize(
    ("further", "reached"), [("", ""), ("reader.isolate = lambda *paths: None", "file+folder+network+kill")]
)
def test_a_reader_that_was_taken_over_reaches_nothing_but_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, further: str, reached: str
) -> None:
    key = tmp_path / "signing.key"
    key.write_text("a secret", "ascii")
    change = TAKEN_OVER.format(key=str(key), home=str(tmp_path)) + further
    monkeypatch.setattr(attachments_content, "READER", changed_reader(tmp_path, change))
    assert attachments_content.check(kept(tmp_path, attached.a_pdf())) == Content(reached, 1)


def test_without_isolation_nothing_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change = "def no(*_about): raise isolation.NotIsolated('landlock')\nreader.isolate = no"
    monkeypatch.setattr(attachments_content, "READER", changed_reader(tmp_path, change))
    with pytest.raises(FileNotRead) as refused:
        attachments_content.check(kept(tmp_path, attached.a_pdf()))
    assert refused.value.code == "file-unchecked"


def test_a_file_that_hangs_its_reader_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "reader.py"
    slow.write_text("import time\ntime.sleep(60)\n", "utf-8")
    monkeypatch.setattr(attachments_content, "READER", slow)
    monkeypatch.setattr(attachments_content, "PATIENCE_S", 0.3)
    with pytest.raises(FileNotRead) as refused:
        attachments_content.check(kept(tmp_path, attached.a_pdf()))
    assert refused.value.code == "file-bomb"


def test_a_page_that_takes_for_ever_is_found_before_anybody_looks_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments_content, "READER", changed_reader(tmp_path, "reader.SLOW_PAGE_S = 0.5"))
    path = kept(tmp_path, attached.a_pdf_with_a_slow_second_page())
    with pytest.raises(FileNotRead) as refused:
        attachments_content.check(path)
    assert refused.value.code == "file-bomb"


@pytest.mark.parametrize(("kind", "pages"), [(PDF, 3), ("image/png", 1)])
def test_pages_are_drawn_in_the_width_asked_for(tmp_path: Path, kind: str, pages: int) -> None:
    content = attached.a_pdf("一", "二", "三") if kind == PDF else attached.a_png(3_000, 2_000)
    path = kept(tmp_path, content)
    for page in range(1, pages + 1):
        drawn = Image.open(io.BytesIO(attachments_content.picture(path, kind, page, 800).content))
        assert drawn.format == "PNG"
        assert abs(drawn.width - 800) <= 3
    with pytest.raises(FileNotRead):
        attachments_content.picture(path, PDF, pages + 1, 800)


def test_a_photograph_is_not_heavier_than_it_must_be(tmp_path: Path) -> None:
    noise = Image.effect_noise((1_000, 800), 60).convert("RGB")
    noise.save(tmp_path / "scan.png")
    made = attachments_content.picture(tmp_path / "scan.png", "image/png", 1, 1_200)
    assert made.type == "image/jpeg"
    assert len(made.content) < 0.6 * (tmp_path / "scan.png").stat().st_size


def test_paper_holds_the_pages_that_were_asked_for(tmp_path: Path) -> None:
    path = kept(tmp_path, attached.a_pdf("一", "二", "三"))
    part = attachments_content.paper(path, PDF, 2, 3)
    with pikepdf.open(io.BytesIO(part)) as made:
        assert len(made.pages) == 2
    (tmp_path / "map").write_bytes(attached.a_png(3_000, 2_000))
    with pikepdf.open(io.BytesIO(attachments_content.paper(tmp_path / "map", "image/png", 1, 1))) as made:
        _x, _y, width, height = (float(each) for each in made.pages[0].mediabox)
        assert (round(width), round(height)) == (842, 595), "a wide picture lies on a wide A4"


def test_the_reader_knows_the_types_that_may_be_attached_and_no_others() -> None:
    known = {
        drawing.PDF,
        drawing.PNG,
        drawing.JPEG,
        *package_check.PARTS.values(),
        *package_check.ODF.values(),
    }
    assert known | set(old_office_check.STREAMS.values()) == set(attachments.TYPES)


def test_a_machine_without_the_program_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        attachments_content, "READER", changed_reader(tmp_path, "sys.modules['pikepdf'] = None")
    )
    with pytest.raises(FileNotRead) as refused:
        attachments_content.check(kept(tmp_path, attached.a_pdf()))
    assert refused.value.code == "file-unchecked"


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("申请表.pdf", "申请表.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("表\u202efdp.exe", "表fdp.exe"),
        ("...hidden", "hidden"),
        ("a\x00b", "ab"),
        ("", ""),
        ("长" * 500, "长" * 120),
    ],
)
def test_names_lead_nowhere(given: str, clean: str) -> None:
    assert attachments.clean_name(given) == clean


def test_a_file_of_a_home_that_was_named_from_the_folder_one_stands_in_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(tmp_path, attached.a_pdf("一页"))
    monkeypatch.chdir(tmp_path)
    assert attachments_content.check(path.relative_to(tmp_path)) == Content(PDF, 1)
