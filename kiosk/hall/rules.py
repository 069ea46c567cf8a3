"""Limits on tries of a PIN."""

from __future__ import annotations

MOST_TRIES = 15
"""Wrong tries after which only the hub or a new PIN helps. Source: RELIABILITY.md T20."""


def is_closed(wrong: int) -> bool:
    """Return whether further tries are refused."""
    return wrong >= MOST_TRIES
