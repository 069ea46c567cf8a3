"""Side lists: each device gets its own, only when it changed, and keeps nothing that it shall no longer hold."""

from dataclasses import replace
from hashlib import sha256

import pytest

from sync.carried import lists
from sync.hub import devices, side_lists
from sync.hub.device import Device
from sync.hub.side_lists import Lists, Provider
from sync.statements import Database
from sync.terminal import held_lists as kept
from sync.wire import signing
from sync.wire.hello import Welcome
from sync.wire.protocol import JSON_TYPE
from sync.wire.signing import Answer, Request
from tests.sync.machines import HUB_SEED, HubBox, TerminalBox, a_record, publish


class Shelf:
    """What the hub's features would make: a list by its name, for all devices or for those of one township."""

    def __init__(self) -> None:
        self.words: bytes | None = b"first words"
        self.by_township: dict[str, bytes] = {}
        self.is_broken = False
        self.made = 0

    def make_words(self, database: Database, device: Device) -> bytes | None:
        self.made += 1
        if self.is_broken:
            raise ValueError("a fault in a feature")
        return self.words

    def mark_words(self, database: Database, device: Device) -> str:
        return repr(self.words) + str(self.is_broken)

    def make_local(self, database: Database, device: Device) -> bytes | None:
        return b"".join(self.by_township.get(each, b"") for each in device.townships) or None

    def lists(self) -> Lists:
        return Lists(
            {"words": Provider(self.make_words, self.mark_words), "local": Provider(self.make_local)}
        )


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def hub(shelf: Shelf) -> HubBox:
    box = HubBox()
    box.hub = replace(box.hub, lists=shelf.lists())
    return box


def read(terminal: TerminalBox, name: str) -> bytes | None:
    return kept.read(terminal.station.database, name)


def paths(terminal: TerminalBox) -> list[str]:
    return [request.target.removeprefix("/sync/v1") for request in terminal.wire.sent]


def test_a_list_comes_with_the_first_round_and_costs_nothing_while_it_stays(
    shelf: Shelf, terminal: TerminalBox
) -> None:
    done = terminal.round()
    assert (done.is_complete, done.lists.count) == (True, 1)
    assert read(terminal, "words") == b"first words"
    terminal.wire.sent.clear()
    made = shelf.made
    assert terminal.round().lists.count == 0
    assert paths(terminal) == ["/hello"]
    assert shelf.made == made


def test_only_the_list_that_changed_travels(shelf: Shelf, hub: HubBox, terminal: TerminalBox) -> None:
    place(hub, terminal, "清水镇")
    shelf.by_township = {"清水镇": b"of Qingshui"}
    terminal.round()
    shelf.words = b"second words"
    terminal.wire.sent.clear()
    assert terminal.round().lists.count == 1
    assert paths(terminal) == ["/hello", "/lists", "/lists/words"]
    assert (read(terminal, "words"), read(terminal, "local")) == (b"second words", b"of Qingshui")


def place(hub: HubBox, terminal: TerminalBox, *townships: str, name: str = "清泉街道1号机") -> None:
    with hub.store.writing() as database:
        assert devices.set_place(database, name, townships, "kiosk")


def test_each_terminal_gets_the_lists_of_its_own_townships(shelf: Shelf, hub: HubBox) -> None:
    shelf.by_township = {"清水镇": b"of Qingshui", "定远寨镇": b"of Dingyuanzhai"}
    one, other, neither = TerminalBox(hub, "one"), TerminalBox(hub, "other"), TerminalBox(hub, "neither")
    place(hub, one, "清水镇", name="one")
    place(hub, other, "定远寨镇", "清水镇", name="other")
    for each in (one, other, neither):
        assert each.round().is_complete
    assert read(one, "local") == b"of Qingshui"
    assert read(other, "local") == b"of Dingyuanzhaiof Qingshui"
    assert read(neither, "local") is None
    with pytest.raises(Exception, match="list-unknown"):
        neither.channel.send("GET", "/lists/local")


def test_a_terminal_that_moves_erases_what_it_may_no_longer_hold(
    shelf: Shelf, hub: HubBox, terminal: TerminalBox
) -> None:
    shelf.by_township = {"清水镇": b"of Qingshui"}
    place(hub, terminal, "清水镇")
    terminal.round()
    place(hub, terminal, "定远寨镇")
    terminal.round()
    assert read(terminal, "local") is None
    assert b"of Qingshui" not in terminal.station.image()


