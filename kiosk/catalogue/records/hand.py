"""Who acts on a record, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk import audit
from kiosk.audit import Act


@dataclass(frozen=True)
class Hand:
    """Who acts, and when."""

    actor: str
    at: datetime

    def tell(self, act: Act, subject: str, **detail: str | int) -> None:
        """Write one act to the audit chain, with the open transaction."""
        audit.record(at=self.at, actor=self.actor, act=act, subject=subject, detail=detail)
