"""The catalogue as one file: what is in it, and how a terminal whose feed is gone heals, however it is killed."""

from __future__ import annotations

import os
import sqlite3
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk import db
from kiosk.app.replication.agent import Agent
from kiosk.app.replication.device_keys import signing_seed
from kiosk.catalogue.publishing import actions
from kiosk.catalogue.records.hand import Hand
from kiosk.errors import Refused
from kiosk.machine import homes, snapshots, stick
from sync.carried import feed, snapshot
from sync.carried.feed import position
from sync.carried.snapshot import Manifest
from sync.hub import hub_history
from sync.wire.signing import new_seed
from tests.building import hub_home, terminal_app, terminal_settings
from tests.clocks import CLOCK
from tests.sync.processes import HubProcess, at_hub, enrolled

CANARY = "赵金丝雀"
"""A made-up person, on a list, in a record that waits and in one that is withheld."""
DERIVED = ("document", "document_link", "document_attachment")


def a_record(doc_id: str, **changes: Any) -> dict[str, Any]:
    return {"id": doc_id, "kind": "policy", "title": f"样例文件{doc_id}", "body": "第一条 样例。", "source": "测试",
            "validity": "in_force", **changes}  # fmt: skip


def hand() -> Hand:
    return Hand("operator:test", CLOCK.now())


def publish(home: Path, *records: dict[str, Any], withdraw: str = "") -> None:
    with at_hub(home):
        for record in records:
            actions.publish(record, hand())
        if withdraw:
            actions.take_down(withdraw, hand())


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with HubProcess(tmp_path_factory.mktemp("county")) as found:
        yield found


def make_file(hub: HubProcess) -> Manifest:
    """What the command does beside the running hub."""
    with closing(db.open_sqlite(hub.home / homes.HUB_DB)) as database:
        return snapshots.make(database, hub.home, CLOCK)


@pytest.fixture(autouse=True)
def no_file(hub: HubProcess) -> None:
    """Each test begins without a file."""
    for _, path in snapshots.made(hub.home):
        path.unlink()


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the samples are far enough for a file."""
    monkeypatch.setattr(snapshot, "FAR", 10)


@pytest.fixture
def terminal(hub: HubProcess, tmp_path: Path) -> Iterator[Path]:
    with enrolled(hub, tmp_path / "terminal", terminal_settings()) as home:
        yield home


def an_agent(home: Path) -> Agent:
    return Agent(home, homes.terminal_settings(home), CLOCK, after_pull=lambda done: None)


def rows(connection: Any, table: str) -> list[tuple[Any, ...]]:
    if table == "document":
        table = "(SELECT doc_id, seq, hash, kind, title, doc_no, issuers, published_on, validity, record FROM document"
        table += " WHERE deleted = 0)"
    return sorted(connection.execute(f"SELECT * FROM {table}").fetchall())


def is_the_hubs(hub: HubProcess) -> bool:
    """Whether this terminal's replica holds what the hub has published."""
    with closing(sqlite3.connect(hub.home / homes.HUB_DB)) as there:
        here = db.catalogue.connection()
        same = [rows(here, table) == rows(there, table) for table in DERIVED]
        at = there.execute("SELECT epoch, seq FROM feed_position").fetchone()
        return all(same) and here.execute("SELECT epoch, seq FROM feed_position").fetchone() == at


def asked(agent: Agent) -> list[str]:
    """The paths that the agent asks for from now on."""
    told: list[str] = []
    carry = agent._channel._transport

    def listening(request: Any) -> Any:
        told.append(request.target.removeprefix("/sync/v1").split("?")[0].split("/")[1])
        return carry(request)

    agent._channel._transport = listening
    return told


def unpacked(home: Path, folder: Path) -> Path:
    import zstandard

    [(_, path), *_] = snapshots.made(home)
    with path.open("rb") as packed, open(folder / "unpacked.sqlite3", "wb") as plain:
        zstandard.ZstdDecompressor(max_window_size=2**snapshots.WINDOW_LOG).copy_stream(packed, plain)
    return folder / "unpacked.sqlite3"


