"""What is done at this machine: calls for a person, papers of the hall, visits counted, the page's sign of life."""

from __future__ import annotations

from contextlib import suppress

from kiosk import db
from kiosk.clock import Clock, today
from kiosk.errors import StoreFull
from kiosk.terminal import models


def count_visit(clock: Clock) -> None:
    """Count a visit that held something; on a full disk the day has one less."""
    with suppress(StoreFull), db.writing(db.store):
        models.count_visit(today(clock))


def note_page(clock: Clock) -> None:
    """Note that the page on the screen is alive; on a full disk it will say so again."""
    with suppress(StoreFull), db.writing(db.store):
        models.note_page(clock.now())
