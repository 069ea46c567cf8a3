"""A hub's database in a fresh folder, a clock that stands still, and passwords that cost little."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.staff import actions
from kiosk.staff.keys import Cost
from kiosk.staff.models import Account

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSWORD = "梧桐树下 eleven"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))


@pytest.fixture
def hub_store(tmp_path: Path, clock: FixedClock) -> Iterator[db.SqliteFile]:
    """The database of a hub, migrated; `kiosk.db.store` names it."""
    database = db.open_sqlite(tmp_path / "hub.sqlite3")
    db.migrate(database, "catalogue", clock.now())
    db.migrate(database, "hub", clock.now())
    db.store.initialize(database)
    yield database
    database.close()


AddAccount = Callable[..., Account]


@pytest.fixture
def add_account(hub_store: db.SqliteFile, clock: FixedClock) -> AddAccount:
    """Adds an account; with `approved_with` (a recovery key) it is approved at once."""

    def add(
        name: str, role: str = "clerk", *, approved_with: str | None = None, password: str = PASSWORD
    ) -> Account:
        with db.writing(hub_store) as connection:
            account = actions.add_account(connection, name, role, password, clock.now(), cost=CHEAP)
            if approved_with:
                account = actions.approve(connection, name, now=clock.now(), recovery_key=approved_with)
        return account

    return add


@pytest.fixture
def recovery_key(hub_store: db.SqliteFile, clock: FixedClock) -> str:
    """The recovery key of the hub's first reading key."""
    with db.writing(hub_store) as connection:
        return actions.init_reading_key(connection, clock.now())


@pytest.fixture
def raw(hub_store: db.SqliteFile) -> sqlite3.Connection:
    """The raw connection, for looking."""
    connection: sqlite3.Connection = hub_store.connection()
    return connection
