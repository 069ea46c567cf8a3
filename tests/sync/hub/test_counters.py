"""Two workers publish at the same moment, and a terminal polls between their commits: it skips nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

import rfc8785

from kiosk import db
from kiosk.db.server import PostgresServer
from sync.carried.feed_models import FeedPosition
from tests.postgres import Cluster
from tests.sync.machines import HubBox, TerminalBox, a_record, put

NextPlace = Callable[[PostgresServer], int]


def from_the_counter(database: PostgresServer) -> int:
    """As the product takes it: the row is held until the commit."""
    counted = FeedPosition.update(seq=FeedPosition.seq + 1).returning(FeedPosition.seq)
    [(seq,)] = counted.tuples().execute(database)
    return int(seq)


def from_a_sequence(database: PostgresServer) -> int:
    """What must not be done: whoever took the lower place may commit later."""
    (seq,) = database.execute_sql("SELECT nextval('written.place')").fetchone()
    return int(seq)


@dataclass
class Worker:
    """A connection of its own that publishes one document, and commits when it is told to."""

    address: str
    next_place: NextPlace
    has_place: threading.Event = field(default_factory=threading.Event)
    may_commit: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread = field(init=False)

    def publish(self, doc_id: str) -> None:
        """Begin; a place is taken when `has_place` is set."""
        self.thread = threading.Thread(target=self._publish, args=(doc_id,))
        self.thread.start()

    def _publish(self, doc_id: str) -> None:
        record = a_record(doc_id)
        database = PostgresServer(self.address)
        with db.connected(database):
            with db.writing(database, alone=False):
                seq = self.next_place(database)
                put(database, doc_id, seq, record, sha256(rfc8785.dumps(record)).hexdigest())
                self.has_place.set()
                self.may_commit.wait(10)
            FeedPosition.update(seq=seq).where(FeedPosition.seq < seq).execute(database)
        database.close_all()


def seen_by_a_terminal(address: str, next_place: NextPlace) -> set[str]:
    """The documents of a terminal that polled after the second worker's commit and before the first one's."""
    hub = HubBox(address=address)
    terminal = TerminalBox(hub)
    first, second = Worker(address, next_place), Worker(address, next_place)
    second.may_commit.set()
    first.publish("first")
    assert first.has_place.wait(10)
    second.publish("second")
    second.thread.join(0.5)  # with a counter it waits for the first one
    assert terminal.round().errors == ()
    first.may_commit.set()
    for worker in (first, second):
        worker.thread.join()
    assert terminal.round().errors == ()
    hub.store.database.close_all()
    return set(terminal.documents())


def test_a_poller_gets_both(cluster: Cluster) -> None:
    assert seen_by_a_terminal(cluster.cleared(), from_the_counter) == {"first", "second"}


def test_with_a_sequence_it_would_lose_one(cluster: Cluster) -> None:
    """The control: the test above can tell a hub that skips."""
    address = cluster.cleared()
    with cluster.asking(address) as database:
        database.execute_sql("CREATE SEQUENCE IF NOT EXISTS written.place")
        database.execute_sql("ALTER SEQUENCE written.place RESTART")
    assert seen_by_a_terminal(address, from_a_sequence) == {"second"}
