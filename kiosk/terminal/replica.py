"""How fresh the catalogue's replica is, for the start page."""

from __future__ import annotations

from datetime import datetime

import peewee

from kiosk import db
from kiosk.clock import from_stamp
from sync.carried.feed_models import FeedPosition

_AS_OF = db.Statement(lambda: FeedPosition.select(FeedPosition.as_of))


def as_of() -> datetime | None:
    """Return the time that the replica's data dates from; None before the first sync or if it cannot be read."""
    try:
        row = _AS_OF.first(db.catalogue)
    except peewee.DatabaseError:
        return None
    return from_stamp(row[0]) if row and row[0] else None