def test_the_file_holds_what_is_published_and_no_other_table_or_word(
    hub: HubProcess, terminal: Path, tmp_path: Path
) -> None:
    listed = a_record("v:1", kind="village", validity=None)
    listed = {key: value for key, value in listed.items() if value is not None}
    listed["fields"] = {
        "township": "柳林镇",
        "village": "样例东村",
        "named_rows": {
            "shown_from": "2026-01-01",
            "shown_until": "2099-01-01",
            "columns": ["名"],
            "rows": [[CANARY]],
        },
    }
    publish(hub.home, listed, a_record("gone", body=CANARY), withdraw="gone")
    with at_hub(hub.home):
        for doc_id, disclosure in (("waits", "proactive"), ("closed", "withheld")):
            record = a_record(doc_id, body=CANARY, disclosure=disclosure)
            actions.store_entry(record, hand())
    assert (
        CANARY.encode()
        in (hub.home / homes.HUB_DB).read_bytes() + (hub.home / "hub.sqlite3-wal").read_bytes()
    )
    made = make_file(hub)
    path = unpacked(hub.home, tmp_path)
    assert CANARY.encode() not in path.read_bytes()
    assert path.stat().st_size == made.content_size
    an_agent(terminal).one_round()
    with closing(sqlite3.connect(path)) as copied:
        names = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
        assert copied.execute(names).fetchall() == db.catalogue.execute_sql(names).fetchall()
        tables = {name for kind, name, _ in copied.execute(names) if kind == "table"}
        assert tables == {*DERIVED, "feed_position", "migration"}
        for table in DERIVED:
            assert rows(copied, table) == rows(db.catalogue.connection(), table)
    assert [path.name for path in (hub.home / "snapshots").iterdir()] == [
        f"{made.epoch}-{made.seq}-{made.sha256}-{made.content_size}.sqlite3.zst"
    ]


def test_a_new_terminal_takes_the_file_and_then_the_feed(hub: HubProcess, terminal: Path, near: None) -> None:
    make_file(hub)
    publish(hub.home, a_record("after the file"))
    agent = an_agent(terminal)
    told = asked(agent)
    assert agent.one_round().is_complete
    assert told.count("snapshot") == 1
    assert told.count("changes") == 2  # up to date beside, and once more in place
    assert is_the_hubs(hub)
    assert agent.one_round().is_complete
    assert told.count("snapshot") == 1


def test_without_a_file_a_new_terminal_takes_the_feed(hub: HubProcess, terminal: Path, near: None) -> None:
    assert an_agent(terminal).one_round().is_complete
    assert is_the_hubs(hub)


def begin_anew(hub: HubProcess) -> None:
    """What a restore does: the hub's positions will be given out a second time."""
    with closing(db.open_sqlite(hub.home / homes.HUB_DB)) as database, db.writing(database):
        hub_history.begin_new_epoch(database)


@pytest.mark.parametrize("has_file", [True, False])
def test_a_terminal_of_a_restored_hub_heals_by_itself_and_serves_meanwhile(
    hub: HubProcess, terminal: Path, near: None, has_file: bool
) -> None:
    publish(hub.home, a_record("lost by the restore"))
    agent = an_agent(terminal)
    agent.one_round()
    app = terminal_app(terminal, CLOCK, homes.terminal_settings(terminal))
    pages = app.test_client()
    host = {"Host": f"127.0.0.1:{app.extensions['kiosk'].settings.port}"}

    def status(doc_id: str) -> int:
        return pages.get(f"/documents/{doc_id}", headers=host).status_code

    assert status("lost by the restore") == 200
    before = (terminal / "catalogue" / "current").read_text()
    begin_anew(hub)
    publish(hub.home, a_record("new since"), withdraw="lost by the restore")
    if has_file:
        make_file(hub)
    stop = threading.Event()
    agent._stop = stop
    stop.set()  # it is ended before anything is there
    agent.one_round()
    assert (terminal / "catalogue" / "current").read_text() == before
    assert status("lost by the restore") == 200
    stop.clear()
    done = agent.one_round()
    assert done.is_complete, done
    assert is_the_hubs(hub)
    assert (status("lost by the restore"), status("new since")) == (404, 200)
    assert agent.one_round().is_complete
    begin_anew(hub)
    assert agent.one_round().is_complete
    assert len(list((terminal / "catalogue").glob("*.sqlite3"))) == 2
    assert list((terminal / "catalogue").glob("parts/*/*")) == []


def test_other_threads_of_the_pages_follow_too(hub: HubProcess, terminal: Path) -> None:
    agent = an_agent(terminal)
    agent.one_round()
    old = db.catalogue.obj
    begin_anew(hub)
    seen: list[str] = []
    asked_once, switched = threading.Event(), threading.Event()

    def reader() -> None:
        seen.append(db.catalogue.execute_sql("SELECT epoch FROM feed_position").fetchone()[0])
        asked_once.set()
        switched.wait(60)
        db.follow_catalogue(terminal)
        seen.append(db.catalogue.execute_sql("SELECT epoch FROM feed_position").fetchone()[0])
        db.catalogue.close()

    thread = threading.Thread(target=reader)
    thread.start()
    asked_once.wait(60)
    agent.one_round()
    switched.set()
    thread.join()
    assert db.catalogue.obj is not old
    assert len(set(seen)) == 2


