"""A county on one machine for tests: a hub, a terminal and a virtual printer as real processes on free ports."""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Self, TypeVar

from config import settings_file
from config.settings import HubSettings, TerminalSettings
from kiosk import db
from kiosk.cli import catalogue as catalogue_commands
from kiosk.cli import making as commands
from kiosk.clock import stamp
from kiosk.machine import homes
from kiosk.machine.serving import REFUSED
from kiosk.staff import actions as staff
from kiosk.staff import terminals
from kiosk.writing import lexicon
from kiosk.writing.views import FOLDER as WORDS
from sync.hub.enrolment import TerminalPlace
from tests.building import a_folder, hub_home, hub_settings, terminal_settings
from tests.clocks import CLOCK, environment
from tests.pages import PATIENCE_S

REPOSITORY = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
CLERK, PASSWORD = "li.shili", "shili-0001-mima-0002"
HUB_NAME = f"http://{HOST}:8090"
"""The address that the hub's desk tells for new terminals."""
SAYS = {
    "hub": re.compile(r"^hub: http://127\.0\.0\.1:(\d+)$", re.M),
    "web": re.compile(r"^terminal: http://127\.0\.0\.1:(\d+)$", re.M),
    "paper": re.compile(
        r"^printing on tcp://127\.0\.0\.1:(\d+), papers at http://127\.0\.0\.1:(\d+)/$", re.M
    ),
}
"""How a process with pages tells its ports, once it listens."""
ENDED_WITH_US = ("setpriv", "--pdeathsig")
"""Before a signal and a command: its process gets that when the one that started it is gone, however that ended."""
PORT_TAKEN = re.compile(r"in use by another program|cannot listen")
Result = TypeVar("Result")


def eventually(look: Callable[[], Result], what: str, within_s: float = PATIENCE_S) -> Result:
    """The first true answer of `look`; an assertion names what never came."""
    until = time.monotonic() + within_s
    pause = threading.Event()
    while True:
        answer = look()
        if answer:
            return answer
        assert time.monotonic() < until, f"never happened: {what}"
        pause.wait(0.05)


