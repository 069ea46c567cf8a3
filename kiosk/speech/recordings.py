"""All recordings on this machine: the shipped ones, and those of published texts that the hub sent."""

from __future__ import annotations

from pathlib import Path

from kiosk.speech.bank import Bank, Speaker
from kiosk.speech.published import HeldRecordings


class Recordings:
    """All recordings by the keys of their texts; `speaker` knows which texts have one."""

    def __init__(self, shipped: Bank, sent: HeldRecordings) -> None:
        self._shipped, self._sent = shipped, sent
        self.speaker = Speaker(shipped, self._is_sent)

    def path(self, key: str) -> Path | None:
        """Return the file of a text's key if it is on this machine."""
        return self._shipped.path(key) or self._sent.path(key)

    def renew(self) -> bool:
        """Check whether the hub sent more; return whether it did."""
        return self._sent.renew()

    def _is_sent(self, key: str) -> bool:
        return self._sent.path(key) is not None
