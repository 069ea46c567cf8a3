"""The life of a document at the desk: written, approved by another, planned, amended, ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk import db
from kiosk.catalogue.desk import record_form as editing
from kiosk.catalogue.importing.importers import import_file
from kiosk.catalogue.publishing import approval, entries
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.models import Entry
from kiosk.staff import models as staff_models
from tests.catalogue.conftest import SAMPLE, a_record, files_of, write_lines
from tests.catalogue.desk.test_editing import boxes
from tests.hub import Browser, Hub, build_hub

DESK = "/desk/catalogue"
OPEN = {"attribute": "proactive"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = build_hub(tmp_path)
    for name in ("zhang.xie", "wang.shen"):
        hub.add_account(name, "publisher")
    records = [a_record(disclosure="proactive"), a_record("doc:9", title="新办法", doc_no="冠样〔2026〕9号")]
    import_file(write_lines(tmp_path / "a.jsonl", *records), a_hand(hub, "operator:test"), publish=True)
    yield hub
    db.store.obj.close()


def a_hand(hub: Hub, name: str) -> Hand:
    return Hand(name, hub.clock.now())


@pytest.fixture
def writer(hub: Hub) -> Browser:
    return hub.browser("zhang.xie")


@pytest.fixture
def approver(hub: Hub) -> Browser:
    return hub.browser("wang.shen")


def acts(hub: Hub) -> list[tuple[str, str]]:
    return [tuple(row) for row in hub.connection.execute("SELECT actor, act FROM audit ORDER BY seq")]


def form_of(doc_id: str, **typed: str) -> dict[str, str]:
    record = Entry.get(Entry.doc_id == doc_id).content
    return boxes(editing.controls(record["kind"], record)) | {"disclosure": "proactive"} | typed


def public(doc_id: str) -> dict[str, Any]:
    found = documents.one(doc_id)
    assert found is not None, doc_id
    return found.content


def approve(approver: Browser, doc_id: str, **how: str) -> int:
    return approver.post(f"{DESK}/approve/{doc_id}", OPEN | how, on=f"{DESK}/entries/{doc_id}").status_code


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_form_for_a_new_entry(writer: Browser, kind: str) -> None:
    page = writer.get(f"{DESK}/new/{kind}")
    assert page.status_code == 200
    for field in KINDS[kind].fields:
        assert f'"fields.{field.name}' in page.text, field.name


def test_every_sample_has_a_form(writer: Browser, hub: Hub) -> None:
    import_file(SAMPLE, a_hand(hub, "operator:test"), publish=True, files=files_of(hub.home))
    kinds = {found.kind: found.doc_id for found in Entry.select()}
    for doc_id in kinds.values():
        assert writer.get(f"{DESK}/edit/{doc_id}").status_code == 200, doc_id
        assert writer.get(f"{DESK}/entries/{doc_id}").status_code == 200, doc_id


def test_a_new_entry_is_written_previewed_and_waits_for_another_person(
    hub: Hub, writer: Browser, approver: Browser
) -> None:
    url = f"{DESK}/new/question"
    form = {
        "title": "低保怎么申请？",
        "body": "",
        "fields.question": "怎么申请",
        "fields.answer": "到村里申请。",
    }
    seen = writer.post(url, form | {"preview": "yes"}, on=url)
    assert "到村里申请。" in seen.text
    assert Entry.select().count() == 2
    assert writer.post(url, form, on=url).status_code == 303
    entry = Entry.get(Entry.kind == "question")
    assert (entry.state, entry.proposed_by, entry.act) == ("waiting", "zhang.xie", "new")
    own = writer.post(f"{DESK}/approve/{entry.doc_id}", OPEN, on=f"{DESK}/new")
    assert own.status_code == 303
    assert documents.one(entry.doc_id) is None
    assert "请另一位审核" in writer.get(f"{DESK}/entries/{entry.doc_id}").text
    assert approve(approver, entry.doc_id) == 303
    assert public(entry.doc_id)["disclosure"] == "proactive"
    assert acts(hub)[-2:] == [("zhang.xie", "catalogue-new"), ("wang.shen", "catalogue-approve")]


def test_a_form_that_is_sent_twice_makes_one_entry(writer: Browser) -> None:
    url = f"{DESK}/new/interview"
    form = {"title": "访谈", "body": "全文", "id": "desk:interview-00112233aa"}
    for _twice in range(2):
        assert writer.post(url, form, on=url).status_code == 303
    assert [entry.doc_id for entry in Entry.select().where(Entry.kind == "interview")] == [form["id"]]


def test_wrong_answers_come_back_with_their_reason_and_nothing_is_kept(writer: Browser) -> None:
    url = f"{DESK}/edit/doc:1"
    before = Entry.get(Entry.doc_id == "doc:1").record
    wrong = {"drawn_on": "2026-04-01", "validity": "amended", "title": ""}
    answer = writer.post(url, form_of("doc:1", **wrong), on=url)
    assert answer.status_code == 422
    for words in ("成文日期晚于发布日期", "标明有效性变化时必须写明理由", "缺少必填项", "2026-04-01"):
        assert words in answer.text, words
    assert Entry.get(Entry.doc_id == "doc:1").record == before


def test_a_correction_shows_what_changes_and_replaces_the_text_after_approval(
    hub: Hub, writer: Browser, approver: Browser
) -> None:
    url = f"{DESK}/edit/doc:1"
    assert writer.post(url, form_of("doc:1", title="关于提高城乡低保标准的通知"), on=url).status_code == 303
    assert public("doc:1")["title"] == "关于调整城乡低保标准的通知"
    page = approver.get(f"{DESK}/entries/doc:1").text
    assert "<del>关于调整城乡低保标准的通知</del>" in page
    assert "<ins>关于提高城乡低保标准的通知</ins>" in page
    approve(approver, "doc:1")
    assert public("doc:1")["title"] == "关于提高城乡低保标准的通知"


def test_what_a_clerk_edited_is_not_undone_by_the_same_export(
    hub: Hub, writer: Browser, tmp_path: Path
) -> None:
    url = f"{DESK}/edit/doc:1"
    writer.post(url, form_of("doc:1", title="改过"), on=url)
    report = import_file(tmp_path / "a.jsonl", a_hand(hub, "operator:test"))
    assert (report.changed, report.unchanged) == (0, 2)
    assert Entry.get(Entry.doc_id == "doc:1").title == "改过"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, "请选定公开属性"),
        ({"attribute": "withheld"}, "不予公开要写明法律依据"),
        ({"attribute": "secret"}, ""),
        ({"attribute": "proactive", "publish_on": "明天"}, "日期不对"),
        ({"attribute": "proactive", "publish_on": "2026-11-22"}, "已经过去"),
        ({"attribute": "on_request", "publish_on": "2026-12-22"}, "只有主动公开的内容可以定时发布"),
    ],
)
def test_nothing_is_approved_without_attribute_ground_and_a_sensible_day(
    hub: Hub, approver: Browser, tmp_path: Path, how: dict[str, str], words: str
) -> None:
    import_file(write_lines(tmp_path / "b.jsonl", a_record("doc:3")), a_hand(hub, "operator:test"))
    answer = approver.post(f"{DESK}/approve/doc:3", {"publish_on": "", **how}, on=f"{DESK}/entries/doc:3")
    assert answer.status_code == 422
    assert words in answer.text
    assert Entry.get(Entry.doc_id == "doc:3").state == "waiting"


def test_what_is_withheld_says_on_which_ground_and_leaves_the_feed(
    hub: Hub, writer: Browser, approver: Browser
) -> None:
    url = f"{DESK}/edit/doc:1"
    writer.post(url, form_of("doc:1", disclosure="withheld"), on=url)
    assert approve(approver, "doc:1", attribute="withheld", ground="third") == 303
    assert documents.one("doc:1") is None
    assert "第三方合法权益" in writer.get(f"{DESK}/entries/doc:1").text
    assert "关于调整城乡低保标准的通知" in writer.get(f"{DESK}?state=closed").text


def test_an_attribute_that_was_decided_stays_when_the_source_changes_the_text(
    hub: Hub, approver: Browser, tmp_path: Path
) -> None:
    import_file(write_lines(tmp_path / "b.jsonl", a_record("doc:3")), a_hand(hub, "operator:test"))
    approve(approver, "doc:3", attribute="withheld", ground="process")
    changed = write_lines(tmp_path / "b.jsonl", a_record("doc:3", body="改了"))
    import_file(changed, a_hand(hub, "operator:test"), publish=True)
    assert documents.one("doc:3") is None
    assert Entry.get(Entry.doc_id == "doc:3").disclosure == "withheld"


def test_where_there_is_one_publisher_it_is_allowed_by_setting_and_logged(hub: Hub, writer: Browser) -> None:
    wiring = hub.app.extensions["kiosk"]
    hub.app.extensions["kiosk"] = replace(wiring, settings=replace(wiring.settings, single_approval=True))
    with db.writing(db.store):
        staff_models.set_closed("wang.shen")
    url = f"{DESK}/edit/doc:1"
    writer.post(url, form_of("doc:1", title="改过"), on=url)
    assert approve(writer, "doc:1") == 303
    assert public("doc:1")["title"] == "改过"
    assert acts(hub)[-1] == ("zhang.xie", "catalogue-approve-alone")


def test_the_setting_says_nothing_where_there_are_two_publishers(hub: Hub, writer: Browser) -> None:
    wiring = hub.app.extensions["kiosk"]
    hub.app.extensions["kiosk"] = replace(wiring, settings=replace(wiring.settings, single_approval=True))
    url = f"{DESK}/edit/doc:1"
    writer.post(url, form_of("doc:1", title="改过"), on=url)
    approve(writer, "doc:1")
    assert public("doc:1")["title"] != "改过"
    assert "请另一位审核" in writer.get(f"{DESK}/entries/doc:1").text


def test_an_entry_is_published_on_its_day_and_not_before(hub: Hub, approver: Browser, tmp_path: Path) -> None:
    import_file(write_lines(tmp_path / "b.jsonl", a_record("doc:3")), a_hand(hub, "operator:test"))
    approve(approver, "doc:3", publish_on="2026年11月25日")
    assert "2026" in approver.get(f"{DESK}?state=scheduled").text
    assert documents.one("doc:3") is None
    hub.clock.advance(24 * 3600)
    assert entries.due("2026-11-24") == []
    hub.clock.advance(24 * 3600)
    assert entries.due("2026-11-25") == ["doc:3"]
    assert approval.release_due(["doc:3", "doc:3"], a_hand(hub, "agent")) == 1, "once"
    assert public("doc:3")["disclosure"] == "proactive"
    assert acts(hub)[-1] == ("agent", "catalogue-publish-due")


def test_a_planned_day_can_be_taken_back(hub: Hub, approver: Browser, tmp_path: Path) -> None:
    import_file(write_lines(tmp_path / "b.jsonl", a_record("doc:3")), a_hand(hub, "operator:test"))
    approve(approver, "doc:3", publish_on="2026-11-25")
    entry = f"{DESK}/entries/doc:3"
    assert approver.post(f"{DESK}/unschedule/doc:3", on=entry).status_code == 303
    assert Entry.get(Entry.doc_id == "doc:3").state == "waiting"
    assert entries.due("2030-01-01") == []
    assert approver.post(f"{DESK}/unschedule/doc:3", on=entry).status_code == 404


def test_an_amendment_keeps_the_old_text_as_a_document_beside_it(
    hub: Hub, writer: Browser, approver: Browser
) -> None:
    url = f"{DESK}/amend/doc:1"
    new_text = "第一条 城市低保标准提高到每月900元。"
    assert writer.post(url, form_of("doc:1", body=new_text), on=url).status_code == 422
    for number, reason in ((1, "常务会议修改了标准"), (2, "再次修改")):
        typed = form_of("doc:1", body=new_text * number, reason=reason)
        assert writer.post(url, typed, on=url).status_code == 303
        approve(approver, "doc:1")
        old = public(f"doc:1@{number}")
        assert (old["validity"], old["validity_reason"]) == ("amended", reason)
        assert {"rel": "replaced_by", "id": "doc:1"} in old["links"]
    assert "城市低保标准按新规定执行" in public("doc:1@1")["body"]
    assert public("doc:1@2")["body"] == new_text
    assert public("doc:1")["body"] == new_text * 2
    assert [rel for rel, found in documents.related("doc:1")] == ["replaces", "replaces"]
    assert "doc:1@1" in writer.get(f"{DESK}?state=published").text


def test_a_document_ends_with_a_day_a_reason_and_a_successor_or_the_word_that_there_is_none(
    hub: Hub, writer: Browser, approver: Browser
) -> None:
    url = f"{DESK}/repeal/doc:1"
    ending = {"how": "repealed", "on": "2026-11-20", "reason": "冠政发〔2026〕20号清理"}
    for form, words in (
        (ending, "请写代替它的文件"),
        (ending | {"successor": "没有这一件"}, "没有找到"),
        (ending | {"successor": "doc:9", "no_successor": "y"}, "就不要再选"),
        (ending | {"reason": " ", "no_successor": "y"}, "请写明理由"),
        (ending | {"on": "昨天", "no_successor": "y"}, "日期不对"),
    ):
        answer = writer.post(url, form, on=url)
        assert answer.status_code == 422, words
        assert words in answer.text
    assert writer.post(url, ending | {"successor": "冠样〔2026〕9号"}, on=url).status_code == 303
    assert public("doc:1")["validity"] == "in_force"
    approve(approver, "doc:1")
    record = public("doc:1")
    assert (record["validity"], record["valid_until"]) == ("repealed", "2026-11-20")
    assert record["links"] == [{"rel": "repealed_by", "id": "doc:9"}]
    assert record["fields"]["changes"] == [{"on": "2026-11-20", "what": "整件废止", "by": "doc:9"}]
    assert [found.doc_id for rel, found in documents.related("doc:1") if rel == "repealed_by"] == ["doc:9"]


def test_a_document_without_successor_says_so_on_purpose(
    hub: Hub, writer: Browser, approver: Browser
) -> None:
    url = f"{DESK}/repeal/doc:1"
    ending = {"how": "expired", "on": "2026-11-20", "reason": "有效期届满", "no_successor": "y"}
    assert writer.post(url, ending, on=url).status_code == 303
    approve(approver, "doc:1")
    assert public("doc:1")["validity"] == "expired"


def test_only_what_is_public_can_be_amended_or_ended(writer: Browser) -> None:
    for page in ("amend", "repeal"):
        assert writer.get(f"{DESK}/{page}/doc:404").status_code == 404
    assert writer.get(f"{DESK}/new/poem").status_code == 404


def test_the_shelves_are_searched_by_title_and_kind(writer: Browser) -> None:
    page = writer.get(f"{DESK}?state=published&q=新办法&kind=policy").text
    assert "新办法" in page
    assert "低保标准" not in page
    assert "没有符合的内容" in writer.get(f"{DESK}?state=published&kind=guide").text
    assert "没有符合的内容" in writer.get(f"{DESK}?state=published&q=%25").text


def test_a_whole_document_may_be_typed_but_strangers_may_not_send_one(hub: Hub, writer: Browser) -> None:
    url = f"{DESK}/edit/doc:1"
    long = "一" * 600_000
    assert writer.post(url, form_of("doc:1", body=long), on=url).status_code == 303
    assert json.loads(Entry.get(Entry.doc_id == "doc:1").record)["body"] == long
    stranger = hub.browser()
    assert stranger.post(url, {"body": long}).status_code == 413
