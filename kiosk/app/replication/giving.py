"""The hub's end of files by their hash: which of them it gives to a terminal."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from kiosk import blobs
from kiosk.catalogue.attachments import store as attachments_store
from kiosk.machine import snapshots
from kiosk.speech import published
from sync.hub.device import Device
from sync.statements import Database

_log = logging.getLogger(__name__)

MAY_FETCH: tuple[Callable[[str], bool], ...] = (attachments_store.may_fetch, published.may_fetch)
"""
Checks of whether terminals may have the file of this name from the hub: both are of published documents, so all may.
"""


def giver(home: Path) -> Callable[[Database, Device, str], Path | None]:
    """Return a function that finds the hub's file of a name, if the device may have it."""
    store, spoken = blobs.of_hub(home), published.of_hub(home)

    def give(_database: Database, _device: Device, sha256: str) -> Path | None:
        if whole := snapshots.path_of(home, sha256):
            return whole
        if not any(may_fetch(sha256) for may_fetch in MAY_FETCH):
            return None
        path = store.sound(sha256) or spoken.path(sha256)
        if path is None:
            _log.error("blob-missing: the hub does not hold a file that is published: %s", sha256)
        return path

    return give
