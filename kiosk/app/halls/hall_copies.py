"""
The thread that keeps a hall together: it asks the other machines every two seconds.

A machine that does not own it gets a copy and hands over the numbers it gave. The owner asks the others too, so that it
learns when somebody has taken over meanwhile; after a start it decides nothing until they answered or were silent for
fifteen seconds.
"""

from __future__ import annotations

import logging
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

from config.settings import TerminalSettings
from kiosk.app.halls import hall_line
from kiosk.app.replication.waits import Patience
from kiosk.clock import Clock
from kiosk.db.faults import ERRORS
from kiosk.errors import KioskError
from kiosk.queue import copies, models, turn
from kiosk.queue.copies import NoCopy
from kiosk.queue.turn import OwnMachine
from sync.wire.signing import Transport

EVERY_S = 2.0
SHIFT_MS = 200
"""Most by which a machine's pause is longer than that: by its address, so that they do not ask all at once."""
PATIENCE = Patience(1.0, 1.5, 3.0)

_log = logging.getLogger(__name__)


class HallCopies:
    """The rounds of one machine: each asks the others, the owner first."""

    def __init__(
        self,
        home: Path,
        settings: TerminalSettings,
        clock: Clock,
        line: Callable[[str], Transport] | None = None,
    ) -> None:
        self._home = home
        self._clock = clock
        self._own = OwnMachine.of(settings)
        make = line or (lambda address: hall_line.to(address, clock, PATIENCE))
        self._lines = {each: make(each) for each in self._own.others}
        self._began_s = clock.monotonic()
        self._silent: set[str] = set()
        self._shift_s = zlib.crc32(self._own.address.encode()) % SHIFT_MS / 1000

    @property
    def is_needed(self) -> bool:
        """Return whether there are other machines."""
        return bool(self._lines)

    def one_round(self) -> None:
        """Ask the machines; the owner alone is asked while it answers."""
        turn.begin_listening(self._own, self._clock)
        kept = models.hall()
        is_owner = kept is None or bool(kept.is_owner)
        first = "" if kept is None else kept.owner
        answered = set()
        for address in sorted(self._lines, key=lambda each: each != first):
            try:
                is_obeyed = self._ask(address)
            except ConnectionError as error:
                self._note_silence(address, error)
                continue
            answered.add(address)
            self._silent.discard(address)
            if is_obeyed and not is_owner:
                break
        if is_owner:
            self._may_begin(answered)

    def _ask(self, address: str) -> bool:
        question = copies.question(self._own, self._clock)
        body = hall_line.send(self._home, self._lines[address], hall_line.EXCHANGE, question, self._clock)
        try:
            return copies.take(body, self._own, address, self._clock)
        except NoCopy as error:
            raise ConnectionError(str(error)) from error

    def _note_silence(self, address: str, error: ConnectionError) -> None:
        if address not in self._silent:
            self._silent.add(address)
            _log.warning("queue: %s does not answer: %s", address, error)

    def _may_begin(self, answered: set[str]) -> None:
        """Let this owner decide, once all others have answered or the time is over."""
        waited_s = self._clock.monotonic() - self._began_s
        kept = models.hall()
        if kept is None or kept.asked_boot == self._clock.boot_id() or not kept.is_owner:
            return
        if answered == set(self._lines) or waited_s >= turn.SILENT_S:
            turn.asked_all(self._own, self._clock)

    def run(self, stop: threading.Event) -> None:
        """Run rounds until `stop`; whatever breaks one off, the next one tries again."""
        while not stop.is_set():
            try:
                self.one_round()
            except (KioskError, *ERRORS, OSError) as error:
                _log.error("queue: the round broke off: %s", error)
            stop.wait(EVERY_S + self._shift_s)


def start(home: Path, settings: TerminalSettings, clock: Clock, stop: threading.Event) -> None:
    """Start the thread where the hall has other machines."""
    rounds = HallCopies(home, settings, clock)
    if rounds.is_needed:
        threading.Thread(target=rounds.run, args=(stop,), name="queue", daemon=True).start()
