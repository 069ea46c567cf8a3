"""The terminal's end of daily counts: what a day brought goes up when it is over."""

from __future__ import annotations

import logging

from kiosk import db
from kiosk.clock import Clock, today
from sync.terminal import counts
from sync.wire.channel import Channel

_log = logging.getLogger(__name__)


def send(channel: Channel, clock: Clock) -> None:
    """Send the counts of days that are over, last of all: they can wait, submissions cannot."""
    sent = counts.send(db.store, db.writing, channel, today(clock))
    if sent.error:
        _log.warning("counts %d (%s); the rest goes with a later round", sent.count, sent.error)
    if sent.parked:
        _log.error(
            "counts of %d days were refused by the hub and set aside: tally_batch says why", sent.parked
        )
