"""How often a PIN may be tried."""

from __future__ import annotations

MOST_TRIES = 15
"""After so many wrong ones only the hub or a new PIN helps. Source: RELIABILITY.md T20."""


def is_closed(wrong: int) -> bool:
    """Whether no further try is heard."""
    return wrong >= MOST_TRIES
