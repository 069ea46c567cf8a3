"""Pseudo-terminals that act as a card reader and a code scanner, each below a fixed name."""

from __future__ import annotations

import os
import select
import termios
import threading
import tty
from contextlib import suppress
from pathlib import Path

from kiosk.readers.cards.frames import LENGTH_BYTES, PREAMBLE
from tools.virtual_reader.card_reader import CardReader

HEAD = len(PREAMBLE) + LENGTH_BYTES
LOOK_S = 0.2
CARDS, CODES = "cards", "codes"
"""Names of the devices of the virtual readers in their folder."""


class Port:
    """A pseudo-terminal with a link to its other side, which is plugged in and out."""

    def __init__(self, name: Path) -> None:
        self.name = name
        self.here = -1
        self._there = -1
        self.plug_in()

    def plug_in(self) -> None:
        """Make the device, below its name."""
        self.here, self._there = os.openpty()
        tty.setraw(self._there, termios.TCSANOW)
        os.set_blocking(self.here, False)
        self.name.unlink(missing_ok=True)
        self.name.symlink_to(os.ttyname(self._there))

    def unplug(self) -> None:
        """Take the device away: who has it open gets an error."""
        self.name.unlink(missing_ok=True)
        for file in (self._there, self.here):
            os.close(file)
        self.here = self._there = -1

    def write(self, data: bytes) -> None:
        """Send bytes to the one who listens; without a listener they are lost."""
        rest = data
        while rest and select.select([], [self.here], [], LOOK_S)[1]:
            with suppress(BlockingIOError):
                rest = rest[os.write(self.here, rest) :]

    def read(self, wait_s: float) -> bytes:
        """Return what came within this time."""
        if not select.select([self.here], [], [], wait_s)[0]:
            return b""
        with suppress(OSError):
            return os.read(self.here, 4_096)
        return b""


class CardPort:
    """Serves a virtual card reader at a port, from a thread, until `close`."""

    def __init__(self, port: Port, reader: CardReader) -> None:
        self._port, self._reader = port, reader
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="virtual-cards", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        held = b""
        while not self._stop.is_set():
            held = (held + self._port.read(LOOK_S))[-256:]
            while (frame := _frame(held)) is not None:
                held = held[held.index(frame) + len(frame) :]
                for piece in self._reader.answer(frame):
                    self._port.write(piece)


def _frame(held: bytes) -> bytes | None:
    at = held.find(PREAMBLE)
    if at < 0 or len(held) < at + HEAD:
        return None
    size = HEAD + int.from_bytes(held[at + len(PREAMBLE) : at + HEAD], "big")
    return held[at : at + size] if len(held) >= at + size else None
