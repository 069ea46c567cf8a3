"""A terminal as an application of this process, with an empty catalogue and a store of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from config import settings as config
from config.settings import TerminalSettings
from kiosk import db, homes
from kiosk.app import create_terminal
from kiosk.clock import Clock


@contextmanager
def a_terminal(home: Path, clock: Clock, settings: TerminalSettings | None = None) -> Iterator[Flask]:
    """At `home`, until the caller is done; its databases are `db.store` and `db.catalogue` meanwhile."""
    settings = settings or TerminalSettings()
    (home / homes.TERMINAL_FILE).write_text(config.as_toml(homes.TERMINAL_FILE, settings), "utf-8")
    db.create_catalogue(home, "0" * 32, clock.now())
    yield create_terminal(home, settings, clock)
    db.store.close()
    db.catalogue.close()
