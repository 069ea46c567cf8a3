"""
Replies of a printer, read into three values: ok, not ok with a reason, or unknown, which never counts as ok.

Source: Epson ESC/POS guide, DLE EOT, GS a, GS r, GS ( H; PRINTING.md, 1 (stale bytes, ASB packets, closed links).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_DLE_MASK, _DLE_FIXED = 0b1001_0011, 0b0001_0010
_ASB_FIXED = 0b0001_0000
_GS_R_MASK = 0b1001_0000
_JOB_END_HEAD = b"\x37\x22"


class Health(StrEnum):
    """State of a printer: ok, near the end of its paper, not ok, or unknown."""

    OK = "ok"
    LOW = "low"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Status:
    """Health and its reason, a code: paper-low paper-out cover-open cutter error offline silent garbage not-reached."""

    health: Health
    reason: str = ""

    @property
    def may_print(self) -> bool:
        """Return whether a job may be sent: only to a printer that reported that it can print."""
        return self.health in (Health.OK, Health.LOW)


class ReplyKind(StrEnum):
    """The question that an answer belongs to."""

    DLE = "dle"
    ASB = "asb"
    GS_R = "gs_r"
    GS_H = "gs_h"
    NOISE = "noise"


@dataclass(frozen=True)
class PrinterReply:
    """One answer as it was sent."""

    kind: ReplyKind
    data: bytes


class Answers:
    """A splitter of received bytes into answers, whatever packets they came in."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[PrinterReply]:
        """Yield the answers that are complete once `data` is added."""
        self._rest += data
        while self._rest:
            size = self._size(self._rest)
            if len(self._rest) < size:
                return
            whole, self._rest = self._rest[:size], self._rest[size:]
            yield PrinterReply(self._kind(whole), whole)

    @staticmethod
    def _size(data: bytes) -> int:
        if data[: len(_JOB_END_HEAD)] == _JOB_END_HEAD[: len(data)]:
            return 7
        return 4 if data[0] & _DLE_MASK == _ASB_FIXED else 1

    @staticmethod
    def _kind(whole: bytes) -> ReplyKind:
        if len(whole) == 7:
            return ReplyKind.GS_H
        if len(whole) == 4:
            return ReplyKind.ASB
        if whole[0] & _DLE_MASK == _DLE_FIXED:
            return ReplyKind.DLE
        return ReplyKind.GS_R if whole[0] & _GS_R_MASK == 0 else ReplyKind.NOISE


def is_status(byte: int) -> bool:
    """Return whether a byte has the fixed bits of an answer to DLE EOT."""
    return byte & _DLE_MASK == _DLE_FIXED


def judged(printer: int, offline: int, error: int, paper: int) -> Status:
    """Return the status that follows from the four answers to DLE EOT 1 to 4; each must have its fixed bits."""
    if not all(map(is_status, (printer, offline, error, paper))):
        return Status(Health.UNKNOWN, "garbage")
    if paper & 0x60 or offline & 0x20:
        return Status(Health.BAD, "paper-out")
    if offline & 0x04:
        return Status(Health.BAD, "cover-open")
    if error & 0x08:
        return Status(Health.BAD, "cutter")
    if error & 0x64 or offline & 0x40:
        return Status(Health.BAD, "error")
    if printer & 0x08 or offline & 0x08:
        return Status(Health.BAD, "offline")
    return Status(Health.LOW, "paper-low") if paper & 0x0C else Status(Health.OK)
