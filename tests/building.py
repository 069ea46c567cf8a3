"""
The one builder of tests: settings of the example county, and the homes and applications made with them.

Everything is made through the product's own entries, as an operator makes it; a home that many tests begin with is made
once for this process and copied.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import settings_file
from config.settings import HubSettings, TerminalSettings
from config.settings_file import example
from kiosk import db
from kiosk.app import create_hub, create_terminal
from kiosk.app.handlings import HANDLINGS
from kiosk.catalogue.search import county_words, words
from kiosk.cli import making
from kiosk.cli.catalogue import SAMPLE_WORDS
from kiosk.clock import Clock, FixedClock
from kiosk.intake.handling import Handling
from kiosk.intake.kinds import SubmissionKind
from kiosk.machine import homes
from sync.hub import enrolment as enrolment_at_hub
from sync.hub import inbox
from sync.hub.device import Device
from sync.terminal import enrolment
from sync.terminal.enrolment import Enrolment
from sync.wire import signing
from sync.wire.signing import Answer, Request
from sync.wire.submission import SealedSubmission
from tests.clocks import MONDAY_MORNING

TERMINAL, HUB = example(TerminalSettings), replace(example(HubSettings), second_factor=False)
"""The second factor has its own tests; everywhere else a password is enough."""


def terminal_settings(**changes: Any) -> TerminalSettings:
    """Return the settings of a terminal of the example county, with these changes."""
    return replace(TERMINAL, **changes)


def hub_settings(**changes: Any) -> HubSettings:
    """Return the settings of the hub of the example county, with these changes."""
    return replace(HUB, **changes)


@functools.cache
def county_list() -> bytes:
    """Return the words of the example county as its hub sends them to terminals."""
    lines, wrong = county_words.read_table(SAMPLE_WORDS.read_bytes())
    assert not wrong, wrong
    return words.write_list(iter(lines))


def search_words() -> words.SearchWords:
    """Return the words of the search in the example county."""
    return words.load(county=county_list())


MADE_AT = MONDAY_MORNING - timedelta(minutes=30)
"""When the homes were made: 9:00 in Beijing."""
DEVICE_NAME, DEVICE_SEED = "清泉街道1号机", b"d" * 32
"""The terminal of an enrolled hub, and the seed of its key."""
EPOCH = "0" * 32
"""Of the feed of a terminal that never spoke with a hub."""


def a_folder() -> Path:
    """Return a folder that is there until this process ends."""
    folder = tempfile.TemporaryDirectory(prefix="kiosk-made-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@dataclass(frozen=True)
class MadeHub:
    """A hub's home that tests copy, with what was said when it was made and when its first terminal came."""

    home: Path
    recovery_key: str
    enrolled: Enrolment

    @property
    def device(self) -> Device:
        """Return the terminal as the hub knows it."""
        return Device(
            self.enrolled.device, DEVICE_NAME, self.enrolled.terminal, self.enrolled.epoch, "active"
        )


@functools.cache
def _new_hub() -> tuple[Path, str]:
    home = a_folder() / "hub"
    return home, making.make_hub(home, HUB)


def hub_home(home: Path, settings: HubSettings = HUB) -> str:
    """Make a hub at `home`, as `init-hub` makes it; return its recovery key."""
    if settings.database:
        return making.make_hub(home, settings)
    made, recovery_key = _new_hub()
    shutil.copytree(made, home, dirs_exist_ok=True)
    (home / homes.HUB_FILE).write_text(settings_file.as_toml(homes.HUB_FILE, settings), "utf-8")
    return recovery_key


def another_hub(home: Path) -> str:
    """Make a hub with keys of its own, which no other one here has; return its recovery key."""
    return making.make_hub(home, HUB)


def enrolled_hub(home: Path, address: str = "") -> MadeHub:
    """Make a hub with one enrolled terminal at `home`, or with its tables at a PostgreSQL address."""
    made = _enrol_at(a_folder() / "hub", address) if address else _enrolled_hub()
    shutil.copytree(made.home, home, dirs_exist_ok=True)
    return replace(made, home=home)


@functools.cache
def _enrolled_hub() -> MadeHub:
    return _enrol_at(a_folder() / "hub")


