"""
A hub or a terminal that is put back to an older state without anybody's word: the fork is found, named and heals.

Each machine is put back as a virtual machine is: its disk is that of an earlier moment, and it knows nothing of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from sync.carried import feed, marks
from sync.hub import devices, hub_history
from sync.hub.device import Device
from sync.hub.devices import Fork
from sync.statements import Database
from sync.wire.hello import Hello, Welcome
from sync.wire.protocol import Statuses
from sync.wire.signing import Answer, Request
from tests.sync.machines import HubBox, TerminalBox, a_record, publish


@dataclass
class County:
    """A hub and a terminal that know a few things of each other, and what the hub noticed."""

    hub: HubBox
    terminal: TerminalBox
    noticed: list[str] = field(default_factory=list)
    handed_in: list[str] = field(default_factory=list)

    def round(self) -> str:
        self.hub.clock.advance(minutes=1)
        return self.terminal.round().fork

    def hand_in(self) -> str:
        self.handed_in.append(self.terminal.hand_in())
        return self.handed_in[-1]

    def is_one(self) -> bool:
        """Whether the terminal shows what the hub has: documents, states, and nothing handed in is missing."""
        published = {
            doc_id: json.loads(record)
            for doc_id, record in self.hub.store.rows(
                "SELECT doc_id, record FROM document WHERE record <> ''"
            )
        }
        states = dict(self.hub.store.rows("SELECT number, state FROM status"))
        shown = {number: self.terminal.statuses.get(number) for number in states}
        return (
            self.terminal.documents() == published
            and shown == states
            and set(self.handed_in) <= set(self.hub.numbers())
        )


@pytest.fixture
def county(hub: HubBox) -> County:
    made = County(hub, TerminalBox(hub))
    made.terminal.terminal = replace(made.terminal.terminal, refetch=made.terminal.refetch)

    def note(database: Database, device: Device, proof: str) -> None:
        made.noticed.append(proof)

    object.__setattr__(hub.hub, "on_put_back", note)
    publish(hub.store, "kept", a_record("留着的"))
    publish(hub.store, "withdrawn", a_record("要撤下的"))
    number = made.hand_in()
    made.round()
    hub.set_status(number, "registered")
    made.round()
    made.round()
    return made


def publish_one(county: County) -> None:
    publish(county.hub.store, "first", a_record("第一次发布的"))


def withdraw_one(county: County) -> None:
    publish(county.hub.store, "kept", None)


def say_one(county: County) -> None:
    county.hub.set_status(county.handed_in[0], "replied")


def hand_in_one(county: County) -> None:
    county.hand_in()


def nothing(county: County) -> None:
    return None


LOST = [publish_one, withdraw_one, say_one, hand_in_one, nothing]
"""What happened between the picture of a disk and the moment at which it was put back."""


def go_on(county: County) -> None:
    """What happens at the hub after it was put back: it gives the same positions to other things."""
    publish(county.hub.store, "second", a_record("第二次发布的"))
    publish(county.hub.store, "withdrawn", None)
    county.hub.set_status(county.handed_in[0], "corrected")


@pytest.mark.parametrize(("lost", "goes_on"), [*((lost, go_on) for lost in LOST), (publish_one, nothing)])
def test_a_hub_that_is_put_back_is_named_and_every_position_heals(
    county: County, lost: Callable[[County], None], goes_on: Callable[[County], None]
) -> None:
    picture = county.hub.store.image()
    lost(county)
    county.round()
    county.round()
    county.hub.store.put_back(picture)
    goes_on(county)
    forks = [county.round(), county.round(), county.round()]
    assert county.is_one()
    assert county.noticed == ["session"]
    assert "epoch" in forks
    assert county.hub.store.rows("SELECT state, state_code FROM device") == [("active", "")]


@pytest.mark.parametrize("lost", [publish_one, say_one])
def test_a_position_alone_proves_it_where_no_session_does(
    county: County, lost: Callable[[County], None]
) -> None:
    """The picture is taken between the hello of a round and its pages: the session is known, what came is not."""
    picture: list[bytes] = []

    def look(request: Request) -> None:
        if request.method == "GET" and request.target.split("?")[0].endswith(("/changes", "/statuses")):
            picture.append(before)
            county.terminal.wire.before = None

    lost(county)
    before = b""

    def after_hello(request: Request, answer: Answer) -> Answer:
        nonlocal before
        if request.method == "POST" and request.target.endswith("/hello") and answer.status == 200:
            image = county.hub.store.image()
            undone(county)
            before, county.terminal.wire.behind = county.hub.store.image(), None
            county.hub.store.put_back(image)
        return answer

    def undone(county: County) -> None:
        """The same moment, with what was published in between not there."""
        for table, seq in (("document", "seq"), ("status", "seq"), ("position_chain", "seq")):
            county.hub.store.run(f"DELETE FROM {table} WHERE {seq} > ?", 10**6)
        if lost is publish_one:
            county.hub.store.run("DELETE FROM document WHERE doc_id = 'first'")
            county.hub.store.run("UPDATE feed_position SET seq = seq - 1")
            stream = "feed"
        else:
            county.hub.store.run("UPDATE sync_position SET status_seq = status_seq - 1")
            county.hub.store.run("UPDATE status SET seq = seq - 1, state = 'registered'")
            stream = "status"
        last = county.hub.store.one("SELECT MAX(seq) FROM position_chain WHERE stream = ?", stream)
        county.hub.store.run("DELETE FROM position_chain WHERE stream = ? AND seq = ?", stream, last)

    county.terminal.wire.behind, county.terminal.wire.before = after_hello, look
    county.round()
    assert picture
    county.hub.store.put_back(picture[0])
    go_on(county)
    for _ in range(3):
        county.round()
    assert county.noticed == ["feed" if lost is publish_one else "status"]
    assert county.is_one()


@pytest.mark.parametrize("lost", [publish_one, withdraw_one, say_one])
def test_with_the_digests_ignored_the_same_county_stays_apart(
    county: County, lost: Callable[[County], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: positions are counters again, as they were."""
    monkeypatch.setattr(marks, "is_lost", lambda *_: False)
    monkeypatch.setattr(feed.Position, "is_fork_of", lambda *_: False)
    monkeypatch.setattr(devices, "_fork", lambda *_: "")
    picture = county.hub.store.image()
    lost(county)
    county.round()
    county.round()
    county.hub.store.put_back(picture)
    publish(county.hub.store, "second", a_record("第二次发布的"))
    county.hub.set_status(county.handed_in[0], "corrected")
    for _ in range(3):
        county.round()
    assert county.noticed == []
    assert not county.is_one()


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("part", ["station", "catalogue", "both"])
def test_a_terminal_that_is_put_back_heals_once_a_person_has_looked(
    county: County, lost: Callable[[County], None], part: str
) -> None:
    station, catalogue = county.terminal.station.image(), county.terminal.catalogue.image()
    lost(county)
    county.round()
    go_on(county)
    county.round()
    if part in ("station", "both"):
        county.terminal.station.put_back(station)
        county.terminal.statuses.clear()
        county.terminal.statuses[county.handed_in[0]] = "registered"
    if part in ("catalogue", "both"):
        county.terminal.catalogue.put_back(catalogue)
    county.round()
    states = county.hub.store.rows("SELECT state, state_code FROM device")
    assert states == [("active", "") if part == "catalogue" else ("quarantined", Fork.DISK_PUT_BACK)]
    with county.hub.store.writing() as database:
        devices.reinstate(database, county.terminal.enrolment.device)
    county.round()
    county.round()
    assert county.is_one()
    assert county.noticed == []


