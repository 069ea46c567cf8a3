"""What an office asks of its desk: found by number, one after another, who did what, a ledger, a look before import."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import db
from kiosk.catalogue.desk import record_form as editing
from kiosk.catalogue.importing.importers import import_file
from kiosk.catalogue.publishing import actions
from kiosk.catalogue.records.models import Entry
from tests.catalogue.conftest import a_record, write_lines
from tests.catalogue.desk.test_editing import boxes
from tests.catalogue.desk.test_import import SITE, hand_in, lines
from tests.catalogue.publishing.test_lifecycle import OPEN, a_hand
from tests.hub import Browser, Hub, build_hub

DESK = "/desk/catalogue"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """One document that is public, three that wait: two of a colleague, one of the person who approves."""
    hub = build_hub(tmp_path)
    for name in ("zhang.xie", "wang.shen"):
        hub.add_account(name, "publisher")
    path = tmp_path / "a.jsonl"
    import_file(write_lines(path, a_record(disclosure="proactive")), a_hand(hub, "li"), publish=True)
    for doc_id, who in (("doc:2", "zhang.xie"), ("doc:3", "wang.shen"), ("doc:4", "zhang.xie")):
        hub.clock.advance(60)
        record = a_record(doc_id, title=f"=通知 {doc_id}", doc_no=f"冠样〔2026〕1{doc_id[-1]}号")
        import_file(write_lines(path, record), a_hand(hub, who))
    yield hub
    db.store.obj.close()


@pytest.fixture
def approver(hub: Hub) -> Browser:
    return hub.browser("wang.shen")


def test_an_entry_is_found_by_its_number_however_it_is_typed_and_on_all_shelves(approver: Browser) -> None:
    assert "=通知 doc:2" in approver.get(f"{DESK}?q=冠样(2026)12号").text
    nothing = approver.get(f"{DESK}?q=低保").text
    assert "没有符合的内容" in nothing
    assert "state=all&amp;q=" in nothing
    assert "关于调整城乡低保标准的通知" in approver.get(f"{DESK}?state=all&q=低保").text


def test_one_approves_and_gets_the_next_that_is_not_ones_own(hub: Hub, approver: Browser) -> None:
    page = f"{DESK}/entries/doc:2"
    answer = approver.post(f"{DESK}/approve/doc:2", {**OPEN, "next": "yes"}, on=page)
    assert answer.location == f"{DESK}/entries/doc:4"
    answer = approver.post(f"{DESK}/approve/doc:4", {**OPEN, "next": "yes"}, on=answer.location)
    assert answer.location == DESK, "only what one brought oneself is left"
    assert Entry.get_by_id("doc:3").state == "waiting"


def test_the_page_tells_who_did_what_and_when(hub: Hub, approver: Browser) -> None:
    note = {"note": "缺少附件"}
    approver.post(f"{DESK}/refuse/doc:2", note, on=f"{DESK}/entries/doc:2")
    page = approver.get(f"{DESK}/entries/doc:2").text
    history = page[page.index("经过") :]
    assert history.index("随一批导入") < history.index("退回")
    assert "zhang.xie" in history
    assert "wang.shen" in history
    assert "更正以后会重新送审核" in page


def test_the_history_of_a_batch_is_that_of_its_own(hub: Hub, approver: Browser) -> None:
    batch = Entry.get_by_id("doc:2").batch_id
    Entry.update(batch_id=batch).where(Entry.doc_id == "doc:4").execute()
    approver.post(f"{DESK}/refuse/doc:4", {"note": "缺依据"}, on=f"{DESK}/entries/doc:4")
    hub.clock.advance(60)
    form = {"batch": str(batch), "all_proactive": "yes", "others_read": "yes"}
    approver.post(f"{DESK}/approve-batch", form, on=DESK)
    assert "随一批审核通过" in approver.get(f"{DESK}/entries/doc:2").text
    assert "随一批审核通过" not in approver.get(f"{DESK}/entries/doc:4").text


def ledger(browser: Browser, query: str) -> list[dict[str, str]]:
    answer = browser.get(f"{DESK}/ledger.csv?{query}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_ledger_of_a_shelf_is_what_the_shelf_shows(hub: Hub, approver: Browser) -> None:
    approver.post(f"{DESK}/approve/doc:2", OPEN, on=f"{DESK}/entries/doc:2")
    assert [row["编号"] for row in ledger(approver, "state=waiting")] == ["doc:3", "doc:4"]
    assert len(ledger(approver, "state=all")) == 4
    assert [row["编号"] for row in ledger(approver, "state=all&q=低保")] == ["doc:1"]
    row = next(row for row in ledger(approver, "state=published") if row["编号"] == "doc:2")
    assert (row["提交人"], row["审核人"], row["公开属性"]) == ("zhang.xie", "wang.shen", "主动公开")
    assert row["提交时间"] == "2026-11-23 09:01"
    assert row["标题"] == "'=通知 doc:2", "a spreadsheet runs no formula"
    assert ledger(approver, "state=waiting")[0]["公开属性"] == "未定"
    assert ledger(approver, "state=refused") == []


def test_an_import_shows_its_first_records_before_anything_comes_in(hub: Hub, approver: Browser) -> None:
    bad = a_record("new:2", kind="poem")
    found = hand_in(approver, "导出.jsonl", lines(a_record("new:1", title="修路通知"), bad))
    page = approver.get(found).text
    assert "先看前1条" in page
    assert "城市低保标准按新规定执行" in page
    assert "类别：" in page
    assert "只导入没有问题的1条" in page
    assert Entry.get_or_none(Entry.doc_id == "new:1") is None


def test_a_file_without_a_good_line_offers_nothing_to_import(approver: Browser) -> None:
    page = approver.get(hand_in(approver, "导出.jsonl", lines(a_record(kind="poem")))).text
    assert "/confirm" not in page
    assert "不导入，丢弃" in page


def test_a_broken_spreadsheet_is_not_offered_to_be_mapped(approver: Browser) -> None:
    page = approver.get(hand_in(approver, "坏.xlsx", b"PK no spreadsheet")).text
    assert "读不出来" in page
    assert "/mapping" not in page


def test_columns_are_mapped_with_what_stands_in_them_and_a_likely_meaning(approver: Browser) -> None:
    page = approver.get(hand_in(approver, "网站.csv", SITE.encode()) + "/mapping").text
    assert "https://gx.example.cn/1.html" in page
    for heading, key in (("链接", "source_url"), ("发布时间", "published_on")):
        row = page[page.index(f">{heading}</label>") :]
        assert f'<option value="{key}" selected>' in row[: row.index("</tr>")]


def test_an_end_is_dated_beforehand_only_where_the_validity_ran_out(
    hub: Hub, approver: Browser, tmp_path: Path
) -> None:
    record = a_record("doc:5", disclosure="proactive", valid_until="2031-02-28")
    import_file(write_lines(tmp_path / "b.jsonl", record), a_hand(hub, "li"), publish=True)
    assert 'value="2031-02-28"' in approver.get(f"{DESK}/repeal/doc:5?how=expired").text
    assert 'value="2031-02-28"' not in approver.get(f"{DESK}/repeal/doc:5").text


def test_what_was_not_done_is_not_said_in_green(hub: Hub, approver: Browser) -> None:
    answer = approver.post(f"{DESK}/approve/doc:3", OPEN, on=f"{DESK}/entries/doc:2")
    assert answer.status_code == 303
    page = approver.get(DESK).text
    assert "不能审核自己提交的内容" in page
    assert "notice-good" not in page


def test_what_is_pasted_comes_back_as_text_with_its_structure_and_nothing_else(approver: Browser) -> None:
    html = (
        "<meta charset='utf-8'><h2>一、标准</h2><p style='color:red'>第一条　<b>发放</b>。</p>"
        "<table><tr><td>镇</td><td>户数</td></tr></table><script>x()</script><img src=x onerror=y()>"
    )
    answer = approver.post(f"{DESK}/pasted", {"html": html}, on=f"{DESK}/new/policy")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text == "## 一、标准\n第一条　发放。\n镇 | 户数"


def test_what_was_withdrawn_by_mistake_is_saved_unchanged_and_waits_again(
    hub: Hub, approver: Browser
) -> None:
    approver.post(f"{DESK}/withdraw/doc:1", {"note": "撤错了"}, on=f"{DESK}/entries/doc:1")
    assert "要重新公开" in approver.get(f"{DESK}/entries/doc:1").text
    record = Entry.get_by_id("doc:1").content
    form = boxes(editing.controls(record["kind"], record)) | {"disclosure": "proactive"}
    approver.post(f"{DESK}/edit/doc:1", form, on=f"{DESK}/edit/doc:1")
    assert Entry.get_by_id("doc:1").state == "waiting"


def test_a_successor_is_chosen_among_those_that_may_be_meant(
    hub: Hub, approver: Browser, tmp_path: Path
) -> None:
    records = [
        a_record(f"doc:{at}", title=f"新办法之{at}", doc_no=f"冠样〔2026〕5{at}号", disclosure="proactive")
        for at in (6, 7)
    ]
    import_file(write_lines(tmp_path / "c.jsonl", *records), a_hand(hub, "li"), publish=True)
    page = f"{DESK}/repeal/doc:1"
    form = {"how": "repealed", "on": "2026-11-20", "reason": "清理", "successor": "新办法"}
    asked = approver.post(page, form, on=page)
    assert asked.status_code == 422
    assert 'name="meant" value="doc:7"' in asked.text
    assert approver.post(page, {**form, "meant": "doc:7"}, on=page).status_code == 303
    assert {"rel": "repealed_by", "id": "doc:7"} in Entry.get_by_id("doc:1").content["links"]


def test_a_new_entry_is_written_like_another_without_what_is_that_ones_own(
    hub: Hub, approver: Browser
) -> None:
    record = a_record(
        "doc:8",
        title="办理老年证",
        fields={"category": "行政规范性文件"},
        source_url="https://gx.example.cn/8",
        links=[{"rel": "related", "id": "doc:1"}],
        topics=["社会福利"],
    )
    with db.writing(db.store):
        actions.store_entry(record, a_hand(hub, "li"))
    assert "like=doc:8" in approver.get(f"{DESK}/entries/doc:8").text
    page = approver.get(f"{DESK}/new/policy?like=doc:8").text
    for taken in ("办理老年证", "社会福利", "城市低保标准按新规定执行"):
        assert taken in page
    for own in ("冠样〔2026〕3号", "2026-03-18", "https://gx.example.cn/8", 'value="doc:1"', 'value="doc:8"'):
        assert own not in page
    assert approver.get(f"{DESK}/new/guide?like=doc:8").text.count("办理老年证") == 0, "of another kind"
