"""
What a printer says back, masked and three-valued: ok, not ok with a reason, or unknown, which is never ok.

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
    """Whether the printer can print."""

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
        """Only a printer that said so may get a job."""
        return self.health in (Health.OK, Health.LOW)


class Kind(StrEnum):
    """Which question an answer belongs to."""

    DLE = "dle"
    ASB = "asb"
    GS_R = "gs_r"
    GS_H = "gs_h"
    NOISE = "noise"


@dataclass(frozen=True)
class Answer:
    """One answer as it was sent."""

    kind: Kind
    data: bytes


class Answers:
    """Splits the bytes that come back into answers, however they are cut into packets."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Answer]:
        """The answers that are whole by now."""
        self._rest += data
        while self._rest:
            size = self._size(self._rest)
            if len(self._rest) < size:
                return
            whole, self._rest = self._rest[:size], self._rest[size:]
            yield Answer(self._kind(whole), whole)

    @staticmethod
    def _size(data: bytes) -> int:
        if data[: len(_JOB_END_HEAD)] == _JOB_END_HEAD[: len(data)]:
            return 7
        return 4 if data[0] & _DLE_MASK == _ASB_FIXED else 1

    @staticmethod
    def _kind(whole: bytes) -> Kind:
        if len(whole) == 7:
            return Kind.GS_H
        if len(whole) == 4:
            return Kind.ASB
        if whole[0] & _DLE_MASK == _DLE_FIXED:
            return Kind.DLE
        return Kind.GS_R if whole[0] & _GS_R_MASK == 0 else Kind.NOISE


def is_status(byte: int) -> bool:
    """Whether a byte has the fixed bits of an answer to DLE EOT."""
    return byte & _DLE_MASK == _DLE_FIXED


def judged(printer: int, offline: int, error: int, paper: int) -> Status:
    """The verdict over the four answers to DLE EOT 1 to 4; each must have its fixed bits."""
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
