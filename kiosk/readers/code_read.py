"""The last code that was scanned, in the memory of this process only, until a page takes it or its moment is over."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

FRESH_S = 15.0
"""Seconds after which a code is forgotten: the next person must not meet it."""


@dataclass(frozen=True, repr=False)
class Scanned:
    """A code with a name of its own, which says nothing of it."""

    id: str
    text: str
    at: float


class CodeDesk:
    """The one place between scanner and pages."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._last: Scanned | None = None

    def give(self, text: str) -> None:
        """Hold a code, in place of an earlier one."""
        with self._changed:
            self._last = Scanned(secrets.token_hex(8), text, self._monotonic())
            self._changed.notify_all()

    def waiting(self) -> str:
        """Return the name of a code that nobody has taken; empty: there is none."""
        with self._changed:
            found = self._fresh()
            return found.id if found else ""

    def take(self, wait_s: float = 0.0) -> str | None:
        """Return the text of the code and forget it; None: there is none, also after waiting so long."""
        with self._changed:
            if wait_s:
                self._changed.wait_for(lambda: self._fresh() is not None, wait_s)
            found, self._last = self._fresh(), None
            return found.text if found else None

    def _fresh(self) -> Scanned | None:
        if self._last and self._monotonic() - self._last.at > FRESH_S:
            self._last = None
        return self._last
