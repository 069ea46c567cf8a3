"""The hub's end of daily counts: each is passed to the feature that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kiosk.catalogue.feedback import empty_searches, problems
from kiosk.clock import Clock, today
from kiosk.queue.counted import hub_counts
from sync.carried import counts
from sync.hub.counts import OnCounted
from sync.statements import Database


def taker(clock: Clock) -> OnCounted:
    """Return a function that stores the counts of a terminal's day; kinds of a later version are left out."""

    def take(database: Database, day: date, rows: Sequence[counts.Tally]) -> None:
        at_most = min(day, today(clock))
        for row in rows:
            if row.kind == empty_searches.KIND:
                empty_searches.take(at_most, row)
            elif row.kind == problems.KIND:
                problems.take(at_most, row)
            elif row.kind == hub_counts.KIND:
                hub_counts.take(at_most, row)

    return take
