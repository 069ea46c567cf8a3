"""Every kind of bad input that a county can bring: refused with its line and reason, and nothing half imported."""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from kiosk import blobs
from kiosk.catalogue import commands
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.importing import importers
from kiosk.catalogue.importing.importers import import_file
from kiosk.catalogue.importing.readers import ImportRefused
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.models import Entry
from kiosk.errors import StoreFull
from tests.catalogue.conftest import Catalogue, a_record, write_lines

BAD: list[tuple[dict[str, Any], str]] = [
    ({"kind": "rumour"}, "unknown-kind kind (没有这一类别)"),
    ({"drawn_on": "2026-03-19"}, "drawn-after-published drawn_on (成文日期晚于发布日期)"),
    ({"published_on": "2026-02-30"}, "bad-date published_on"),
    ({"validity": "repealed"}, "reason-missing validity_reason (标明有效性变化时必须写明理由)"),
    ({"validity": None}, "validity-missing validity (政策文件必须标明有效性)"),
    ({"body": "<p>好</p><script>alert(1)</script>"}, "active-markup body (含有网页脚本或嵌入内容)"),
    ({"body": "<img src=x onerror=alert(1)>"}, "active-markup body"),
    ({"doc_no": "<svg onload=x>"}, "active-markup doc_no"),
    (
        {"fields": {"category": "其他文件", "registration_no": "<iframe>"}},
        "active-markup fields.registration_no",
    ),
    ({"fields": {"colour": "红"}}, "unknown-key fields.colour"),
    ({"body": "字" * 4_000_001}, "too-long (内容过长)"),
    ({"id": "../../etc/passwd"}, "bad-id id"),
    ({"title": "通知\u0000"}, "control-character title"),
    ({"links": [{"rel": "likes", "id": "doc:9"}]}, "bad-link links[0]"),
    ({"colour": "红"}, "unknown-key colour"),
    ({"title": ""}, "missing title"),
]


