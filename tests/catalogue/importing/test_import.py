"""Bringing records to the hub: whole files or nothing, and nobody publishes by accident."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from kiosk import audit, db
from kiosk.catalogue import commands
from kiosk.catalogue.importing import importers
from kiosk.catalogue.importing.importers import Report, import_file
from kiosk.catalogue.importing.readers import ImportRefused
from kiosk.catalogue.publishing import actions, approval
from kiosk.catalogue.publishing.approval import Release
from kiosk.catalogue.records import documents, feed
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import DocumentRow, Entry
from kiosk.errors import NotFound, RuleBroken
from tests.catalogue.conftest import SAMPLE, VILLAGE, Catalogue, a_record, files_of, write_lines

SHARED = Path(__file__).resolve().parents[3] / "../shared/data/documents.jsonl"


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.created, report.changed, report.unchanged, report.refused


def test_new_records_wait_for_approval(catalogue: Catalogue, tmp_path: Path) -> None:
    report = import_file(write_lines(tmp_path / "a.jsonl", a_record(), a_record("doc:2")), catalogue.hand)
    assert counts(report) == (2, 0, 0, 0)
    assert [entry.state for entry in Entry.select()] == ["waiting", "waiting"]
    assert documents.live().count() == 0


def test_publish_approves_the_batch_under_the_operators_name(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", a_record(), a_record("doc:2"))
    assert import_file(path, catalogue.hand, publish=True).published == 2
    assert documents.one("doc:1") is not None
    acts = db.store.connection().execute("SELECT actor, act FROM audit ORDER BY seq").fetchall()
    assert acts[-2:] == [("operator:test", "catalogue-import"), ("operator:test", "catalogue-approve-batch")]
    assert audit.first_break() is None


def test_the_same_file_again_changes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", a_record())
    import_file(path, catalogue.hand, publish=True)
    before = documents.position().seq
    assert counts(import_file(path, catalogue.hand, publish=True)) == (0, 0, 1, 0)
    assert documents.position().seq == before


def test_a_changed_record_waits_while_its_old_text_stays_public(catalogue: Catalogue, tmp_path: Path) -> None:
    import_file(write_lines(tmp_path / "a.jsonl", a_record()), catalogue.hand, publish=True)
    report = import_file(write_lines(tmp_path / "b.jsonl", a_record(title="新标题")), catalogue.hand)
    assert counts(report) == (0, 1, 0, 0)
    assert documents.one("doc:1").title == "关于调整城乡低保标准的通知"  # type: ignore[union-attr]  # it is there


def test_one_wrong_line_keeps_everything_out_and_is_named(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", a_record(), a_record("doc:2", kind="poem"), ["no record"])
    report = import_file(path, catalogue.hand)
    assert not report.done
    assert counts(report) == (0, 0, 0, 2)
    assert [(refusal.line, refusal.doc_id, refusal.faults[0].code) for refusal in report.refusals] == [
        (2, "doc:2", "unknown-kind"),
        (3, "", "not-a-record"),
    ]
    assert Entry.select().count() == 0


def test_keep_good_takes_the_good_lines(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", a_record(), a_record("doc:2", kind="poem"))
    report = import_file(path, catalogue.hand, keep_good=True)
    assert counts(report) == (1, 0, 0, 1)
    assert report.done


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"id": "x"', "not-a-record"),
        (b"\xff\xfe{}", "not-text"),
        (b"[" * 100_000, "not-a-record"),
        (b'{"id":"x","id":"y"}', "not-a-record"),
        (b'{"id":"x","kind":"letter","title":"\\ud800","body":""}', "not-text"),
        (b'{"id":"x","kind":"letter","title":"t","body":"' + b"a" * 8_000_001 + b'"}', "too-long"),
    ],
    ids=["cut short", "no text", "too deep", "key twice", "half a character", "8 MB"],
)
def test_a_line_that_cannot_be_read_is_refused_and_the_next_one_is_read(
    catalogue: Catalogue, tmp_path: Path, line: bytes, code: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(line + b"\n" + json.dumps(a_record()).encode() + b"\n")
    report = import_file(path, catalogue.hand, keep_good=True)
    assert [(refusal.line, refusal.faults[0].code) for refusal in report.refusals] == [(1, code)]
    assert report.created == 1


def test_an_id_that_stands_twice_in_one_file_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    report = import_file(write_lines(tmp_path / "a.jsonl", a_record(), a_record()), catalogue.hand)
    assert [refusal.faults[0].code for refusal in report.refusals] == ["same-id-twice"]


def test_an_index_number_of_another_source_is_refused_and_nothing_is_left(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    import_file(write_lines(tmp_path / "a.jsonl", a_record(index_no="1/2")), catalogue.hand)
    other = a_record("doc:2", index_no="1/2", source="另一网站")
    report = import_file(write_lines(tmp_path / "b.jsonl", a_record("doc:3"), other), catalogue.hand)
    assert [(refusal.line, refusal.faults[0].code) for refusal in report.refusals] == [(2, "other-source")]
    assert [entry.doc_id for entry in Entry.select()] == ["doc:1"]


def a_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


ROWS = [
    ["编号", "类别", "标题", "正文", "文号", "发文机关", "成文日期", "有效性", "主题"],
    [
        "x:1",
        "政策文件",
        "关于补贴的通知",
        "正文，有逗号\n第二行",
        "冠政办发[2022]7号",
        "县政府；县财政局",
        "2022年4月28日",
        "有效",
        "农业",
    ],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_with_chinese_headings_is_taken_in_the_encodings_of_offices(
    catalogue: Catalogue, tmp_path: Path, encoding: str
) -> None:
    report = import_file(a_csv(tmp_path / "a.csv", ROWS, encoding), catalogue.hand)
    assert counts(report) == (1, 0, 0, 0), report.refusals
    record = Entry.get().content
    assert record["kind"] == "policy"
    assert record["doc_no"] == "冠政办发〔2022〕7号"
    assert record["issuers"] == ["县政府", "县财政局"]
    assert record["drawn_on"] == "2022-04-28"
    assert record["validity"] == "in_force"


def test_fields_of_a_kind_are_columns_of_a_table(catalogue: Catalogue, tmp_path: Path) -> None:
    rows = [
        ["id", "kind", "title", "body", "fields.organ_name", "fields.seats", "fields.on", "fields.state"],
        ["o:1", "open_day", "开放日", "欢迎", "县政府", "20", "2026/12/1", "正在报名"],
    ]
    import_file(a_csv(tmp_path / "a.csv", rows), catalogue.hand)
    assert Entry.get().content["fields"] == {
        "organ_name": "县政府",
        "seats": 20,
        "on": "2026-12-01",
        "state": "open",
    }


def test_an_export_that_turns_chinese_late_is_read_as_what_it_is(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    rows = [["id", "kind", "title", "body"], *([f"g:{at}", "guide", "x", "y" * 700] for at in range(2_000))]
    path = a_csv(tmp_path / "a.csv", [*rows, ["g:last", "guide", "老年证办理", "文"]], "gb18030")
    assert import_file(path, catalogue.hand).created == 2_001
    assert Entry.get_by_id("g:last").title == "老年证办理"


@pytest.mark.parametrize("between", ["\t", ";"])
def test_a_table_may_be_divided_as_other_programs_do(
    catalogue: Catalogue, tmp_path: Path, between: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"编号{between}类别{between}标题\ng:1{between}办事指南{between}甲,乙\n", encoding="utf-8")
    assert import_file(path, catalogue.hand).created == 1
    assert Entry.get().title == "甲,乙"


def test_a_title_above_the_headings_is_passed_over(catalogue: Catalogue, tmp_path: Path) -> None:
    rows = [
        ["冠县2026年办事指南汇总"],
        [],
        ["编号", "类别", "标题"],
        ["g:1", "办事指南", "老年证办理"],
        ["g:2"],
    ]
    report = import_file(a_csv(tmp_path / "a.csv", rows), catalogue.hand, keep_good=True)
    assert counts(report) == (1, 0, 0, 1)
    assert report.refusals[0].line == 5


def test_a_row_is_told_by_the_line_in_which_it_begins(catalogue: Catalogue, tmp_path: Path) -> None:
    rows = [["编号", "类别", "标题"], ["g:1", "办事指南", "甲\n乙\n丙"], ["g:2", "小道消息", "丁\n戊"]]
    report = import_file(a_csv(tmp_path / "a.csv", rows), catalogue.hand)
    assert [each.line for each in report.refusals] == [5]


def test_a_heading_that_means_nothing_refuses_the_file(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"unknown-column.*颜色"):
        import_file(a_csv(tmp_path / "a.csv", [["编号", "颜色"], ["1", "红"]]), catalogue.hand)


def test_a_spreadsheet_is_taken_with_its_dates_and_numbers(catalogue: Catalogue, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["编号", "类别", "标题", "正文", "发布日期", "fields.year"])
    sheet.append(["r:1", "annual_report", "年度报告", "全文", date(2026, 1, 31), 2025])
    sheet.append([None] * 6)
    book.save(tmp_path / "a.xlsx")
    report = import_file(tmp_path / "a.xlsx", catalogue.hand)
    assert counts(report) == (1, 0, 0, 0), report.refusals
    record = Entry.get().content
    assert (record["published_on"], record["fields"]["year"]) == ("2026-01-31", 2025)


@pytest.mark.parametrize("entry", ["xl/worksheets/sheet1.xml", "xl/media/image1.png"])
def test_a_spreadsheet_bomb_is_refused_unopened(catalogue: Catalogue, tmp_path: Path, entry: str) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(entry, b"0" * 20_000_000)
    with pytest.raises(ImportRefused, match="bomb"):
        import_file(path, catalogue.hand)


def test_xml_entities_in_a_spreadsheet_are_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(ImportRefused, match="bomb"):
        import_file(path, catalogue.hand)


@pytest.mark.parametrize(("name", "content"), [("a.txt", b"x"), ("a.xlsx", b"no zip"), ("a.csv", b"")])
def test_a_file_of_no_known_form_is_refused_as_a_whole(
    catalogue: Catalogue, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportRefused):
        import_file(tmp_path / name, catalogue.hand)


def test_only_proactive_records_enter_the_feed(catalogue: Catalogue, tmp_path: Path) -> None:
    records = [
        a_record(),
        a_record("doc:2", disclosure="on_request"),
        a_record("doc:3", disclosure="withheld"),
    ]
    import_file(write_lines(tmp_path / "a.jsonl", *records), catalogue.hand, publish=True)
    assert [found.doc_id for found in documents.live()] == ["doc:1"]
    assert list(feed.export()) == [found.record for found in documents.live()]


def test_a_record_that_is_no_longer_proactive_leaves_a_tombstone(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    import_file(write_lines(tmp_path / "a.jsonl", a_record()), catalogue.hand, publish=True)
    import_file(
        write_lines(tmp_path / "a.jsonl", a_record(disclosure="on_request")), catalogue.hand, publish=True
    )
    gone = DocumentRow.get(DocumentRow.doc_id == "doc:1")
    assert (gone.deleted, gone.record, gone.hash, gone.title) == (1, "", "", "")
    assert gone.seq == documents.position().seq


def test_names_stay_at_the_hub(catalogue: Catalogue, tmp_path: Path) -> None:
    import_file(write_lines(tmp_path / "v.jsonl", VILLAGE), catalogue.hand, publish=True)
    assert "赵样例" in Entry.get().record
    assert "赵样例" not in "".join(feed.export())
    assert "赵样例" not in DocumentRow.get().record


def test_who_brought_a_record_does_not_approve_it(catalogue: Catalogue, tmp_path: Path) -> None:
    import_file(write_lines(tmp_path / "a.jsonl", a_record()), catalogue.hand)
    with db.writing(db.store), pytest.raises(RuleBroken, match="same-person"):
        approval.approve("doc:1", catalogue.hand)
    with db.writing(db.store):
        wang = Hand("wang", catalogue.clock.now())
        assert approval.approve("doc:1", wang, Release("proactive")) == 1


def test_a_refused_record_comes_back_only_when_it_changed(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", a_record())
    import_file(path, catalogue.hand)
    with db.writing(db.store):
        actions.refuse("doc:1", "标题有错字", catalogue.hand)
    assert counts(import_file(path, catalogue.hand, publish=True)) == (0, 0, 1, 0)
    assert documents.live().count() == 0
    assert counts(import_file(write_lines(path, a_record(title="改好了")), catalogue.hand)) == (0, 1, 0, 0)
    assert Entry.get().state == "waiting"


def test_withdrawing_needs_a_reason_and_something_published(catalogue: Catalogue) -> None:
    catalogue.publish(a_record())
    with db.writing(db.store), pytest.raises(RuleBroken, match="note-missing"):
        actions.withdraw("doc:1", " ", catalogue.hand)
    with db.writing(db.store), pytest.raises(NotFound):
        actions.withdraw("doc:9", "发错了", catalogue.hand)
    with db.writing(db.store):
        actions.withdraw("doc:1", "发错了", catalogue.hand)
    assert documents.one("doc:1") is None


def test_an_older_row_of_the_feed_does_not_replace_a_newer_one(catalogue: Catalogue) -> None:
    with db.writing(db.store):
        feed.put(db.catalogue, "doc:1", 5, a_record(title="新"), "h5")
        feed.put(db.catalogue, "doc:1", 4, a_record(title="旧"), "h4")
    assert documents.one("doc:1").title == "新"  # type: ignore[union-attr]  # it is there


def test_the_command_tells_counts_lines_and_reasons(catalogue: Catalogue, tmp_path: Path) -> None:
    out = io.StringIO()
    path = write_lines(tmp_path / "a.jsonl", a_record(), a_record("doc:2", drawn_on="2026-13-01"))
    assert commands.run_import(path, tmp_path, catalogue.hand, out) == 1
    assert out.getvalue().splitlines() == [
        "a.jsonl: created 0, changed 0, unchanged 0, refused 1",
        "line 2 doc:2: bad-date drawn_on (日期不对，应为 年-月-日)",
        "nothing was imported (--keep-good takes the good records)",
    ]
    out = io.StringIO()
    assert (
        commands.run_import(write_lines(path, a_record()), tmp_path, catalogue.hand, out, publish=True) == 0
    )
    assert out.getvalue().splitlines()[-1] == "published 1"


def test_export_comes_back_unchanged(catalogue: Catalogue, tmp_path: Path) -> None:
    records = [
        json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines() if "named_rows" not in line
    ]
    files = files_of(catalogue.home)
    import_file(write_lines(tmp_path / "a.jsonl", *records), catalogue.hand, publish=True, files=files)
    out = io.StringIO()
    commands.run_export(out)
    (tmp_path / "export.jsonl").write_text(out.getvalue(), "utf-8")
    report = import_file(tmp_path / "export.jsonl", catalogue.hand, publish=True, files=files)
    assert counts(report) == (0, 0, len(records), 0)


def laws() -> list[dict[str, Any]]:
    """Laws of up to three hundred articles, as a county takes them over: long texts, chapters, the oldest of 1951."""
    records = []
    for no in range(24):
        articles = [f"第{at}条 各级人民政府应当加强对第{no}项工作的领导。" for at in range(1, 13 * no + 2)]
        body = "\n".join(["第一章 总则", *articles, "第二章 附则", "本法自公布之日起施行。"])
        day = f"{1951 + 3 * no}-0{1 + no % 9}-01"
        told = {"drawn_on": day, "published_on": day, "effective_on": day} if no % 3 else {}
        records.append(a_record(f"law:{no}", title=f"第{no}项工作法（示例）", body=body, doc_no=None, **told))
    return records


def services_and_letters() -> list[dict[str, Any]]:
    """Service items and answered letters as other sites give them away: hard breaks, wide signs, no date."""
    item = "实施部门：县民政局\n事项类型：公共服务\n办理地点：政务服务中心3号窗口\n\n办理材料\n1．身份证；\n2．户口本"
    letter = "来信：请问领导，合作医疗费用增加了，报销比例是多少。盼回音。先谢了！\n答复：已收悉，请拨打0635-0000001。"
    return [
        a_record(f"{kind}:{no}", kind=kind, title=f"{title}{no}", body=body, doc_no=None, validity=None,
                 issuers=None, drawn_on=None, published_on=None)
        for kind, title, body in (("guide", "临时救助办理", item), ("letter", "来信", letter))
        for no in range(24)
    ]  # fmt: skip


def test_documents_as_other_sites_have_them_are_taken_whole(catalogue: Catalogue, tmp_path: Path) -> None:
    given = [*laws(), *services_and_letters()]
    report = importers.import_file(write_lines(tmp_path / "all.jsonl", *given), catalogue.hand, publish=True)
    assert report.refused == 0, report.refusals[:3]
    assert report.created == report.published == documents.live().count() == len(given) == 72


@pytest.mark.skipif(not SHARED.is_file(), reason="the shared test data is not beside the repository")
def test_real_documents_are_taken_whole(catalogue: Catalogue, tmp_path: Path) -> None:
    path = SHARED
    if not (os.environ.get("CI") or os.environ.get("KIOSK_SLOW")):
        path = tmp_path / "first.jsonl"
        with SHARED.open(encoding="utf-8") as lines:
            path.write_text("".join(line for _, line in zip(range(800), lines, strict=False)), "utf-8")
    report = importers.import_file(path, catalogue.hand, publish=True)
    assert report.refused == 0, report.refusals[:3]
    assert report.created == report.published == documents.live().count() >= 800
