"""The hub's desk of the catalogue: nothing is public before somebody else approved it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import db
from kiosk.catalogue.importing.importers import import_file
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.hand import Hand
from tests.catalogue.conftest import a_record, write_lines
from tests.hub import Hub, build_hub

DESK = "/desk/catalogue"
OPEN = {"attribute": "proactive"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = build_hub(tmp_path)
    hub.add_account("zhang.shenhe", "publisher")
    hub.add_account("li.shili", "clerk")
    records = [a_record(), a_record("doc:2", title="第二件", disclosure="on_request")]
    hand = Hand("operator:test", hub.clock.now())
    import_file(write_lines(tmp_path / "a.jsonl", *records), hand)
    yield hub
    db.store.obj.close()


def test_what_waits_is_listed_with_who_brought_it(hub: Hub) -> None:
    page = hub.browser("zhang.shenhe").get(DESK).text
    for word in ("关于调整城乡低保标准的通知", "第二件", "operator:test", "依申请公开", "a.jsonl"):
        assert word in page, word


def test_an_entry_is_seen_as_citizens_will_see_it(hub: Hub) -> None:
    page = hub.browser("zhang.shenhe").get(f"{DESK}/entries/doc:1").text
    assert "城市低保标准按新规定执行" in page
    assert "冠样〔2026〕3号" in page


def test_approving_publishes_and_is_logged(hub: Hub) -> None:
    browser = hub.browser("zhang.shenhe")
    answer = browser.post(f"{DESK}/approve/doc:1", OPEN, on=f"{DESK}/entries/doc:1")
    assert answer.status_code == 303
    assert documents.one("doc:1") is not None
    last = hub.connection.execute("SELECT actor, act, subject FROM audit ORDER BY seq DESC").fetchone()
    assert tuple(last) == ("zhang.shenhe", "catalogue-approve", "doc:1")
    assert "已发布" in browser.get(DESK).text


def test_what_is_only_given_on_request_is_approved_but_never_published(hub: Hub) -> None:
    browser = hub.browser("zhang.shenhe")
    browser.post(f"{DESK}/approve/doc:2", {"attribute": "on_request"}, on=f"{DESK}/entries/doc:2")
    assert documents.one("doc:2") is None
    assert "不进入公开目录" in browser.get(DESK).text


def test_a_whole_import_is_approved_at_once(hub: Hub) -> None:
    browser = hub.browser("zhang.shenhe")
    read = {"batch": "1", "others_read": "yes"}
    browser.post(f"{DESK}/approve-batch", read, on=DESK)
    assert documents.live().count() == 0
    assert "先选定公开属性" in browser.get(DESK).text
    browser.post(f"{DESK}/approve-batch", {**read, "all_proactive": "yes"}, on=DESK)
    assert [found.doc_id for found in documents.live()] == ["doc:1"]
    assert "没有等待审核的内容" in browser.get(DESK).text
    detail = hub.connection.execute("SELECT detail FROM audit ORDER BY seq DESC").fetchone()[0]
    assert json.loads(detail)["unsourced"] == 2


@pytest.mark.parametrize(
    ("sites", "public"),
    [((), ["doc:3", "doc:4"]), (("gx.example.cn",), ["doc:3"]), (("example.cn",), ["doc:3", "doc:4"])],
)
def test_only_what_is_public_at_its_address_goes_out_as_a_batch(
    hub: Hub, tmp_path: Path, sites: tuple[str, ...], public: list[str]
) -> None:
    wiring = hub.app.extensions["kiosk"]
    hub.app.extensions["kiosk"] = replace(wiring, settings=replace(wiring.settings, public_sites=sites))
    records = [
        a_record("doc:3", disclosure="proactive", source_url="https://gx.example.cn/3.html"),
        a_record("doc:4", disclosure="proactive", source_url="https://notgx.example.cn/4.html"),
        a_record("doc:5", disclosure="proactive", source_url="https://gx.example.cn/gone.html"),
        a_record("doc:6", disclosure="proactive"),
    ]
    with db.writing(db.store):
        connection = db.store.connection()
        gone = ("https://gx.example.cn/gone.html", "2026-11-22", "gone", 1)
        connection.execute("INSERT INTO link_look (url, looked_on, said, fails) VALUES (?, ?, ?, ?)", gone)
    hand = Hand("operator:test", hub.clock.now())
    import_file(write_lines(tmp_path / "b.jsonl", *records), hand)
    browser = hub.browser("zhang.shenhe")
    browser.post(f"{DESK}/approve-batch", {"batch": "2"}, on=DESK)
    assert sorted(found.doc_id for found in documents.live()) == public
    assert f"还有{4 - len(public)}条没有在网站上公开过" in browser.get(DESK).text


def test_refusing_asks_for_a_reason(hub: Hub) -> None:
    browser = hub.browser("zhang.shenhe")
    entry = f"{DESK}/entries/doc:1"
    assert browser.post(f"{DESK}/refuse/doc:1", {"note": " "}, on=entry).status_code == 422
    assert browser.post(f"{DESK}/refuse/doc:1", {"note": "缺文号"}, on=entry).status_code == 303
    assert "缺文号" in browser.get(entry).text
    assert documents.one("doc:1") is None


def test_a_published_document_is_taken_down_with_a_reason(hub: Hub) -> None:
    browser = hub.browser("zhang.shenhe")
    entry = f"{DESK}/entries/doc:1"
    browser.post(f"{DESK}/approve/doc:1", OPEN, on=entry)
    assert browser.post(f"{DESK}/withdraw/doc:1", {"note": "发错了"}, on=entry).status_code == 303
    assert documents.one("doc:1") is None


def test_two_clerks_cannot_decide_the_same_entry_twice(hub: Hub) -> None:
    browser = hub.browser("zhang.shenhe")
    for _clerk in range(2):
        answer = browser.post(f"{DESK}/approve/doc:1", OPEN, on=f"{DESK}/entries/doc:2")
        assert answer.status_code == 303
    assert "已经有人处理过了" in browser.get(DESK).text


def test_only_who_may_approve_sees_the_desk(hub: Hub) -> None:
    assert hub.browser().get(DESK).status_code == 303
    clerk = hub.browser("li.shili")
    assert clerk.get(DESK).status_code == 403
    assert clerk.get(f"{DESK}/entries/doc:1").status_code == 403
    for act in ("approve/doc:1", "refuse/doc:1", "withdraw/doc:1", "approve-batch"):
        assert clerk.post(f"{DESK}/{act}", {"note": "x", "batch": "1"}, on="/desk/requests").status_code in (
            403,
            400,
        )
    assert documents.live().count() == 0


def test_an_entry_that_is_not_there_is_not_found(hub: Hub) -> None:
    assert hub.browser("zhang.shenhe").get(f"{DESK}/entries/none:1").status_code == 404
