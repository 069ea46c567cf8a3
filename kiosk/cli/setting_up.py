"""`setup`: a hub and a terminal of one county on this machine, enrolled and ready to be served."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import click

from config.settings import HubSettings, TerminalSettings
from kiosk.cli import making
from kiosk.cli.usage import PORT, at_home, county_options, operator
from kiosk.cli.words import gettext as _
from kiosk.clock import SystemClock
from kiosk.errors import Refused
from kiosk.machine import homes, serving
from kiosk.machine.county import CountyWords

HOST = "127.0.0.1"
HUB_PATIENCE_S = 60.0
LOOK_EVERY_S = 0.2


def _or_asked(context: click.Context, option: click.Parameter, given: str | None) -> str:
    """Ask for what was not given where a person sits at the command line."""
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise click.MissingParameter(ctx=context, param=option)
    asked: str = click.prompt(getattr(option, "help", option.name), type=str)
    return asked


@click.command()
@at_home
@county_options(_or_asked)
@click.option("--hub-port", type=PORT, default=8090, help=_("县中心的端口（8090）"))
@click.option("--port", type=PORT, default=8080, help=_("终端的端口（8080）"))
def setup(home: Path, county: CountyWords, hub_port: int, port: int) -> int:
    """Make both homes below DIR, enrol the terminal, and print how to serve them; a failure leaves neither there."""
    with serving.reserved(HOST, hub_port, port) as (hub_port, port), homes.new_home(home) as building:
        key = _make(building / "hub", building / "terminal", county, hub_port=hub_port, port=port)
    print(_("恢复密钥（写在纸上锁好，只显示这一次）：%(key)s", key=key))
    hub, terminal = home / "hub", home / "terminal"
    print(_("运行县中心：%(command)s", command=f"python -m kiosk hub --home {hub}"))
    print(_("运行终端：%(command)s", command=f"python -m kiosk terminal --home {terminal}"))
    print(_("账号：%(command)s", command=f"python -m kiosk staff add NAME --role clerk --home {hub}"))
    return 0


def _make(hub: Path, terminal: Path, county: CountyWords, *, hub_port: int, port: int) -> str:
    """Make both homes; return the hub's recovery key."""
    url = f"http://{HOST}:{hub_port}"
    key = making.make_hub(hub, county.at_hub(replace(HubSettings(), port=hub_port, public_url=url)))
    code = _enrolment_code(hub)
    with _served(hub, url):
        settings = replace(TerminalSettings(), port=port, hub_url=url)
        making.make_terminal(terminal, county.at_terminal(settings), code)
    return key


def _enrolment_code(hub: Path) -> str:
    from kiosk.staff import terminals
    from sync.hub.enrolment import TerminalPlace

    clock = SystemClock()
    database = homes.open_hub(hub, clock)
    life = timedelta(minutes=HubSettings().enrolment_minutes)
    code = terminals.new_code("1号机", TerminalPlace((), "kiosk"), life=life, now=clock.now(), by=operator())
    database.close_all()
    return code


@contextmanager
def _served(hub: Path, url: str) -> Iterator[None]:
    """Serve the hub in a process of its own until the block ends."""
    child = subprocess.Popen(
        serving.module_command("hub", "--home", str(hub)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait_for(child, url)
        yield
    finally:
        child.terminate()
        child.communicate()


def _wait_for(child: subprocess.Popen[str], url: str) -> None:
    end = time.monotonic() + HUB_PATIENCE_S
    while time.monotonic() < end:
        if child.poll() is not None:
            said = child.communicate()[1].strip().splitlines()
            raise Refused("hub-not-served", said[-1] if said else "the hub ended at once")
        with suppress(OSError), urlopen(f"{url}/healthz", timeout=5):
            return
        time.sleep(LOOK_EVERY_S)
    raise Refused("hub-not-served", f"the hub does not answer at {url}")
