"""Replicas of the catalogue at a terminal: created, opened, and changed when another one becomes current."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

from kiosk.db.atomic import write_atomically
from kiosk.db.engine import SqliteFile, catalogue, open_sqlite, writing
from kiosk.db.migrations import migrate
from kiosk.errors import StoreDamaged
from sync.carried.feed_models import FeedPosition

CACHE_KIB = 512
"""Each thread of the pages has such a cache; the system's own one of the file is behind it, for all of them."""


def create_catalogue(home: Path, epoch: str, now: datetime) -> Path:
    """Create an empty replica for feed `epoch` in `home/catalogue` and make it the current one; return its path."""
    path = new_replica(home, epoch, now)
    write_atomically(path.parent / "current", path.name.encode())
    return path


def new_replica(home: Path, epoch: str, now: datetime, name: str = "") -> Path:
    """
    Create an empty replica for feed `epoch` in `home/catalogue` that is not current yet; return its path.

    Args:
        name: Of its file; usually the epoch and position 0.
    """
    folder = home / "catalogue"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / (name or f"{epoch}-0.sqlite3")
    database = open_sqlite(path)
    migrate(database, "catalogue", now)
    with writing(database):
        FeedPosition.insert(one=1, epoch=epoch, seq=0).on_conflict_ignore().execute(database)
    database.close()
    return path


def open_catalogue(home: Path) -> SqliteFile:
    """
    Return the replica that `catalogue/current` names.

    Raises:
        StoreDamaged: "no-catalogue" when there is none; an empty one is never made in its place.
    """
    try:
        path = home / "catalogue" / (home / "catalogue" / "current").read_text("utf-8").strip()
        if path.is_file() and path.stat().st_size:
            return open_sqlite(path, cache_kib=CACHE_KIB)
    except (OSError, ValueError) as error:
        raise StoreDamaged("no-catalogue", "catalogue/current cannot be read") from error
    raise StoreDamaged("no-catalogue", "catalogue/current names nothing")


_following = threading.Lock()


def follow_catalogue(home: Path) -> bool:
    """
    Open the replica that `catalogue/current` names if it is not the open one; return whether it changed.

    Raises:
        StoreDamaged, StoreFull: It cannot be opened; the old one stays open.
    """
    try:
        name = (home / "catalogue" / "current").read_text("utf-8").strip()
    except (OSError, ValueError):
        return False  # the open replica can still be read
    with _following:
        if catalogue.obj.path.name == name or not (home / "catalogue" / name).is_file():
            return False
        before = catalogue.obj
        catalogue.initialize(open_catalogue(home))
    before.close()  # other threads release it with their next query
    return True
