"""The card reader of the virtual reader: what it answers to each command, and how it fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from kiosk.readers.cards.frames import Command, framed, request
from tools.virtual_reader.cards import CARDS, PICTURE, MadeUpCard

FAULTS = {
    "none": "正常",
    "taken-away": "读到一半拿走",
    "not-a-card": "不认的卡",
    "broken-frame": "断掉的帧",
    "silence": "不回话",
    "wrong-check": "校验错",
    "flood": "乱发一通",
}
"""Faults by name, each with its words on the page."""
FLOOD = bytes.fromhex("AAAAAA") * 2_000
PIECE_BYTES = 64
"""Bytes of one write, as a USB reader sends them."""
_STATUS, _GONE_AT = b"\0\0\x90", 600


@dataclass
class CardReader:
    """The card that is laid on the reader, its fault, and its answers; `asked` counts the commands it has had."""

    card: MadeUpCard | None = None
    fault: str = "none"
    asked: dict[Command | None, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lay(self, name: str) -> None:
        """Lay a made-up card on it; an empty name takes the card away. Raises KeyError for no such card."""
        card = CARDS[name] if name else None
        with self._lock:
            self.card = card

    def set_fault(self, name: str) -> None:
        """Let it fail in this way from now on. Raises KeyError for no such fault."""
        if name not in FAULTS:
            raise KeyError(name)
        with self._lock:
            self.fault = name

    def answer(self, asked: bytes) -> Iterator[bytes]:
        """Yield the answer to one frame, in pieces."""
        command = next((each for each in Command if request(each) == asked), None)
        with self._lock:
            self.asked[command] = self.asked.get(command, 0) + 1
            whole = self._answer(command)
        for at in range(0, len(whole), PIECE_BYTES):
            yield whole[at : at + PIECE_BYTES]

    def _answer(self, command: Command | None) -> bytes:
        if self.fault == "silence":
            return b""
        if self.fault == "flood":
            return FLOOD
        whole = framed(self._body(command))
        if self.fault == "wrong-check":
            return whole[:-1] + bytes([whole[-1] ^ 1])
        if self.fault == "broken-frame":
            return whole[: len(whole) // 2]
        if self.fault == "taken-away" and command is Command.READ:
            return whole[:_GONE_AT] + framed(b"\0\0\x41")
        return whole

    def _body(self, command: Command | None) -> bytes:
        if command is Command.STATUS:
            return _STATUS
        if command is Command.MODULE:
            return _STATUS + bytes.fromhex("05000100E5D6340139300000320901 00")
        if command not in (Command.FIND, Command.SELECT, Command.READ):
            return b"\0\0\x21"
        if self.card is None:
            return b"\0\0\x80" if command is Command.FIND else b"\0\0\x81"
        if command is Command.FIND:
            return b"\0\0\x9f" + bytes(4)
        if command is Command.SELECT:
            return b"\0\0\x31" if self.fault == "not-a-card" else _STATUS + bytes(8)
        return _STATUS + b"\x01\0\x04\0" + self.card.block() + PICTURE
