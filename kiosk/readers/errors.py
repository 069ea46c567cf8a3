"""
Errors of readers; each carries a code, never anything that was read.

ReaderFault
├── LinkGone      the reader is not there, or was unplugged
├── Silent        it did not answer in time
├── Garbled       what it answered was no frame, or not the answer to what was asked
├── CardFault     it answered that the card cannot be read now; `code` is one of `cards.status_words`
└── ReaderProfileFault  the table of profiles has mistakes
"""

from __future__ import annotations

from collections.abc import Sequence


class ReaderFault(Exception):
    """Base of all errors of readers; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LinkGone(ReaderFault):
    """The device is not there: never plugged in, unplugged, or taken by another program."""


class Silent(ReaderFault):
    """The device did not answer in time."""

    def __init__(self) -> None:
        super().__init__("silent")


class Garbled(ReaderFault):
    """The device answered, and nothing of it was a whole frame that fits the question."""

    def __init__(self) -> None:
        super().__init__("garbled")


class CardFault(ReaderFault):
    """The device works, and says that this card cannot be read now."""


class ReaderProfileFault(ReaderFault):
    """The table of profiles cannot be used; `faults` are sentences, one a mistake."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = list(faults)
