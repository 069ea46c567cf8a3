"""One worker of several leads; when it falls silent another one takes over."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from kiosk import db
from kiosk.app import duties
from kiosk.db.server import PostgresServer, leading
from tests.postgres import Cluster
from tests.world import eventually


@pytest.fixture
def database(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    opened = PostgresServer(cluster.empty())
    db.store.initialize(opened)
    monkeypatch.setattr(duties, "LOOK_S", 0.05)
    yield opened
    opened.close_all()


def test_only_one_leads(database: PostgresServer) -> None:
    with leading(database) as first, leading(database) as second:
        assert first is not None
        assert first()
        assert second is None
    with leading(database) as third:
        assert third is not None


def test_another_takes_over_when_the_leader_is_gone(database: PostgresServer, cluster: Cluster) -> None:
    """The first one loses its connection, as with its power; it ends its duties, and one of both begins them."""
    stop = threading.Event()
    terms: list[threading.Event] = []

    def start(ended: threading.Event) -> threading.Thread:
        terms.append(ended)
        duty = threading.Thread(target=ended.wait)
        duty.start()
        return duty

    workers = [threading.Thread(target=duties._lead, args=(start, stop)) for _ in range(2)]
    for worker in workers:
        worker.start()
    eventually(lambda: len(terms) == 1, "somebody leads")
    with cluster.asking(database.url) as asking:
        asking.execute_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        )
    eventually(lambda: len(terms) == 2, "somebody leads again")
    eventually(terms[0].is_set, "the first one ends")
    assert not terms[1].is_set()
    stop.set()
    for worker in workers:
        worker.join(10)
    assert terms[1].is_set()