def _enrol_at(home: Path, address: str = "") -> MadeHub:
    settings, clock = hub_settings(database=address), FixedClock(MADE_AT)
    with _other_databases():
        recovery_key = hub_home(home, settings)
        app = create_hub(home, settings, clock)
        accepted = enrol(app, DEVICE_NAME, clock, seed=DEVICE_SEED)
        db.real(db.store).close_all()
    return MadeHub(home, recovery_key, accepted)


def enrol(app: Flask, name: str, clock: Clock, *, seed: bytes | None = None) -> Enrolment:
    """Enrol a terminal at the hub of this process, whose database is `db.store`, with a code of its own."""
    with db.writing(db.store):
        code = enrolment_at_hub.add_code(db.store, name, now=clock.now())
    return enrolment.enrol(over(app), code, seed=seed or signing.new_seed(), now=clock.now())


def set_aside(device: Device, submission: SealedSubmission, code: str, now: datetime) -> None:
    """Let a hub hold an upload for a person, as it does when another one has its place or number."""
    with db.writing(db.store):
        inbox.set_aside(db.store, device, submission, code, now)


@contextmanager
def _other_databases() -> Iterator[None]:
    """Keep the databases that are bound now for the caller."""
    store, catalogue = db.store.obj, db.catalogue.obj
    try:
        yield
    finally:
        db.store.initialize(store)
        db.catalogue.initialize(catalogue)


def over(app: Flask) -> Any:
    """Return the line from a terminal to the hub of this process."""
    client = app.test_client()

    def send(request: Request) -> Answer:
        answer = client.open(
            request.target,
            method=request.method,
            data=request.body,
            headers=request.headers,
            base_url=HUB.public_url,
        )
        headers = {name.lower(): value for name, value in answer.headers}
        return Answer(answer.status_code, answer.data, answer.content_type, headers)

    return send


def hub_app(
    home: Path,
    settings: HubSettings = HUB,
    clock: Clock | None = None,
    *,
    handlings: Sequence[Handling] = HANDLINGS,
) -> Flask:
    """Return the application of the hub at `home`; its database is `db.store` and `db.catalogue` from now on."""
    return create_hub(home, settings, clock or FixedClock(MADE_AT), handlings=handlings)


@functools.cache
def _new_station() -> Path:
    home = a_folder()
    with _other_databases():
        database = db.open_sqlite(home / homes.STATION_DB)
        db.migrate(database, "station", MADE_AT)
        database.close_all()
    return home / homes.STATION_DB


def station(home: Path) -> db.SqliteFile:
    """Return the station's database at `home`, new and bound as `db.store`."""
    shutil.copyfile(_new_station(), home / homes.STATION_DB)
    database = db.open_sqlite(home / homes.STATION_DB)
    db.store.initialize(database)
    return database


def terminal_home(
    home: Path, clock: Clock, settings: TerminalSettings = TERMINAL, *, epoch: str = EPOCH
) -> Path:
    """Make a terminal at `home` that never spoke with a hub."""
    home.mkdir(exist_ok=True)
    (home / homes.TERMINAL_FILE).write_text(settings_file.as_toml(homes.TERMINAL_FILE, settings), "utf-8")
    if not (home / homes.STATION_DB).exists():
        shutil.copyfile(_new_station(), home / homes.STATION_DB)
    db.create_catalogue(home, epoch, clock.now())
    return home


def terminal_app(
    home: Path,
    clock: Clock,
    settings: TerminalSettings = TERMINAL,
    *,
    kinds: Sequence[SubmissionKind] | None = None,
) -> Flask:
    """Return the application of the terminal at `home`; its databases are `db.store` and `db.catalogue` from now on."""
    return create_terminal(home, settings, clock, kinds=kinds)


@contextmanager
def a_terminal(
    home: Path,
    clock: Clock,
    settings: TerminalSettings = TERMINAL,
    kinds: Sequence[SubmissionKind] | None = None,
) -> Iterator[Flask]:
    """Make a terminal with an empty catalogue, until the caller is done."""
    yield terminal_app(terminal_home(home, clock, settings), clock, settings, kinds=kinds)
    db.store.close()
    db.catalogue.close()


def as_shown(client: FlaskClient, answer: TestResponse, **how: Any) -> TestResponse:
    """The page of a refused form, to which its redirect leads; any other answer as it is."""
    if answer.status_code != 303 or answer.location.partition("?")[0] != answer.request.path:
        return answer
    page = client.get(answer.headers["Location"], **how)
    return page if page.status_code >= 400 else answer
