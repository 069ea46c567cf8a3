"""Wiring of the printer worker: the station's spool, the settings' printers, the boot's key."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.settings import TerminalSettings
from kiosk import blobs, db
from kiosk.catalogue.attachments import page_images as attachments_pages
from kiosk.catalogue.attachments.content import FileNotRead
from kiosk.clock import Clock
from kiosk.db import SqliteFile
from kiosk.errors import Refused, StoreFull
from kiosk.intake.codes import BootKey
from kiosk.machine import homes
from kiosk.web import paper_marks
from printers.device import drivers, profiles
from printers.errors import PrintFault, SourceGone
from printers.paper import fonts
from printers.spooler import page_worker, spool, worker
from printers.spooler.queue import Writing

EXPIRE_EVERY_S = 5.0
LOOK_AGAIN_S = 2.0
"""Seconds after which a worker that met a full disk tries again."""

_log = logging.getLogger(__name__)


def serve_printer(
    database: SqliteFile, home: Path, settings: TerminalSettings, clock: Clock, stop: threading.Event
) -> None:
    """
    Print what is ordered until `stop`: slips here, A4 pages in a thread beside it.

    Raises:
        Refused: "printer-settings" when profile, font or address cannot be used.
    """

    @contextmanager
    def writing() -> Iterator[SqliteFile]:
        with db.writing(database):
            yield database

    shop = _Shop(writing, home, settings, clock, stop)
    device = _receipt_device(settings)
    if settings.page_printer == "none":
        _serve_slips(shop, device)
        return
    faults: list[Exception] = []
    pages = threading.Thread(target=_serve_pages, args=(shop, faults), name="page-printer")
    pages.start()
    try:
        _serve_slips(shop, device)
    finally:
        stop.set()
        pages.join()
    if faults:
        raise faults[0]


@dataclass(frozen=True)
class _Shop:
    """What the workers of both printers need."""

    writing: Writing
    home: Path
    settings: TerminalSettings
    clock: Clock
    stop: threading.Event

    def boot_key(self) -> BootKey:
        """Return the key that opens what was sealed in this boot."""
        return BootKey(homes.runtime_folder(self.home, self.settings))

    def pages_of_file(self, source: str) -> bytes:
        """Return the PDF of pages of an attached file; raises SourceGone."""
        try:
            return attachments_pages.paper(blobs.of_home(self.home), source)
        except FileNotRead as fault:
            raise SourceGone(fault.code) from fault


def _receipt_device(settings: TerminalSettings) -> worker.PrinterDevice | None:
    if settings.printer == "none":
        return None
    try:
        profile = profiles.named(settings.printer_profile)
        return worker.PrinterDevice(
            profile,
            drivers.opener(settings.printer, profile),
            fonts.configured(settings.font_path or None),
            paper_marks.in_every_language(),
        )
    except (PrintFault, ValueError) as fault:
        raise Refused("printer-settings", f"printer {settings.printer}: {fault}") from fault


def _serve_slips(shop: _Shop, device: worker.PrinterDevice | None) -> None:
    if device is None:
        while not shop.stop.wait(EXPIRE_EVERY_S):
            _expire(shop.writing, shop.clock)
        return
    open_secret = shop.boot_key().open
    now, monotonic = shop.clock.now, shop.clock.monotonic
    _again_when_full(
        shop,
        lambda: worker.run(
            shop.writing, device, open_secret=open_secret, now=now, monotonic=monotonic, stop=shop.stop
        ),
    )


def _serve_pages(shop: _Shop, faults: list[Exception]) -> None:
    """
    Serve the page printer in its thread; an error that stops it ends the process, which the supervisor starts again.
    """
    try:
        one = page_worker.PageWorker(
            shop.writing,
            shop.settings.page_printer,
            open_secret=shop.boot_key().open,
            now=shop.clock.now,
            monotonic=shop.clock.monotonic,
            pause=shop.stop.wait,
            fonts=fonts.configured(shop.settings.font_path or None),
            marks=paper_marks.in_every_language(),
            sources=shop.pages_of_file,
        )
        _again_when_full(shop, lambda: page_worker.run(one, shop.stop))
    except Exception as fault:  # whatever it is, it is raised again by the thread that owns the process
        faults.append(fault)
        shop.stop.set()


def _again_when_full(shop: _Shop, serve: Callable[[], None]) -> None:
    while not shop.stop.is_set():
        try:
            serve()
        except StoreFull:
            # What was being sent then is uncertain, as after any other break: `run` begins with that.
            _log.error("store-full: nothing is printed; free space on the disk of the home directory")
            shop.stop.wait(LOOK_AGAIN_S)


def _expire(writing: Writing, clock: Clock) -> None:
    try:
        with writing() as database:
            spool.expire(database, clock.now())
    except StoreFull:
        _log.error("store-full: papers that waited too long stand in the spool until there is room")
