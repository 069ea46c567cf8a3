"""Wiring of daily counts: sent by the terminal when a day is over, passed at the hub to the features concerned."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

from kiosk import db
from kiosk.catalogue.feedback import empty_searches, problems
from kiosk.clock import Clock, today
from sync.carried import counts
from sync.hub.counts import OnCounted
from sync.statements import Database
from sync.terminal import counts as counts_of_terminal
from sync.wire.channel import Channel

_log = logging.getLogger(__name__)


def taker(clock: Clock) -> OnCounted:
    """Return a function that stores the counts of a terminal's day; kinds of a later version are left out."""

    def take(database: Database, day: date, rows: Sequence[counts.Tally]) -> None:
        at_most = min(day, today(clock))
        for row in rows:
            if row.kind == empty_searches.KIND:
                empty_searches.take(at_most, row)
            elif row.kind == problems.KIND:
                problems.take(at_most, row)

    return take


def send(channel: Channel, clock: Clock) -> None:
    """Send the counts of days that are over, last of all: they can wait, submissions cannot."""
    sent = counts_of_terminal.send(db.store, db.writing, channel, today(clock))
    if sent.error:
        _log.warning("counts %d (%s); the rest goes with a later round", sent.count, sent.error)
    if sent.parked:
        _log.error(
            "counts of %d days were refused by the hub and set aside: tally_batch says why", sent.parked
        )
