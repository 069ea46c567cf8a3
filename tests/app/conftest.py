"""A terminal as an application of this process, with the sample documents, made once and copied for each test."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk import db
from kiosk.catalogue.commands import refresh_index
from kiosk.catalogue.records import feed
from kiosk.catalogue.records.rules import canonical
from kiosk.clock import FixedClock, stamp
from kiosk.machine import homes, keeper
from tests.building import terminal_app, terminal_home
from tests.catalogue.conftest import SAMPLE
from tests.clocks import CLOCK
from tests.terminals import link


class Machine:
    """A terminal as an application of this process, with the sample documents."""

    def __init__(self, home: Path, clock: FixedClock) -> None:
        self.home = home
        self.clock = clock
        self.app: Flask = terminal_app(home, clock)
        self.http: FlaskClient = self.app.test_client()

    def get(self, path: str) -> tuple[int, str]:
        answer = self.http.get(path, base_url="http://127.0.0.1:8080")
        return answer.status_code, answer.get_data(as_text=True)

    def settle(self) -> None:
        """Waits for the thread that mends."""
        for thread in threading.enumerate():
            if thread.name == "mending":
                thread.join()
        self.clock.advance(seconds=keeper.AGAIN_S + 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A terminal's home with the sample documents, an index and a hub, made once."""
    home, clock = tmp_path_factory.mktemp("made") / "home", FixedClock(CLOCK.now())
    homes.open_terminal(terminal_home(home, clock), clock)
    link(clock)
    with db.writing(db.catalogue):
        for at, line in enumerate(SAMPLE.read_text("utf-8").splitlines(), 1):
            record = json.loads(line)
            feed.put(db.catalogue, record["id"], at, record, feed_digest(record))
        db.catalogue.execute_sql("UPDATE feed_position SET seq = ?, as_of = ?", (at, stamp(clock.now())))
    refresh_index(home)
    db.store.checkpoint()
    db.catalogue.checkpoint()
    db.store.close()
    db.catalogue.close()
    return home


@pytest.fixture
def machine(made: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Machine]:
    shutil.copytree(made, tmp_path / "home")
    one = Machine(tmp_path / "home", clock)
    yield one
    one.settle()
    db.store.close()
    db.catalogue.close()


def feed_digest(record: dict[str, object]) -> str:
    return sha256(canonical(record).encode()).hexdigest()
