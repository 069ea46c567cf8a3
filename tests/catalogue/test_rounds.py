"""What the hub does by itself as time passes: the watched folder, days of publication, windows of names."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk import blobs, db
from kiosk.catalogue import rounds
from kiosk.catalogue.importing import uploads, watching
from kiosk.catalogue.importing.importers import import_file
from kiosk.catalogue.importing.sheet_records import ColumnMapping
from kiosk.catalogue.publishing import approval
from kiosk.catalogue.publishing.approval import Release
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import Entry
from kiosk.catalogue.rounds import Round
from kiosk.clock import stamp
from tests.building import hub_settings
from tests.catalogue import attached
from tests.catalogue.conftest import VILLAGE, Catalogue, a_record, write_lines
from tests.world import eventually

SITE = ColumnMapping(
    columns={"标题": "title", "链接": "source_url", "时间": "published_on", "栏目": "kind", "正文": "body"},
    defaults={"kind": "policy", "source": "县政府网站", "validity": "in_force", "disclosure": "proactive"},
    prefix="gx",
    is_html=True,
)
EXPORT = (
    "序号,标题,链接,时间,栏目,正文\n"
    "1,关于补贴的通知,https://gx.example.cn/1.html,2026/11/1,通知公告,<p>第一条　发放补贴。<script>x</script></p>\n"
    "2,怎么办,https://gx.example.cn/2.html,2026-11-02,政策问答,<p>到窗口办。</p>\n"
)
Turn = Callable[[], Round]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def turn(catalogue: Catalogue, inbox: Path) -> Turn:
    """One round of the hub, with the county site's mapping saved."""
    uploads.save_mapping("县网站", SITE, Hand("zhang", catalogue.clock.now()))
    settings = hub_settings(watch_folder=str(inbox), watch_mapping="县网站")
    return lambda: rounds.one_round(catalogue.home, settings, catalogue.clock)


def outcomes() -> list[tuple[str, str]]:
    rows = db.store.connection().execute("SELECT name, outcome FROM watched_file ORDER BY name, sha256")
    return [tuple(row) for row in rows]


def test_a_nightly_export_is_read_with_the_saved_mapping_and_waits(turn: Turn, inbox: Path) -> None:
    (inbox / "20261122.csv").write_text(EXPORT, "utf-8")
    assert turn().files == 0
    assert turn().files == 1
    first, second = sorted((entry.content for entry in Entry.select()), key=lambda each: str(each["title"]))
    assert (first["kind"], first["body"], first["published_on"]) == (
        "policy",
        "第一条　发放补贴。",
        "2026-11-01",
    )
    assert second["kind"] == "question"
    assert first["id"].startswith("gx:")
    assert {entry.state for entry in Entry.select()} == {"waiting"}
    assert outcomes() == [("20261122.csv", "taken")]


def test_each_file_is_taken_once_whatever_it_is_called(turn: Turn, inbox: Path) -> None:
    (inbox / "a.csv").write_text(EXPORT, "utf-8")
    turn(), turn()
    (inbox / "b.csv").write_text(EXPORT, "utf-8")
    assert [turn().files, turn().files] == [1, 0]
    assert dict(outcomes())["b.csv"] == "repeated"
    assert db.store.connection().execute("SELECT count(*) FROM import_batch").fetchone()[0] == 1


def test_a_file_that_is_still_being_written_is_left_alone(turn: Turn, inbox: Path) -> None:
    for part in range(1, 5):
        (inbox / "a.csv").write_text(EXPORT[: part * 40], "utf-8")
        assert turn().files == 0
    assert Entry.select().count() == 0


def test_a_wrong_line_is_kept_with_its_reason_and_the_others_are_taken(turn: Turn, inbox: Path) -> None:
    (inbox / "a.csv").write_text(EXPORT + "3,,https://gx.example.cn/3.html,去年,通知公告,\n", "utf-8")
    turn(), turn()
    report = json.loads(db.store.connection().execute("SELECT report FROM watched_file").fetchone()[0])
    assert (report["created"], report["refused"]) == (2, 1)
    assert {(each["line"], each["where"], each["why"]) for each in report["refusals"]} == {
        (4, "title", "缺少必填项"),
        (4, "published_on", "日期不对，应为 年-月-日"),
    }


