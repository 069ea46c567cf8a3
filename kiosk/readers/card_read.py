"""
What a card gave, for the one visit that asked for it: in the memory of this process only, for two minutes at most.

A card is read only while somebody waits for it, and gives only what that form asks.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.readers.cards import status_words
from kiosk.readers.cards.text_block import CardPart, CardText

ASKED_S = 60.0
"""Seconds for which a visit waits for a card."""
HELD_S = 120.0
"""Seconds for which what was read waits to be taken over."""


@dataclass(frozen=True)
class CardAsked:
    """A visit that waits for a card: its name, the form, what it asks of a card, and until when (steady seconds)."""

    visit: str
    form: str
    wanted: frozenset[CardPart]
    until: float


@dataclass(frozen=True, repr=False)
class CardHeld:
    """What was read for a form of a visit."""

    id: str
    visit: str
    form: str
    text: CardText
    until: float


class CardDesk:
    """The one place between reader and visits; a newer visit takes the place of an earlier one."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._asked: CardAsked | None = None
        self._held: CardHeld | None = None
        self._said = status_words.NOT_LAID

    def ask(self, visit: str, form: str, wanted: frozenset[CardPart]) -> None:
        """Wait for a card; what was read before is dropped."""
        with self._changed:
            self._held, self._said = None, status_words.NOT_LAID
            self._asked = CardAsked(visit, form, wanted, self._monotonic() + ASKED_S)
            self._changed.notify_all()

    def asked(self, wait_s: float = 0.0) -> CardAsked | None:
        """Return what is asked for; with `wait_s` wait so long for somebody to ask."""
        with self._changed:
            if wait_s and self._waiting() is None:
                self._changed.wait(wait_s)
            self._sweep()
            return self._waiting()

    def give(self, asked: CardAsked, text: CardText) -> None:
        """Hold what was read, if the same visit still waits for it."""
        with self._changed:
            if self._waiting() == asked:
                until = self._monotonic() + HELD_S
                self._held = CardHeld(secrets.token_hex(8), asked.visit, asked.form, text, until)
                self._asked = None
                self._changed.notify_all()

    def say(self, asked: CardAsked, code: str) -> None:
        """Note why nothing was read yet."""
        with self._changed:
            if self._asked == asked:
                self._said = code

    def said(self, visit: str) -> str:
        """Return why nothing was read yet for this visit; empty when it does not wait any more."""
        with self._changed:
            waiting = self._waiting()
            return self._said if waiting and waiting.visit == visit else ""

    def held(self, visit: str, form: str, wait_s: float = 0.0) -> CardHeld | None:
        """Return what was read for this form of this visit; with `wait_s` wait so long for it."""
        with self._changed:
            if wait_s:
                self._changed.wait_for(lambda: self._of(visit, form) is not None, wait_s)
            return self._of(visit, form)

    def drop(self, visit: str) -> None:
        """Forget what was read and asked for this visit."""
        with self._changed:
            if self._held and self._held.visit == visit:
                self._held = None
            if self._asked and self._asked.visit == visit:
                self._asked = None

    def keep_only(self, goes_on: Callable[[str], bool]) -> None:
        """Forget all of a visit that has ended."""
        for visit in {each.visit for each in (self._held, self._asked) if each}:
            if not goes_on(visit):
                self.drop(visit)

    @property
    def is_in_use(self) -> bool:
        """Return whether anything is asked for or held."""
        return bool(self._held or self._asked)

    def _of(self, visit: str, form: str) -> CardHeld | None:
        self._sweep()
        found = self._held
        return found if found and (found.visit, found.form) == (visit, form) else None

    def _waiting(self) -> CardAsked | None:
        return self._asked if self._asked and self._monotonic() <= self._asked.until else None

    def _sweep(self) -> None:
        if self._held and self._monotonic() > self._held.until:
            self._held = None
        self._asked = self._waiting()
