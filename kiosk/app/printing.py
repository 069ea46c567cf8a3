"""Wiring of the printer worker: the station's spool, the settings' printers, the boot's key."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from config.settings import TerminalSettings
from kiosk import blobs, db
from kiosk.app import bounds
from kiosk.catalogue.attachments import page_images as attachments_pages
from kiosk.catalogue.attachments.content import FileNotRead
from kiosk.clock import Clock
from kiosk.db.faults import ERRORS, fault, of_system
from kiosk.errors import KioskError, Refused
from kiosk.intake.codes import BootKey
from kiosk.machine import homes, serving
from kiosk.machine.keeper import Keeper
from kiosk.web import paper_marks
from kiosk.web.visit_rows import is_there
from printers.device import drivers, profiles
from printers.errors import PrintFault, SourceGone
from printers.paper import fonts
from printers.spooler import page_worker, paper_waits, worker
from printers.spooler.models import Database
from printers.spooler.paper_waits import SteadyTime

EXPIRE_EVERY_S = 5.0
LOOK_AGAIN_S = 2.0
"""Seconds after which a worker that met a full or damaged store tries again."""

_log = logging.getLogger(__name__)


def serve_printer(home: Path, settings: TerminalSettings, clock: Clock, stop: threading.Event) -> None:
    """
    Print what is ordered until `stop`: slips here, A4 pages in a thread beside it.

    Raises:
        Refused: "printer-settings" when profile, font or address cannot be used.
    """

    shop = _Shop(home, settings, clock, stop, Keeper(home, clock, is_patient=True))
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

    home: Path
    settings: TerminalSettings
    clock: Clock
    stop: threading.Event
    keeper: Keeper

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """Open a write transaction on the station that is open at this moment."""
        serving.beat()
        with db.writing(db.store):
            yield db.store

    def steady(self) -> SteadyTime:
        """Return the steady time by which papers end, with their visits."""
        life_s = bounds.visit_life_s(self.settings)
        return SteadyTime(
            self.clock.boot_id(), self.clock.monotonic, lambda visit: is_there(visit, self.clock, life_s)
        )

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
            _again(shop, partial(_expire, shop), most=1)
        return
    open_secret = shop.boot_key().open
    now, monotonic = shop.clock.now, shop.clock.monotonic
    _again(
        shop,
        lambda: worker.run(
            shop.writing,
            device,
            open_secret=open_secret,
            now=now,
            monotonic=monotonic,
            stop=shop.stop,
            steady=shop.steady(),
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
            steady=shop.steady(),
        )
        _again(shop, lambda: page_worker.run(one, shop.stop))
    except Exception as fault:  # whatever it is, it is raised again by the thread that owns the process
        faults.append(fault)
        shop.stop.set()


def _again(shop: _Shop, serve: Callable[[], None], most: int = 0) -> None:
    """
    Serve until the end, again and again: a full disk may have room later, a damaged station is salvaged.

    Args:
        most: Most times; 0: as long as the process runs.
    """
    times = 0
    while not shop.stop.is_set() and (not most or times < most):
        times += 1
        try:
            serve()
        except (KioskError, *ERRORS, OSError, MemoryError) as error:
            # What was being sent then is uncertain, as after any other break: `run` begins with that.
            meaning = of_system(error) if isinstance(error, OSError) else fault(error) or error
            _log.error("nothing is printed: %s", meaning)
            shop.keeper.look()
            shop.keeper.heal()
            shop.stop.wait(LOOK_AGAIN_S)


def _expire(shop: _Shop) -> None:
    with shop.writing() as database:
        paper_waits.expire(database, shop.clock.now(), shop.steady())
