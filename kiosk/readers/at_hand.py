"""What pages get of the readers from the wiring: what was read, what was scanned, and how each reader is."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from kiosk.readers.card_read import CardDesk
from kiosk.readers.code_read import CodeDesk
from kiosk.readers.reader_states import ReaderState, Readiness, StateBoard
from kiosk.readers.reader_worker import CARD, CODE


@dataclass(frozen=True)
class Readers:
    """The readers of one terminal. cards, codes: None where there is no such reader. stop: Set, their threads end."""

    board: StateBoard
    cards: CardDesk | None = None
    codes: CodeDesk | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def takes_cards(self) -> bool:
        """Return whether a card can be read now; where that is not known, nobody is sent to the reader."""
        return self.cards is not None and self.board.own(CARD).readiness is Readiness.READY

    def states(self) -> dict[str, ReaderState]:
        """Return the state of each reader that this terminal has."""
        there = {CARD: self.cards, CODE: self.codes}
        return {name: self.board.own(name) for name, desk in there.items() if desk is not None}

    def forget(self, visit: str) -> None:
        """Forget all that was read for a visit, which ends."""
        if self.cards is not None:
            self.cards.drop(visit)
