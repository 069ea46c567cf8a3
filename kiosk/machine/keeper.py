"""
The databases of a terminal as one of its processes has them open: watched, and replaced in use when they are damaged.

A process notices damage where an error led to it, at a look now and then, or because another process has put a new
file in place. Where a file cannot be used at this moment a stand-in takes its place, so that look-ups go on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from kiosk import db
from kiosk.clock import Clock
from kiosk.db import SqliteFile
from kiosk.db.stand_in import ReadOnly, StandIn
from kiosk.errors import KioskError, StoreAway, StoreUnready
from kiosk.machine import catalogue_file, homes, station

MENDED = "store-mended"
"""Code of a station that is being salvaged."""
AGAIN_S = 2.0
"""Seconds between two tries to open what could not be opened."""

_log = logging.getLogger(__name__)


class Keeper:
    """
    The keeper of one process's `db.store` and `db.catalogue`.

    Args:
        is_patient: Salvage in the thread that asks. Pages do not wait: theirs is done by a thread of its own.
    """

    def __init__(self, home: Path, clock: Clock, *, is_patient: bool) -> None:
        self._home = home
        self._clock = clock
        self._is_patient = is_patient
        self._turn = threading.Lock()
        self._next_try_s = self._sound_until_s = 0.0
        self._working: threading.Thread | None = None

    def open(self) -> None:
        """
        Bind both databases, damaged ones replaced; on a machine that lets nothing be written look-ups are served.

        Raises:
            StoreFull: The disk has no room even to open them.
        """
        try:
            homes.open_terminal(self._home, self._clock)
        except StoreAway as error:
            _log.error("%s: look-ups only; %s", error.code, error.detail)
            self._stand_in(error.code)
            db.catalogue.initialize(catalogue_file.open_to_read(self._home))
            self._next_try_s = self._clock.monotonic() + AGAIN_S

    def look(self) -> None:
        """Follow what other processes put in place, and try again what could not be opened; cheap when all is well."""
        try:
            if isinstance(db.store.obj, StandIn) or isinstance(db.catalogue.obj, ReadOnly | StandIn):
                self._try_again()
            if not db.store.obj.is_current():
                self._heal_station()
            self._follow()
        except KioskError as error:
            _log.error("%s: %s", error.code, error.detail)

    def heal(self) -> bool:
        """
        Look for damage after an error; return whether there was some. What was damaged has been replaced, or is being.
        """
        now = self._clock.monotonic()
        if now < self._sound_until_s:
            return False
        try:
            found = self._heal()
        except StoreUnready as error:
            _log.error("%s: %s", error.code, error.detail)
            return False
        self._sound_until_s = 0.0 if found else now + AGAIN_S
        return found

    def _heal(self) -> bool:
        found = False
        if not isinstance(db.store.obj, StandIn) and (
            not db.store.obj.is_current() or station.fault_of(self._home)
        ):
            self._heal_station()
            found = True
        here = db.catalogue.obj
        if not isinstance(here, StandIn | ReadOnly) and (why := catalogue_file.deep_fault_of(here)):
            self._stand_in_for_the_catalogue(here.path)
            self._do(lambda: self._replace_catalogue(here, why))
            found = True
        return found

    def _heal_station(self) -> None:
        self._stand_in(MENDED)
        self._do(self._open_station)

    def _do(self, act: Callable[[], None]) -> None:
        """Do it here, or in the one thread for it."""
        if self._is_patient:
            act()
            return
        thread = threading.Thread(target=self._guarded, args=(act,), name="mending", daemon=True)
        self._working = thread
        thread.start()

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except KioskError as error:  # `look` tries again
            _log.error("%s: %s", error.code, error.detail)

    def _open_station(self) -> None:
        with self._turn:
            if isinstance(db.store.obj, StandIn):
                db.store.initialize(station.open_station(self._home, self._clock))

    def _replace_catalogue(self, before: SqliteFile, why: str) -> None:
        with self._turn:
            catalogue_file.replace(self._home, self._clock, before, why)
            db.catalogue.initialize(catalogue_file.open_replica(self._home, self._clock))

    def _try_again(self) -> None:
        now = self._clock.monotonic()
        if now < self._next_try_s or (self._working and self._working.is_alive()):
            return
        self._next_try_s = now + AGAIN_S
        self._do(self._open_both)

    def _open_both(self) -> None:
        self._open_station()
        here = db.catalogue.obj
        if isinstance(here, ReadOnly) or (
            isinstance(here, StandIn) and not catalogue_file.is_none(self._home)
        ):
            with self._turn:
                db.catalogue.initialize(catalogue_file.open_replica(self._home, self._clock))

    def _follow(self) -> None:
        """Open the replica that became current, or none where there is none any more."""
        if isinstance(db.catalogue.obj, StandIn) or not catalogue_file.is_none(self._home):
            db.follow_catalogue(self._home)
        else:
            self._stand_in_for_the_catalogue(self._home / catalogue_file.KIND / catalogue_file.NOTHING)

    def _stand_in(self, why: str) -> None:
        db.store.initialize(StandIn(self._home / homes.STATION_DB, station.KIND, why))

    def _stand_in_for_the_catalogue(self, path: Path) -> None:
        """Serve nothing; under the path of a damaged replica, so that nobody opens it again."""
        db.catalogue.initialize(StandIn(path, catalogue_file.KIND, catalogue_file.NONE))


def has_catalogue() -> bool:
    """Return whether this terminal has the catalogue at present."""
    return not isinstance(db.catalogue.obj, StandIn)


def why_no_station() -> str:
    """Return the code of why nothing can be handed in at present; empty when it can."""
    here = db.store.obj
    return here.why if isinstance(here, StandIn) else ""
