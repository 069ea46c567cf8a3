"""Attachments that an import brings: files beside it, verified by content, refused with line and reason."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kiosk import blobs, db
from kiosk.catalogue.attachments import store as attachments_store
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.importing import importers
from kiosk.catalogue.importing.importers import Report
from kiosk.catalogue.records import attachment as attachments
from kiosk.catalogue.records.documents import one
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import Entry
from kiosk.catalogue.records.rules import REASONS, check
from tests.catalogue import attached
from tests.catalogue.conftest import Catalogue, a_record, write_lines


def brought(catalogue: Catalogue, path: Path, *, publish: bool = True, keep_good: bool = False) -> Report:
    files = ImportFiles(blobs.of_home(catalogue.home), 3_000_000, path.parent)
    return importers.import_file(path, catalogue.hand, publish=publish, keep_good=keep_good, files=files)


def beside(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def a_batch(folder: Path, *items: Any, **changes: Any) -> Path:
    return write_lines(folder / "a.jsonl", a_record(attachments=list(items), **changes))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "brought"
    made.mkdir()
    return made


def test_a_file_beside_the_import_becomes_an_attachment_of_the_published_document(
    catalogue: Catalogue, folder: Path
) -> None:
    content = attached.a_pdf("一", "二")
    beside(folder, "附件/申请表.pdf", content)
    assert brought(catalogue, a_batch(folder, {"file": "附件/申请表.pdf"})).published == 1
    found = one("doc:1")
    assert found
    (item,) = attachments.of(found.content)
    assert (item.name, item.type, item.pages, item.size) == ("申请表.pdf", "application/pdf", 2, len(content))
    path = blobs.of_home(catalogue.home).path(item.sha256)
    assert path
    assert path.read_bytes() == content
    assert "file" not in found.content["attachments"][0], "where it lay is nobody's business"
    assert attachments_store.may_fetch(item.sha256)


def test_a_column_of_a_spreadsheet_names_files_too(catalogue: Catalogue, folder: Path) -> None:
    beside(folder, "图.png", attached.a_png())
    beside(folder, "表.pdf", attached.a_pdf())
    (folder / "a.csv").write_text(
        "编号,类别,标题,正文,有效性,附件\ndoc:1,政策文件,通知,正文,有效,图.png；表.pdf\n", "utf-8"
    )
    assert brought(catalogue, folder / "a.csv").published == 1
    found = one("doc:1")
    assert found
    assert [item.name for item in attachments.of(found.content)] == ["图.png", "表.pdf"]


def test_the_same_file_again_changes_nothing(catalogue: Catalogue, folder: Path) -> None:
    beside(folder, "a.pdf", attached.a_pdf())
    path = a_batch(folder, {"file": "a.pdf", "name": "申请表"})
    brought(catalogue, path)
    assert brought(catalogue, path).unchanged == 1
    assert len(blobs.of_home(catalogue.home).held()) == 1


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"file": "gone.pdf"}, "file-missing"),
        ({"file": ""}, "file-missing"),
        ({"file": 7}, "file-missing"),
        ({"file": "."}, "file-missing"),
        ({"file": "../secret.pdf"}, "file-outside"),
        ({"file": "sub/../../secret.pdf"}, "file-outside"),
        ({"file": "/etc/passwd"}, "file-outside"),
        ({"file": "..\\secret.pdf"}, "file-outside"),
        ({"file": "link.pdf"}, "file-outside"),
        ({"file": "program.pdf"}, "file-type"),
        ({"file": "script.pdf"}, "file-active"),
        ({"file": "huge.pdf"}, "file-too-large"),
        ({"name": "表", "sha256": "0" * 64}, "file-missing"),
    ],
)
def test_what_is_not_there_or_not_allowed_is_refused_with_line_and_reason(
    catalogue: Catalogue, folder: Path, item: dict[str, Any], why: str
) -> None:
    beside(folder.parent, "secret.pdf", attached.a_pdf())
    (folder / "link.pdf").symlink_to(folder.parent / "secret.pdf")
    beside(folder, "program.pdf", b"MZ a program with another name")
    beside(folder, "script.pdf", attached.changed_pdf(attached.with_script))
    beside(folder, "huge.pdf", attached.a_pdf() + b"\n" * 4_000_000)
    path = write_lines(folder / "a.jsonl", a_record("doc:0"), a_record(attachments=[item]))
    report = brought(catalogue, path)
    assert not report.done
    (refusal,) = report.refusals
    assert (refusal.line, refusal.faults[0].code) == (2, why)
    assert refusal.faults[0].where.startswith("attachments[0]")
    assert why in REASONS
    assert brought(catalogue, path, keep_good=True).created == 1, "the other record comes in"


def test_a_file_that_came_through_a_browser_has_no_folder_beside_it(
    catalogue: Catalogue, folder: Path
) -> None:
    beside(folder, "a.pdf", attached.a_pdf())
    files = ImportFiles(blobs.of_home(catalogue.home), 3_000_000)
    report = importers.import_file(a_batch(folder, {"file": "a.pdf"}), catalogue.hand, files=files)
    assert report.refusals[0].faults[0].code == "file-missing"


def test_a_record_cannot_lie_about_what_a_kept_file_is(catalogue: Catalogue, folder: Path) -> None:
    beside(folder, "a.png", attached.a_png())
    brought(catalogue, a_batch(folder, {"file": "a.png"}))
    (sha256,) = blobs.of_home(catalogue.home).held()
    told = {"name": "表", "sha256": sha256, "type": "application/pdf", "size": 5, "pages": 9}
    brought(catalogue, a_batch(folder, told, id="doc:2"))
    found = one("doc:2")
    assert found
    (item,) = attachments.of(found.content)
    assert (item.type, item.pages) == ("image/png", 1)
    assert item.size == len(attached.a_png())


def test_a_name_or_an_address_alone_is_an_attachment_without_a_file(
    catalogue: Catalogue, folder: Path
) -> None:
    path = a_batch(folder, "附件1 申请表", {"name": "附件2", "url": "https://www.example.cn/a.pdf"})
    assert brought(catalogue, path).published == 1
    found = one("doc:1")
    assert found
    assert [(each.name, each.url, each.shown) for each in attachments.of(found.content)] == [
        ("附件1 申请表", "", ""),
        ("附件2", "https://www.example.cn/a.pdf", ""),
    ]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a.pdf", "wrong-type"),
        ([7], "wrong-type"),
        ([{"name": "a", "colour": "red"}], "unknown-key"),
        ([{"name": ""}], "missing"),
        ([{"url": "https://a.example.cn"}], "missing"),
        ([{"name": "a/b"}], "control-character"),
        ([{"name": "a\u202ebat"}], "control-character"),
        ([{"name": "长" * 200}], "too-long"),
        ([{"name": "a", "url": "javascript:alert(1)"}], "bad-url"),
        ([{"name": "a", "sha256": "../../x", "type": "image/png"}], "unknown-code"),
        ([{"name": "a", "sha256": "0" * 64, "type": "text/html"}], "file-type"),
        ([{"name": "a", "size": -1}], "wrong-type"),
        ([{"name": "a", "pages": True}], "wrong-type"),
        ([{"name": str(at)} for at in range(60)], "too-many"),
    ],
)
def test_what_an_item_may_say(value: Any, code: str) -> None:
    assert code in {fault.code for fault in check(a_record(attachments=value))}


def test_files_that_a_clerk_attached_stay_where_the_source_does_not_speak_of_them(
    catalogue: Catalogue, folder: Path
) -> None:
    beside(folder, "a.pdf", attached.a_pdf())
    brought(catalogue, a_batch(folder, {"file": "a.pdf"}))
    brought(catalogue, write_lines(folder / "b.jsonl", a_record(title="新标题")))
    found = one("doc:1")
    assert found
    assert (found.title, len(attachments.of(found.content))) == ("新标题", 1)
    brought(catalogue, write_lines(folder / "c.jsonl", a_record(title="新标题", attachments=[])))
    found = one("doc:1")
    assert found
    assert not attachments.of(found.content), "an empty list speaks"


def swept(catalogue: Catalogue) -> int:
    with db.writing(db.store):
        return attachments_store.sweep(blobs.of_home(catalogue.home), catalogue.clock)


@pytest.mark.parametrize("how", ["withdrawn", "withheld", "removed"])
def test_a_file_that_no_document_needs_is_erased_at_the_hub(
    catalogue: Catalogue, folder: Path, how: str
) -> None:
    from kiosk.catalogue.publishing import actions, approval

    beside(folder, "a.pdf", attached.a_pdf())
    brought(catalogue, a_batch(folder, {"file": "a.pdf"}))
    kept = blobs.of_home(catalogue.home)
    (sha256,) = kept.held()
    at = catalogue.clock.now().timestamp()
    os.utime(kept.path(sha256) or "", (at, at))
    assert swept(catalogue) == 0
    second = Hand("zhao.shili", catalogue.clock.now())
    with db.writing(db.store):
        if how == "withdrawn":
            actions.withdraw("doc:1", "发错了", second)
        elif how == "removed":
            actions.propose(
                json.dumps(a_record(), ensure_ascii=False),
                batch_id=None,
                hand=catalogue.hand,
                act="edit",
            )
            approval.approve("doc:1", second, approval.Release("proactive"))
        else:
            record = Entry.get_by_id("doc:1").content | {"disclosure": "withheld"}
            actions.store_entry(record, catalogue.hand)
            approval.approve("doc:1", second, approval.Release("withheld", "internal"))
        assert not attachments_store.may_fetch(sha256), "no terminal gets it any more"
    assert swept(catalogue) == 0, "a file that came just now is perhaps being named"
    os.utime(kept.path(sha256) or "", (0, 0))
    assert swept(catalogue) == 1
    assert kept.path(sha256) is None


def test_a_file_that_nothing_named_goes_after_a_day(catalogue: Catalogue, folder: Path) -> None:
    beside(folder, "a.pdf", attached.a_pdf())
    path = write_lines(
        folder / "a.jsonl", a_record(attachments=[{"file": "a.pdf"}]), a_record("doc:2", kind="?")
    )
    assert not brought(catalogue, path).done
    kept = blobs.of_home(catalogue.home)
    (sha256,) = kept.held()
    at = catalogue.clock.now().timestamp()
    os.utime(kept.path(sha256) or "", (at, at))
    assert swept(catalogue) == 0, "another line of the same import may still name it"
    catalogue.clock.advance(25 * 3600)
    assert swept(catalogue) == 1


def test_what_was_read_here_comes_first_and_then_the_newest(catalogue: Catalogue, folder: Path) -> None:
    days = {"doc:1": "2026-01-01", "doc:2": "2026-03-01", "doc:3": "2026-02-01"}
    for at, (doc_id, day) in enumerate(days.items()):
        beside(folder, f"{at}.png", attached.a_png(100 + at))
        item = {"file": f"{at}.png", "name": doc_id}
        brought(catalogue, a_batch(folder, item, id=doc_id, drawn_on=day, published_on=day))
    connection = db.store.connection()
    connection.executescript(
        "CREATE TABLE attachment_use (sha256 TEXT PRIMARY KEY, days INTEGER NOT NULL, last_on TEXT NOT NULL)"
    )
    names = dict(connection.execute("SELECT sha256, doc_id FROM document_attachment"))

    def order() -> list[str]:
        return [names[each.sha256] for each in attachments_store.wanted() if each.size]

    assert order() == ["doc:2", "doc:3", "doc:1"]
    asked = next(sha256 for sha256, doc_id in names.items() if doc_id == "doc:1")
    attachments_store.note_use(asked, catalogue.clock.now().date())
    assert order() == ["doc:1", "doc:2", "doc:3"]
