"""`./run demo`: a hub, an enrolled terminal and a virtual printer with sample content, on this machine alone."""

from __future__ import annotations

import secrets
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from config.settings import HubSettings, TerminalSettings
from config.settings_file import example
from kiosk import db
from kiosk.cli import catalogue as catalogue_commands
from kiosk.cli import making as commands
from kiosk.clock import SystemClock
from kiosk.errors import Refused
from kiosk.machine import homes, serving
from sync.carried import feed
from tools.demo_supply import HALL
from tools.virtual_reader.ports import CARDS, CODES

CLERK, SECOND_CLERK, PUBLISHER = "wang.shili", "wu.shili", "zhao.shili"
PEOPLE = {
    CLERK: "clerk",
    SECOND_CLERK: "clerk",
    PUBLISHER: "publisher",
    "sun.shili": "publisher",
    "qian.shili": "admin",
}
"""
Invented people of the desk: 王示例 and 吴示例 handle requests (each approves the letters of the other), 赵示例 and
孙示例 publish (each approves what the other proposes), 钱示例 manages terminals and accounts.
"""
HALL_NUMBER, HALL_NAME = "1024", "周示例"
"""Invented member of the hall's staff, who helps at the terminal."""
QUEUE_LETTER = "A"
"""Letter of the numbers of the hall's queue."""
TOWNSHIPS = ("柳林镇",)
"""The demo's terminal shows the lists of names of this township; those of the others never reach it."""
HOST = "127.0.0.1"
READY_WITHIN_S = 120.0
LOOK_EVERY_S = 0.05
READERS = "readers"
"""Folder of the virtual readers' devices."""
MANIFEST = "demo.txt"
"""Marks a complete demo home and holds the sign-in of its people."""


@dataclass(frozen=True)
class Ports:
    """The ports of the demo's addresses."""

    terminal: int
    hub: int
    printer_page: int
    printer: int
    reader_page: int

    def url(self, port: int) -> str:
        """Return the address of a page on this machine."""
        return f"http://{HOST}:{port}/"


def run(home: Path, port: int) -> int:
    """
    Serve the demo until Ctrl-C; a second start continues with the files of the first one.

    Args:
        port: Of the terminal, followed by those of hub, printer and readers; 0 takes free ones.
    """
    wanted = [port + at if port else 0 for at in range(5)]
    with serving.reserved(HOST, *wanted) as ports:
        return _run(home, Ports(*ports))


def _run(home: Path, ports: Ports) -> int:
    is_new = not (home / MANIFEST).is_file()
    if is_new:
        home.mkdir(parents=True, exist_ok=True)
        sign_in = _make_hub(home / "hub", ports)
    else:
        sign_in = (home / MANIFEST).read_text("utf-8")
        _move(home, ports)
    stop = serving.stop_on_signal()
    children = [_virtual_printer(home, ports), _virtual_readers(home, ports), _hub(home)]
    supervisor = serving.Supervisor(children, stop)
    outcome: list[int] = []
    thread = threading.Thread(target=lambda: outcome.append(supervisor.run()), name="supervisor")
    thread.start()
    try:
        if is_new:
            _wait(lambda: _answers(ports.url(ports.hub) + "healthz"), thread)
            _make_terminal(home, ports)
            sign_in += _make_hall_staff(home / "hub")
            (home / MANIFEST).write_text(sign_in, "utf-8")
        supervisor.children.extend(_terminal(home))
        _wait(lambda: _is_ready(ports, home), thread)
        _announce(ports, sign_in)
        thread.join()
    finally:
        stop.set()
        thread.join()
    return outcome[0] if outcome else 1


def _make_hub(home: Path, ports: Ports) -> str:
    """Create a hub with sample content and cases, and approved clerks; return the lines with their sign-in."""
    from kiosk.staff import actions as staff
    from kiosk.staff.entry import signing_in
    from tools import demo_cases, demo_inquiries, demo_report, demo_supply

    if home.exists():
        raise Refused("home-exists", f"{home} is left over from a demo that was not finished: remove it")
    settings = replace(
        example(HubSettings),
        port=ports.hub,
        public_url=f"http://{HOST}:{ports.hub}",
        second_factor=False,
    )
    recovery_key = commands.make_hub(home, settings)
    password = "-".join(f"{secrets.randbelow(10000):04d}" for _ in range(4))
    clock = SystemClock()
    database = homes.open_hub(home, clock)
    for name, role in PEOPLE.items():
        staff.add_account(name, role, password, clock.now())
    for clerk in (CLERK, SECOND_CLERK):
        staff.approve(clerk, recovery_key=recovery_key, now=clock.now())
    catalogue_commands.import_sample(home, "operator:demo")
    demo_cases.add_letterheads(home, clock, CLERK)
    demo_report.add(home, clock, CLERK, PUBLISHER)
    demo_cases.add(home, clock, CLERK)
    entered = signing_in.sign_in(CLERK, password, clock)
    assert isinstance(entered, signing_in.Entered)
    demo_inquiries.add(home, clock, CLERK, entered.reading_keys)
    demo_supply.add(clock)
    database.close_all()
    names = "\n".join(f"{role}: {name}" for name, role in PEOPLE.items())
    return f"{names}\npassword of all five: {password}\nrecovery key: {recovery_key}\n"


