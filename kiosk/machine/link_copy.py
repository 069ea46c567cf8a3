"""
A second copy of what a terminal must never lose: who it is to its hub, and how far its numbers have come.

The station file holds both; this copy outlives its damage, even its loss. It is written at enrolment and at the
beginning and end of each round, so that it is at most one token of the hub and one second of numbers behind; the hub
accepts the token before the last.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.counters import Counter
from kiosk.db import real, write_atomically
from kiosk.db.stand_in import StandIn
from sync.statements import Database
from sync.terminal.models import HubLink

FILE = "hub-link.json"
NUMBERS = "number:"
"""Beginning of the name of a day's counter."""
_MOST_DAYS = 3


@dataclass(frozen=True)
class LinkCopy:
    """The row of the hub, with its blobs as bytes, and the last place of a day's numbers by the counter's name."""

    link: dict[str, Any]
    counters: dict[str, int]


def keep(home: Path, database: Any) -> None:
    """Store the copy if the station's content differs from it. Raises OSError."""
    here = real(database)
    found = None if isinstance(here, StandIn) else _of(here)
    if found is None or found == read(home):
        return
    words = {
        "link": {name: _as_text(value) for name, value in found.link.items()},
        "counters": found.counters,
    }
    write_atomically(home / FILE, json.dumps({**words, "sha256": _digest(words)}, sort_keys=True).encode())


def _of(database: Database) -> LinkCopy | None:
    row = HubLink.select().dicts().first(database)
    if row is None:
        return None
    counted = (
        Counter.select(Counter.name, Counter.value)
        .where(Counter.name.startswith(NUMBERS))
        .order_by(Counter.name.desc())
        .limit(_MOST_DAYS)
    )
    return LinkCopy(
        {
            name: bytes(value) if isinstance(value, bytes | memoryview) else value
            for name, value in row.items()
        },
        dict(counted.tuples().execute(database)),
    )


def read(home: Path) -> LinkCopy | None:
    """Return the copy; None if there is none that is whole."""
    try:
        words = json.loads((home / FILE).read_bytes())
        if words.pop("sha256") != _digest(words):
            return None
        return LinkCopy({name: _as_value(value) for name, value in words["link"].items()}, words["counters"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def fits(row: tuple[Any, ...] | None, home: Path) -> bool:
    """
    Return whether a station still says what the copy says: the same hub, and no fewer places given out.

    Args:
        row: device, terminal, epoch, hub_key and last_seq of the station.
    """
    copy = read(home)
    if copy is None or row is None:
        return copy is None
    said = tuple(copy.link[name] for name in ("device", "terminal", "epoch", "hub_key"))
    return tuple(row[:4]) == said and row[4] >= copy.link["last_seq"]


def _digest(words: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


def _as_text(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _as_value(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value
