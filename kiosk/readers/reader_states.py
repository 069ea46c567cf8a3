"""
How each reader is: ready, not ready, or unknown; in memory-backed storage, for the other processes of this machine.

Only states are written there, never anything that was read. What was not renewed for a minute and a half, or comes from
another boot, is unknown.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kiosk import db

FILE = "readers.json"
STALE_S = 90.0


class Readiness(StrEnum):
    """Whether a reader can be used."""

    READY = "ready"
    NOT = "not"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ReaderState:
    """Readiness and the code of its reason: empty, or one of `cards.status_words.WORDS`."""

    readiness: Readiness
    reason: str = ""


UNKNOWN = ReaderState(Readiness.UNKNOWN, "not-heard")


class StateBoard:
    """
    The states of this machine's readers.

    Args:
        folder: In memory, of this machine. boot: Id of this boot. monotonic: Steady seconds of it.
    """

    def __init__(self, folder: Path, boot: Callable[[], str], monotonic: Callable[[], float]) -> None:
        self._file = folder / FILE
        self._boot, self._monotonic = boot, monotonic
        self._lock = threading.Lock()
        self._own: dict[str, ReaderState] = {}

    def note(self, name: str, state: ReaderState) -> None:
        """Write the state of a reader; without room it is unknown to the others."""
        with self._lock:
            self._own[name] = state
            at = self._monotonic()
            lines = {
                each: {"readiness": found.readiness, "reason": found.reason, "at": at}
                for each, found in self._own.items()
            }
            with suppress(OSError):
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                db.write_atomically(self._file, json.dumps({"boot": self._boot(), "readers": lines}).encode())

    def of(self, name: str) -> ReaderState:
        """Return the state of a reader as this process, or the one that serves it, has seen it last."""
        return self._read().get(name, UNKNOWN)

    def own(self, name: str) -> ReaderState:
        """Return the state of a reader that this process serves."""
        with self._lock:
            return self._own.get(name, UNKNOWN)

    def _read(self) -> Mapping[str, ReaderState]:
        try:
            kept = json.loads(self._file.read_bytes())
            if kept["boot"] != self._boot():
                return {}
            now = self._monotonic()
            return {
                name: ReaderState(Readiness(line["readiness"]), str(line["reason"]))
                for name, line in kept["readers"].items()
                if now - float(line["at"]) <= STALE_S
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}
