"""
Side lists at a terminal: lists that the hub makes for this machine alone, kept in the station's database.

`kiosk/app/replication/lists_for_devices.py` names the maker of each list; features read them, and erase parts before
the hub does where a time limit is over.
"""

from __future__ import annotations

from datetime import datetime

from sync.statements import Database
from sync.terminal import held_lists

WORDS, HALL_STAFF, NAMED_ROWS, AUDIO = "words", "hall-staff", "named-rows", "audio"
WORKDAYS = "workdays"
ORGAN_KEYS = "organ-keys"
SUPPLY = "consultation"
BOOKINGS = "bookings"
SEATS = "seats"
HALL_MACHINES = "hall-machines"


def read(database: Database, name: str) -> bytes | None:
    """Return the list of this name, or None when the hub gives this terminal none."""
    return held_lists.read(database, name)


def digest(database: Database, name: str) -> str:
    """Return the SHA-256 of the list, empty when there is none: a cheap check that what was read still holds."""
    return held_lists.held(database).get(name, "")


def replace(database: Database, name: str, content: bytes | None, now: datetime) -> None:
    """Replace a list by the part of it that may be kept, or erase it (None); inside a write transaction."""
    held_lists.keep(database, name, content, now)
