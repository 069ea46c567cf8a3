"""
The supply in force, followed without a restart: at the hub by its table, at a terminal by the hub's side list.

Each question costs one small query; the supply itself is read again only when it is another one.
"""

from __future__ import annotations

import logging

from kiosk import db, side_lists
from kiosk.consultation.supply import written
from kiosk.consultation.supply.things import Supply
from kiosk.consultation.supply.written import SupplyUnreadable

_log = logging.getLogger(__name__)


class HubSupply:
    """The supply at the hub; called for each use."""

    def __init__(self) -> None:
        self._known: tuple[int, Supply] | None = None

    def __call__(self) -> Supply:
        """Return the supply as it is now."""
        from kiosk.consultation.supply import (
            models,
        )  # a terminal loads this module too, and has no such table

        seq, known = models.last_seq(), self._known
        if known is None or known[0] != seq:
            known = self._known = (seq, models.now())
        return known[1]


class HeldSupply:
    """The supply at a terminal: what the hub sent last, or nothing while it has sent none."""

    def __init__(self) -> None:
        self._known: tuple[str, Supply] | None = None

    def __call__(self) -> Supply:
        """Return the supply that this terminal holds."""
        digest, known = side_lists.digest(db.store, side_lists.SUPPLY), self._known
        if known is None or known[0] != digest:
            known = self._known = (digest, self._read())
        return known[1]

    def _read(self) -> Supply:
        content = side_lists.read(db.store, side_lists.SUPPLY)
        try:
            return written.read_list(content) if content else Supply()
        except SupplyUnreadable as error:
            _log.error("supply: the hub's list cannot be read, nothing is offered: %s", error)
            return Supply()