def _make_terminal(home: Path, ports: Ports) -> None:
    from kiosk.staff import terminals
    from sync.hub.enrolment import TerminalPlace

    clock = SystemClock()
    database = homes.open_hub(home / "hub", clock)
    settings = homes.hub_settings(home / "hub")
    code = terminals.new_code(
        "示例大厅1号机",
        TerminalPlace(TOWNSHIPS),
        life=timedelta(minutes=settings.enrolment_minutes),
        now=clock.now(),
        by="operator:demo",
    )
    database.close_all()
    commands.make_terminal(home / "terminal", _terminal_settings(home, ports), code)


def _make_hall_staff(home: Path) -> str:
    """Create a member of the hall's staff for assisted service; return the line with number and PIN."""
    from kiosk.hall import accounts, pins

    clock = SystemClock()
    database = homes.open_hub(home, clock)
    pin = pins.random_pin()
    accounts.add(
        number=HALL_NUMBER,
        name=HALL_NAME,
        pin=pin,
        devices=[place.device for place in accounts.places()],
        now=clock.now(),
        by="operator:demo",
    )
    database.close_all()
    return f"hall staff: number {HALL_NUMBER}, PIN {pin}\n"


def _terminal_settings(home: Path, ports: Ports) -> TerminalSettings:
    return replace(
        example(TerminalSettings),
        port=ports.terminal,
        hub_url=f"http://{HOST}:{ports.hub}",
        printer=f"tcp://{HOST}:{ports.printer}",
        card_reader=f"serial://{(home / READERS / CARDS).resolve()}",
        code_scanner=f"serial://{(home / READERS / CODES).resolve()}",
        sync_interval_s=2,
        help_phone="0635-0000000",
        organ_phone="0635-0000001",
        queue_letter=QUEUE_LETTER,
        queue_place=HALL,
        queue_phone_url=f"http://{HOST}:{ports.terminal}",
    )


def _move(home: Path, ports: Ports) -> None:
    """Write other ports into the settings when the demo is started on others than before."""
    from config import settings_file

    hub = homes.hub_settings(home / "hub")
    terminal = homes.terminal_settings(home / "terminal")
    if (hub.port, terminal.port) == (ports.hub, ports.terminal):
        return
    hub = replace(hub, port=ports.hub, public_url=f"http://{HOST}:{ports.hub}")
    new = _terminal_settings(home, ports)
    terminal = replace(
        terminal,
        port=new.port,
        hub_url=new.hub_url,
        printer=new.printer,
        queue_phone_url=new.queue_phone_url,
    )
    (home / "hub" / homes.HUB_FILE).write_text(settings_file.as_toml(homes.HUB_FILE, hub), "utf-8")
    (home / "terminal" / homes.TERMINAL_FILE).write_text(
        settings_file.as_toml(homes.TERMINAL_FILE, terminal), "utf-8"
    )


def _virtual_printer(home: Path, ports: Ports) -> serving.Child:
    papers = home / "papers"
    papers.mkdir(exist_ok=True)
    further = ["--port", str(ports.printer), "--http-port", str(ports.printer_page), "--dir", str(papers)]
    return serving.Child("virtual printer", [sys.executable, "-m", "tools.virtual_printer", *further])


def _virtual_readers(home: Path, ports: Ports) -> serving.Child:
    further = [
        "--dir",
        str(home / READERS),
        "--http-port",
        str(ports.reader_page),
        "--papers",
        str(home / "papers"),
    ]
    return serving.Child("virtual readers", [sys.executable, "-m", "tools.virtual_reader", *further])


def _hub(home: Path) -> serving.Child:
    return serving.Child("hub", serving.module_command("hub", "--home", str(home / "hub")))


def _terminal(home: Path) -> list[serving.Child]:
    return [
        serving.Child(
            part, serving.module_command("terminal", "--home", str(home / "terminal"), "--only", part)
        )
        for part in serving.PARTS
    ]


def _is_ready(ports: Ports, home: Path) -> bool:
    """Return whether all three answer and the terminal has its catalogue."""
    pages = (
        ports.url(ports.hub) + "healthz",
        ports.url(ports.terminal) + "healthz",
        ports.url(ports.printer_page),
        ports.url(ports.reader_page),
        ports.url(ports.terminal) + "browse/policy",
    )
    return all(_answers(page) for page in pages) and _has_catalogue(home / "terminal")


def _has_catalogue(home: Path) -> bool:
    database = db.open_catalogue(home)
    try:
        found = feed.position(database)
        return found is not None and found.seq > 0
    finally:
        database.close_all()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # the demo's own addresses
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _wait(is_done: Callable[[], bool], supervisor: threading.Thread) -> None:
    """Wait until `is_done`; raise Refused when the demo stopped or took too long."""
    until = time.monotonic() + READY_WITHIN_S
    while not is_done():
        if not supervisor.is_alive():
            raise Refused("demo-stopped", "the demo stopped before it was ready: see the line above")
        if time.monotonic() > until:
            raise Refused("demo-slow", f"the demo was not ready within {READY_WITHIN_S:.0f} s")
        threading.Event().wait(LOOK_EVERY_S)


def _announce(ports: Ports, sign_in: str) -> None:
    urls = f"terminal={ports.url(ports.terminal)} hub={ports.url(ports.hub)} printer={ports.url(ports.printer_page)}"
    print(f"ready: {urls}", flush=True)
    queue = ports.url(ports.terminal) + "queue/"
    print(f"cards and codes to hold up: {ports.url(ports.reader_page)}", flush=True)
    print(f"queue of the hall: {queue} call screen: {queue}screen windows: {queue}window", flush=True)
    print(sign_in, end="", flush=True)
