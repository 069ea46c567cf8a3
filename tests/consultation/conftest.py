"""A hub's database on each engine, bound as `db.store`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import FixedClock
from tests.hub import build_database


@pytest.fixture
def store(address: str, tmp_path: Path, clock: FixedClock) -> Iterator[db.Store]:
    """A hub's database with one terminal."""
    opened = build_database(tmp_path, clock, address)
    with db.connected():
        yield opened
    opened.close_all()
