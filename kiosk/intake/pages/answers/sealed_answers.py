"""What the pages of an answer need from other rooms: the hub's sealed answers, and pages drawn from memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.intake.pages.answers.held import HeldAnswers
from sync.wire.lookups import LockGiven


class DrawnPage(Protocol):
    """One page as a picture, with its words and the number of pages."""

    @property
    def pages(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def words(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def type(self) -> str: ...


@dataclass(frozen=True)
class Collecting:
    """
    Args:
        ask_lock: Asks the hub how the key of a number's answer is made, for its query code.
            Raises ConnectionError.
        fetch: Fetches an answer of so many sealed bytes, for the proof. Raises ConnectionError; Refused
            "proof-wrong", "proof-closed".
        draw: Draws one page of a PDF in memory, so wide. Raises Refused.
        goes_on: Returns whether the visit with this name has not ended.
    """

    ask_lock: Callable[[str, str], LockGiven]
    fetch: Callable[[str, str, int], bytes]
    draw: Callable[[bytes, int, int], DrawnPage]
    goes_on: Callable[[str], bool]
    held: HeldAnswers
