"""A hub's database in a fresh folder, a clock that stands still, and passwords that cost little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.machine import homes
from kiosk.staff import actions
from kiosk.staff.rules import AccountState
from tests.building import MadeHub, enrolled_hub
from tests.hub import CHEAP, MONDAY_MORNING, PASSWORD, Hub, Raw, build_hub

AddAccount = Callable[..., AccountState]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


@pytest.fixture
def made(tmp_path: Path, address: str) -> MadeHub:
    """A hub's home, on both engines."""
    return enrolled_hub(tmp_path, address)


@pytest.fixture
def hub_store(made: MadeHub, clock: FixedClock) -> Iterator[db.Store]:
    """The database of a hub; `kiosk.db.store` names it."""
    database = homes.open_hub(made.home, clock)
    yield database
    database.close_all()


@pytest.fixture
def add_account(hub_store: db.Store, clock: FixedClock) -> AddAccount:
    """Adds an account; with `approved_with` (a recovery key) it is approved at once."""

    def add(
        name: str, role: str = "clerk", *, approved_with: str | None = None, password: str = PASSWORD
    ) -> AccountState:
        with db.writing(hub_store):
            state = actions.add_account(name, role, password, clock.now(), cost=CHEAP)
            if approved_with:
                state = actions.approve(name, now=clock.now(), recovery_key=approved_with).state
        return state

    return add


@pytest.fixture
def recovery_key(made: MadeHub) -> str:
    """The recovery key of the hub's first reading key."""
    return made.recovery_key


@pytest.fixture
def raw(hub_store: db.Store) -> Raw:
    """What is stored, for looking."""
    return Raw(hub_store)


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    """A hub that answers, on both engines."""
    hub = build_hub(tmp_path, address)
    yield hub
    db.real(db.store).close_all()
