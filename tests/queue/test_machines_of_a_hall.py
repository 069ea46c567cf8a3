"""Two machines of a hall over signed HTTP: copies, presses at the other machine, take-over, two owners put together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from config import settings_file
from kiosk import audit, db, side_lists
from kiosk.app import readiness
from kiosk.app.halls import hall_line
from kiosk.app.halls.hall_copies import HallCopies
from kiosk.audit import Act
from kiosk.clock import BEIJING, FixedClock
from kiosk.errors import Refused
from kiosk.machine import homes
from kiosk.queue import copies, models, taking, turn
from kiosk.queue.copies import NoCopy
from kiosk.queue.pressing import DONE, Pressed
from kiosk.queue.supply import HallDay, HallSupply, HallTopic
from kiosk.queue.taking import NumberWanted
from kiosk.queue.ticket_states import Press, TicketState
from kiosk.queue.turn import OwnMachine
from sync.terminal.models import HubLink
from sync.wire import signing
from sync.wire.errors import Unreachable
from sync.wire.signing import Answer, Request, Transport
from tests.building import terminal_app, terminal_home, terminal_settings
from tests.queue.halls import ADDRESSES, STAFF, Machine, a_clock, a_pair, alone

TOPIC = "any"
THIRD = "https://third"


@dataclass
class Station:
    """One terminal with its application; `line` reaches another one while `is_up`."""

    home: Path
    app: Flask
    own: turn.OwnMachine
    rounds: HallCopies
    store: db.SqliteFile
    is_up: bool = True

    def here(self) -> None:
        db.store.initialize(self.store)


class Pair:
    """The node and the standby of one hall."""

    def __init__(self, root: Path, clock: FixedClock) -> None:
        self.clock = clock
        self.seeds = [signing.new_seed() for _ in ADDRESSES]
        keys = {f"device-{n}": signing.public_key(seed).hex() for n, seed in enumerate(self.seeds)}
        self.keys = json.dumps(keys).encode()
        self.stations: dict[str, Station] = {}
        for n, address in enumerate(ADDRESSES):
            self.stations[address] = self.make(root / str(n), n, address)

    def make(self, home: Path, n: int, address: str) -> Station:
        settings = terminal_settings(
            queue_letter="AC"[n], queue_address=address, queue_machines=ADDRESSES, host="node", port=443
        )
        app = terminal_app(terminal_home(home, self.clock, settings), self.clock, settings)
        (home / "device.key").write_text(self.seeds[n].hex(), "ascii")
        with db.writing(db.store):
            HubLink.insert(
                device=f"device-{n}",
                terminal=f"GX0{n}",
                epoch="e",
                hub_key=b"0" * 32,
                seal_key=b"",
                seal_key_id="",
                enrolled_at="",
            ).execute(db.store)
            side_lists.replace(db.store, side_lists.HALL_MACHINES, self.keys, self.clock.now())
        own = turn.OwnMachine.of(settings)
        rounds = HallCopies(home, settings, self.clock, self.line)
        return Station(home, app, own, rounds, db.store.obj)

    def line(self, address: str) -> Transport:
        def send(request: Request) -> Answer:
            other, before = self.stations[address], db.store.obj
            if not other.is_up:
                raise Unreachable("hub-unreachable")
            other.here()
            answer = other.app.test_client().open(
                request.target,
                method=request.method,
                data=request.body,
                headers=request.headers,
                base_url=address,
            )
            db.store.initialize(before)
            return Answer(answer.status_code, answer.data, answer.content_type, dict(answer.headers))

        return send

    def round(self, n: int) -> None:
        station = self.stations[ADDRESSES[n]]
        station.here()
        station.rounds.one_round()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    clock = FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING))
    made = Pair(tmp_path, clock)
    for n in (0, 1, 0, 1):
        made.round(n)
    yield made
    for station in made.stations.values():
        station.store.close_all()


def take(pair: Pair, n: int, key: str) -> str:
    station = pair.stations[ADDRESSES[n]]
    station.here()
    day = HallDay(pair.clock.now().date(), "", ("1",), (HallTopic(TOPIC, "咨询"),), ((0, 1440),))
    taken = taking.take(
        NumberWanted(TOPIC), key, key, own=station.own, supply=HallSupply(day), clock=pair.clock
    )
    return taken.ticket.number


def waiting() -> list[str]:
    return [each.number for each in models.tickets(TicketState.WAITING)]


def test_numbers_given_at_one_machine_are_in_the_line_of_the_other(pair: Pair) -> None:
    assert (take(pair, 0, "x"), take(pair, 1, "y"), take(pair, 1, "z")) == ("A001", "C001", "C002")
    pair.round(1)
    pair.stations[ADDRESSES[0]].here()
    assert waiting() == ["A001", "C001", "C002"]
    pair.stations[ADDRESSES[1]].here()
    assert waiting() == ["A001", "C001", "C002"]
    assert models.unknown_to_owner() == []


def test_a_press_at_the_standby_is_done_by_the_owner(pair: Pair) -> None:
    standby = pair.stations[ADDRESSES[1]]
    take(pair, 0, "x")
    pair.round(1)
    kept = models.hall()
    assert kept is not None
    asked = Pressed(Press.OPEN, "k1", STAFF, kept.epoch, window="1")
    body = hall_line.send(standby.home, pair.line(ADDRESSES[0]), hall_line.PRESS, asked.body(), pair.clock)
    assert json.loads(body)["code"] == DONE
    pair.round(1)
    assert models.window("1").is_open


def test_a_message_without_a_signature_of_the_hall_gets_nothing(pair: Pair) -> None:
    node, standby = (pair.stations[each] for each in ADDRESSES)
    node.here()
    client = node.app.test_client()
    answer = client.post(hall_line.EXCHANGE, data=b"{}", base_url=ADDRESSES[0])
    assert answer.status_code == 401
    standby.here()
    (standby.home / "device.key").write_text(signing.new_seed().hex(), "ascii")
    with pytest.raises(ConnectionError):
        hall_line.send(standby.home, pair.line(ADDRESSES[0]), hall_line.EXCHANGE, b"{}", pair.clock)


def test_an_answer_that_another_one_gave_is_not_believed(pair: Pair) -> None:
    standby = pair.stations[ADDRESSES[1]]
    standby.here()

    def forged(request: Request) -> Answer:
        return replace(pair.line(ADDRESSES[0])(request), body=b'{"epoch": 99}')

    with pytest.raises(ConnectionError):
        hall_line.send(
            standby.home, forged, hall_line.EXCHANGE, copies.question(standby.own, pair.clock), pair.clock
        )


def test_nobody_takes_over_while_the_owner_answers_and_numbers_go_on_without_it(pair: Pair) -> None:
    node, standby = (pair.stations[each] for each in ADDRESSES)
    standby.here()
    with pytest.raises(Refused, match="queue-owner-answers"):
        turn.take_over(standby.own, STAFF, pair.clock)
    node.is_up = False
    assert take(pair, 1, "alone") == "C001"
    pair.clock.advance(turn.SILENT_S)
    pair.round(1)
    assert turn.is_lost(standby.own, pair.clock)
    assert not models.hall().is_owner, "no machine takes over by itself"
    assert turn.take_over(standby.own, STAFF, pair.clock) == 2
    assert audit.last_of(Act.QUEUE_TAKEN_OVER, 1)[0].actor == STAFF
    node.is_up = True
    pair.round(0)
    assert not models.hall().is_owner
    assert models.hall().epoch == 2


def test_an_owner_that_starts_asks_first_and_decides_nothing_until_then(pair: Pair) -> None:
    node = pair.stations[ADDRESSES[0]]
    pair.stations[ADDRESSES[1]].is_up = False
    node.here()
    pair.clock.boot = "boot-2"
    kept = turn.look(node.own, pair.clock)
    assert not turn.may_decide(kept, node.own, pair.clock)
    again = HallCopies(node.home, node.app.extensions["kiosk"].settings, pair.clock, pair.line)
    again.one_round()
    assert not turn.may_decide(turn.look(node.own, pair.clock), node.own, pair.clock)
    pair.clock.advance(turn.SILENT_S)
    again.one_round()
    assert turn.may_decide(turn.look(node.own, pair.clock), node.own, pair.clock)


@pytest.mark.parametrize(
    "message", [b"", b"[]", b'{"epoch": "1"}', b'{"epoch": -1}', b"\xff", b'{"tickets": [{}]}']
)
def test_a_message_that_is_none_changes_nothing(tmp_path: Path, message: bytes) -> None:
    machine = alone(tmp_path, a_clock())
    machine.take()
    with machine.here():
        with pytest.raises(NoCopy):
            copies.answer(message, machine.own, machine.clock)
        assert waiting() == ["A001"]
    machine.close()


def test_a_disk_that_was_put_back_goes_on_behind_the_numbers_that_others_know(tmp_path: Path) -> None:
    node, standby = a_pair(tmp_path, a_clock())
    node.take()
    node.take()
    standby.ask(node)
    with node.here(), db.writing(db.store):
        for table in (models.QueueTicket, models.QueueNumber):
            table.delete().execute()
    standby.ask(node)
    assert node.take(key="after").ticket.number == "A003"
    node.close()
    standby.close()


def test_the_first_that_finished_a_ticket_counts_and_doubles_are_listed(tmp_path: Path) -> None:
    node, standby = a_pair(tmp_path, a_clock())
    ticket = node.take().ticket
    standby.ask(node)
    node.clock.advance(turn.SILENT_S)
    with standby.here():
        turn.take_over(standby.own, STAFF, standby.clock)
    for machine, window in ((node, "1"), (standby, "2")):
        machine.press(Press.OPEN, window)
        machine.clock.advance(30)
        assert machine.press(Press.NEXT, window).number == ticket.number
        machine.clock.advance(60)
        machine.press(Press.FINISH, window)
    first = node.ticket(ticket.id).ended_s
    for _ in range(2):
        node.ask(standby)
    merged = standby.ticket(ticket.id)
    assert (merged.ended_s, merged.is_double, merged.state) == (first, True, TicketState.DONE)
    node.close()
    standby.close()


def test_one_tap_sent_twice_and_a_page_that_is_old(tmp_path: Path) -> None:
    machine = alone(tmp_path, a_clock())
    for _ in range(3):
        machine.take()
    machine.press(Press.OPEN)
    old = machine.asked(Press.NEXT)
    assert machine.send(old) == machine.send(old)
    assert machine.send(replace(old, key="another")).code == "queue-changed"
    assert machine.press(Press.NEXT).code == "queue-just-called"
    assert machine.press(Press.RECALL).code == "queue-recall-locked"
    assert machine.press(Press.MISSED).code == "queue-call-again"
    assert len(machine.calls()) == 1
    assert machine.send(replace(machine.asked(Press.NEXT), epoch=9)).code == "queue-epoch"
    machine.close()


def test_a_window_that_disappears_gives_its_number_back_with_its_key(tmp_path: Path) -> None:
    machine = alone(tmp_path, a_clock())
    taken = machine.take().ticket
    machine.press(Press.OPEN)
    machine.press(Press.NEXT)
    assert machine.pick(Press.RELEASE, taken, "").code == "queue-window-works"
    machine.clock.advance(90)
    assert machine.pick(Press.RELEASE, taken, "").code == DONE
    assert machine.ticket(taken.id).key_s == taken.key_s
    machine.press(Press.OPEN, "2")
    assert machine.press(Press.NEXT, "2").number == taken.number
    machine.close()


def letters_of(home: Path, letter: str, address: str, clock: FixedClock) -> readiness.CheckResult | None:
    """What `check` says at a machine with these settings of its letter, from the tables that are open."""
    kept = terminal_settings(queue_letter=letter, queue_address=address, queue_machines=ADDRESSES)
    (home / homes.TERMINAL_FILE).write_text(settings_file.as_toml(homes.TERMINAL_FILE, kept), "utf-8")
    return {each.name: each for each in readiness.of_home(home, clock)}.get("queue-letters")


def a_third(root: Path, letter: str, clock: FixedClock) -> Machine:
    """A machine that gives numbers and keeps no queue."""
    return Machine(root / "third", OwnMachine(letter, THIRD, ADDRESSES), clock)


def test_check_names_machines_of_one_hall_with_the_same_letter_until_one_has_another(tmp_path: Path) -> None:
    clock = a_clock()
    node, standby = a_pair(tmp_path, clock)
    third = a_third(tmp_path, "C", clock)
    third.ask(node)
    with node.here():
        assert turn.same_letters(node.own) == {"C": [ADDRESSES[1], THIRD]}
    standby.ask(node)
    with standby.here():
        assert turn.same_letters(standby.own) == {"C": [ADDRESSES[1], THIRD]}, "it hears of it from the owner"
    named = letters_of(tmp_path / "C", "C", ADDRESSES[1], clock)
    assert named
    assert not named.ok
    assert f"C at {ADDRESSES[1]} and {THIRD}" in named.words
    third.own = replace(third.own, letter="F")
    third.ask(node)
    standby.ask(node)
    fixed = letters_of(tmp_path / "C", "C", ADDRESSES[1], clock)
    assert fixed
    assert fixed.ok
    for each in (node, standby, third):
        each.close()


def test_a_machine_that_was_not_heard_today_and_one_without_a_letter_are_not_named(tmp_path: Path) -> None:
    clock = a_clock()
    node, standby = a_pair(tmp_path, clock)
    third = a_third(tmp_path, "A", clock)
    third.ask(node)
    with node.here():
        assert turn.same_letters(node.own)
    clock.advance(24 * 3600)
    standby.ask(node)
    with node.here():
        assert not turn.same_letters(node.own)
    third.own, standby.own = replace(third.own, letter=""), replace(standby.own, letter="")
    third.ask(node)
    standby.ask(node)
    with node.here():
        assert not turn.same_letters(node.own)
    for each in (node, standby, third):
        each.close()


def test_an_older_machine_that_names_no_letter_is_heard_all_the_same(tmp_path: Path) -> None:
    node, standby = a_pair(tmp_path, a_clock())
    with standby.here():
        asked = json.loads(copies.question(standby.own, standby.clock))
    for name in ("letter", "letters"):
        del asked[name]
    with node.here():
        assert json.loads(copies.answer(json.dumps(asked).encode(), node.own, node.clock))["is_owner"]
        assert not turn.same_letters(node.own)
    node.close()
    standby.close()