@pytest.mark.parametrize(
    ("changes", "told"), BAD, ids=[told.split()[0] + str(at) for at, (_, told) in enumerate(BAD)]
)
def test_a_bad_record_is_refused_with_its_line_and_nothing_comes_in(
    catalogue: Catalogue, tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    path = write_lines(
        tmp_path / "a.jsonl", a_record("good:1"), a_record("doc:2", **changes), a_record("good:3")
    )
    out = io.StringIO()
    assert commands.run_import(path, tmp_path, catalogue.hand, out, publish=True) == 1
    assert "line 2" in out.getvalue()
    assert told in out.getvalue()
    assert "nothing was imported" in out.getvalue()
    assert Entry.select().count() == documents.live().count() == 0


def test_with_the_good_ones_kept_the_bad_one_alone_stays_out(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "a.jsonl", a_record("good:1"), a_record("doc:2", kind="rumour"), a_record("good:3")
    )
    report = import_file(path, catalogue.hand, keep_good=True)
    assert (report.created, report.refused, report.refusals[0].line) == (2, 1, 2)


def test_a_body_of_two_hundred_megabytes_is_skipped_unread(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("w", encoding="utf-8") as out:
        out.write(json.dumps(a_record("good:1"), ensure_ascii=False) + "\n")
        out.write('{"id": "doc:2", "kind": "policy", "title": "长", "body": "')
        for _ in range(200):
            out.write("x" * 1_000_000)
        out.write('"}\n')
        out.write(json.dumps(a_record("good:3"), ensure_ascii=False) + "\n")
    report = import_file(path, catalogue.hand, keep_good=True)
    assert (report.created, report.refused) == (2, 1)
    assert (report.refusals[0].line, report.refusals[0].faults[0].code) == (2, "too-long")


def test_an_index_number_of_another_source_is_refused_and_of_the_same_source_is_not(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    first = a_record("doc:1", index_no="11370000/2026-1", source="县政府网站")
    import_file(write_lines(tmp_path / "a.jsonl", first), catalogue.hand)
    again = a_record("doc:2", index_no="11370000/2026-1", source="公报数据库")
    report = import_file(write_lines(tmp_path / "b.jsonl", again), catalogue.hand)
    assert not report.done
    assert [(each.line, each.faults[0]) for each in report.refusals] == [(1, ("other-source", "index_no"))]
    assert [entry.doc_id for entry in Entry.select()] == ["doc:1"]
    same = a_record("doc:2", index_no="11370000/2026-1", source="县政府网站")
    assert import_file(write_lines(tmp_path / "c.jsonl", same), catalogue.hand).created == 1


def test_a_bad_row_of_a_table_is_told_by_its_line(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["编号", "类别", "标题", "正文", "成文日期", "发布日期", "有效性"])
        rows.writerow(["a:1", "政策文件", "好", "文", "2026-01-01", "2026-01-02", "有效"])
        rows.writerow(["a:2", "小道消息", "坏", "文", "2026-01-01", "2026-01-02", "有效"])
        rows.writerow(["a:3", "政策文件", "坏", "文", "2026-01-03", "2026-01-02", "有效"])
        rows.writerow(["a:4", "政策文件", "坏", "文", "2026-01-01", "2026-01-02", "废止"])
    report = import_file(path, catalogue.hand)
    assert not report.done
    assert [(each.line, each.faults[0].code) for each in report.refusals] == [
        (3, "unknown-kind"),
        (4, "drawn-after-published"),
        (5, "reason-missing"),
    ]
    assert Entry.select().count() == 0


HALF = "\\ud800"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f'{{"id": "a{HALF}", "kind": "guide", "title": "t", "body": ""}}', r"line 1 a\ud800: bad-id"),
        (f'{{"id": "a", "kind": "guide", "title": "t", "body": "", "k{HALF}": 1}}', r"unknown-key k\ud800"),
        (f'{{"id": "a", "kind": "guide", "title": "t{HALF}", "body": ""}}', "line 1 a: not-text"),
        (
            f'{{"id": "a", "kind": "guide", "title": "t", "body": "", "attachments": [{{"file": "{HALF}"}}]}}',
            "line 1 a: file-missing",
        ),
        (
            '{"id": "a\\nline 2: fine", "kind": "guide", "title": "t", "body": ""}',
            r"line 1 a\nline 2: fine: bad-id",
        ),
    ],
    ids=["id", "key", "title", "file", "line end"],
)
def test_what_cannot_be_written_is_told_in_one_line(
    catalogue: Catalogue, tmp_path: Path, line: str, told: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    out = io.StringIO()
    files = ImportFiles(blobs.of_home(tmp_path), 1_000_000, tmp_path)
    assert commands.run_import(path, tmp_path, catalogue.hand, out, files=files) == 1
    assert told in out.getvalue()
    out.getvalue().encode("utf-8")


def test_a_line_with_thousands_of_faults_is_told_short(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", a_record() | {f"k{at}": 1 for at in range(5_000)})
    report = import_file(path, catalogue.hand)
    assert len(report.refusals[0].faults) == 21
    assert report.refusals[0].faults[-1] == ("more-faults", "+4980")


def test_a_file_whose_name_is_no_text_is_taken(catalogue: Catalogue, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb9\xab\xb8\xe6.jsonl"))
    write_lines(path, a_record())
    assert import_file(path, catalogue.hand).name == r"\udcb9\udcab\udcb8\udce6.jsonl"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is needed")
def test_a_disk_that_is_full_of_what_was_checked_is_told(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = functools.partial(open, "/dev/full")
    monkeypatch.setattr(importers.tempfile, "TemporaryFile", full)
    with pytest.raises(StoreFull, match="nothing was imported"):
        import_file(write_lines(tmp_path / "a.jsonl", a_record(body="字" * 10_000)), catalogue.hand)
    assert Entry.select().count() == 0


HEAD = "编号,类别,标题,正文\n"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ('q:1,办事指南,"甲,文\nq:2,办事指南,乙,文\n', "quotes.*line: 2"),
        ('q:1,办事指南,甲,文\nq:2,办事指南,"乙"丙,文\n', "quotes.*line: 3"),
        ("q:1,办事指南,甲," + "x" * 8_000_100 + "\n", "too-large: line 2"),
    ],
    ids=["open", "in the middle", "8 MB"],
)
def test_a_table_that_cannot_be_read_on_is_refused_with_its_line(
    catalogue: Catalogue, tmp_path: Path, rows: str, why: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(ImportRefused, match=why):
        import_file(path, catalogue.hand, keep_good=True)
    assert Entry.select().count() == 0


def test_what_a_failed_formula_shows_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEAD + "q:1,办事指南,#N/A,文\n", encoding="utf-8")
    assert import_file(path, catalogue.hand).refusals[0].faults[0] == ("cell-error", "title")


@pytest.mark.parametrize("big", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_a_spreadsheet_bomb_is_refused_and_the_hub_goes_on(
    catalogue: Catalogue, tmp_path: Path, big: str
) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<x/>")
        packed.writestr(big, b" " * 190_000_000)
    assert path.stat().st_size < 300_000
    with pytest.raises(ImportRefused, match="bomb"):
        import_file(path, catalogue.hand)
    assert import_file(write_lines(tmp_path / "a.jsonl", a_record()), catalogue.hand).created == 1
