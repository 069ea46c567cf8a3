"""How long calls to the hub may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """Seconds until a connection is made, until the next bytes come, and for one whole answer."""

    connect_s: float
    read_s: float
    whole_s: float


AGENT = Patience(5, 15, 120)
"""Enough for a page of the feed on a slow line, but no endless answer (RELIABILITY F21)."""
COLLECT = Patience(1.5, 8, 60)
"""For each piece of an answer that somebody waits for, some megabytes on a bad line."""
PAGE = Patience(1.5, 2.5, 4)
"""For a page that somebody waits for."""
