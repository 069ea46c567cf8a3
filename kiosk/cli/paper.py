"""Commands about paper: a stored slip in another form, the printer's self-test, the staff's reports."""

from __future__ import annotations

import io
import secrets
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from config.settings import TerminalSettings
from kiosk import db
from kiosk.app import readiness, reports
from kiosk.cli.usage import DIR, Day, at_home
from kiosk.cli.words import gettext as _
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


def _rendered(usual: str | None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options for the form in which a slip is written, and for the output file."""

    def options(function: Callable[..., Any]) -> Callable[..., Any]:
        to = click.option("--output", type=DIR, help=_("写到这个文件；不写就是标准输出"))
        form = click.option("--as", "form", type=click.Choice(FORMS), default=usual)
        return form(to(function))

    return options


@click.command()
@at_home
@click.argument("slip", type=click.IntRange(1, 2**62), metavar="SLIP", required=False)
@click.option("--self-test", is_flag=True, help=_("看哪种打印机设置合适的一页；不写 --as 就打在纸上"))
@click.option("--profile", default="", help=_("自检页用的打印机设置，代替设置里的"))
@_rendered(None)
def print_slip(
    home: Path, slip: int | None, self_test: bool, profile: str, form: str | None, output: Path | None
) -> int:
    """Render a stored slip, never with its query code; or the self-test, on paper unless a form is named."""
    settings = homes.terminal_settings(home)
    if self_test:
        return _self_test(home, _profile(settings, profile), form, output)
    if slip is None:
        raise Refused("which-slip", "name a slip by its number in the spool, or --self-test")
    homes.open_terminal(home, SystemClock())
    try:
        job = spool.job(db.store, slip)
    except NoSuchJob as error:
        raise Refused("no-such-slip", f"there is no slip {slip} in the spool") from error
    if not job.slip:
        raise Refused("slip-forgotten", f"slip {slip} was erased after its time")
    shown = encode.as_copy(job.document(), job.copy, paper_marks.in_every_language())
    render(shown, form or TEXT, output, _profile(settings, ""))
    return 0


def _self_test(home: Path, profile: profiles.Profile, form: str | None, output: Path | None) -> int:
    slip = selftest.slip(profile)
    if form is None:
        return order(home, homes.terminal_settings(home), slip)
    if form == ESCPOS:
        _put(output, selftest.pages(profile, profiles.load()))
    else:
        render(slip, form, output, profile)
    return 0


def _profile(settings: TerminalSettings, name: str) -> profiles.Profile:
    try:
        return profiles.named(name or settings.printer_profile)
    except PrintFault as fault:
        raise Refused("no-such-profile", str(fault)) from fault


@click.command()
@at_home
@click.option("--date", "on", type=Day(), metavar="DATE", help=_("YYYY-MM-DD；不写就是今天"))
@click.option("--lang", type=click.Choice(list(languages.TABLE)), default=languages.SOURCE.code)
@click.option("--large", is_flag=True, help=_("大字"))
@click.option("--paper", "on_paper", is_flag=True, help=_("用这台终端的打印机打出来"))
@_rendered(TEXT)
def report_day(
    home: Path, on: date | None, lang: str, large: bool, on_paper: bool, form: str, output: Path | None
) -> int:
    """Write the day's counts, as text unless a form or paper is asked for."""
    settings, clock = homes.terminal_settings(home), SystemClock()
    homes.open_terminal(home, clock)
    language = languages.named(lang)
    with wording.speaking(language):
        head = reports.ReportHead(settings.station_name, clock.now(), language.tag, large)
        slip = reports.day(on or today(clock), head)
    if on_paper:
        return order(home, settings, slip)
    render(slip, form, output, _profile(settings, ""))
    return 0


def readiness_paper(home: Path, lines: list[readiness.CheckResult]) -> int:
    """Order the readiness report from the terminal's printer."""
    if homes.is_hub(home):
        raise Refused("no-printer", "a hub has no printer: use --paper at a terminal")
    settings, clock = homes.terminal_settings(home), SystemClock()
    slip = reports.readiness(lines, reports.ReportHead(settings.station_name, clock.now()))
    return order(home, settings, slip)


def order(home: Path, settings: TerminalSettings, slip: Slip) -> int:
    """Hand a slip to the worker, which owns the printer, and print its number."""
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
    """Write a slip in one of FORMS to a file or to standard output."""
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
