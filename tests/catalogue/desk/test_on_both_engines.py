"""The hub's desk of the catalogue keeps its word on SQLite and on PostgreSQL: every table of it, by what clerks do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk import blobs, db
from kiosk.audit import Act
from kiosk.catalogue import rounds
from kiosk.catalogue.attachments import store as attachments_store
from kiosk.catalogue.feedback import empty_searches as silent
from kiosk.catalogue.feedback import outside_links as links
from kiosk.catalogue.feedback import problems
from kiosk.catalogue.feedback import reasons as review
from kiosk.catalogue.feedback.rules import QualityLimits
from kiosk.catalogue.importing import uploads, watching
from kiosk.catalogue.importing.importers import Report, import_file
from kiosk.catalogue.importing.sheet_records import ColumnMapping
from kiosk.catalogue.publishing import actions, approval, entries, history, sources
from kiosk.catalogue.publishing.approval import Release
from kiosk.catalogue.publishing.entries import EntryFilter
from kiosk.catalogue.records import documents, feed, listings, named
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.search import county_words
from kiosk.catalogue.search.words import PAIR, ListedWord
from kiosk.clock import FixedClock, today
from kiosk.db.server import PostgresServer
from kiosk.errors import NotFound
from sync.carried.counts import Tally
from tests.catalogue.conftest import VILLAGE, a_record, files_of, write_lines
from tests.hub import MONDAY_MORNING, SETTINGS, Hub, build_database, build_hub
from tests.world import eventually


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


@pytest.fixture
def hand(tmp_path: Path, clock: FixedClock, address: str) -> Iterator[Hand]:
    """The hand of a clerk, at an empty hub on either engine."""
    database = build_database(tmp_path, clock, address)
    db.catalogue.initialize(database)
    with db.connected(database):
        yield Hand("li.na", clock.now())
    database.close_all()


def brought(folder: Path, hand: Hand, *records: dict[str, Any], publish: bool = False) -> Report:
    """An import."""
    return import_file(
        write_lines(folder / "a.jsonl", *records), hand, publish=publish, files=files_of(folder)
    )


def another(hand: Hand) -> Hand:
    return replace(hand, actor="wang.shen")


def test_what_is_brought_waits_is_approved_amended_and_withdrawn(tmp_path: Path, hand: Hand) -> None:
    report = brought(tmp_path, hand, a_record(), a_record("doc:2", title="另一件"))
    assert (report.created, report.batch) == (2, 1)
    assert brought(tmp_path, hand, a_record(), a_record("doc:2", title="另一件")).unchanged == 2
    assert entries.how_many(EntryFilter("waiting")) == 2
    assert [each.doc_id for each in entries.page(EntryFilter("waiting", words="冠样[2026]3号"), 10, 0)] == [
        "doc:1",
        "doc:2",
    ]
    assert approval.approve("doc:1", another(hand), Release("proactive")) == 1
    done = approval.approve_batch(
        1, another(hand), Release("proactive"), sites=(), blobs=blobs.of_home(tmp_path), others_read=True
    )
    assert (done.approved, done.lacking, done.unread) == (1, (), 0)
    assert listings.kind_counts() == {"policy": 2}
    changed = {**documents.one("doc:1").content, "title": "新的标题"}  # type: ignore[union-attr]  # it is there
    assert actions.save(changed, hand, act="amend", reason="会议决定")
    approval.approve("doc:1", another(hand), Release("proactive"))
    assert [each.doc_id for each in listings.listed("policy", {"validity": "amended"}, 5)] == ["doc:1@1"]
    assert [rel for rel, _ in documents.related("doc:1")] == ["replaces"]
    assert [other.doc_id for _, other in documents.related("doc:1@1")] == ["doc:1"]
    actions.withdraw("doc:2", "发错了", another(hand))
    assert documents.one("doc:2") is None
    assert [text for text in feed.export() if '"doc:2"' in text] == []
    assert dict(listings.values("policy", "year", {})) == {"2026": 2}
    assert [step.act for step in history.of_entry(entries.found("doc:1"))][-2:] == [  # type: ignore[arg-type]  # it is there
        Act.CATALOGUE_AMEND,
        Act.CATALOGUE_APPROVE,
    ]


def test_a_planned_day_comes_or_is_taken_back(tmp_path: Path, hand: Hand) -> None:
    brought(tmp_path, hand, a_record(), a_record("doc:2"))
    for doc_id in ("doc:1", "doc:2"):
        approval.approve(doc_id, another(hand), Release("proactive", publish_on="2026-12-01"))
    approval.unschedule("doc:2", hand)
    with pytest.raises(NotFound):
        approval.unschedule("doc:2", hand)
    assert entries.due("2026-12-01") == ["doc:1"]
    later = replace(hand, at=hand.at + timedelta(days=10))
    assert approval.release_due(entries.due("2026-12-01"), later) == 1
    assert documents.position().seq == 1


def test_names_go_when_their_window_closes(tmp_path: Path, hand: Hand, clock: FixedClock) -> None:
    brought(tmp_path, hand, VILLAGE, publish=True)
    day = today(clock)
    before = named.mark(("清水镇",), day)
    assert "赵样例" in (named.for_townships(("清水镇",), day) or b"").decode()
    assert named.first_end(db.real(db.store)) == "2026-11-30"
    assert actions.erase_names(replace(hand, at=hand.at + timedelta(days=8))) == 1
    assert named.for_townships(("清水镇",), day) is None
    assert named.mark(("清水镇",), day) != before
    assert "赵样例" not in entries.found("v:1").record  # type: ignore[union-attr]  # it is there


def test_the_desk_says_how_long_names_are_kept(tmp_path: Path, address: str) -> None:
    hub: Hub = build_hub(tmp_path, address)
    hub.add_account("wang.shen", "publisher")
    with db.connected(db.store):
        brought(tmp_path, Hand("operator:test", hub.clock.now()), VILLAGE)
    page = hub.browser("wang.shen").get("/desk/catalogue/entries/v:1").text
    assert "名单公示到2026年11月30日，过后自动删除" in page
    assert ("它自己的日志和备份里还有，到它们的保留期满为止" in page) == bool(address)
    db.real(db.store).close_all()


def test_names_are_cleaned_out_of_the_database_after_they_were_erased(
    tmp_path: Path, hand: Hand, clock: FixedClock, address: str
) -> None:
    """SQLite's log no longer has them; PostgreSQL's table was vacuumed, and nobody but the round does it here."""
    brought(tmp_path, hand, VILLAGE, publish=True)
    clock.advance(8 * 24 * 3600)
    database, stop = db.real(db.store), threading.Event()
    running = rounds.start(tmp_path, replace(SETTINGS, database=address, external_links=False), clock, stop)
    if isinstance(database, db.SqliteFile):
        log = database.path.with_name(database.path.name + "-wal")
        eventually(lambda: not log.exists() or not log.stat().st_size, "the log is emptied")
    else:
        eventually(lambda: _vacuumed(database), "the table is vacuumed")
    stop.set()
    running.join(30)
    assert "赵样例" not in entries.found("v:1").record  # type: ignore[union-attr]  # it is there


def _vacuumed(database: PostgresServer) -> bool:
    asked = "SELECT last_vacuum IS NOT NULL FROM pg_stat_user_tables WHERE relname = 'named_list'"
    return bool(database.execute_sql(asked).fetchone()[0])


def test_words_are_decided_and_travel(hand: Hand) -> None:
    assert county_words.county_list() is None
    marks = [county_words.mark()]
    assert county_words.decide([ListedWord(PAIR, "老人钱", "高龄津贴", "reviewed")], hand) == 1
    marks.append(county_words.mark())
    assert county_words.set_status(PAIR, "老人钱", "dropped", hand) is not None
    marks.append(county_words.mark())
    assert len(set(marks)) == 3
    assert b"dropped" in (county_words.county_list() or b"")
    assert county_words.words_here().official("老人钱") == ()


def test_what_people_tell_without_a_name_is_added_up_and_settled(
    tmp_path: Path, hand: Hand, clock: FixedClock
) -> None:
    brought(tmp_path, hand, a_record(), publish=True)
    day = today(clock)
    with db.writing(db.store):
        for _ in range(2):
            problems.take(day, Tally("problem", "doc:1", "wrong", "第3条不对", 2))
        problems.take(day, Tally("problem", "doc:1", "link"))
        silent.take(day, Tally("no-hit", "光伏补贴", many=5))
    (found,) = problems.open_reports()
    assert (found.many, set(found.whats), found.title) == (5, {"wrong", "link"}, a_record()["title"])
    assert [each.many for each in problems.of("doc:1")] == [4, 1]
    assert [(each.words, each.many, each.days) for each in silent.listed(5, 3)] == [("光伏补贴", 5, 1)]
    lists = {each.key for each in review.to_do(QualityLimits(day, 6, 12))}
    assert {"problems", "silent", "missing"} <= lists
    assert problems.settle("doc:1", "改了", hand) == 5
    silent.settle("光伏补贴", "加了问答", hand)
    assert silent.listed(1, 1) == []
    problems.forget(day + timedelta(days=200))
    silent.forget(day + timedelta(days=200))
    assert sum(each.many for each in problems.settled("doc:1")) == 5


def test_addresses_are_collected_looked_at_and_told(tmp_path: Path, hand: Hand, clock: FixedClock) -> None:
    url = "https://www.example.cn/a"
    brought(tmp_path, hand, a_record(source_url=url, topics=["社会福利"]), publish=True)
    brought(tmp_path, hand, a_record("doc:2", source_url="https://www.example.cn/b"))
    assert sources.of_batch(2, ("example.cn",)) == (["doc:2"], [])
    day = today(clock)
    for back in (3, 2, 1):
        said = links.check(day - timedelta(days=back), 30, look=lambda _url: "gone")
        assert said == {"gone": 2}
    assert sources.of_batch(2, ("example.cn",)) == ([], ["doc:2"])
    (found,) = (each for each in review.to_do(QualityLimits(day, 6, 12)) if each.key == "dead-addresses")
    assert [(due.doc_id, due.detail) for due in found.shown] == [("doc:1", f"已删除 {url}")]


def test_files_wait_for_a_word_and_the_watched_folder_is_remembered(tmp_path: Path, hand: Hand) -> None:
    token = uploads.keep(tmp_path, "表.csv", lambda path: path.write_text("标题\n"), hand)
    uploads.save_mapping("网站", ColumnMapping({"标题": "title"}, {}, "site", False), hand)
    uploads.save_mapping("网站", ColumnMapping({"题目": "title"}, {}, "site", False), hand)
    uploads.choose_mapping(token, "网站", hand)
    assert uploads.mapping_names() == ["网站"]
    assert uploads.found(tmp_path, token).mapping == "网站"  # type: ignore[union-attr]  # it is there
    uploads.forget_old(tmp_path, hand.at + timedelta(days=1))
    assert uploads.found(tmp_path, token) is None
    folder = tmp_path / "watched"
    folder.mkdir()
    write_lines(folder / "a.jsonl", a_record())
    files = files_of(tmp_path)
    assert [watching.look(str(folder), "", hand, files) for _ in range(3)] == [0, 1, 0]
    assert [(each.name, each.outcome) for each in watching.newest(5)] == [("a.jsonl", "taken")]
    assert attachments_store.sweep(files.blobs, FixedClock(hand.at)) == 0


def test_a_clerk_works_through_the_desk(tmp_path: Path, address: str) -> None:
    hub: Hub = build_hub(tmp_path, address)
    for name in ("li.na", "wang.shen"):
        hub.add_account(name, "publisher")
    hand = Hand("operator:test", hub.clock.now())
    with db.connected(db.store):
        brought(tmp_path, hand, a_record())
    browser = hub.browser("wang.shen")
    page = "/desk/catalogue/entries/doc:1"
    assert "关于调整城乡低保标准的通知" in browser.get("/desk/catalogue").text
    answer = browser.post("/desk/catalogue/approve/doc:1", {"attribute": "proactive"}, on=page)
    assert answer.status_code == 303
    for path in ("review", "words", "problems", "searches", "import", "ledger.csv", "entries/doc:1"):
        assert browser.get(f"/desk/catalogue/{path}").status_code == 200, path
    with db.connected(db.store):
        done = rounds.one_round(tmp_path, replace(SETTINGS, database=address), hub.clock)
    assert (done.published, done.erased) == (0, 0)
    db.real(db.store).close_all()
