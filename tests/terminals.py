"""What a terminal knows of a hub without one: for tests that need no hub."""

from __future__ import annotations

from kiosk import db
from kiosk.clock import Clock
from sync.statements import Database
from sync.terminal.enrolment import Enrolment, keep
from sync.terminal.models import HubLink


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