def test_of_a_list_that_was_taken_back_nothing_is_left(shelf: Shelf, terminal: TerminalBox) -> None:
    terminal.round()
    shelf.words = None
    assert terminal.round().lists.count == 1
    assert terminal.station.rows("SELECT * FROM side_list") == []
    assert b"first words" not in terminal.station.image()


def test_a_list_at_fault_keeps_nothing_else_from_travelling(
    shelf: Shelf, hub: HubBox, terminal: TerminalBox
) -> None:
    terminal.round()
    shelf.is_broken = True
    number = terminal.hand_in()
    publish(hub.store, "d1", a_record())
    assert terminal.round().is_complete
    assert hub.numbers() == [number]
    assert terminal.documents() == {"d1": a_record()}
    assert read(terminal, "words") == b"first words"


def test_a_list_that_is_too_large_is_not_offered(
    shelf: Shelf, terminal: TerminalBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.round()
    monkeypatch.setattr(side_lists, "MOST_LIST_BYTES", 20)
    shelf.words = b"x" * 21
    assert terminal.round().is_complete
    assert read(terminal, "words") == b"first words"


@pytest.mark.parametrize("path", ["/lists", "/lists/words"])
def test_a_list_that_does_not_arrive_leaves_the_old_one(
    shelf: Shelf, terminal: TerminalBox, path: str
) -> None:
    terminal.round()
    shelf.words = b"second words"

    def cut(request: Request, answer: Answer) -> Answer:
        return Answer(200, b"<html>", "text/html") if request.target.endswith(path) else answer

    terminal.wire.behind = cut
    done = terminal.round()
    assert (done.lists.error, done.up.error, done.may_fetch) == ("answer-unsigned", None, False)
    assert read(terminal, "words") == b"first words"
    terminal.wire.behind = None
    assert terminal.round().is_complete
    assert read(terminal, "words") == b"second words"


def test_a_list_that_changes_on_its_way_comes_with_the_next_round(
    shelf: Shelf, terminal: TerminalBox
) -> None:
    def change(request: Request) -> None:
        if request.target.endswith("/lists/words"):
            shelf.words = b"changed since"

    terminal.wire.before = change
    assert terminal.round().lists.error == "list-differs"
    assert read(terminal, "words") is None
    terminal.wire.before = None
    assert terminal.round().is_complete
    assert read(terminal, "words") == b"changed since"


def test_a_quarantined_terminal_gets_no_lists(hub: HubBox, terminal: TerminalBox) -> None:
    with hub.store.writing() as database:
        devices.quarantine(database, terminal.enrolment.device, "a copy")
    assert terminal.round().lists.error == "device-quarantined"
    assert read(terminal, "words") is None


def test_with_a_hub_of_the_version_before_lists_stay_and_nothing_is_asked(
    hub: HubBox, terminal: TerminalBox
) -> None:
    terminal.round()
    terminal.wire.sent.clear()

    def older(request: Request, answer: Answer) -> Answer:
        if answer.content_type != JSON_TYPE or b'"lists"' not in answer.body:
            return answer
        body = answer.body.replace(b'"lists"', b'"from_tomorrow"')
        older_answer = Answer(200, body, JSON_TYPE)
        nonce = signing.claimed_nonce(request)
        signing.sign_answer(older_answer, request, seed=HUB_SEED, nonce=nonce, now=hub.clock.now())
        return older_answer

    terminal.wire.behind = older
    done = terminal.round()
    assert (done.is_complete, done.may_fetch) == (True, False)
    assert paths(terminal) == ["/hello"]
    assert read(terminal, "words") == b"first words"


def test_the_digest_is_over_names_and_contents() -> None:
    one = {"a": sha256(b"1").hexdigest(), "b": sha256(b"2").hexdigest()}
    assert lists.digest_of(one) == lists.digest_of(dict(reversed(one.items())))
    assert len({lists.digest_of(each) for each in ({}, one, {**one, "b": one["a"]}, {"a": one["a"]})}) == 4
    assert Welcome.__dataclass_fields__["lists"].default is None


def test_names_are_plain_words() -> None:
    with pytest.raises(ValueError, match="not a name"):
        Lists({"../words": Provider(lambda database, device: None)})