def test_a_pointer_to_nothing_leaves_the_old_replica_open(hub: HubProcess, terminal: Path) -> None:
    an_agent(terminal).one_round()
    (terminal / "catalogue" / "current").write_text("none-0.sqlite3")
    assert not db.follow_catalogue(terminal)
    assert is_the_hubs(hub)
    (terminal / "catalogue" / "current").unlink()
    assert not db.follow_catalogue(terminal)


POINTS = ["a piece", "unpacking", "placing", "the feed", "the pointer", "after the pointer"]


@pytest.mark.parametrize("has_file", [True, False])
@pytest.mark.parametrize("point", POINTS)
def test_an_agent_killed_at_any_point_goes_on(
    hub: HubProcess, terminal: Path, near: None, point: str, has_file: bool
) -> None:
    an_agent(terminal).one_round()
    before = (terminal / "catalogue" / "current").read_text()
    begin_anew(hub)
    publish(hub.home, a_record("new since"))
    if has_file:
        make_file(hub)
        publish(hub.home, a_record("newer than the file"))
    db.store.close()
    db.catalogue.close()
    child = os.fork()
    if child == 0:
        try:
            die_at(point)
            homes.open_terminal(terminal, CLOCK)
            an_agent(terminal).one_round()
            os._exit(0)
        finally:  # a child that failed must not go on with the tests of its parent
            traceback.print_exc()
            os._exit(70)
    _, status = os.waitpid(child, 0)
    reached = has_file or point not in POINTS[:2]
    assert os.waitstatus_to_exitcode(status) == (9 if reached else 0)
    homes.open_terminal(terminal, CLOCK)
    is_named = point == "after the pointer" or (point == "placing" and not has_file)
    if reached and not is_named:
        assert (terminal / "catalogue" / "current").read_text() == before
    assert an_agent(terminal).one_round().is_complete
    assert is_the_hubs(hub)
    assert db.catalogue.execute_sql("PRAGMA integrity_check").fetchone() == ("ok",)


def die_at(point: str) -> None:
    """This process is killed when it comes there."""
    from kiosk.blobs import Blobs

    def killed(*given: Any, **named: Any) -> Any:
        os._exit(9)

    if point == "a piece":
        Blobs.finish = killed  # type: ignore[method-assign]
    elif point == "unpacking":
        snapshots._check = killed
    elif point == "placing":
        at_catalogue = when(db.sync_folder, lambda folder: folder.name == "catalogue", killed)
        db.sync_folder = db.atomic.sync_folder = at_catalogue
    elif point == "the feed":
        feed.apply_page = after(feed.apply_page, killed)
    elif point == "the pointer":
        db.write_atomically = killed
    else:
        db.follow_catalogue = killed


def when(
    real: Callable[..., Any], is_it: Callable[[Path], bool], killed: Callable[..., Any]
) -> Callable[..., Any]:
    return lambda folder: killed() if is_it(folder) else real(folder)


def after(real: Callable[..., Any], killed: Callable[..., Any]) -> Callable[..., Any]:
    def applied(*given: Any) -> Any:
        real(*given)
        killed()

    return applied


@pytest.mark.parametrize("damage", [b"not a catalogue", b""], ids=["another file", "empty"])
def test_a_damaged_file_at_the_hub_costs_time_and_nothing_else(
    hub: HubProcess, terminal: Path, near: None, damage: bytes
) -> None:
    make_file(hub)
    [(_, path)] = snapshots.made(hub.home)
    path.write_bytes(damage or b"\x00" * path.stat().st_size)
    assert an_agent(terminal).one_round().is_complete
    assert is_the_hubs(hub)


