"""
Frames of a card reader's safety module, built and parsed. Source: GA 467 as described in public sources.

A frame is `AA AA AA 96 69`, two length bytes, so many bytes; the last of them is the exclusive or of all from the
first length byte on. A reply begins with three status bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import reduce

PREAMBLE = bytes.fromhex("AAAAAA9669")
LENGTH_BYTES = 2
STATUS_BYTES = 3
SHORTEST = STATUS_BYTES + 1
"""Bytes of the shortest reply after its length: status and check."""
LONGEST = 2_400
"""Bytes after the length that a reply never exceeds: the longest of the standard has 2,314."""


class Command(Enum):
    """
    What a terminal asks of a reader: command byte, parameter byte.

    The command that also reads fingerprints (30 10) is no member: a terminal has no business with them.
    """

    STATUS = (0x11, 0xFF)
    MODULE = (0x12, 0xFF)
    FIND = (0x20, 0x01)
    SELECT = (0x20, 0x02)
    READ = (0x30, 0x01)


@dataclass(frozen=True, repr=False)
class ModuleReply:
    """A whole reply: its third status byte, which alone says how it went, and its data."""

    status: int
    data: bytes

    def __repr__(self) -> str:
        return f"ModuleReply({self.status:02X}, {len(self.data)} bytes)"


def check_byte(covered: bytes) -> int:
    """Return the exclusive or of the bytes from the length to the end of the data."""
    return reduce(lambda left, right: left ^ right, covered, 0)


def request(command: Command) -> bytes:
    """Return the frame of a command."""
    return framed(bytes(command.value))


def framed(body: bytes) -> bytes:
    """Return a frame around a body without check byte; a virtual reader makes its replies with it too."""
    covered = (len(body) + 1).to_bytes(LENGTH_BYTES, "big") + body
    return PREAMBLE + covered + bytes([check_byte(covered)])


class FrameStream:
    """
    Replies out of a stream of bytes that may have stray, lost and wrong ones.

    Where a frame does not hold, one byte is dropped and the search goes on: the next frame may begin inside it.
    """

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, received: bytes) -> list[ModuleReply]:
        """Return the replies that are whole with these bytes."""
        self._held += received
        return self._replies()

    def give_up(self) -> list[ModuleReply]:
        """Return the replies that are found when the frame that was begun never ends: its length may be wrong."""
        found: list[ModuleReply] = []
        while self._held:
            del self._held[:1]
            found += self._replies()
        return found

    def forget(self) -> None:
        """Overwrite and drop what is held."""
        self._held[:] = bytes(len(self._held))
        self._held.clear()

    @property
    def has_begun(self) -> bool:
        """Return whether bytes wait for the rest of their frame."""
        return bool(self._held)

    def _replies(self) -> list[ModuleReply]:
        found: list[ModuleReply] = []
        while self._starts_a_frame():
            size = self._size()
            if size is None or len(self._held) < size:
                break
            reply = self._reply(size)
            if reply:
                found.append(reply)
                self._held[:size] = bytes(size)
            del self._held[: size if reply else 1]
        return found

    def _starts_a_frame(self) -> bool:
        """Drop bytes until the rest may begin a frame; return whether any are left."""
        at = 0
        while at < len(self._held) and not self._may_begin(at):
            at += 1
        del self._held[:at]
        return bool(self._held)

    def _may_begin(self, at: int) -> bool:
        head = self._held[at : at + len(PREAMBLE)]
        if head != PREAMBLE[: len(head)]:
            return False
        length = self._held[at + len(PREAMBLE) : at + len(PREAMBLE) + LENGTH_BYTES]
        return len(length) < LENGTH_BYTES or SHORTEST <= int.from_bytes(length, "big") <= LONGEST

    def _size(self) -> int | None:
        length = self._held[len(PREAMBLE) : len(PREAMBLE) + LENGTH_BYTES]
        if len(length) < LENGTH_BYTES:
            return None
        return len(PREAMBLE) + LENGTH_BYTES + int.from_bytes(length, "big")

    def _reply(self, size: int) -> ModuleReply | None:
        covered = bytes(self._held[len(PREAMBLE) : size - 1])
        if check_byte(covered) != self._held[size - 1]:
            return None
        body = covered[LENGTH_BYTES:]
        return ModuleReply(body[STATUS_BYTES - 1], body[STATUS_BYTES:])
