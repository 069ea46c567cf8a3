"""What a file really is, and that a hostile one is refused by the process that reads it, with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from kiosk.catalogue.attachments import content as attachments_content
from kiosk.catalogue.attachments import reader as attachments_reader
from kiosk.catalogue.attachments.content import Content, FileNotRead
from kiosk.catalogue.records import attachment as attachments
from tests.catalogue import attached

PDF = "application/pdf"
ODT = "application/vnd.oasis.opendocument.text"


def kept(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


def locked(user: str) -> bytes:
    return attached.changed_pdf(lambda pdf: None, encryption=pikepdf.Encryption(owner="o", user=user))


KNOWN: dict[str, tuple[Callable[[], bytes], Content]] = {
    "pdf": (lambda: attached.a_pdf("一", "二", "三"), Content(PDF, 3)),
    "pdf-with-link": (lambda: attached.changed_pdf(attached.with_link), Content(PDF, 1)),
    "pdf-that-only-its-owner-may-change": (lambda: locked(user=""), Content(PDF, 1)),
    "png": (attached.a_png, Content("image/png", 1)),
    "jpeg": (attached.a_jpeg, Content("image/jpeg", 1)),
    "docx": (attached.a_docx, Content(f"{attached.OPEN}.wordprocessingml.document", 0)),
    "xlsx": (attached.an_xlsx, Content(f"{attached.OPEN}.spreadsheetml.sheet", 0)),
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
        lambda: attached.a_docx(
            **{"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml"}
        ),
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


def test_the_reader_cannot_take_more_than_its_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(attachments_reader.__file__).read_text("utf-8")
    greedy = tmp_path / "reader.py"
    greedy.write_text(
        text.replace("        if what ==", "        bytearray(3 * 10**9)\n        if what ==", 1), "utf-8"
    )
    monkeypatch.setattr(attachments_content, "READER", greedy)
    with pytest.raises(FileNotRead) as refused:
        attachments_content.check(kept(tmp_path, attached.a_pdf()))
    assert refused.value.code == "file-bomb"


def test_a_file_that_hangs_its_reader_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "reader.py"
    slow.write_text("import time\ntime.sleep(60)\n", "utf-8")
    monkeypatch.setattr(attachments_content, "READER", slow)
    monkeypatch.setattr(attachments_content, "PATIENCE_S", 0.3)
    with pytest.raises(FileNotRead) as refused:
        attachments_content.check(kept(tmp_path, attached.a_pdf()))
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
    known = {attachments_reader.PDF, attachments_reader.PNG, attachments_reader.JPEG}
    known |= {*attachments_reader.PARTS.values(), *attachments_reader.ODF.values()}
    assert known | set(attachments_reader.STREAMS.values()) == set(attachments.TYPES)


def test_a_machine_without_the_program_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = "import sys\nsys.modules['pikepdf'] = None\n"
    blind = tmp_path / "reader.py"
    text = Path(attachments_reader.__file__).read_text("utf-8")
    blind.write_text(text.replace("import sys\n", hidden, 1), "utf-8")
    monkeypatch.setattr(attachments_content, "READER", blind)
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
