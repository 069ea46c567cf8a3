"""
The workers of the readers: a thread a device, which alone speaks with it, opens it again after it was unplugged, and
notes how it is. Nothing that was read leaves this process, and nothing of it is logged.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.readers.card_read import CardAsked, CardDesk
from kiosk.readers.cards import dialogue, status_words
from kiosk.readers.cards.dialogue import ReaderLink
from kiosk.readers.code_read import CodeDesk
from kiosk.readers.errors import CardFault, LinkGone, ReaderFault, Silent
from kiosk.readers.links.code_stream import CodeStream
from kiosk.readers.reader_states import ReaderState, Readiness, StateBoard

CARD, CODE = "card-reader", "code-scanner"
"""Names of the readers wherever a state is shown."""
POLL_S = 0.3
"""Seconds between two looks for a card, as the modules want it."""
LOOK_S = 15.0
"""Seconds between two questions whether an idle reader is ready."""
AGAIN_S = 1.0
"""Seconds after which a device that is not there is tried again."""

_log = logging.getLogger(__name__)

OpenLink = Callable[[], ReaderLink]


class Decoder(Protocol):
    """Makes the text of a scanner from what its link carries."""

    def feed(self, received: bytes) -> bytes:
        """Return what these bytes say."""


def keep_open(
    open_link: OpenLink,
    serve: Callable[[ReaderLink], None],
    note: Callable[[Readiness, str], None],
    stop: threading.Event,
) -> None:
    """Open a device and serve it, again and again: it may be unplugged and plugged in at any time."""
    while not stop.is_set():
        try:
            link = open_link()
            try:
                serve(link)
            finally:
                link.close()
        except LinkGone as gone:
            note(Readiness.NOT, gone.code)
        except Exception as error:  # the border of the thread; its text could hold what was read
            _log.error("a reader failed: %s", type(error).__name__)
            note(Readiness.UNKNOWN, status_words.READER)
        stop.wait(AGAIN_S)


@dataclass
class CardWorker:
    """Reads a card whenever a visit waits for one."""

    open: OpenLink
    desk: CardDesk
    board: StateBoard
    stop: threading.Event

    def run(self) -> None:
        """Serve until `stop`."""
        keep_open(self.open, self._serve, self._note, self.stop)

    def _serve(self, link: ReaderLink) -> None:
        while not self.stop.is_set():
            self._look(link)
            asked = self.desk.asked(LOOK_S)
            while asked and not self.stop.is_set():
                self._read(link, asked)
                asked = self.desk.asked()
                if asked:
                    self.stop.wait(POLL_S)

    def _look(self, link: ReaderLink) -> None:
        try:
            is_ready = dialogue.is_ready(link)
        except LinkGone:
            raise
        except ReaderFault as fault:
            self._note(Readiness.UNKNOWN, fault.code)
        else:
            self._note(*((Readiness.READY, "") if is_ready else (Readiness.NOT, status_words.READER)))

    def _read(self, link: ReaderLink, asked: CardAsked) -> None:
        try:
            self.desk.give(asked, dialogue.read_card(link, asked.wanted))
        except CardFault as fault:
            self.desk.say(asked, fault.code)
        except LinkGone as gone:
            self.desk.say(asked, gone.code)
            raise
        except ReaderFault as fault:
            self.desk.say(asked, fault.code)
            if isinstance(fault, Silent):
                self._note(Readiness.UNKNOWN, fault.code)

    def _note(self, readiness: Readiness, reason: str) -> None:
        self.board.note(CARD, ReaderState(readiness, reason))


@dataclass
class CodeWorker:
    """
    Gives each scanned code to the pages.

    Args:
        decoder: Made for each link that is opened; None: the link carries the text itself.
    """

    open: OpenLink
    desk: CodeDesk
    board: StateBoard
    stop: threading.Event
    monotonic: Callable[[], float]
    silence_s: float
    decoder: Callable[[], Decoder] | None = None

    def run(self) -> None:
        """Serve until `stop`."""
        keep_open(self.open, self._serve, self._note, self.stop)

    def _serve(self, link: ReaderLink) -> None:
        stream, decoder = CodeStream(self.silence_s), self.decoder() if self.decoder else None
        noted = -LOOK_S
        while not self.stop.is_set():
            if self.monotonic() - noted >= LOOK_S:
                noted = self.monotonic()
                self._note(Readiness.READY, "")
            received = link.receive(self.silence_s)
            for text in stream.feed(decoder.feed(received) if decoder else received, self.monotonic()):
                self.desk.give(text)

    def _note(self, readiness: Readiness, reason: str) -> None:
        self.board.note(CODE, ReaderState(readiness, reason))
