"""Attachments as citizens meet them: a page of a file as a picture, other ways where there is none, paper on A4."""

from __future__ import annotations

import html
import io
import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pikepdf
import pytest
from PIL import Image

from kiosk import blobs, db
from kiosk.catalogue.attachments import content as attachments_content
from kiosk.catalogue.attachments import page_images as attachments_pages
from kiosk.catalogue.attachments import store as attachments_store
from kiosk.catalogue.attachments.content import FileNotRead, Picture
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.records import feed
from kiosk.catalogue.records.attachment import Attachment
from kiosk.errors import StoreFull
from printers.paper.document import Para
from printers.spooler import spool
from tests.catalogue import attached
from tests.catalogue.conftest import SETTINGS, OpenTerminal, Terminal, a_record
from tests.catalogue.pages.test_pages import words_of

PAGE_PRINTER = "ipp://127.0.0.1:8631/ipp/print"


def published(
    terminal: Terminal, *contents: bytes, keep: bool = True, **changes: Any
) -> list[dict[str, Any]]:
    """A document with these files, on the terminal or still with the hub; the items of its record."""
    kept = blobs.of_home(terminal.catalogue.home)
    files = ImportFiles(kept, 50_000_000)
    items = [
        attachments_store.take(io.BytesIO(content), f"附件{at}", files)
        for at, content in enumerate(contents, 1)
    ]
    if not keep:
        for item in items:
            kept.remove(item["sha256"])
    terminal.catalogue.publish(a_record(attachments=items, **changes))
    return items


def picture_of(terminal: Terminal, page: str) -> Image.Image:
    address = html.unescape(re.search(r'class="leaf-picture" src="([^"]+)"', page)[1])  # type: ignore[index]
    answer = terminal.client.get(address, headers={"Host": terminal.host})
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    return Image.open(io.BytesIO(answer.data))


def width_of(terminal: Terminal, page: str) -> int:
    """To ten pixels: a page ends between two of them."""
    return round(picture_of(terminal, page).width, -1)


def test_a_document_lists_its_attachments_and_each_opens_in_the_page(terminal: Terminal) -> None:
    published(terminal, attached.a_pdf("第一页的话", "第二页的话"), attached.a_png(900, 600))
    told = words_of(terminal.get("/documents/doc:1"))
    assert "附件1 PDF文件 · 共2页 · " in told
    assert "附件2 图片 · " in told
    page = terminal.get("/documents/doc:1/attachments/1")
    assert width_of(terminal, page) == 1_200
    assert "第一页的话" in words_of(page), "the words of the page can be read and heard too"
    second = terminal.get("/documents/doc:1/attachments/1?page=2")
    assert "第2页，共2页" in words_of(second)
    assert "第二页的话" in words_of(second)
    assert width_of(terminal, terminal.get("/documents/doc:1/attachments/1?page=2&zoom=2")) == 2_400
    assert picture_of(terminal, terminal.get("/documents/doc:1/attachments/2")).width == 900


def test_a_kiosk_gives_no_file_out(terminal: Terminal) -> None:
    published(terminal, attached.a_docx())
    terminal.get("/documents/doc:1/attachments/1/file", expect=404)
    assert "保存到手机" not in terminal.get("/documents/doc:1/attachments/1")


def test_on_a_phone_an_office_file_is_saved_and_never_opened_in_the_page(open_terminal: OpenTerminal) -> None:
    phone = open_terminal(replace(SETTINGS, channel="web", printer="none"))
    content = attached.a_docx()
    published(phone, content)
    assert "保存到手机" in phone.get("/documents/doc:1/attachments/1")
    answer = phone.client.get("/documents/doc:1/attachments/1/file", headers={"Host": phone.host})
    assert answer.data == content
    told = answer.headers["Content-Disposition"]
    assert told.startswith("attachment; ")
    assert "filename*=UTF-8''%E9%99%84%E4%BB%B61.docx" in told
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    answer.close()


def test_on_a_kiosk_an_office_file_says_how_to_get_it(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_place())
    published(
        terminal, attached.a_docx(), fields={"ask": {"organ_name": "县民政局", "telephone": "0635-0000031"}}
    )
    page = terminal.get("/documents/doc:1/attachments/1")
    told = words_of(page)
    assert "这种文件在这里打不开" in told
    assert "请问县民政局，电话0635-0000031" in told
    assert "县档案馆" in told
    assert "点“带到手机”" in told
    assert "/to-phone?page=/documents/doc:1/attachments/1" in unquote(page)
    assert 'class="qr"' not in page  # one way to the phone, not two


