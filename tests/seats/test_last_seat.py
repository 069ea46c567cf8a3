"""
Fifty take the last seat at once over HTTP: exactly one gets it, at a hub on each engine and at a terminal.

`SEAT_ROUNDS=200` plays more rounds than the few of each run. The negative controls take the locks out: then two win.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request

from kiosk import db
from kiosk.app.replication import http_line
from kiosk.app.seats.asks import HOLD, REPORT
from kiosk.clock import FixedClock
from kiosk.errors import Refused
from kiosk.seats import actions, leased, leased_models, models
from kiosk.seats.rules import Seat, SeatSession, SeatState
from sync.terminal import asking
from sync.wire.channel import Channel, Identity
from tests.building import DEVICE_SEED, MadeHub, enrolled_hub, hub_app, hub_settings
from tests.seats.machines import a_county, bound
from tests.seats.supply import NOW, a_session
from tests.served import served

TAKERS = 50
ROUNDS = int(os.environ.get("SEAT_ROUNDS", "3"))


@dataclass
class LastSeats:
    """A served hub, and one connection for each taker."""

    made: MadeHub
    clock: FixedClock
    lines: list[Channel]
    pool: ThreadPoolExecutor
    lost: list[str] = field(default_factory=list)

    def round(self, name: str) -> list[str]:
        """What each taker heard, when all asked for the one seat of a new session at once."""
        actions.open_sessions([a_session(name, seats=1)], self.clock.now())
        start = threading.Barrier(TAKERS)

        def take(line: Channel) -> str:
            start.wait(30)
            answer = asking.ask(line, HOLD, {"session": name})
            return str(answer.values.get("refused", "")) or answer.object("lease").text("signature")

        return list(self.pool.map(take, self.lines))

    def give_back(self, name: str) -> None:
        """The terminal returns the seat, so that it holds none at the next round."""
        owner = models.owner_of(Seat(name, 1))
        assert owner is not None
        named = {"lease": owner[2], "session": name, "no": 1, "state": "returned"}
        asking.ask(self.lines[0], REPORT, {"seats": [named]})


@contextmanager
def last_seats(folder: Path, address: str, clock: FixedClock) -> Iterator[LastSeats]:
    made = enrolled_hub(folder / "hub", address)

    def app(port: int) -> Flask:
        return hub_app(made.home, hub_settings(database=address, port=port), clock)

    identity = Identity(made.device.id, DEVICE_SEED, made.enrolled.hub_key)
    with served(app) as url, ThreadPoolExecutor(TAKERS) as pool, db.connected():
        lines = [Channel(http_line.http_transport(url, clock), identity, clock.now) for _ in range(TAKERS)]
        yield LastSeats(made, clock, lines, pool)
    db.real(db.store).close_all()


def winners(heard: list[str]) -> int:
    counted = Counter(each if each == "full" else "won" for each in heard)
    return counted["won"]


def test_the_last_seat_of_the_hub_has_one_winner(tmp_path: Path, address: str, clock: FixedClock) -> None:
    with last_seats(tmp_path, address, clock) as seats:
        for turn in range(ROUNDS):
            assert winners(seats.round(f"r{turn}")) == 1
            seats.give_back(f"r{turn}")


def test_without_its_locks_the_hub_gives_one_seat_twice(
    tmp_path: Path, address: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what the test above sees when the row of the session is no lock."""
    with last_seats(tmp_path, address, clock) as seats:
        take_locks_out(monkeypatch)
        found = [winners(seats.round(f"r{turn}")) for turn in range(2)]
    assert max(found) > 1


def take_locks_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the lock of a session's row, the look at the seat's state, and the turn of a file's writers."""
    of, pick = models.StoredSeat, models.pick

    def give(seat: Seat, state: SeatState, *, owner: str = "", **_others: Any) -> bool:
        of.update(state=state, owner=owner, lease=seat.lease).where(
            of.session == seat.session, of.no == seat.no
        ).execute()
        return True

    def slow_pick(session: SeatSession, *others: Any, **more: Any) -> Seat:
        found = pick(session, *others, **more)
        time.sleep(0.05)  # what a busy machine does between two statements
        return found

    @contextmanager
    def writing(_self: db.SqliteFile, *, alone: bool) -> Iterator[None]:
        yield

    monkeypatch.setattr(models, "locked", models.session)
    monkeypatch.setattr(models, "give", give)
    monkeypatch.setattr(models, "pick", slow_pick)
    monkeypatch.setattr(db.SqliteFile, "writing", writing)


@contextmanager
def a_served_terminal(folder: Path, clock: FixedClock) -> Iterator[tuple[str, Callable[[str], None]]]:
    """A terminal whose one page takes its own last seat, and what gives it the seat of a new session."""
    with a_county(folder, clock) as (hub, (one, *_)):

        def give(name: str) -> None:
            with bound(hub.database):
                actions.open_sessions([a_session(name, topic=name, seats=2)], NOW)
            one.clock.advance(10)  # each round has its own second: 200 of them fit into a morning
            one.news()

        app, numbers = Flask(__name__), itertools.count(1)

        @app.post("/take/<session>")
        def take(session: str) -> str:
            number, key = f"A-{next(numbers)}", request.headers["X-Form"]
            try:
                with db.writing(db.store):
                    leased.spend(leased.hold(session, key, one.clock), number, key, one.clock)
            except Refused as refusal:
                return refusal.code
            return "won"

        one.is_cut = False
        with bound(one.database), served(lambda _port: app) as url:
            yield url, give


def test_the_last_seat_of_a_terminal_has_one_winner(tmp_path: Path, clock: FixedClock) -> None:
    with a_served_terminal(tmp_path, clock) as (url, give), ThreadPoolExecutor(TAKERS) as pool:
        for turn in range(ROUNDS):
            give(f"r{turn}")
            assert take_all(pool, url, f"r{turn}") == 1


def test_without_its_locks_a_terminal_gives_one_seat_twice(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_served_terminal(tmp_path, clock) as (url, give), ThreadPoolExecutor(TAKERS) as pool:
        give("r0")
        of = leased_models.LeasedSeat

        def careless_hold(session: str, _key: str, at: FixedClock) -> Seat:
            lease = leased_models.first_open(session, at)
            if lease is None:
                raise Refused("full")
            time.sleep(0.05)  # what a busy machine does between two statements
            return Seat(session, 1, lease)

        def careless_spend(seat: Seat, number: str, *_others: Any) -> None:
            of.update(state="spent", number=number).where(of.lease == seat.lease).execute()

        @contextmanager
        def writing(_self: db.SqliteFile, *, alone: bool) -> Iterator[None]:
            yield

        monkeypatch.setattr(leased, "hold", careless_hold)
        monkeypatch.setattr(leased, "spend", careless_spend)
        monkeypatch.setattr(db.SqliteFile, "writing", writing)
        assert take_all(pool, url, "r0") > 1


def take_all(pool: ThreadPoolExecutor, url: str, session: str) -> int:
    start = threading.Barrier(TAKERS)

    def take(form: int) -> str:
        start.wait(30)
        asked = urllib.request.Request(
            f"{url}/take/{session}", method="POST", headers={"X-Form": f"{session}-{form}"}
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return str(answer.read().decode())

    return Counter(pool.map(take, range(TAKERS)))["won"]