def test_two_machines_with_one_disk_are_called_so_by_the_second_hello_of_the_other(county: County) -> None:
    copied = county.terminal.station.image(), county.terminal.catalogue.image()
    county.round()
    county.round()
    own = county.terminal.station.image(), county.terminal.catalogue.image()
    county.terminal.station.put_back(copied[0])
    county.round()
    assert county.hub.store.one("SELECT state_code FROM device") == Fork.DISK_PUT_BACK
    county.terminal.station.put_back(own[0])
    county.round()
    assert county.hub.store.one("SELECT state_code FROM device") == Fork.CLONE
    assert county.noticed == []


def test_a_mark_that_this_hub_did_not_make_proves_nothing(county: County) -> None:
    with county.hub.store.writing() as database:
        _, epoch = hub_history.epochs(database)
        forged = f"{'0' * 32}.{'0' * 24}"
        assert not marks.is_lost(database, b"s" * 32, epoch, marks.FEED, 99, forged)
    county.terminal.catalogue.run("UPDATE feed_position SET mark = ?", forged)
    county.round()
    assert county.noticed == []


HELLO_OF_0_2_0 = (
    b'{"epoch":"e","feed_epoch":"f","feed_seq":3,"issued_through":0,"paper":[],"parked":0,"refused":[],'
    b'"release":"0.2.0","session":"4d1f0a3b5c6e7f80","status_seq":4,"unsent":0,"v":1}'
)
WELCOME_OF_0_2_0 = (
    b'{"backed_up_through":0,"feed_epoch":"f","feed_seq":3,"held_highest":0,"held_missing":[],"hub_epoch":"h",'
    b'"hub_time":"2026-11-22T01:00:00.000000Z","lists":"","seal_key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",'
    b'"seal_key_id":"k","session":"4d1f0a3b5c6e7f80","state":"active","status_seq":4,"v":1}'
)
STATUSES_OF_0_2_0 = b'{"more":false,"statuses":[],"through":4,"v":1}'


def test_messages_of_the_version_before_are_read_and_those_of_today_say_more() -> None:
    assert Hello.read(HELLO_OF_0_2_0).feed_mark == ""
    assert Welcome.read(WELCOME_OF_0_2_0).status_mark == ""
    assert Statuses.read(STATUSES_OF_0_2_0).mark == ""
    hello = Hello("s", "e", 0, "f", 3, 4, feed_mark="a.b", status_mark="c.d")
    assert Hello.read(hello.body()) == hello


def test_a_session_of_the_version_before_goes_on(county: County) -> None:
    """Its token has no count: a terminal that was at work while the hub was brought up to date is no clone."""
    old = "4d1f0a3b5c6e7f80"
    county.hub.store.run("UPDATE device SET session = ?, session_next = ?", old, old)
    county.terminal.station.run("UPDATE hub_link SET session = ?", old)
    county.round()
    county.round()
    assert county.hub.store.rows("SELECT state FROM device") == [("active",)]
    assert county.noticed == []


def test_a_hub_of_the_version_before_that_was_put_back_is_found_by_the_terminal(county: County) -> None:
    """It sends no mark and knows no proof: the terminal sees that the feed ends before its own position."""
    picture = county.hub.store.image()
    publish_one(county)
    county.round()
    session = county.hub.store.rows("SELECT session, session_next FROM device")[0]
    county.hub.store.put_back(picture)
    county.hub.store.run("UPDATE device SET session = ?, session_next = ?", *session)
    county.hub.store.run("DELETE FROM position_chain")
    county.terminal.catalogue.run("UPDATE feed_position SET mark = ''")
    county.terminal.station.run("UPDATE hub_link SET status_mark = ''")
    assert county.round() == "feed"
    assert county.is_one()
