"""A hub's database in a fresh folder, a clock that stands still, and passwords that cost little."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.staff import actions
from kiosk.staff.rules import State
from tests.hub import CHEAP, MONDAY_MORNING, PASSWORD, Hub, build_database, build_hub

AddAccount = Callable[..., State]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


@pytest.fixture
def hub_store(tmp_path: Path, clock: FixedClock) -> Iterator[db.SqliteFile]:
    """The database of a hub; `kiosk.db.store` names it."""
    database = build_database(tmp_path / "hub.sqlite3", clock)
    yield database
    database.close()


@pytest.fixture
def add_account(hub_store: db.SqliteFile, clock: FixedClock) -> AddAccount:
    """Adds an account; with `approved_with` (a recovery key) it is approved at once."""

    def add(
        name: str, role: str = "clerk", *, approved_with: str | None = None, password: str = PASSWORD
    ) -> State:
        with db.writing(hub_store):
            state = actions.add_account(name, role, password, clock.now(), cost=CHEAP)
            if approved_with:
                state = actions.approve(name, now=clock.now(), recovery_key=approved_with).state
        return state

    return add


@pytest.fixture
def recovery_key(hub_store: db.SqliteFile, clock: FixedClock) -> str:
    """The recovery key of the hub's first reading key."""
    with db.writing(hub_store):
        return actions.init_reading_key(clock.now())


@pytest.fixture
def raw(hub_store: db.SqliteFile) -> sqlite3.Connection:
    """The raw connection, for looking."""
    connection: sqlite3.Connection = hub_store.connection()
    return connection


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub that answers."""
    hub = build_hub(tmp_path)
    yield hub
    db.store.obj.close()
