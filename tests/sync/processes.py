"""A hub in a process of its own, and terminals of this process that are enrolled with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Self

from config.settings import TerminalSettings
from kiosk import db
from kiosk.cli import making as commands
from kiosk.machine import homes
from kiosk.staff import terminals
from sync.hub.enrolment import TerminalPlace
from tests.clocks import CLOCK
from tests.world import World


class HubProcess(World):
    """
    `python -m kiosk hub` below `folder`, with the sample content, on a port of its own.

    Args:
        address: Of an empty PostgreSQL database, on which several workers may serve.
    """

    def __init__(self, folder: Path, address: str = "", workers: int = 1) -> None:
        super().__init__(folder)
        self.hub_address, self.hub_workers = address, workers

    @property
    def home(self) -> Path:
        return self.hub_home

    @property
    def url(self) -> str:
        return self.hub_url

    def __enter__(self) -> Self:
        self.make_hub()
        self.start("hub")
        return self

    def code(self, name: str) -> str:
        """With which a terminal of this name enrols."""
        database = homes.open_hub(self.home, CLOCK)
        code = terminals.new_code(
            name, TerminalPlace(), life=timedelta(minutes=15), now=CLOCK.now(), by="operator:test"
        )
        database.close_all()
        return code


@contextmanager
def at_hub(home: Path) -> Iterator[sqlite3.Connection]:
    """A write transaction of an operator beside the running hub, while this process is a terminal."""
    station, replica = db.store.obj, db.catalogue.obj
    database = db.open_sqlite(home / homes.HUB_DB)
    db.store.initialize(database)
    db.catalogue.initialize(database)
    try:
        with db.writing(database):
            connection = database.connection()
            yield connection
    finally:
        db.store.initialize(station)
        db.catalogue.initialize(replica)
        database.close_all()


@contextmanager
def enrolled(hub: HubProcess, home: Path, settings: TerminalSettings) -> Iterator[Path]:
    """A terminal at `home`, its databases open until the caller is done."""
    commands.make_terminal(home, replace(settings, hub_url=hub.url), hub.code(str(home)[-60:]))
    homes.open_terminal(home, CLOCK)
    try:
        yield home
    finally:
        db.store.close()
        db.catalogue.close()
