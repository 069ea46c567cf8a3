"""Acts at this machine: visits counted, the page's sign of life."""

from __future__ import annotations

from contextlib import suppress

from kiosk import db
from kiosk.clock import Clock, today
from kiosk.errors import StoreUnready
from kiosk.terminal import models


def count_visit(clock: Clock) -> None:
    """Count a visit in which something was entered; on a full disk it is not counted."""
    with suppress(StoreUnready), db.writing(db.store):
        models.count_visit(today(clock))


def note_page(clock: Clock) -> None:
    """Note that the page on the screen is alive; a full disk is ignored, since it reports again."""
    with suppress(StoreUnready), db.writing(db.store):
        models.note_page(clock.now())
