"""
The process that serves a submission is killed at each write of the request, and each write, read and open fails in it.

The whole exchange over HTTP, from the visit's first read to its last write, with the calls of the operating system as
they are: what the layer of test_every_request.py cannot reach (SQLite's opens, shared memory, locks). The screen never
shows a number that is not stored and never denies one that is; after a restart the same visit ends at one receipt.
`KIOSK_SLOW=1` tries each error at each place; else they take turns.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from kiosk import db
from kiosk.clock import FixedClock
from kiosk.machine import homes
from sync.wire import sealing
from tests import building
from tests.clocks import MONDAY_MORNING
from tests.faults import one_terminal
from tests.faults.one_terminal import HOST
from tests.journeys.story import fill_in
from tests.pages import Visitor
from tests.terminals import link
from tests.world import PATIENCE_S, REPOSITORY

WRITES = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "rename", "link", "mkdir")
TABLES = ("submission", "outbox", "print_job", "print_event")
NUMBER = re.compile(r"GX\d\d-\d{6}-\d{4}-\w{2}-\w")
DENIALS = ("没有交出去", "没有交上", "没有编号")
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
THOROUGH = os.environ.get("KIOSK_SLOW") == "1"
AGAIN_EVERY = 1 if THOROUGH else 4


@dataclass
class Terminals:
    """A terminal put back to the moment before handing in for each try, served by a fresh process."""

    home: Path
    before: Path
    program: subprocess.Popen[str]
    cookie: str = ""
    token: str = ""
    served: int = 0
    base: str = ""
    felt: int = 0
    invents: bool = False
    found: list[str] = field(default_factory=list)

    def serve(self) -> None:
        """Start a fresh process for the home as it is."""
        self.end()
        assert self.program.stdin
        assert self.program.stdout
        order = {"home": str(self.home), "invents": self.invents}
        self.program.stdin.write(json.dumps(order) + "\n")
        self.program.stdin.flush()
        said = json.loads(self.program.stdout.readline())
        self.served, self.base = said["pid"], f"http://{HOST}:{said['port']}"

    def end(self) -> None:
        """Kill the process that serves."""
        if self.served:
            with suppress(ProcessLookupError):
                os.kill(self.served, signal.SIGKILL)
            self.served = 0

    def fresh(self) -> None:
        """Put the terminal back, and serve it."""
        self.end()
        shutil.rmtree(self.home)
        shutil.copytree(self.before, self.home)
        self.serve()

    def send(self, path: str, token: str = "") -> str:
        """Return the page at the end of every redirect; empty where the connection broke."""
        form = {"csrf_token": token} if token else None
        try:
            with requests.Session() as browser:
                browser.cookies.set("visit", self.cookie)
                return browser.request(
                    "POST" if token else "GET", self.base + path, data=form, timeout=PATIENCE_S
                ).text
        except requests.RequestException:
            return ""

    def hand_in(self, *how: str) -> tuple[str, str]:
        """Hand in while strace does `how` to the process; return the page and the calls that were made."""
        trace = self.home.with_name("trace")
        command = ["strace", "-f", "-y", *how, "-o", str(trace), "-p", str(self.served)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr
            attached = tracer.stderr.readline()
            assert "attached" in attached, attached
            page = self.send("/request/check", self.token)
            tracer.terminate()
            tracer.stderr.read()
        calls = trace.read_text("utf-8")
        self.felt += "(INJECTED)" in calls or "killed by SIGKILL" in calls
        return page, calls

    def stored(self) -> list[str]:
        """Return the numbers that a start finds; note where only a part is stored."""
        with closing(sqlite3.connect(self.home / homes.STATION_DB)) as connection:
            sizes = {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES
            }
            if len(set(sizes.values())) != 1:
                self.found.append(f"a part is stored: {sizes}")
            return [number for (number,) in connection.execute("SELECT number FROM submission")]

    def judge(self, where: str, page: str) -> None:
        """Note what the screen showed and is not stored, or denied and is."""
        held, shown = self.stored(), NUMBER.search(page)
        if page and "</html>" not in page:
            self.found.append(f"{where}: no page of ours: {page}")
        if shown and [shown[0]] != held:
            self.found.append(f"{where}: shows {shown[0]}, stored {held}")
        if held and any(denial in page for denial in DENIALS):
            self.found.append(f"{where}: denies {held}")

    def again(self, where: str) -> None:
        """Go on in the same visit, as somebody does who saw no number: one is stored, and it is shown."""
        before = self.stored()
        page = self.send("/request/check")
        if not NUMBER.search(page) and (token := TOKEN.search(page)):
            page = self.send("/request/check", token[1])
        self.judge(f"{where}, again", page)
        if len(self.stored()) != 1 or not NUMBER.search(page) or (before and before != self.stored()):
            self.found.append(f"{where}, again: {before} became {self.stored()}: {page[:2000]}")

    def places(self, names: Sequence[str]) -> list[tuple[str, int]]:
        """Return each call of these names on the terminal's own files in an undisturbed exchange, by name and place."""
        self.fresh()
        page, calls = self.hand_in("-e", f"trace={','.join(names)}")
        assert NUMBER.search(page), page[:2000]
        places, counted = list[tuple[str, int]](), Counter[tuple[str, str]]()
        for line in calls.splitlines():
            if found := re.match(r"(\d+) +(\w+)\(", line):
                counted[found[1], found[2]] += 1
                if str(self.home.parent) in line:
                    places.append((found[2], counted[found[1], found[2]]))
        return places


