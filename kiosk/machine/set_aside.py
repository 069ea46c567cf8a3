"""
Damaged files kept for diagnosis below `set-aside/`: few, and not for long, as they may hold what is erased elsewhere.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.clock import stamp
from kiosk.db import sync_folder

FOLDER = "set-aside"
MOST = 3
"""Sets of files kept of each kind."""
KEPT = timedelta(days=14)
MOST_BYTES = 512 * 2**20
"""Most bytes kept of each kind; the last set is kept whatever its size."""


def keep(home: Path, kind: str, files: Iterable[Path], now: datetime) -> Path:
    """
    Keep files under a second name, as a set of this kind; return its folder. Their first names remain.

    Raises OSError.
    """
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    place = folder / f"{kind}-{stamp(now).replace(':', '')}"
    for number in range(1, 100):
        if not place.exists():
            break
        place = folder / f"{kind}-{stamp(now).replace(':', '')}.{number}"
    place.mkdir(mode=0o700)
    for path in files:
        if path.is_file():
            os.link(path, place / path.name)
    sync_folder(place)
    sync_folder(folder)
    return place


def forget(home: Path, now: datetime) -> None:
    """Erase sets that are too old, too many or too large."""
    kinds: dict[str, list[Path]] = {}
    for place in sorted((home / FOLDER).glob("*-*"), reverse=True):
        kinds.setdefault(place.name.split("-", 1)[0], []).append(place)
    for places in kinds.values():
        size = 0
        for number, place in enumerate(places):
            size += sum(path.stat().st_size for path in place.glob("*"))
            is_old = now.timestamp() - place.stat().st_mtime > KEPT.total_seconds()
            if is_old or (number and (number >= MOST or size > MOST_BYTES)):
                shutil.rmtree(place, ignore_errors=True)


def kept(home: Path) -> list[str]:
    """Return the names of the sets that are kept, the newest first."""
    return sorted((place.name for place in (home / FOLDER).glob("*-*")), reverse=True)
