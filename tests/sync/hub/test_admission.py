"""The hub answers enrolled devices only, takes each submission once, and remembers what it refused."""

import json
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from sync.hub import devices, greeting, inbox, statuses
from sync.hub import progress as tracking
from sync.hub.admission import NONCE_LIFE
from sync.terminal import asking, client, outbox
from sync.wire.channel import Channel, Identity
from sync.wire.errors import HubRefused, SyncError, Unreachable, Untrusted
from sync.wire.signing import Answer, Request, new_seed, sign_request
from sync.wire.submission import submission_body
from tests.sync.machines import CODE, HubBox, TerminalBox, Ticking, a_record, publish


def put(terminal: TerminalBox, key: str) -> Answer:
    entry = outbox.entry(terminal.station.database, key)
    assert entry is not None
    assert entry.sealed is not None
    return terminal.channel.send("PUT", f"/submissions/{key}", submission_body(entry.envelope, entry.sealed))


def a_key() -> str:
    return str(uuid.uuid4())


def test_the_same_submission_twice_is_stored_once_and_answered_alike(
    hub: HubBox, terminal: TerminalBox
) -> None:
    key = a_key()
    terminal.hand_in(key=key)
    first = put(terminal, key)
    hub.clock.advance(days=40)
    assert put(terminal, key).body == first.body
    assert hub.taken == [key]


def test_another_body_under_a_known_key_is_refused(hub: HubBox, terminal: TerminalBox) -> None:
    key = a_key()
    terminal.hand_in(key=key)
    put(terminal, key)
    terminal.station.run("DELETE FROM outbox")
    terminal.hand_in(number="T001-261122-0009-XX-Y", key=key)
    with pytest.raises(HubRefused, match="digest-differs") as refused:
        put(terminal, key)
    assert refused.value.status == 422
    assert hub.taken == [key]


def test_two_submissions_in_one_place_set_the_device_aside_and_lose_nothing(
    hub: HubBox, terminal: TerminalBox
) -> None:
    first, second = a_key(), a_key()
    terminal.hand_in(key=first)
    put(terminal, first)
    terminal.station.run("DELETE FROM outbox")
    terminal.station.run("UPDATE hub_link SET last_seq = 0")
    number = terminal.hand_in(key=second)
    for _ in range(2):
        with pytest.raises(HubRefused, match="seq-taken"):
            put(terminal, second)
    assert hub.store.rows("SELECT key, code, number FROM inbox_quarantine") == [(second, "seq-taken", number)]
    assert hub.store.rows("SELECT state, state_code FROM device") == [("quarantined", "seq-taken")]
    with pytest.raises(HubRefused, match="device-quarantined"):
        terminal.channel.send("GET", "/changes?epoch=feed-a&since=0")
    third = a_key()
    terminal.hand_in(key=third)
    put(terminal, third)
    assert hub.taken == [first, third]


def test_a_person_may_accept_what_was_set_aside(hub: HubBox, terminal: TerminalBox) -> None:
    first, second = a_key(), a_key()
    terminal.hand_in(key=first)
    terminal.round()
    terminal.station.run("DELETE FROM outbox")
    terminal.station.run("UPDATE hub_link SET last_seq = 0")
    number = terminal.hand_in(key=second)
    with pytest.raises(HubRefused):
        put(terminal, second)
    with hub.store.writing() as database:
        assert inbox.accept_quarantined(database, second, now=hub.clock.now(), on_taken=hub.on_taken)
        assert not inbox.accept_quarantined(database, second, now=hub.clock.now(), on_taken=hub.on_taken)
        assert devices.reinstate(database, terminal.enrolment.device)
    assert hub.taken == [first, second]
    assert number in hub.numbers()
    put(terminal, second)
    terminal.hand_in()
    assert terminal.round().is_complete


def test_the_same_number_under_another_key_is_set_aside(hub: HubBox, terminal: TerminalBox) -> None:
    number = terminal.hand_in()
    terminal.round()
    terminal.station.run("DELETE FROM outbox")
    terminal.hand_in(number=number)
    terminal.round()
    assert hub.store.one("SELECT code FROM inbox_quarantine") == "number-taken"