def in_turn(places: Sequence[tuple[str, int]], errors: Sequence[str]) -> Iterator[str]:
    """
    Yield strace's words for each place with one of the errors in its turn; with each where there is time.

    An error with a plus sign meets all later calls of that name too.
    """
    for at, (name, place) in enumerate(places):
        for error in errors if THOROUGH else (errors[at % len(errors)],):
            lasting = "+" if error.endswith("+") else ""
            yield f"inject={name}:error={error.removesuffix('+')}:when={place}{lasting}"


def failing(terminals: Terminals, attempts: Iterable[str]) -> list[str]:
    """Hand in once for each of strace's words; return everything that is wrong."""
    for at, how in enumerate(attempts):
        terminals.fresh()
        page, _ = terminals.hand_in("-e", how)
        terminals.judge(how, page)
        if at % AGAIN_EVERY == 0:
            terminals.again(how)
    return terminals.found


@pytest.fixture(scope="module")
def terminals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminals]:
    if shutil.which("strace") is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have strace")
        pytest.skip("strace is not installed: apt install strace")
    root = tmp_path_factory.mktemp("calls")
    clock = FixedClock(MONDAY_MORNING)
    settings = building.terminal_settings(runtime_dir=str(root / "memory"), printer="tcp://127.0.0.1:1")
    home = building.terminal_home(root / "home", clock, settings)
    station = db.open_sqlite(home / homes.STATION_DB)
    link(clock, seal_key=sealing.new_key_pair()[1], station=station)
    station.close_all()
    program = subprocess.Popen(
        [sys.executable, "-m", one_terminal.__name__],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    made = Terminals(home, root / "before", program)
    made.serve()
    visitor = Visitor(made.base)
    page = fill_in(visitor)
    made.token, made.cookie = page.form("/request/check").fields["csrf_token"], visitor.http.cookies["visit"]
    made.end()
    shutil.copytree(home, made.before)
    yield made
    made.end()
    assert program.stdin
    assert program.stdout
    program.stdin.close()
    program.wait(PATIENCE_S)
    program.stdout.close()


@pytest.fixture(autouse=True)
def nothing_found(terminals: Terminals) -> None:
    terminals.felt, terminals.found = 0, []


def test_killed_at_any_write_the_next_start_ends_the_visit_at_one_receipt(terminals: Terminals) -> None:
    for name, place in terminals.places(WRITES):
        terminals.fresh()
        page, _ = terminals.hand_in("-e", f"inject={name}:signal=KILL:when={place}")
        terminals.judge(f"killed at {name} {place}", page)
        terminals.serve()
        terminals.again(f"killed at {name} {place}")
    assert terminals.found == []
    assert terminals.felt > 20, "the kills must have been felt"


def test_whatever_write_fails_in_the_process_the_screen_says_what_is_stored(terminals: Terminals) -> None:
    places = terminals.places(WRITES)
    assert failing(terminals, in_turn(places, ("EIO", "ENOSPC+", "ENOSPC", "EIO+"))) == []
    assert terminals.felt > 20, "the errors must have been felt"


def test_whatever_read_or_open_or_lock_fails_the_screen_says_what_is_stored(terminals: Terminals) -> None:
    reads, opens = terminals.places(("pread64",)), terminals.places(("openat",))
    locks = terminals.places(("fcntl",))[:: 1 if THOROUGH else 4]
    attempts = [
        *in_turn(reads, ("EIO", "EIO+")),
        *in_turn(opens, ("EMFILE", "EIO", "ENOMEM", "EMFILE+")),
        *in_turn(locks, ("EIO", "ENOLCK")),
    ]
    assert failing(terminals, attempts) == []
    assert terminals.felt > 30, "the errors must have been felt"


def test_the_sweep_finds_a_number_on_the_screen_that_is_not_stored(terminals: Terminals) -> None:
    """The negative control: a page that does not ask the store."""
    terminals.invents = True
    try:
        found = failing(terminals, in_turn(terminals.places(("fdatasync",)), ("ENOSPC+",)))
    finally:
        terminals.invents = False
    assert any("shows GX01" in fault for fault in found), found