def test_a_poison_file_is_refused_and_the_next_one_is_taken(turn: Turn, inbox: Path) -> None:
    (inbox / "a.xlsx").write_bytes(b"PK no sheet")
    (inbox / "b.csv").write_text(EXPORT, "utf-8")
    (inbox / "notes.txt").write_text("x", "utf-8")
    (inbox / "c.csv").symlink_to(inbox / "b.csv")
    turn(), turn()
    assert outcomes() == [("a.xlsx", "refused"), ("b.csv", "taken")]


def test_a_change_that_the_site_takes_back_is_taken_again(turn: Turn, inbox: Path) -> None:
    for title in ("补贴的通知", "补帖的通知", "补贴的通知"):
        (inbox / "export.csv").write_text(EXPORT.replace("补贴的通知", title), "utf-8")
        turn(), turn()
    titles = {entry.title for entry in Entry.select() if entry.kind == "policy"}
    assert titles == {"关于补贴的通知"}
    assert {outcome for _name, outcome in outcomes()} == {"taken"}


def test_a_file_refused_for_want_of_its_mapping_is_taken_when_the_mapping_is_saved(
    turn: Turn, catalogue: Catalogue, inbox: Path
) -> None:
    with db.writing(db.store):
        connection = db.store.connection()
        connection.execute("UPDATE column_mapping SET name = 'other'")
    (inbox / "a.csv").write_text(EXPORT, "utf-8")
    turn(), turn(), turn()
    assert outcomes() == [("a.csv", "refused")]
    with db.writing(db.store):
        connection = db.store.connection()
        later = stamp(catalogue.clock.now() + timedelta(minutes=1))
        connection.execute("UPDATE column_mapping SET name = '县网站', at = ?", (later,))
    turn(), turn()
    assert outcomes() == [("a.csv", "taken")]


def test_a_refused_file_whose_name_is_no_text_is_told_too(turn: Turn, inbox: Path) -> None:
    Path(os.fsdecode(os.fsencode(inbox) + b"/\xb9\xab.csv")).write_text("颜色\n红\n", "utf-8")
    turn(), turn()
    assert outcomes() == [(r"\udcb9\udcab.csv", "refused")]


