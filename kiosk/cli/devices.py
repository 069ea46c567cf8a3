"""Commands about the terminals of a hub: `device add`, `device place`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from kiosk.cli.usage import at_home, operator
from kiosk.cli.words import gettext as _
from kiosk.clock import SystemClock
from kiosk.errors import Refused
from kiosk.machine import homes
from kiosk.staff import terminals
from sync.hub.enrolment import TerminalPlace


def _placed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for the place of a terminal and the townships it serves."""
    for add in (
        click.option(
            "--channel", type=click.Choice(["kiosk", "web"]), default="kiosk", help=_("web：公众网页")
        ),
        click.option("--township", multiple=True, help=_("它服务的乡镇；可以写几次")),
        click.argument("name"),
    ):
        function = add(function)
    return function


@click.command()
@at_home
@_placed
def add(home: Path, name: str, township: tuple[str, ...], channel: str) -> int:
    """Print a one-time code for a new terminal."""
    clock = SystemClock()
    settings = homes.hub_settings(home)
    homes.open_hub(home, clock)
    code = terminals.new_code(
        name.strip(),
        TerminalPlace(township, channel),
        life=timedelta(minutes=settings.enrolment_minutes),
        now=clock.now(),
        by=operator(),
    )
    print(code)
    return 0


@click.command()
@at_home
@_placed
def place(home: Path, name: str, township: tuple[str, ...], channel: str) -> int:
    """Change where an enrolled terminal is, which decides what names it may show."""
    clock = SystemClock()
    homes.open_hub(home, clock)
    device = terminals.id_of(name)
    if device is None:
        raise Refused("no-device", f"no terminal named {name} is enrolled")
    terminals.set_place(
        device, name=name, townships=township, channel=channel, now=clock.now(), by=operator()
    )
    print(f"{name}: {channel} {' '.join(township)}".rstrip())
    return 0
