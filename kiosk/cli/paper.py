"""Commands about paper: a stored slip in another form, the printer's self-test, the staff's reports."""

from __future__ import annotations

import argparse
import io
import secrets
import sys
from pathlib import Path

from config.settings import TerminalSettings
from kiosk import db
from kiosk.app import readiness, reports
from kiosk.clock import SystemClock, today
from kiosk.errors import Refused
from kiosk.machine import homes
from kiosk.web import paper_marks, paper_orders
from kiosk.web.language import languages, wording
from printers.device import profiles
from printers.errors import NoSuchJob, PrintFault
from printers.paper import encode, raster, selftest
from printers.paper.document import Slip
from printers.spooler import spool

PNG, PDF, TEXT, ESCPOS, HTML = "png", "pdf", "text", "escpos", "html"
FORMS = (PNG, PDF, TEXT, ESCPOS, HTML)


def print_slip(given: argparse.Namespace) -> int:
    """A stored slip in another form, never with its query code; or the self-test, on paper unless a form is named."""
    settings = homes.terminal_settings(given.home)
    if given.self_test:
        return _self_test(given, settings)
    if given.slip is None:
        raise Refused("which-slip", "name a slip by its number in the spool, or --self-test")
    homes.open_terminal(given.home, SystemClock())
    try:
        job = spool.job(db.store, given.slip)
    except NoSuchJob as error:
        raise Refused("no-such-slip", f"there is no slip {given.slip} in the spool") from error
    if not job.slip:
        raise Refused("slip-forgotten", f"slip {given.slip} was erased after its time")
    slip = encode.as_copy(job.document(), job.copy, paper_marks.in_every_language())
    render(slip, given.form or TEXT, given.output, _profile(settings, ""))
    return 0


def _self_test(given: argparse.Namespace, settings: TerminalSettings) -> int:
    profile = _profile(settings, given.profile)
    slip = selftest.slip(profile)
    if given.form is None:
        return order(given.home, settings, slip)
    if given.form == ESCPOS:
        _put(given.output, selftest.pages(profile, profiles.load()))
    else:
        render(slip, given.form, given.output, profile)
    return 0


def _profile(settings: TerminalSettings, name: str) -> profiles.Profile:
    try:
        return profiles.named(name or settings.printer_profile)
    except PrintFault as fault:
        raise Refused("no-such-profile", str(fault)) from fault


def report_day(given: argparse.Namespace) -> int:
    """The day's counts, as text unless a form or paper is asked for."""
    settings, clock = homes.terminal_settings(given.home), SystemClock()
    homes.open_terminal(given.home, clock)
    language = languages.named(given.lang)
    with wording.speaking(language):
        head = reports.ReportHead(settings.station_name, clock.now(), language.tag, given.large)
        slip = reports.day(given.date or today(clock), head)
    if given.paper:
        return order(given.home, settings, slip)
    render(slip, given.form, given.output, _profile(settings, ""))
    return 0


def readiness_paper(home: Path, lines: list[readiness.CheckResult]) -> int:
    """Orders the readiness report from the terminal's printer."""
    if homes.is_hub(home):
        raise Refused("no-printer", "a hub has no printer: use --paper at a terminal")
    settings, clock = homes.terminal_settings(home), SystemClock()
    slip = reports.readiness(lines, reports.ReportHead(settings.station_name, clock.now()))
    return order(home, settings, slip)


def order(home: Path, settings: TerminalSettings, slip: Slip) -> int:
    """Hands a slip to the worker, which owns the printer, and says its number."""
    if settings.printer == "none":
        raise Refused("no-printer", "the settings name no printer: say --as png, pdf, text or escpos")
    clock = SystemClock()
    homes.open_terminal(home, clock)
    number = paper_orders.order(
        slip,
        request_key=f"operator-{secrets.token_hex(8)}",
        kind="self-test" if slip.kind == selftest.KIND else "report",
        clock=clock,
        minutes=settings.unprinted_minutes,
    )
    device = spool.device(db.store)
    print(
        f"slip {number} is with the printer worker; the printer was last seen {device.state} {device.reason}".strip()
    )
    return 0


def render(slip: Slip, form: str, output: Path | None, profile: profiles.Profile) -> None:
    """Writes a slip in one of FORMS to a file or to standard output."""
    if form == TEXT:
        from printers.paper import plain

        _put(output, plain.render(slip).encode())
    elif form == PDF:
        from printers.paper import pdf

        _put(output, pdf.render(slip))
    elif form == HTML:
        from printers.paper import webpage

        _put(output, webpage.render(slip).encode())
    elif form == ESCPOS:
        _put(output, encode.encode(slip, profile).data)
    else:
        drawn = io.BytesIO()
        raster.render(slip, profile).save(drawn, format="PNG")
        _put(output, drawn.getvalue())


def _put(path: Path | None, content: bytes) -> None:
    if path:
        try:
            path.write_bytes(content)
        except OSError as error:
            raise Refused("not-written", f"{path} could not be written: {error.strerror}") from error
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
