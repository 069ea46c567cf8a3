"""
Duties that one process of a hub does for all: rounds of the catalogue, checks of addresses outside, snapshots.

With several workers on PostgreSQL the one that holds a lock of the database leads. When it dies, or loses its
connection, another one takes over within seconds. Each duty may be done again, so that a moment with two leaders
harms nothing.
"""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

from config.settings import HubSettings
from kiosk import db
from kiosk.app.handlings import HANDLINGS
from kiosk.calendar.in_force import HubCalendar
from kiosk.catalogue import rounds
from kiosk.catalogue.records import directory
from kiosk.clock import Clock, today
from kiosk.consultation.booking import bookings
from kiosk.consultation.supply import changing
from kiosk.consultation.supply import models as supply_models
from kiosk.errors import StoreAway
from kiosk.intake.handling import Work
from kiosk.intake.notices import calling
from kiosk.machine import serving, snapshots
from kiosk.seats import leasing
from kiosk.staff.by_organ import reading_keys

PATIENCE_S = 5.0
LOANS_EVERY_S = 3_600.0
SEATS_EVERY_S = 600.0
SESSIONS_EVERY_S = 60.0
"""Seconds between two looks whether sessions have to be made; a look is three small queries."""
LOOK_S = 3.0
"""Seconds between two checks of a worker whether it leads."""

_log = logging.getLogger(__name__)


def begin(home: Path, settings: HubSettings, clock: Clock, stop: threading.Event) -> threading.Thread:
    """Start the duties in threads of this process until `stop` is set; return the thread to wait for."""
    database = db.real(db.store)
    if isinstance(database, db.SqliteFile):
        return _start(home, settings, clock, stop)

    def start(ended: threading.Event) -> threading.Thread:
        return _start(home, settings, clock, ended)

    thread = threading.Thread(target=_lead, args=(start, stop), name="leading", daemon=True)
    thread.start()
    return thread


def _start(home: Path, settings: HubSettings, clock: Clock, stop: threading.Event) -> threading.Thread:
    snapshots.start(home, clock, lambda: _snapshot_beside(home), stop)
    calling.start(settings.notice_hook, [each.kind for each in HANDLINGS], clock, stop)
    threading.Thread(target=_end_loans, args=(clock, stop), name="loans", daemon=True).start()
    threading.Thread(target=_offer_seats, args=(clock, stop), name="offers", daemon=True).start()
    threading.Thread(target=_reclaim_seats, args=(clock, stop), name="seats", daemon=True).start()
    threading.Thread(target=_make_sessions, args=(clock, stop), name="sessions", daemon=True).start()
    return rounds.start(home, settings, clock, stop)


def _end_loans(clock: Clock, stop: threading.Event) -> None:
    """Delete reading keys that were lent until a day that is over."""
    while True:
        try:
            with db.connected():
                reading_keys.end_due_loans(clock.now())
        except Exception:  # the border of the thread: the next look deletes what this one could not
            _log.exception("keys whose loan is over were not deleted")
        if stop.wait(LOANS_EVERY_S):
            return


def _make_sessions(clock: Clock, stop: threading.Event) -> None:
    """Make the sessions of the days that came into reach: each day, and soon after hours or calendar changed."""
    calendar, done = HubCalendar(), (0, "", date.min)
    while True:
        try:
            with db.connected():
                state = supply_models.last_seq(), calendar().version, today(clock)
                if state != done:
                    changing.roll(clock.now(), calendar())
                    done = state
        except Exception:  # the border of the thread: the next look makes what this one could not
            _log.exception("sessions of consultations were not made")
        if stop.wait(SESSIONS_EVERY_S):
            return


def _offer_seats(clock: Clock, stop: threading.Event) -> None:
    """Offer seats that came back to those who wait, and end offers whose time is over."""
    calendar = HubCalendar()
    while True:
        try:
            with db.connected():
                bookings.offer_round(Work(clock.now(), calendar(), organ_name))
        except Exception:  # the border of the thread: the next look offers what this one could not
            _log.exception("seats were not offered to those who wait")
        if stop.wait(SESSIONS_EVERY_S):
            return


def organ_name(code: str) -> str:
    """Return the full name of an organ by its code, or an unknown code unchanged."""
    return directory.organ_title(code) or code


def _reclaim_seats(clock: Clock, stop: threading.Event) -> None:
    """Send seats to walk-ins whose terminal has not reported in time or was revoked, also where no other reports."""
    while not stop.wait(SEATS_EVERY_S):
        try:
            with db.connected():
                leasing.reclaim(clock.now())
        except Exception:  # the border of the thread, as above
            _log.exception("seats of terminals that do not report were not reclaimed")


def _snapshot_beside(home: Path) -> None:
    """Make a snapshot in a process of its own, so that nobody at the desk waits for it."""
    subprocess.run(
        serving.module_command("snapshot", "--home", str(home)), check=True, stdout=subprocess.DEVNULL
    )


def _lead(start: Callable[[threading.Event], threading.Thread], stop: threading.Event) -> None:
    from kiosk.db.server import PostgresServer, leading

    database = db.real(db.store)
    assert isinstance(database, PostgresServer)
    while not stop.is_set():
        try:
            with leading(database) as still_leads:
                if still_leads:
                    _serve_a_term(start, still_leads, stop)
        except StoreAway as error:
            _log.warning("nobody is known to lead: %s", error.code)
        stop.wait(LOOK_S)


def _serve_a_term(
    start: Callable[[threading.Event], threading.Thread],
    still_leads: Callable[[], bool],
    stop: threading.Event,
) -> None:
    """Do all duties until the lock is lost or the process ends."""
    _log.info("this worker leads")
    ended = threading.Event()
    duties = start(ended)
    try:
        while not stop.wait(LOOK_S) and still_leads():
            continue
    finally:
        ended.set()
        duties.join(PATIENCE_S)
    _log.info("this worker leads no longer")
