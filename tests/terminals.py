"""A terminal as an application of this process, with an empty catalogue and a store of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from config import settings as config
from config.settings import TerminalSettings
from kiosk import db
from kiosk.app import create_terminal
from kiosk.clock import Clock
from kiosk.intake.kinds import SubmissionKind
from kiosk.machine import homes
from sync.statements import Database
from sync.terminal.enrolment import Enrolment, keep
from sync.terminal.models import HubLink
from tests.building import terminal_settings


@contextmanager
def a_terminal(
    home: Path,
    clock: Clock,
    settings: TerminalSettings | None = None,
    kinds: Sequence[SubmissionKind] | None = None,
) -> Iterator[Flask]:
    """At `home`, until the caller is done; its databases are `db.store` and `db.catalogue` meanwhile."""
    settings = settings or terminal_settings()
    (home / homes.TERMINAL_FILE).write_text(config.as_toml(homes.TERMINAL_FILE, settings), "utf-8")
    db.create_catalogue(home, "0" * 32, clock.now())
    yield create_terminal(home, settings, clock, kinds=kinds)
    db.store.close()
    db.catalogue.close()


def link(
    clock: Clock, *, seal_key: bytes = b"s" * 32, station: Database | None = None, **told: str | int
) -> None:
    """A hub for a terminal that never spoke with one; `told` is what that hub said since."""
    station = station or db.store
    known = Enrolment("device-1", "GX03", "A", b"k" * 32, "hub-a", seal_key, "key-1", "feed-a")
    with db.writing(station):
        keep(station, known, clock.now())
        if told:
            HubLink.update(**told).execute(station)