def test_a_file_that_is_no_catalogue_is_not_put_in_place(
    hub: HubProcess, terminal: Path, near: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_a_trigger(database: Any, building: Path, now: Any) -> Any:
        at = fill(database, building, now)
        with closing(sqlite3.connect(building)) as connection, connection:
            connection.execute("CREATE TRIGGER t AFTER UPDATE ON document BEGIN SELECT 1; END")
        return at

    fill = snapshots._fill
    monkeypatch.setattr(snapshots, "_fill", with_a_trigger)
    make_file(hub)
    assert an_agent(terminal).one_round().is_complete
    assert is_the_hubs(hub)
    assert not db.catalogue.execute_sql("SELECT 1 FROM sqlite_master WHERE type = 'trigger'").fetchone()


def test_a_file_is_made_when_a_tenth_changed_and_rests_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "hub"
    hub_home(home)
    database = homes.open_hub(home, CLOCK)
    monkeypatch.setattr(snapshots, "LEAST_DOCUMENTS", 20)

    def is_due() -> bool:
        return snapshots.is_due(database, home, CLOCK.now())

    publish(home, *(a_record(f"d:{no}") for no in range(19)))
    assert not is_due()
    publish(home, a_record("d:19"))
    assert is_due()
    first = snapshots.make(database, home, CLOCK)
    assert not is_due()
    publish(home, *(a_record(f"d:{no}", body="geändert") for no in range(11)))
    assert not is_due()
    old = snapshots.path_of(home, first.sha256)
    assert old is not None
    os.utime(old, (0, 0))
    assert is_due()
    for _ in range(3):
        publish(home, a_record("d:1", body=str(_)))
        last = snapshots.make(database, home, CLOCK)
    assert len(snapshots.made(home)) == 2
    assert snapshots.newest(home, position(database)) == last
    with db.writing(database):
        hub_history.begin_new_epoch(database)
    assert is_due()
    database.close()


def on_a_stick(hub: HubProcess, folder: Path, seed: bytes | None = None) -> Path:
    """What `snapshot --stick` leaves there."""
    make_file(hub)
    with at_hub(hub.home):
        stick.write(hub.home, folder, seed or signing_seed(hub.home))
    return folder


def at(home: Path) -> feed.Position | None:
    """Where a terminal that starts stands in the feed."""
    homes.open_terminal(home, CLOCK)
    return position(db.real(db.catalogue))


def test_a_terminal_without_a_line_takes_the_catalogue_from_a_stick_and_goes_on_by_the_feed(
    hub: HubProcess, terminal: Path, tmp_path: Path, near: None
) -> None:
    publish(hub.home, *[a_record(f"stick:{each}") for each in range(12)])
    folder = on_a_stick(hub, tmp_path / "stick")
    homes.open_terminal(terminal, CLOCK)
    stick.take(terminal, folder, CLOCK)
    assert is_the_hubs(hub)
    publish(hub.home, a_record("stick:later"))
    agent = an_agent(terminal)
    paths = asked(agent)
    agent.one_round()
    assert is_the_hubs(hub)
    assert "snapshot" not in paths


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def promise_more(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"seq":', b'"seq":1'))


SPOILT: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a flipped bit": ("stick-wrong", lambda folder: flip(next(folder.glob("*.zst")))),
    "another description": ("stick-not-signed", lambda folder: promise_more(folder / stick.SIGNED)),
    "no description": ("stick-unread", lambda folder: (folder / stick.SIGNED).unlink()),
    "no file": ("stick-unread", lambda folder: next(folder.glob("*.zst")).unlink()),
    "cut short": ("stick-wrong", lambda folder: os.truncate(next(folder.glob("*.zst")), 100)),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_stick_that_is_not_whole_changes_nothing(
    hub: HubProcess, terminal: Path, tmp_path: Path, how: str
) -> None:
    publish(hub.home, a_record("spoilt:1"))
    folder = on_a_stick(hub, tmp_path / "stick")
    before = at(terminal)
    code, spoil = SPOILT[how]
    spoil(folder)
    with pytest.raises(Refused, match=code):
        stick.take(terminal, folder, CLOCK)
    assert at(terminal) == before
    assert not list((terminal / "catalogue" / "parts").rglob("*.zst"))


def test_a_stick_of_another_hub_is_refused(hub: HubProcess, terminal: Path, tmp_path: Path) -> None:
    publish(hub.home, a_record("foreign:1"))
    folder = on_a_stick(hub, tmp_path / "stick", new_seed())
    homes.open_terminal(terminal, CLOCK)
    with pytest.raises(Refused, match="stick-not-signed"):
        stick.take(terminal, folder, CLOCK)


def test_an_older_stick_brings_nothing_back_that_was_withdrawn(
    hub: HubProcess, terminal: Path, tmp_path: Path
) -> None:
    publish(hub.home, a_record("old:1"))
    older = on_a_stick(hub, tmp_path / "older")
    publish(hub.home, withdraw="old:1")
    newer = on_a_stick(hub, tmp_path / "newer")
    homes.open_terminal(terminal, CLOCK)
    stick.take(terminal, newer, CLOCK)
    with pytest.raises(Refused, match="stick-not-newer"):
        stick.take(terminal, older, CLOCK)
    assert is_the_hubs(hub)
