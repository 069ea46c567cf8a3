"""All recordings on this machine: the shipped ones, and those of published texts that the hub sent."""

from __future__ import annotations

from pathlib import Path

from kiosk.blobs import Blobs
from kiosk.speech.bank import Bank, Speaker
from kiosk.speech.known import KnownTexts


class Recordings:
    """
    All recordings by the keys of their texts.

    known: What documents say. speaker: A finder of what a text of the product says, whose gaps a document may fill.
    """

    def __init__(self, shipped: Bank, known: KnownTexts, files: Blobs) -> None:
        self.known = known
        self.speaker = Speaker(shipped, known.has)
        self._shipped, self._files = shipped, files

    def path(self, key: str) -> Path | None:
        """Return the file of a text's key if it is on this machine and sound."""
        if shipped := self._shipped.path(key):
            return shipped
        sha256 = self.known.sha256(key)
        return self._files.sound(sha256) if sha256 else None

    def renew(self) -> bool:
        """Check whether more can be heard than before; return whether it can."""
        return self.known.renew()