def a_place() -> dict[str, Any]:
    fields = {"telephone": "0635-0000071", "address": "示例路21号", "paper_copies": ["规范性文件汇编"]}
    return {"id": "place:1", "kind": "reading_place", "title": "县档案馆", "body": "", "fields": fields}


def test_a_file_that_is_not_here_yet_says_so_and_comes_first_next_time(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_place())
    (item,) = published(terminal, attached.a_pdf(), keep=False)
    assert "还没有传到本机" in terminal.get("/documents/doc:1")
    page = terminal.get("/documents/doc:1/attachments/1")
    assert "这个附件尚未传到本机" in page
    assert "带到手机" in page
    assert "县档案馆" in words_of(page)
    terminal.get("/documents/doc:1/attachments/1/picture", expect=404)
    used = db.store.connection().execute("SELECT sha256, days FROM attachment_use").fetchall()
    assert used == [(item["sha256"], 1)]
    terminal.get("/documents/doc:1/attachments/1")
    assert db.store.connection().execute("SELECT days FROM attachment_use").fetchall() == [(1,)], "once a day"


def test_a_name_without_a_file_leads_to_its_address_as_words(terminal: Terminal) -> None:
    items = [{"name": "申请表", "url": "https://www.example.cn/a.pdf"}, "图"]
    terminal.catalogue.publish(a_record(attachments=items))
    page = terminal.get("/documents/doc:1/attachments/1")
    assert "https://www.example.cn/a.pdf" in page
    assert 'href="https://www.example.cn' not in page, "nothing leads out of a kiosk"
    assert "没有传到这里" in terminal.get("/documents/doc:1/attachments/2")


@pytest.mark.parametrize("path", ["attachments/0", "attachments/3", "attachments/1/print"])
def test_what_is_not_there_is_not_found(terminal: Terminal, path: str) -> None:
    published(terminal, attached.a_pdf())
    assert "没有找到这一页" in terminal.get(f"/documents/doc:1/{path}", expect=404)


def test_pages_beyond_the_last_and_strange_numbers_show_a_page(terminal: Terminal) -> None:
    published(terminal, attached.a_pdf("一", "二"))
    for query in ("page=9", "page=-1", "page=x", "zoom=9", "page=99999999999999999999"):
        assert 'class="leaf-picture"' in terminal.get(f"/documents/doc:1/attachments/1?{query}")


def test_a_withdrawn_document_takes_its_pages_with_it(terminal: Terminal) -> None:
    (item,) = published(terminal, attached.a_pdf())
    terminal.get("/documents/doc:1/attachments/1")
    home = terminal.catalogue.home
    assert (home / attachments_pages.FOLDER / item["sha256"]).is_dir()
    with db.writing(db.catalogue):
        connection = db.catalogue.connection()
        feed.put(db.catalogue, "doc:1", 99, None, "")
        named = {row[0] for row in connection.execute("SELECT sha256 FROM document_attachment")}
        assert not list(attachments_store.wanted()), "the agent removes the file"
    assert attachments_pages.keep_only(home, named) == 1
    assert not (home / attachments_pages.FOLDER / item["sha256"]).exists()
    terminal.get("/documents/doc:1/attachments/1", expect=404)
    terminal.get("/documents/doc:1/attachments/1/picture", expect=404)


