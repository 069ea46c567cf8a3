"""The actor of a change to a record, and its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk import audit
from kiosk.audit import Act


@dataclass(frozen=True)
class Hand:
    """The person who acts, and the time."""

    actor: str
    at: datetime

    def tell(self, act: Act, subject: str, **detail: str | int) -> None:
        """Append one act to the audit chain, in the open transaction."""
        audit.record(at=self.at, actor=self.actor, act=act, subject=subject, detail=detail)
