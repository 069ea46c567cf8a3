"""How this terminal is, for the page of the hall's staff: quick enough for a page that asks often."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path

from config.settings import TerminalSettings
from kiosk import db
from kiosk.app.devices import reader_threads
from kiosk.clock import BEIJING, Clock, from_stamp, today
from kiosk.hall.condition_words import Machine, PrinterCondition, ReaderCondition, Today
from kiosk.hall.models import called_since
from kiosk.intake import models as submissions
from kiosk.terminal import models

EACH_ROUND = ("hello", "up", "down", "status", "lists")
"""Directions that every round of sync tries."""
HALL_DAYS = 7
"""Number of days shown on the hall's page."""


def for_hall(home: Path, settings: TerminalSettings, clock: Clock) -> Machine:
    """Return the facts for the hall's staff from open databases: quick enough for a page that asks often."""
    from sync.terminal import outbox, report

    backlog, state = outbox.backlog(db.store), report.state(db.store)
    rounds = [one for one in state.directions.values() if one.name in EACH_ROUND] if state else []
    synced = [one.succeeded_at for one in rounds if one.succeeded_at]
    is_whole = bool(synced) and len(synced) == len(rounds)
    return Machine(
        receipt=_seen_printer("receipt") if settings.printer != "none" else None,
        page=_seen_printer("page") if settings.page_printer != "none" else None,
        synced_at=from_stamp(min(synced)) if is_whole else None,
        sync_error=next((one.error for one in rounds if one.error), ""),
        unsent=backlog.unsent,
        oldest_at=from_stamp(backlog.oldest_unsent_at) if backlog.oldest_unsent_at else None,
        parked=backlog.parked,
        free_mb=shutil.disk_usage(home).free // 1_000_000,
        seen_at=models.page_seen(),
        is_clock_right=clock.trusted(),
        days=_days(today(clock)),
        readers=tuple(
            ReaderCondition(name, state.readiness, state.reason)
            for name, state in reader_threads.states(home, settings, clock).items()
        ),
    )


def _seen_printer(which: str) -> PrinterCondition:
    from printers.spooler import spool

    device = spool.device(db.store, which)
    return PrinterCondition(device.state, device.reason)


def _days(last: date) -> tuple[Today, ...]:
    """Return the counts of the last days, newest first."""
    from printers.spooler import spool

    first = last - timedelta(days=HALL_DAYS - 1)
    visits = models.visits(first)
    since = datetime.combine(first, time.min, BEIJING)
    counted = [
        Counter(at.astimezone(BEIJING).date() for at in moments)
        for moments in (
            submissions.handed_in_since(since),
            spool.ordered_since(db.store, since),
            called_since(since),
        )
    ]
    days = [last - timedelta(days=back) for back in range(HALL_DAYS)]
    return tuple(Today(day, visits.get(day, 0), *(count[day] for count in counted)) for day in days)
