"""
The catalogue's file on a stick: written at a hub, taken at a terminal that its line does not reach or only slowly.

It is the file that terminals fetch, beside it what is said of it, signed by the hub. A terminal takes it after the same
checks as one that came over the line; a sound catalogue is only replaced by a newer one of the same feed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from kiosk import db
from kiosk.clock import Clock
from kiosk.errors import Refused
from kiosk.machine import snapshots
from kiosk.machine.catalogue_file import fault_of, named
from sync.carried import snapshot
from sync.carried.feed import Position, position
from sync.carried.snapshot import Manifest
from sync.terminal.models import HubLink
from sync.wire.errors import Malformed, PageBroken

SIGNED = "catalogue.signed.json"
MOST_BYTES = 4_000
"""Bytes read of what is said of the file."""


def write(home: Path, folder: Path, seed: bytes) -> Manifest:
    """
    Copy a hub's newest file of the catalogue into a folder, with its signed description.

    Args:
        seed: The hub's signing key.
    Raises:
        Refused: "no-snapshot", "stick-not-written".
    """
    manifest = snapshots.newest(home, position(db.real(db.store)))
    path = snapshots.path_of(home, manifest.sha256) if manifest else None
    if manifest is None or path is None:
        raise Refused("no-snapshot", "the hub has no file of its catalogue yet")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / _name(manifest))
        db.write_atomically(folder / SIGNED, snapshot.signed(seed, manifest))
    except OSError as error:
        raise Refused("stick-not-written", f"{folder.name}: {error.strerror}") from error
    return manifest


def take(home: Path, folder: Path, clock: Clock) -> Manifest:
    """
    Put the catalogue of a stick in place at the terminal whose databases are bound.

    Raises:
        Refused: "not-enrolled", "stick-unread", "stick-not-signed" (nothing there is the hub's), "stick-not-newer",
            "stick-wrong" (the file is not the one that was signed, or damaged).
        StoreFull: No room.
    """
    manifest = _said(folder)
    here = _here(home)
    if here and (here.epoch != manifest.epoch or here.seq >= manifest.seq):
        raise Refused("stick-not-newer", f"{manifest.epoch}-{manifest.seq} is not newer than what is here")
    try:
        with (folder / _name(manifest)).open("rb") as packed:
            snapshots.take(home, packed, manifest, clock)
    except PageBroken as error:
        raise Refused("stick-wrong", f"{_name(manifest)}: {error}") from error
    except OSError as error:
        raise Refused("stick-unread", f"{_name(manifest)}: {error.strerror}") from error
    return manifest


def _said(folder: Path) -> Manifest:
    link = HubLink.select(HubLink.hub_key).first(db.store)
    if link is None:
        raise Refused("not-enrolled", "this terminal has no hub yet")
    try:
        with (folder / SIGNED).open("rb") as described:
            return snapshot.read_signed(described.read(MOST_BYTES), bytes(link.hub_key))
    except OSError as error:
        raise Refused("stick-unread", f"{SIGNED}: {error.strerror}") from error
    except Malformed as error:
        raise Refused("stick-not-signed", f"{SIGNED}: not signed by this terminal's hub") from error


def _here(home: Path) -> Position | None:
    """Return the position of the terminal's catalogue in the feed; None where it has none that is sound."""
    path = named(home)
    return None if fault_of(path) else position(db.real(db.catalogue))


def _name(manifest: Manifest) -> str:
    return f"{manifest.sha256}.sqlite3.zst"