def answers(url: str) -> bool:
    """Whether a page can be had."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def make_hub(home: Path, settings: HubSettings) -> None:
    """Make a hub with sample content and an approved clerk."""
    recovery_key = hub_home(home, settings)
    database = homes.open_hub(home, CLOCK)
    with db.writing(database):
        staff.add_account(CLERK, "clerk", PASSWORD, CLOCK.now())
        staff.approve(CLERK, recovery_key=recovery_key, now=CLOCK.now())
    catalogue_commands.import_sample(home, "operator:test")
    database.close_all()


@functools.cache
def a_made_hub() -> Path:
    """Return the home of a hub as `make_hub` leaves it, made once for all counties of this process."""
    home = a_folder() / "hub"
    make_hub(home, hub_settings(public_url=HUB_NAME))
    return home


@functools.cache
def unpacked_words() -> Path:
    """Return the words of the writing panel as an agent unpacks them, once for all counties of this process."""
    folder = a_folder()
    lexicon.prepare(folder)
    return folder


class World:
    """Starts, stops and kills the processes of a small county; the homes survive all of it."""

    def __init__(self, root: Path, terminal: TerminalSettings | None = None) -> None:
        self.root = root
        self.hub_home, self.terminal_home, self.papers = root / "hub", root / "terminal", root / "papers"
        self.logs = root
        self.hub_port = self.terminal_port = self.printer_port = self.printer_page_port = 0
        """Each is known once its process has said it, and kept from then on."""
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.settings = terminal or terminal_settings()
        self.hub_address, self.hub_workers = "", 1
        """Of the hub's database on a PostgreSQL server, where several workers may serve."""
        self.ahead: dict[str, timedelta] = {}
        """By how much the clock of a process is ahead of the tests', by its name."""
        self.papers.mkdir()

    @property
    def hub_url(self) -> str:
        return f"http://{HOST}:{self.hub_port}"

    @property
    def terminal_url(self) -> str:
        return f"http://{HOST}:{self.terminal_port}"

    @property
    def printer_url(self) -> str:
        return f"http://{HOST}:{self.printer_page_port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def make(self) -> None:
        """A hub with sample content and an approved clerk, a running hub, and an enrolled terminal."""
        self.make_hub()
        self.start("hub")
        self.make_terminal("示例大厅1号机")

    def make_hub(self) -> None:
        """A hub with sample content and an approved clerk."""
        if self.hub_address:
            make_hub(self.hub_home, hub_settings(public_url=HUB_NAME, database=self.hub_address))
        else:
            shutil.copytree(a_made_hub(), self.hub_home)

    def make_terminal(self, name: str) -> None:
        """A terminal enrolled at the running hub; it gets a printer when one is started."""
        database = homes.open_hub(self.hub_home, CLOCK)
        code = terminals.new_code(
            name, TerminalPlace(), life=timedelta(minutes=15), now=CLOCK.now(), by="operator:test"
        )
        database.close_all()
        terminal = replace(
            self.settings,
            hub_url=self.hub_url,
            printer="tcp://127.0.0.1:9",
            sync_interval_s=1,
            runtime_dir=str(self.root / "memory"),
        )
        commands.make_terminal(self.terminal_home, terminal, code)
        if terminal.channel == "kiosk":
            shutil.copytree(unpacked_words(), self.terminal_home / WORDS)

    def tell_terminal(self, **settings: object) -> None:
        """Writes into the terminal's settings file; holds for what is started from then on."""
        path = self.terminal_home / homes.TERMINAL_FILE
        if path.exists():
            told = replace(homes.terminal_settings(self.terminal_home), **settings)  # type: ignore[arg-type]
            path.write_text(settings_file.as_toml(homes.TERMINAL_FILE, told), "utf-8")

    def learn_port(self) -> None:
        """Lets the terminal take a port, which its settings name from then on."""
        self.start("web")
        self.stop("web")
        self.tell_terminal(port=self.terminal_port)

    def start(self, *names: str) -> None:
        """Starts processes and waits until those with pages say that they listen."""
        said = {name: len(self.log(name)) for name in names}
        for name in names:
            self._launch(name)
        for name in names:
            if name in SAYS:
                self._note_ports(
                    name, eventually(lambda one=name: self._heard(one, said[one]), f"{name} listens")
                )

    def _launch(self, name: str) -> None:
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*ENDED_WITH_US, self._last_signal(name), *self._command(name)],
                cwd=REPOSITORY,
                env=environment(CLOCK.now() + self.ahead.get(name, timedelta(0))),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _last_signal(self, name: str) -> str:
        """A process that rests hears nothing but KILL; a hub of several workers must end them itself."""
        return "TERM" if name == "hub" and self.hub_workers > 1 else "KILL"

    def rest(self) -> None:
        """Halts all processes where they are, so that they cost nothing until they `go_on`."""
        for process in self.processes.values():
            process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Lets processes run that rested; returns when the terminal has spoken with its hub."""
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
        if {"hub", "agent"} <= self.processes.keys():
            self.speak_with_hub()

    def speak_with_hub(self) -> None:
        """Returns when the terminal has spoken with its hub once more."""
        since = stamp(CLOCK.now())
        eventually(lambda: self._synced_since(since), "the terminal speaks with its hub again")

    def _synced_since(self, moment: str) -> bool:
        with closing(sqlite3.connect(self.terminal_home / homes.STATION_DB, timeout=10)) as station:
            found = station.execute("SELECT 1 FROM sync_report WHERE succeeded_at > ?", (moment,)).fetchone()
        return found is not None

    def _heard(self, name: str, since: int) -> re.Match[str] | None:
        """What a process says once it listens; one whose port is taken for a moment is started again."""
        ended, said = self.processes[name].poll(), self.log(name)[since:]
        if ended == REFUSED and PORT_TAKEN.search(said[-300:]):
            self._launch(name)
        else:
            assert ended is None, f"{name} ended with {ended}: {said[-2000:]}"
        return SAYS[name].search(said)

    def _note_ports(self, name: str, heard: re.Match[str]) -> None:
        ports = [int(port) for port in heard.groups()]
        match name:
            case "hub":
                (self.hub_port,) = ports
            case "web":
                (self.terminal_port,) = ports
            case "paper":
                self.printer_port, self.printer_page_port = ports
                self.tell_terminal(printer=f"tcp://{HOST}:{self.printer_port}")

    def start_all(self) -> None:
        """The virtual printer and the three processes of the terminal; waits for the catalogue."""
        self.start("paper")
        self.start("web", "agent", "printer")
        self.wait_for_the_catalogue()

    def wait_for_the_catalogue(self) -> None:
        """Until the terminal shows the sample documents."""
        eventually(
            lambda: answers(self.terminal_url + "/documents/sample:policy-001"), "the catalogue arrives"
        )

    def _command(self, name: str) -> list[str]:
        kiosk = [sys.executable, "-m", "kiosk"]
        if name == "hub":
            port, workers = str(self.hub_port), str(self.hub_workers)
            return [*kiosk, "hub", "--home", str(self.hub_home), "--port", port, "--workers", workers]
        if name == "paper":
            ports = ["--port", str(self.printer_port), "--http-port", str(self.printer_page_port)]
            return [sys.executable, "-m", "tools.virtual_printer", *ports, "--dir", str(self.papers)]
        port = ["--port", str(self.terminal_port)]
        return [*kiosk, "terminal", "--home", str(self.terminal_home), "--only", name, *port]

    def kill(self, name: str) -> None:
        """kill -9"""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes.pop(name).wait()

    def stop(self, name: str) -> None:
        """A friendly end."""
        self.processes[name].terminate()
        self.processes.pop(name).wait(PATIENCE_S)

    def end(self) -> None:
        """Ends whatever runs."""
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def paper_of(self, number: str) -> Path:
        """
        Wait for the paper that says this number; return the file of its text.

        A printer may put other strips in between, such as the mark under a slip that it did not answer about.
        """
        return eventually(lambda: self._paper_of(number), f"the paper with {number}")

    def _paper_of(self, number: str) -> Path | None:
        found = (
            each for each in self.papers.glob("*.txt") if number in "".join(each.read_text("utf-8").split())
        )
        return max(found, default=None)

    def log(self, name: str) -> str:
        """What a process has said so far."""
        path = self.logs / f"{name}.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""
