"""Members of the detail of a state that say whether an answer can be collected, and what happened when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TIMELINE, ANSWER, READY = "timeline", "answer", "ready"


def is_ready(detail: Mapping[str, Any]) -> bool:
    """Return whether the answer can be collected with number and query code."""
    found = detail.get(ANSWER)
    return isinstance(found, dict) and bool(found.get(READY))
