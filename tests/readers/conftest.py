"""A terminal in this process with a virtual card reader and a virtual scanner."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.readers.reader_states import Readiness
from kiosk.web import context
from kiosk.web.context import TerminalWiring
from sync.terminal.enrolment import Enrolment, keep
from tests.building import EPOCH, a_terminal, terminal_settings
from tests.clocks import MONDAY_MORNING
from tools.virtual_reader.card_reader import CardReader
from tools.virtual_reader.ports import CardPort, Port

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
READING = re.compile(r'name="card_reading" value="([^"]+)"')
AT = {"Host": "127.0.0.1:8080"}
PATIENCE_S = 10.0
ENROLMENT = Enrolment("d" * 16, "GX01", EPOCH, b"k" * 32, EPOCH, b"s" * 32, "k1", EPOCH)
"""Of a terminal of the example county; its hub is away."""


@dataclass
class Hall:
    """The terminal, its two readers, and a visitor's browser without JavaScript."""

    home: Path
    client: FlaskClient
    reader: CardReader
    scanner: Port
    wired: TerminalWiring
    clock: FixedClock

    def open(self, path: str) -> str:
        answer = self.client.get(path, follow_redirects=True, headers=AT)
        assert answer.status_code == 200, path
        return answer.text

    def send(self, path: str, on: str = "", **fields: str) -> TestResponse:
        """A form sent from page `on`, its own page unless another one is named."""
        page = self.client.get(on or path, headers=AT).text
        token, reading = TOKEN.search(page), READING.search(page)
        assert token, path
        found = {"card_reading": reading[1]} if reading else {}
        return self.client.post(path, data={"csrf_token": token[1], **found, **fields}, headers=AT)

    def scan(self, text: str | bytes) -> None:
        """Holds a code to the scanner, until the terminal has it."""
        codes = self.wired.readers.codes
        assert codes is not None
        self.scanner.write((text if isinstance(text, bytes) else text.encode()) + b"\r\n")
        eventually(lambda: bool(codes.waiting()))


def eventually(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    cards, scanner, reader = Port(tmp_path / "cards"), Port(tmp_path / "codes"), CardReader()
    serving, clock = CardPort(cards, reader), FixedClock(MONDAY_MORNING)
    settings = terminal_settings(
        card_reader=f"serial://{cards.name}",
        code_scanner=f"serial://{scanner.name}",
        runtime_dir=str(tmp_path / "memory"),
        public_url="https://open.example.cn",
    )
    with a_terminal(tmp_path / "home", clock, settings) as app:
        with db.writing(db.store):
            keep(db.store, ENROLMENT, clock.now())
        wired = context.of(app)
        assert isinstance(wired, TerminalWiring)
        states = wired.readers.states
        eventually(lambda: {each.readiness for each in states().values()} == {Readiness.READY})
        yield Hall(tmp_path / "home", app.test_client(), reader, scanner, wired, clock)
        wired.readers.stop.set()
        assert wired.readers.cards is not None
        wired.readers.cards.ask("", "", frozenset())  # wakes its worker
    serving.close()
    for port in (cards, scanner):
        port.unplug()
