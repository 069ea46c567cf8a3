"""Wiring of the printer worker: the station's spool, the settings' printer, the boot's key."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection

from config.settings import TerminalSettings
from kiosk import db, homes
from kiosk.clock import Clock
from kiosk.db import SqliteFile
from kiosk.errors import Refused, StoreFull
from kiosk.intake.codes import BootKey
from printers import drivers, fonts, profiles, spool, worker
from printers.errors import PrintFault

EXPIRE_EVERY_S = 5.0
LOOK_AGAIN_S = 2.0
"""How often a worker that met a full disk tries again."""

_log = logging.getLogger(__name__)


def serve_printer(
    database: SqliteFile, home: Path, settings: TerminalSettings, clock: Clock, stop: threading.Event
) -> None:
    """
    Prints what is ordered until `stop`.

    Raises:
        Refused: "printer-settings" when profile, font or address cannot be used.
    """

    @contextmanager
    def writing() -> Iterator[Connection]:
        with db.writing(database) as connection:
            yield connection

    if settings.printer == "none":
        while not stop.wait(EXPIRE_EVERY_S):
            _expire(writing, clock)
        return
    try:
        profile = profiles.named(settings.printer_profile)
        device = worker.Device(
            profile, drivers.opener(settings.printer, profile), fonts.configured(settings.font_path or None)
        )
    except (PrintFault, ValueError) as fault:
        raise Refused("printer-settings", f"printer {settings.printer}: {fault}") from fault
    while not stop.is_set():
        try:
            worker.run(
                writing,
                device,
                open_secret=BootKey(homes.runtime_folder(home, settings)).open,
                now=clock.now,
                monotonic=clock.monotonic,
                stop=stop,
            )
        except StoreFull:
            # What was on its way then is uncertain, as after any other break: `run` begins with that.
            _log.error("store-full: nothing is printed; free space on the disk of the home directory")
            stop.wait(LOOK_AGAIN_S)


def _expire(writing: worker.Writing, clock: Clock) -> None:
    try:
        with writing() as connection:
            spool.expire(connection, clock.now())
    except StoreFull:
        _log.error("store-full: papers that waited too long stand in the spool until there is room")