def test_pages_are_drawn_once(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    published(terminal, attached.a_pdf())
    before = picture_of(terminal, terminal.get("/documents/doc:1/attachments/1")).tobytes()
    monkeypatch.setattr(attachments_content, "READER", Path("/nowhere"))
    assert picture_of(terminal, terminal.get("/documents/doc:1/attachments/1")).tobytes() == before


def test_a_page_that_failed_is_not_tried_again_and_after_five_none_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def heavy(path: Path, kind: str, page: int, width: int) -> Picture:
        tried.append(page)
        raise FileNotRead("file-bomb")

    monkeypatch.setattr(attachments_content, "picture", heavy)
    item = Attachment(1, "a.pdf", "application/pdf", 1, "a" * 64, 20)
    for page in [*range(1, 9), *range(1, 9)]:
        with pytest.raises(FileNotRead):
            attachments_pages.drawn(tmp_path, tmp_path / "file", item, page, 1)
    assert tried == [1, 2, 3, 4, 5]


def test_a_machine_that_was_only_busy_tries_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def busy(path: Path, kind: str, page: int, width: int) -> Picture:
        tried.append(page)
        raise FileNotRead("file-busy")

    monkeypatch.setattr(attachments_content, "picture", busy)
    item = Attachment(1, "a.pdf", "application/pdf", 1, "a" * 64, 20)
    for _each in range(2):
        with pytest.raises(FileNotRead):
            attachments_pages.drawn(tmp_path, tmp_path / "file", item, 1, 1)
    assert tried == [1, 1]


def test_two_who_want_one_page_at_once_let_it_be_drawn_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    both = threading.Barrier(2)

    def slow(path: Path, kind: str, page: int, width: int) -> Picture:
        drawn.append(page)
        return Picture(1, 8, 8, "", b"picture", "image/png")

    def look() -> None:
        both.wait(5)
        attachments_pages.drawn(tmp_path, tmp_path / "file", item, 1, 1)

    monkeypatch.setattr(attachments_content, "picture", slow)
    item = Attachment(1, "a.pdf", "application/pdf", 1, "a" * 64, 20)
    looking = [threading.Thread(target=look) for _each in range(2)]
    for each in looking:
        each.start()
    for each in looking:
        each.join()
    assert drawn == [1]


def test_kept_pages_never_take_more_than_their_room(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments_pages, "MOST_BYTES", 20_000)
    published(terminal, *(attached.a_pdf(f"第{at}份 " * 300) for at in range(4)))
    for at in range(1, 5):
        assert 'class="leaf-picture"' in terminal.get(f"/documents/doc:1/attachments/{at}")
    folders = list((terminal.catalogue.home / attachments_pages.FOLDER).iterdir())
    assert len(folders) == 1, "the last one is kept, however large it is"


def test_a_full_disk_costs_time_and_no_page(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    published(terminal, attached.a_pdf())

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(attachments_pages.db, "write_atomically", full)
    assert width_of(terminal, terminal.get("/documents/doc:1/attachments/1")) == 1_200


def test_a_full_database_costs_nothing_either(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    published(terminal, attached.a_pdf())

    def full(*_: object) -> None:
        raise StoreFull("disk-full")

    monkeypatch.setattr(attachments_store, "note_use", full)
    assert 'class="leaf-picture"' in terminal.get("/documents/doc:1/attachments/1")


def test_a_terminal_that_cannot_draw_says_so_and_offers_other_ways(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(terminal, attached.a_pdf())
    monkeypatch.setattr("kiosk.catalogue.attachments.views.can_draw", lambda kind: False)
    told = words_of(terminal.get("/documents/doc:1/attachments/1"))
    assert "在这台机器上显示不出来" in told
    assert "带到手机" in told


def test_when_many_look_at_files_one_is_asked_to_wait(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(terminal, attached.a_pdf())
    monkeypatch.setattr(attachments_content, "TURN_S", 0.01)
    monkeypatch.setattr(attachments_content, "_turn", threading.BoundedSemaphore(1))
    with attachments_content._turn:
        assert "请等一会儿再点" in terminal.get("/documents/doc:1/attachments/1")
    assert 'class="leaf-picture"' in terminal.get("/documents/doc:1/attachments/1")


@pytest.mark.parametrize("content", [b"%PDF-1.7 nothing", b""])
def test_a_damaged_file_is_a_sentence_and_no_broken_picture(terminal: Terminal, content: bytes) -> None:
    (item,) = published(terminal, attached.a_pdf())
    path = blobs.of_home(terminal.catalogue.home).path(item["sha256"])
    assert path
    path.write_bytes(content)
    page = terminal.get("/documents/doc:1/attachments/1")
    assert "这个附件尚未传到本机" in page
    assert 'class="leaf-picture"' not in page
    assert "还没有传到本机" in terminal.get("/documents/doc:1")


def test_reading_places_with_papers_stand_on_a_documents_page(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_place(), a_record())
    told = words_of(terminal.get("/documents/doc:1"))
    assert "纸质文本在哪里看" in told
    assert "县档案馆" in told
    assert "0635-0000071" in told


# Paper


@pytest.fixture
def with_page_printer(open_terminal: OpenTerminal) -> Terminal:
    return open_terminal(replace(SETTINGS, page_printer=PAGE_PRINTER, most_sheets=3))


def key_of(page: str) -> str:
    return re.search(r'name="key" value="([0-9a-f]{32})"', page)[1]  # type: ignore[index]


def jobs(key: str) -> list[spool.Job]:
    return spool.jobs_of(db.store, f"document-{key}")


@pytest.mark.parametrize(("size", "pages", "expected"), [("page", "2-2", 1), ("all", "1-3", 3)])
def test_one_page_or_all_pages_are_ordered_from_the_page_printer(
    with_page_printer: Terminal, size: str, pages: str, expected: int
) -> None:
    terminal = with_page_printer
    (item,) = published(terminal, attached.a_pdf("一", "二", "三"))
    assert "/attachments/1/print?page=2" in terminal.get("/documents/doc:1/attachments/1?page=2")
    page = terminal.get("/documents/doc:1/attachments/1/print?page=2")
    assert "打印第2页" in page
    assert "全部打印，共3页" in page
    key = key_of(page)
    for _tap in range(2):
        answer = terminal.post("/documents/doc:1/attachments/1/print", page, key=key, size=size, leaf="2")
        assert answer.status_code == 303
    (job,) = jobs(key)
    assert (job.device, job.kind) == (spool.PAGE, "attachment")
    assert job.source == f"attachment {item['sha256']} application/pdf {pages}"
    made = attachments_pages.paper(blobs.of_home(terminal.catalogue.home), job.source)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == expected
    assert "打印机现在打不了" in terminal.get(answer.headers["Location"])


def test_a_long_attachment_is_printed_page_by_page(with_page_printer: Terminal) -> None:
    terminal = with_page_printer
    published(terminal, attached.a_pdf("一", "二", "三", "四"))
    page = terminal.get("/documents/doc:1/attachments/1/print?page=4")
    assert "打印第4页" in page
    assert "全部打印" not in page
    assert "太长" in page
    answer = terminal.post(
        "/documents/doc:1/attachments/1/print", page, key=key_of(page), size="all", leaf="4"
    )
    assert answer.status_code == 404


def test_the_whole_text_is_ordered_on_a4(with_page_printer: Terminal) -> None:
    terminal = with_page_printer
    terminal.catalogue.publish(
        a_record(body="一、总则\n第一条 城市低保标准按新规定执行。\n第二条 本通知施行。")
    )
    page = terminal.get("/documents/doc:1/print")
    assert "打印全文（A4纸）" in page
    assert "打印要点" in page
    key = key_of(page)
    answer = terminal.post("/documents/doc:1/print", page, key=key, size="text")
    (job,) = jobs(key)
    assert (job.device, job.kind) == (spool.PAGE, "text")
    blocks = job.document().blocks
    assert Para("一、总则", strong=True) in blocks
    assert Para("第二条 本通知施行。") in blocks
    assert "/papers/" in answer.headers["Location"]
    terminal.get(answer.headers["Location"])


def test_a_text_longer_than_the_sheets_allowed_is_not_offered(with_page_printer: Terminal) -> None:
    terminal = with_page_printer
    terminal.catalogue.publish(a_record(body="长" * 4_000))
    page = terminal.get("/documents/doc:1/print")
    assert "打印全文" not in page
    assert terminal.post("/documents/doc:1/print", page, key=key_of(page), size="text").status_code == 404


def test_a_place_with_a_page_printer_alone_prints_whole_texts_only(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(replace(SETTINGS, printer="none", page_printer=PAGE_PRINTER))
    terminal.catalogue.publish(a_record())
    assert "打印全文" in terminal.get("/documents/doc:1")
    page = terminal.get("/documents/doc:1/print")
    assert "打印要点，" not in page
    assert terminal.post("/documents/doc:1/print", page, key=key_of(page), size="standard").status_code == 404


def test_a_picture_stands_beside_the_text_and_opens_larger(terminal: Terminal) -> None:
    published(terminal, attached.a_png(), attached.a_pdf())
    page = terminal.get("/documents/doc:1")
    (shown,) = page.split('<figure class="beside">')[1:]
    assert 'href="/documents/doc:1/attachments/1"' in shown
    assert 'src="/documents/doc:1/attachments/1/picture"' in shown
