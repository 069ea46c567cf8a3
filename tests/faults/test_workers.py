"""
Two workers of a hub on PostgreSQL and twenty terminals, while workers and connections are killed at random moments.

Nothing that a terminal handed in is lost or doubled, and none skips a document or a state. What a hub without its
counter would lose is the control in tests/sync/hub/test_counters.py.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import peewee
import pytest

from kiosk import audit, db
from kiosk.app.replication.http_line import http_transport
from kiosk.db.faults import fault
from kiosk.errors import StoreAway
from sync.hub import statuses
from sync.wire.signing import Answer, Request
from tests.clocks import CLOCK
from tests.postgres import Cluster
from tests.sync.machines import ServerStore, TerminalBox, a_record, publish
from tests.sync.processes import HubProcess
from tests.world import eventually

SEED = 20261130
TERMINALS = 20
KILLS = 12
MOST_KILLS = 300
"""Until a terminal has noticed one: on a slow machine most hit a worker that answers nobody at that moment."""
LONGEST_PEACE_S = 1.0


@pytest.fixture
def hub(tmp_path: Path, cluster: Cluster) -> Iterator[HubProcess]:
    with HubProcess(tmp_path, cluster.empty(), workers=2) as hub:
        yield hub


@pytest.fixture
def desk_store(hub: HubProcess) -> Iterator[ServerStore]:
    store = ServerStore(hub.hub_address)
    store.database.close()
    yield store
    store.database.close_all()


@dataclass
class Far:
    """The hub as a terminal's wire sees it: over HTTP."""

    process: HubProcess

    def __post_init__(self) -> None:
        self.clock = CLOCK
        self._send = http_transport(self.process.url, CLOCK)

    def new_code(self, name: str) -> str:
        return self.process.code(name)

    def answer(self, request: Request) -> Answer:
        return self._send(request)


@dataclass
class Crowd:
    """Threads that go on until `stop`; the first error of one ends all, and is raised at the end."""

    stop: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def add(self, act: object, *given: object) -> None:
        def run() -> None:
            try:
                while not self.stop.is_set():
                    act(*given)  # type: ignore[operator]
            except BaseException as error:
                self.errors.append(error)
                self.stop.set()

        self.threads.append(threading.Thread(target=run))

    def __enter__(self) -> Crowd:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()
        if self.errors:
            raise self.errors[0]


@dataclass
class Desk:
    """Somebody beside the workers who publishes, and says states of what came in; the server may throw them out."""

    store: ServerStore
    made: int = 0

    def work(self) -> None:
        database = self.store.database
        try:
            with db.connected(database):
                self.made += 1
                publish(self.store, f"doc-{self.made % 40}", a_record(f"文件{self.made}"))
                rows = self.store.rows("SELECT number FROM inbox ORDER BY random() LIMIT 3")
                for (number,) in rows:
                    with db.writing(database, alone=False):
                        statuses.set_status(
                            database, number=number, state=f"s{self.made}", detail={}, changed_at=CLOCK.now()
                        )
        except (StoreAway, peewee.PeeweeException) as error:
            if fault(error) is None and not isinstance(error, StoreAway):
                raise


def workers_of(hub: HubProcess) -> list[int]:
    """The processes that serve."""
    pid = hub.processes["hub"].pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in children.split()]


def kill_one(hub: HubProcess, cluster: Cluster, chance: random.Random) -> None:
    """A worker, or a connection that one holds."""
    if chance.random() < 0.5:
        with suppress(ProcessLookupError):  # it has just gone
            os.kill(chance.choice(eventually(lambda: workers_of(hub), "a worker runs")), signal.SIGKILL)
        return
    with cluster.asking(hub.hub_address) as database:
        database.execute_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
        )


def test_kills_lose_double_and_skip_nothing(
    hub: HubProcess, cluster: Cluster, desk_store: ServerStore
) -> None:
    chance = random.Random(SEED)
    terminals = [TerminalBox(Far(hub), f"{each}号机") for each in range(TERMINALS)]  # type: ignore[arg-type]
    handed: list[list[str]] = [[] for _ in terminals]
    desk = Desk(desk_store)
    broken: set[str] = set()
    crowd = Crowd()

    def live(terminal: TerminalBox, numbers: list[str]) -> None:
        numbers.append(terminal.hand_in())
        broken.update(terminal.round().errors)

    for terminal, numbers in zip(terminals, handed, strict=True):
        crowd.add(live, terminal, numbers)
    crowd.add(desk.work)
    with crowd:
        for kills in range(MOST_KILLS):
            if kills >= KILLS and broken:
                break
            crowd.stop.wait(chance.uniform(0, LONGEST_PEACE_S))
            kill_one(hub, cluster, chance)
    assert broken, "a terminal must have felt a kill"
    assert min(map(len, handed)) > 0
    with db.connected(desk.store.database):
        assert held_back(desk.store) == [], "no kill may look like a copied disk"
    for terminal in [
        *terminals,
        *terminals,
    ]:  # the state of what the last round handed in comes with the next one
        eventually(lambda one=terminal: one.round().errors == (), "a round without a fault")
    with db.connected(desk.store.database):
        compare(desk.store, terminals, handed)


def held_back(hub: ServerStore) -> list[tuple[str, str]]:
    """Why the hub has put terminals in quarantine, and which."""
    return hub.rows("SELECT state_code, name FROM device WHERE state <> 'active'")


def compare(hub: ServerStore, terminals: list[TerminalBox], handed: list[list[str]]) -> None:
    """What the hub holds, and what each terminal knows of it."""
    numbers = [number for numbers in handed for number in numbers]
    assert hub.rows("SELECT no FROM inbox ORDER BY no") == [(no,) for no in range(1, len(numbers) + 1)]
    assert sorted(hub.rows("SELECT number FROM inbox")) == sorted((number,) for number in numbers)
    assert sorted(hub.rows("SELECT number FROM disclosure_case")) == sorted((number,) for number in numbers)
    assert hub.one("SELECT count(*) FROM disclosure_event") == len(numbers)
    db.store.initialize(hub.database)
    assert audit.first_break() is None
    published = dict(hub.rows("SELECT doc_id, hash FROM document WHERE NOT deleted"))
    for terminal, own in zip(terminals, handed, strict=True):
        assert terminal.states() == ["acked"] * len(own)
        assert (
            dict(terminal.catalogue.rows("SELECT doc_id, hash FROM document WHERE deleted = 0")) == published
        )
        said = dict(hub.rows("SELECT number, state FROM status WHERE device = ?", terminal.enrolment.device))
        assert terminal.statuses == said
