"""Commands of a terminal: `terminal`, `init-terminal`, `hall-pin`, `sync`."""

from __future__ import annotations

import logging
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import click

from config.settings import TerminalSettings
from kiosk.cli import making
from kiosk.cli.usage import PORT, at_home, county_options, secret
from kiosk.cli.words import gettext as _
from kiosk.clock import Clock, SystemClock
from kiosk.errors import Refused, StoreAway
from kiosk.machine import homes, serving
from kiosk.machine.county import CountyWords

PARTS = serving.PARTS
AGAIN_S = 2.0
_log = logging.getLogger(__name__)


@click.command()
@at_home
@click.option("--port", type=PORT, help=_("监听的端口，代替设置里的"))
@click.option("--only", metavar="PARTS", help=_("只运行 web,agent,printer 里的几个，不由一个进程看管三个"))
def serve(home: Path, port: int | None, only: str | None) -> int:
    """Serve a terminal: one supervisor over three processes, or the parts named by --only."""
    serving.die_with_parent()
    settings = homes.terminal_settings(home)
    if not only:
        return serving.supervise_terminal(home, port)
    parts = only.split(",")
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise Refused("unknown-part", f"--only takes {', '.join(PARTS)}, not {', '.join(unknown)}")
    if len(parts) > 1:
        further = [] if port is None else ["--port", str(port)]
        children = [
            serving.Child(
                part, serving.module_command("terminal", "--home", str(home), "--only", part, *further)
            )
            for part in parts
        ]
        return serving.Supervisor(children, serving.stop_on_signal()).run()
    settings = settings if port is None else replace(settings, port=port)
    part = {"web": _web, "agent": _agent, "printer": _printer}[parts[0]]
    return making.or_later(home, lambda: part(home, settings))


def _web(home: Path, settings: TerminalSettings) -> int:
    place = serving.bind(settings.host, settings.port)
    with serving.kept_for_good():
        from kiosk.app import create_terminal
        from kiosk.app.bounds import MOST_BODY_BYTES

        app = create_terminal(home, replace(settings, port=place.port))
    serving.beat_while_answering(place)
    serving.serve(
        app,
        place,
        "terminal",
        is_behind_proxy=bool(settings.trusted_proxies),
        most_body_bytes=MOST_BODY_BYTES,
    )
    return 0


def _agent(home: Path, settings: TerminalSettings) -> int:
    """Run the sync, and unpack the words of the writing panel once: the web process never waits for either."""
    from kiosk.app.halls import hall_copies
    from kiosk.app.replication.agent import Agent
    from kiosk.writing.views import FOLDER

    clock, stop = SystemClock(), serving.stop_on_signal()
    if not _opened(home, clock, stop):
        return 0
    if settings.channel == "kiosk":
        threading.Thread(target=_unpack_words, args=(home / FOLDER,), name="words", daemon=True).start()
    hall_copies.start(home, settings, clock, stop)
    Agent(home, settings, clock).run(stop)
    return 0


def _unpack_words(folder: Path) -> None:
    """
    Unpack the word tables; without room the panel goes on without pinyin, and the first letter typed tries again.
    """
    from kiosk.writing import lexicon

    try:
        lexicon.prepare(folder)
    except (OSError, sqlite3.Error) as error:
        _log.warning("words-not-unpacked: %s", error)


def _printer(home: Path, settings: TerminalSettings) -> int:
    """Serve the spool; without a printer only let waiting papers expire."""
    from kiosk.app import printing

    clock, stop = SystemClock(), serving.stop_on_signal()
    if _opened(home, clock, stop):
        printing.serve_printer(home, settings, clock, stop)
    return 0


def _opened(home: Path, clock: Clock, stop: threading.Event) -> bool:
    """
    Open the databases, as soon as the machine lets us; return whether that was before `stop`.

    Raises:
        StoreFull: There is no room even with the reserve.
    """
    while not stop.is_set():
        try:
            homes.open_terminal(home, clock)
        except StoreAway as error:
            _log.error("%s: waiting; %s", error.code, error.detail)
            stop.wait(AGAIN_S)
        else:
            return True
    return False


@click.command()
@at_home
@click.option("--hub", required=True, metavar="URL", help=_("县中心的地址"))
@click.option("--code", required=True, help=_("`device add` 给的一次性登记码"))
@county_options()
def init(home: Path, hub: str, code: str, county: CountyWords) -> int:
    """Make a terminal, enrolled with its hub by a one-time code."""
    settings = county.at_terminal(replace(TerminalSettings(), hub_url=hub.rstrip("/")))
    making.make_terminal(home, settings, code)
    print(_("已登记：%(home)s", home=home))
    return 0


@click.command()
@at_home
def hall_pin(home: Path) -> int:
    """Set the PIN of the terminal's hall page; it holds once the terminal is started again."""
    from kiosk.hall import pins

    homes.keep_setting(home, "hall_pin_hash", pins.hashed(secret("PIN: ")))
    print(_("大厅页的 PIN 设好了：请重新启动终端"))
    return 0


@click.command()
@at_home
@click.option("--once", is_flag=True, help=_("只做一次"))
def sync(home: Path, once: bool) -> int:
    """Do one round; exit code 0 only when everything went up and came down."""
    from kiosk.app.replication import sentences
    from kiosk.app.replication.agent import Agent

    if not once:
        raise click.MissingParameter(param_type="option", param_hint="'--once'")
    settings = homes.terminal_settings(home)
    clock = SystemClock()
    homes.open_terminal(home, clock)
    report = Agent(home, settings, clock).one_round()
    print(sentences.of_round(report))
    return 0 if report.is_complete else 1