def test_a_submission_of_another_terminal_is_refused(hub: HubBox, terminal: TerminalBox) -> None:
    other = TerminalBox(hub, name="万善乡")
    key = a_key()
    other.hand_in(key=key)
    entry = outbox.entry(other.station.database, key)
    assert entry is not None
    assert entry.sealed is not None
    with pytest.raises(HubRefused, match="wrong-terminal"):
        terminal.channel.send("PUT", f"/submissions/{key}", submission_body(entry.envelope, entry.sealed))
    with pytest.raises(HubRefused, match="wrong-key"):
        other.channel.send("PUT", f"/submissions/{a_key()}", submission_body(entry.envelope, entry.sealed))


def test_when_the_feature_fails_the_submission_is_not_taken_either(
    hub: HubBox, terminal: TerminalBox
) -> None:
    key = a_key()
    terminal.hand_in(key=key)

    def fail(*taken: object) -> None:
        raise ZeroDivisionError

    hub.on_taken = fail
    with pytest.raises(ZeroDivisionError):
        put(terminal, key)
    assert hub.numbers() == []
    hub.on_taken = hub._note
    put(terminal, key)
    assert hub.taken == [key]


def test_a_request_that_is_sent_again_by_somebody_else_is_refused(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.hand_in()
    terminal.round()
    for request in list(terminal.wire.sent):
        if (request.method, request.target) in (("GET", "/sync/v1/hello"), ("POST", "/sync/v1/enrol")):
            continue  # a challenge changes nothing; an enrolment answers its own key only
        answer = hub.answer(request)
        assert (answer.status, json.loads(answer.body)["error"]) == (401, "nonce-replayed")


def test_an_old_nonce_is_replaced_without_anybody_noticing(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.round()
    hub.clock.advance(seconds=NONCE_LIFE.total_seconds() + 1)
    assert terminal.round().is_complete
    assert hub.store.one("SELECT COUNT(*) FROM device_nonce") == 2
    hub.clock.advance(seconds=3 * NONCE_LIFE.total_seconds())
    terminal.round()
    assert hub.store.one("SELECT COUNT(*) FROM device_nonce") == 1


def test_a_hub_whose_clock_went_back_gives_new_nonces(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.round()
    hub.clock.advance(days=-400)
    assert terminal.round().is_complete


def test_a_nonce_serves_only_the_device_it_was_given_to(hub: HubBox, terminal: TerminalBox) -> None:
    other = TerminalBox(hub, name="万善乡")
    terminal.round()
    request = Request("GET", "/sync/v1/statuses?since=0")
    nonce = f"{terminal.channel._nonce}.9"
    sign_request(request, seed=other.seed, key_id=other.enrolment.device, nonce=nonce, now=hub.clock.now())
    assert json.loads(hub.answer(request).body)["error"] == "nonce-stale"


@pytest.mark.parametrize("nonce", ["", "n", "n.1", "A" * 43 + ".1", "A" * 43 + ".0", "A" * 43 + ".-1"])
def test_an_invented_nonce_is_refused(hub: HubBox, terminal: TerminalBox, nonce: str) -> None:
    request = Request("GET", "/sync/v1/statuses?since=0")
    device = terminal.enrolment.device
    sign_request(request, seed=terminal.seed, key_id=device, nonce=nonce, now=hub.clock.now())
    assert json.loads(hub.answer(request).body)["error"] == "nonce-stale"


PATHS = [
    ("GET", "/hello"),
    ("POST", "/hello"),
    ("PUT", "/submissions/7d0c3f6e-3c55-4c5e-9a1e-0f4a3d2b1c00"),
    ("GET", "/changes?epoch=feed-a&since=0"),
    ("GET", "/statuses?since=0"),
    ("POST", "/track"),
    ("POST", "/lock"),
    ("POST", "/collect"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_strangers_and_revoked_devices_get_nothing(
    hub: HubBox, terminal: TerminalBox, method: str, path: str
) -> None:
    bare = hub.answer(Request(method, f"/sync/v1{path}", b"{"))
    assert (bare.status, json.loads(bare.body)["error"]) == (401, "signature-missing")
    stranger = Channel(terminal.wire, Identity("d-0", new_seed(), terminal.enrolment.hub_key), hub.clock.now)
    with pytest.raises(HubRefused, match="device-unknown"):
        stranger.send(method, path, b"{")
    with hub.store.writing() as database:
        assert devices.revoke(database, terminal.enrolment.device, "stolen")
    with pytest.raises(HubRefused, match="device-revoked"):
        terminal.new_channel().send(method, path, b"{")


def test_the_body_is_not_read_before_the_signature(hub: HubBox, terminal: TerminalBox) -> None:
    request = Request("POST", "/sync/v1/hello", b"[" * 1000)
    sign_request(request, seed=new_seed(), key_id=terminal.enrolment.device, nonce="n", now=hub.clock.now())
    assert json.loads(hub.answer(request).body)["error"] == "signature-wrong"


def test_a_body_that_is_too_large_is_refused_unread(hub: HubBox, terminal: TerminalBox) -> None:
    with pytest.raises(HubRefused, match="body-too-large"):
        terminal.channel.send("POST", "/hello", b"x" * 1_000_001)


@pytest.mark.parametrize(
    "path",
    [
        "/changes",
        "/changes?epoch=feed-a",
        "/changes?epoch=feed-a&since=-1",
        "/changes?epoch=feed-a&since=0&since=1",
        "/changes?epoch=feed-a&since=%D9%A1",
        "/changes?" + "&".join(f"a{n}=1" for n in range(20)),
        "/statuses?since=1e9",
    ],
)
def test_a_query_of_another_form_is_refused(hub: HubBox, terminal: TerminalBox, path: str) -> None:
    with pytest.raises(HubRefused) as refused:
        terminal.channel.send("GET", path)
    assert refused.value.status == 422


def test_a_copied_disk_is_noticed_within_one_round_each(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.round()
    station, catalogue = terminal.station.image(), terminal.catalogue.image()
    terminal.hand_in()
    assert terminal.round().is_complete
    after = terminal.station.image(), terminal.catalogue.image()
    terminal.station.put_back(station)
    terminal.catalogue.put_back(catalogue)
    terminal.channel = terminal.new_channel()
    hub.clock.advance(minutes=1)
    copied = terminal.hand_in()
    terminal.round()
    copy = terminal.station.image()
    terminal.station.put_back(after[0])
    terminal.catalogue.put_back(after[1])
    terminal.channel = terminal.new_channel()
    hub.clock.advance(minutes=1)
    assert terminal.round().down.error == "device-quarantined"
    terminal.station.put_back(copy)
    terminal.channel = terminal.new_channel()
    hub.clock.advance(minutes=1)
    assert terminal.round().down.error == "device-quarantined"
    kept = hub.store.rows("SELECT number FROM inbox UNION SELECT number FROM inbox_quarantine")
    assert (copied,) in kept


def test_a_disk_put_back_to_an_older_state_is_noticed(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.round()
    old = terminal.station.image()
    terminal.round()
    terminal.round()
    terminal.station.put_back(old)
    hub.clock.advance(minutes=1)
    assert terminal.round().down.error == "device-quarantined"
    assert hub.store.rows("SELECT state, state_code FROM device") == [("quarantined", "disk-put-back")]


def test_a_hello_that_the_network_held_back_does_not_make_a_clone(hub: HubBox, terminal: TerminalBox) -> None:
    held_back: list[Request] = []

    def hold(request: Request) -> None:
        if request.method == "POST":
            held_back.append(request)
            raise Unreachable("hub-unreachable")

    terminal.round()
    terminal.wire.before = hold
    terminal.round()
    terminal.wire.before = None
    terminal.channel = terminal.new_channel()  # the machine was switched off and on
    for _ in range(2):
        hub.clock.advance(minutes=1)
        assert terminal.round().is_complete
    late = hub.answer(held_back[0])
    assert json.loads(late.body)["error"] == "nonce-stale"
    assert terminal.round().is_complete


def test_lost_answers_to_hello_do_not_make_a_clone(hub: HubBox, terminal: TerminalBox) -> None:
    def lose(request: Request, answer: Answer) -> Answer:
        raise Unreachable("hub-unreachable")

    for _ in range(3):
        terminal.round()
        terminal.wire.behind = lose
        terminal.round()
        terminal.round()
        terminal.wire.behind = None
    assert terminal.round().is_complete
    assert hub.store.one("SELECT state FROM device") == "active"


def test_gaps_in_what_the_hub_holds_are_named(hub: HubBox, terminal: TerminalBox) -> None:
    for _ in range(6):
        terminal.hand_in()
    terminal.round()
    hub.store.run("DELETE FROM inbox WHERE seq IN (1, 2, 5)")
    device = hub.store.rows("SELECT id, name, terminal, epoch, state FROM device")[0]
    held = greeting._held(hub.store.database, inbox.Device(*device), terminal.enrolment.epoch)
    assert held == (6, (1, 2, 5))
    terminal.round()
    assert hub.store.one("SELECT COUNT(*) FROM inbox") == 6


def test_very_many_gaps_are_named_a_part_at_a_time(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.hand_in()
    terminal.round()
    hub.store.run("UPDATE inbox SET seq = 100000")
    device = inbox.Device(*hub.store.rows("SELECT id, name, terminal, epoch, state FROM device")[0])
    highest, missing = greeting._held(hub.store.database, device, terminal.enrolment.epoch)
    assert (len(missing), highest) == (greeting.MAX_GAPS, greeting.MAX_GAPS)


def test_the_status_of_a_number_is_found_by_its_code_from_any_terminal(
    hub: HubBox, terminal: TerminalBox
) -> None:
    other = TerminalBox(hub, name="万善乡")
    number = other.hand_in()
    assert asking.track(terminal.channel, number, CODE).status is None
    other.round()
    fresh = asking.track(terminal.channel, number, CODE).status
    assert fresh is not None
    assert fresh.state == "received"
    hub.set_status(number, "registered")
    found = asking.track(terminal.channel, number, CODE).status
    assert found is not None
    assert (found.state, found.detail) == ("registered", {"due": "2026-12-20"})


def test_a_wrong_number_and_a_wrong_code_get_the_same_answer(hub: HubBox, terminal: TerminalBox) -> None:
    number = terminal.hand_in()
    terminal.round()
    wrong_code = asking.track(terminal.channel, number, "0" * 12)
    wrong_number = asking.track(terminal.channel, "T001-261122-9999-XX-Y", CODE)
    assert wrong_code == wrong_number
    assert wrong_code.status is None


def test_wrong_guesses_of_some_visitors_close_a_terminal_to_nobody(
    hub: HubBox, terminal: TerminalBox
) -> None:
    number = terminal.hand_in()
    terminal.round()
    for guess in range(30):
        assert not asking.track(terminal.channel, f"T001-261122-00{guess:02d}-XX-Y", f"{guess:012d}").locked
    assert asking.track(terminal.channel, number, CODE).status is not None


def test_ten_wrong_guesses_from_anywhere_close_a_number_to_all_but_the_right_code(
    hub: HubBox, terminal: TerminalBox
) -> None:
    other = TerminalBox(hub, name="万善乡")
    number = terminal.hand_in()
    terminal.round()
    for guess in range(tracking.WRONG_PER_NUMBER):
        guessing = terminal if guess % 2 else other
        assert not asking.track(guessing.channel, number, f"{guess:012d}").locked
    hub.clock.advance(hours=23)
    assert asking.track(other.channel, number, "0" * 12).locked
    assert asking.track(terminal.channel, number, CODE).status is not None, "its owner is always heard"
    assert not asking.track(other.channel, number, "0" * 12).locked, "which opens it again"


def test_one_visitor_of_a_public_station_does_not_close_it_for_the_county(
    hub: HubBox, terminal: TerminalBox
) -> None:
    number = terminal.hand_in()
    terminal.round()
    with hub.store.writing() as database:
        assert devices.set_place(database, "清泉街道1号机", (), "web")
    for guess in range(tracking.WRONG_PER_NUMBER):
        assert not asking.track(terminal.channel, "T001-261122-9999-XX-Y", f"{guess:012d}").locked
    assert asking.track(terminal.channel, "T001-261122-9999-XX-Y", CODE).locked, (
        "a number closes as everywhere"
    )
    assert asking.track(terminal.channel, number, CODE).status is not None


def test_many_right_codes_close_nothing(hub: HubBox, terminal: TerminalBox) -> None:
    number = terminal.hand_in()
    terminal.round()
    for _ in range(12):
        assert asking.track(terminal.channel, number, CODE).status is not None


def test_a_status_of_a_number_that_nobody_handed_in_is_not_set(hub: HubBox) -> None:
    with hub.store.writing() as database:
        position = statuses.set_status(
            database, number="N-1", state="registered", detail={}, changed_at=hub.clock.now()
        )
    assert position is None


def test_a_terminal_believes_no_hub_but_its_own(hub: HubBox, terminal: TerminalBox) -> None:
    rogue = HubBox()  # it copied what there is, all but the key
    rogue.store = hub.store
    rogue.hub = replace(hub.hub, seed=new_seed())
    publish(rogue.store, "forged", a_record("假文件"))
    terminal.hand_in()
    terminal.wire.hub = rogue
    done = terminal.round()
    assert done.errors == ("answer-wrong",)
    assert (terminal.documents(), terminal.states()) == ({}, ["waiting"])


def test_a_hub_without_a_catalogue_is_in_trouble_not_empty(hub: HubBox, terminal: TerminalBox) -> None:
    hub.store.run("DELETE FROM feed_position")
    assert terminal.round().errors == ("hub-in-trouble",)


def test_errors_carry_codes_not_people(hub: HubBox, terminal: TerminalBox) -> None:
    terminal.hand_in()
    with pytest.raises(SyncError) as raised:
        terminal.channel.send("POST", "/track", b'{"v":1,"number":"T001","code":"123456789012x"}')
    assert CODE not in str(raised.value)
    assert not isinstance(raised.value, Untrusted)


def test_pauses_grow_to_five_minutes_and_are_spread() -> None:
    import random

    chance = random.Random(7)
    assert all(client.pause_s(failures, chance) <= 2 * 2**failures for failures in range(8))
    late = [client.pause_s(60, chance) for _ in range(400)]
    assert max(late) <= client.LONGEST_PAUSE_S
    assert max(late) - min(late) > timedelta(minutes=4).total_seconds()


def test_a_clock_in_a_test_moves_only_when_told() -> None:
    clock = Ticking()
    assert clock.now() == clock.now()


@pytest.mark.parametrize("gets_another", [False, True], ids=["its own number", "another number"])
def test_what_a_person_lets_in_is_parked_nowhere(
    hub: HubBox, terminal: TerminalBox, gets_another: bool
) -> None:
    number, key = terminal.hand_in(), a_key()
    terminal.round()
    if gets_another:
        terminal.station.run("UPDATE outbox SET number = 'N-0'")
        terminal.hand_in(number=number, key=key)
    else:
        terminal.station.run("UPDATE outbox SET seq = 99")
        terminal.station.run("UPDATE hub_link SET last_seq = 0")
        number = terminal.hand_in(key=key)
        client._push(terminal.terminal, terminal.channel, client._Tally())
    terminal.round()
    assert terminal.states() == ["acked", "parked"]
    let_in = "T001-261122-0009-ZZ-Y" if gets_another else number
    with hub.store.writing() as database:
        now = hub.clock.now()
        assert inbox.accept_quarantined(database, key, now=now, on_taken=hub.on_taken, number=let_in)
        assert devices.reinstate(database, terminal.enrolment.device)
    hub.set_status(let_in, "submitted")
    assert terminal.round().parked == 0
    assert terminal.round().is_complete
    assert terminal.states() == ["acked", "acked"]
    assert terminal.statuses[let_in] == "submitted"


def test_a_number_that_the_terminal_cannot_have_issued_is_set_aside(
    hub: HubBox, terminal: TerminalBox
) -> None:
    never_issued = f"{terminal.enrolment.terminal}-261122-0001-AA-Q"
    hub.hub = replace(
        hub.hub,
        is_own_number=lambda terminal, number: number.startswith(terminal) and number != never_issued,
    )
    numbers = [
        terminal.hand_in(),
        terminal.hand_in(number="T999-261122-0001-AA-X"),
        terminal.hand_in(number=never_issued),
    ]
    terminal.round()
    assert hub.numbers() == numbers[:1]
    assert terminal.states() == ["acked", "parked", "parked"]
    held = hub.store.rows("SELECT number, code FROM inbox_quarantine ORDER BY number")
    assert sorted(number for number, _ in held) == sorted(numbers[1:])
    assert {code for _, code in held} == {"number-foreign"}
