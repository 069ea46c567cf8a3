"""
Answers that are being read at this terminal: in the memory of this process only, and gone with their visit.

What a visit keeps itself is the key, in its encrypted row; where this memory lacks the answer (another process, another
name of the visit) it is fetched again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from kiosk.intake.handover.answer_seal import SealedLetter

MOST = 8
"""Answers held at once; of more the one that was held first is fetched again when it is asked for."""


class HeldAnswers:
    """The answers of one process, by the name of their visit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, SealedLetter] = {}

    def hold(self, visit: str, answer: SealedLetter) -> None:
        """Hold an answer for a visit, in place of an earlier one."""
        with self._lock:
            self._held.pop(visit, None)
            while len(self._held) >= MOST:
                del self._held[next(iter(self._held))]
            self._held[visit] = answer

    def of(self, visit: str, number: str) -> SealedLetter | None:
        """Return the answer of this number that the visit reads."""
        with self._lock:
            found = self._held.get(visit)
        return found if found and found.number == number else None

    def keep_only(self, goes_on: Callable[[str], bool]) -> None:
        """Drop the answers of visits that have ended."""
        with self._lock:
            names = list(self._held)
        for name in names:
            if not goes_on(name):
                with self._lock:
                    self._held.pop(name, None)

    def __len__(self) -> int:
        return len(self._held)