def test_a_fault_of_ours_with_one_file_holds_up_no_other(
    turn: Turn, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == "a.csv":
            raise TypeError("a fault of ours")
        return import_file(path, *args, **kwargs)

    monkeypatch.setattr(watching, "import_file", fail)
    (inbox / "a.csv").write_text(EXPORT + "\n", "utf-8")
    (inbox / "b.csv").write_text(EXPORT, "utf-8")
    assert [turn().files, turn().files] == [0, 1]
    assert outcomes() == [("a.csv", "seen"), ("b.csv", "taken")]


def test_a_file_that_cannot_be_read_or_named_holds_up_no_other(
    turn: Turn, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.open

    def refuse(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == "a.csv":
            raise PermissionError(13, "Permission denied")
        return read(path, *args, **kwargs)

    (inbox / "a.csv").write_bytes(EXPORT.encode())
    monkeypatch.setattr(Path, "open", refuse)
    named = Path(os.fsdecode(os.fsencode(inbox) + b"/\xb9\xab.csv"))
    with open(named, "w", encoding="utf-8") as out:
        out.write(EXPORT)
    assert [turn().files, turn().files] == [0, 1]
    assert outcomes() == [(r"\udcb9\udcab.csv", "taken")]


def test_without_its_mapping_no_file_is_guessed_at(turn: Turn, inbox: Path) -> None:
    with db.writing(db.store):
        connection = db.store.connection()
        connection.execute("DELETE FROM column_mapping")
    (inbox / "a.csv").write_text(EXPORT, "utf-8")
    turn(), turn()
    assert outcomes() == [("a.csv", "refused")]
    assert Entry.select().count() == 0


def test_a_folder_that_is_gone_harms_nothing(turn: Turn, inbox: Path) -> None:
    inbox.rmdir()
    assert turn() == Round()


def test_what_is_due_is_published_on_its_day_and_found(
    turn: Turn, catalogue: Catalogue, tmp_path: Path
) -> None:
    import_file(write_lines(tmp_path / "a.jsonl", a_record()), catalogue.hand)
    with db.writing(db.store):
        wang = replace(catalogue.hand, actor="wang")
        assert approval.approve("doc:1", wang, Release("proactive", publish_on="2026-11-24")) is None
    assert turn().published == 0
    catalogue.clock.advance(24 * 3600)
    assert turn().published == 1
    assert turn().published == 0
    assert documents.one("doc:1") is not None
    assert catalogue.titles("低保标准") == ["关于调整城乡低保标准的通知"]


def test_names_are_erased_when_their_window_is_over_and_the_same_file_does_not_bring_them_back(
    turn: Turn, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = write_lines(tmp_path / "v.jsonl", VILLAGE)
    import_file(path, catalogue.hand, publish=True)
    catalogue.clock.advance(7 * 24 * 3600)  # 30 November, the last day
    assert turn().erased == 0
    assert "赵样例" in Entry.get().record
    catalogue.clock.advance(24 * 3600)
    assert turn().erased == 1
    assert "赵样例" not in Entry.get().record
    assert import_file(path, catalogue.hand, publish=True).unchanged == 1
    db.store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "赵样例".encode() not in (catalogue.home / "hub.sqlite3").read_bytes()


def test_the_thread_goes_on_after_a_round_that_failed(catalogue: Catalogue, inbox: Path) -> None:
    asked = threading.Semaphore(0)

    class Failing:
        """A clock whose every question is counted, and that breaks each round."""

        def __getattr__(self, name: str) -> object:
            asked.release()
            raise RuntimeError(name)

    stop = threading.Event()
    settings = hub_settings(watch_interval_s=0)
    thread = rounds.start(catalogue.home, settings, Failing(), stop)  # type: ignore[arg-type]  # it breaks
    assert asked.acquire(timeout=60)
    assert asked.acquire(timeout=60)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_addresses_outside_are_looked_at_beside_the_rounds_where_the_setting_says_so(
    catalogue: Catalogue,
) -> None:
    """A machine of the county is named, so nothing outside is asked; what was said of it is remembered."""
    catalogue.publish(a_record(source_url="http://127.0.0.1:9/1"))
    stop = threading.Event()
    settings = hub_settings(watch_interval_s=0, external_links=True)
    thread = rounds.start(catalogue.home, settings, catalogue.clock, stop)
    said = eventually(
        lambda: db.store.connection().execute("SELECT url, said FROM link_look").fetchall(),
        "the address is looked at",
    )
    stop.set()
    thread.join()
    assert [tuple(row) for row in said] == [("http://127.0.0.1:9/1", "inside")]


def test_files_beside_a_watched_export_are_attached(catalogue: Catalogue, inbox: Path, turn: Turn) -> None:
    (inbox / "附件").mkdir()
    (inbox / "附件" / "表.pdf").write_bytes(attached.a_pdf())
    write_lines(inbox / "a.jsonl", a_record(attachments=[{"file": "附件/表.pdf"}]))
    with db.writing(db.store):
        connection = db.store.connection()
        connection.execute("DELETE FROM column_mapping")
    settings = hub_settings(watch_folder=str(inbox))
    for _look in range(2):
        rounds.one_round(catalogue.home, settings, catalogue.clock)
    (item,) = Entry.get_by_id("doc:1").content["attachments"]
    assert (item["name"], item["type"]) == ("表.pdf", "application/pdf")
    assert list(blobs.of_home(catalogue.home).held()) == [item["sha256"]]
