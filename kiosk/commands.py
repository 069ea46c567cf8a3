"""Commands that serve and that make: the hub, a terminal, its enrolment, accounts."""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from config import settings as config
from config.settings import HubSettings, TerminalSettings
from kiosk import db, homes, serving
from kiosk.clock import SystemClock
from kiosk.errors import Refused, StoreFull
from sync.errors import SyncError

PARTS = serving.PARTS
_log = logging.getLogger(__name__)
ROUND_PATIENCE_S = 5.0


def operator() -> str:
    """The account of the machine that runs this command, for the audit."""
    return f"operator:{getpass.getuser()}"


def serve_hub(given: argparse.Namespace) -> int:
    """Serves the hub until it is stopped; what it does about its catalogue by itself runs beside."""
    from kiosk import snapshots
    from kiosk.app import create_hub
    from kiosk.catalogue import rounds

    serving.die_with_parent()
    settings = homes.hub_settings(given.home)
    settings = replace(settings, host=given.host or settings.host, port=given.port or settings.port)

    def serve() -> int:
        app = create_hub(given.home, settings)
        stop = threading.Event()
        own_rounds = rounds.start(given.home, settings, SystemClock(), stop)
        snapshots.start(given.home, SystemClock(), lambda: _snapshot_beside(given.home), stop)
        try:
            serving.serve(
                app,
                settings.host,
                settings.port,
                f"hub: http://{settings.host}:{settings.port}",
                is_behind_proxy=bool(settings.trusted_proxies),
            )
        finally:
            stop.set()
            own_rounds.join(ROUND_PATIENCE_S)
        return 0

    return _or_later(given.home, serve)


def _snapshot_beside(home: Path) -> None:
    """In a process of its own, so that nobody at the desk waits for it."""
    subprocess.run(
        serving.module_command("snapshot", "--home", str(home)), check=True, stdout=subprocess.DEVNULL
    )


def snapshot(given: argparse.Namespace) -> int:
    """Makes the file that terminals take the whole catalogue from."""
    from kiosk import snapshots

    homes.hub_settings(given.home)
    os.nice(10)
    made = snapshots.make(given.home, SystemClock())
    print(f"snapshot: {made.epoch}-{made.seq}, {made.size / 1e6:.1f} MB")
    return 0


def serve_terminal(given: argparse.Namespace) -> int:
    """Serves a terminal: one supervisor over three processes, or the parts named by --only."""
    serving.die_with_parent()
    settings = homes.terminal_settings(given.home)
    if not given.only:
        return serving.supervise_terminal(given.home, given.port)
    parts = given.only.split(",")
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise Refused("unknown-part", f"--only takes {', '.join(PARTS)}, not {', '.join(unknown)}")
    if len(parts) > 1:
        further = ["--port", str(given.port)] if given.port else []
        children = [
            serving.Child(
                part, serving.module_command("terminal", "--home", str(given.home), "--only", part, *further)
            )
            for part in parts
        ]
        return serving.Supervisor(children, serving.stop_on_signal()).run()
    settings = replace(settings, port=given.port or settings.port)
    part = {"web": _web, "agent": _agent, "printer": _printer}[parts[0]]
    return _or_later(given.home, lambda: part(given.home, settings))


def _or_later(home: Path, serve: Callable[[], int]) -> int:
    """A disk that is full at the start is no refusal: the exit code asks the supervisor to try again."""
    try:
        return serve()
    except StoreFull as error:
        print(f"the disk of {home} is full: free space there ({error.code})", file=sys.stderr)
        return serving.TRY_AGAIN


def _web(home: Path, settings: TerminalSettings) -> int:
    from kiosk.app import create_terminal

    app = create_terminal(home, settings)
    serving.serve(
        app,
        settings.host,
        settings.port,
        f"terminal: http://{settings.host}:{settings.port}",
        is_behind_proxy=bool(settings.trusted_proxies),
    )
    return 0


def _agent(home: Path, settings: TerminalSettings) -> int:
    """Carries sync, and unpacks the words of the writing panel once: the web process never waits for either."""
    from kiosk.replication.agent import Agent
    from kiosk.writing.views import FOLDER

    clock = SystemClock()
    homes.open_terminal(home, clock)
    if settings.channel == "kiosk":
        threading.Thread(target=_unpack_words, args=(home / FOLDER,), name="words", daemon=True).start()
    Agent(home, settings, clock).run(serving.stop_on_signal())
    return 0


def _unpack_words(folder: Path) -> None:
    """Without room the panel goes on without pinyin; the first letter that somebody types tries again."""
    from kiosk.writing import lexicon

    try:
        lexicon.prepare(folder)
    except (OSError, sqlite3.Error) as error:
        _log.warning("words-not-unpacked: %s", error)


def _printer(home: Path, settings: TerminalSettings) -> int:
    """Serves the spool; without a printer it only lets waiting papers expire."""
    from kiosk import paperwork

    clock = SystemClock()
    database = homes.open_terminal(home, clock)
    paperwork.serve_printer(database, home, settings, clock, serving.stop_on_signal())
    return 0


def serve_gallery(given: argparse.Namespace) -> int:
    """All components in all states, for those who design pages."""
    from kiosk.app.gallery import gallery_app

    ready = f"gallery: http://127.0.0.1:{given.port}"
    serving.serve(gallery_app(port=given.port), "127.0.0.1", given.port, ready)
    return 0


def init_hub(given: argparse.Namespace) -> int:
    """Makes a hub and prints its recovery key."""
    print(make_hub(given.home, HubSettings()))
    print(
        "Keep this recovery key on paper in a safe: it is shown this once, and opens what clerks lose.",
        file=sys.stderr,
    )
    return 0


def make_hub(home: Path, settings: HubSettings) -> str:
    """
    The recovery key of a new hub at `home`.

    Raises:
        Refused: "home-exists".
        StoreFull: nothing is left behind.
    """
    from kiosk.replication.enrolment import begin_hub
    from kiosk.replication.keys import SIGNING_KEY_FILE
    from kiosk.staff import actions as staff
    from sync import signing

    clock = SystemClock()
    with homes.new_home(home) as building:
        (building / homes.HUB_FILE).write_text(config.as_toml(homes.HUB_FILE, settings), "utf-8")
        db.write_atomically(building / SIGNING_KEY_FILE, signing.new_seed().hex().encode())
        database = homes.open_hub(building, clock)
        begin_hub(settings.terminal_prefix, clock.now())
        recovery_key = staff.init_reading_key(clock.now())
        database.close()
    return recovery_key


def init_terminal(given: argparse.Namespace) -> int:
    """Makes a terminal, enrolled with its hub by a one-time code."""
    make_terminal(given.home, replace(TerminalSettings(), hub_url=given.hub.rstrip("/")), given.code)
    print(f"enrolled: {given.home}")
    return 0


def make_terminal(home: Path, settings: TerminalSettings, code: str) -> None:
    """
    A terminal at `home`, enrolled at `settings.hub_url`.

    Raises:
        Refused: the home exists, the code is wrong, used or too old, the hub cannot be reached; nothing is changed.
    """
    from kiosk.replication import sentences
    from kiosk.replication.enrolment import enrol
    from kiosk.replication.keys import DEVICE_KEY_FILE
    from sync import signing

    clock = SystemClock()
    with homes.new_home(home) as building:
        (building / homes.TERMINAL_FILE).write_text(config.as_toml(homes.TERMINAL_FILE, settings), "utf-8")
        seed = signing.new_seed()
        db.write_atomically(building / DEVICE_KEY_FILE, seed.hex().encode())
        database = db.open_sqlite(building / homes.STATION_DB)
        db.migrate(database, "station", clock.now())
        try:
            feed_epoch = enrol(database, settings.hub_url, code, seed, clock)
        except SyncError as error:
            raise Refused(error.code, sentences.of_error(error, settings.hub_url)) from error
        db.create_catalogue(building, feed_epoch, clock.now())
        database.close()


def device_add(given: argparse.Namespace) -> int:
    """Prints a one-time code for a new terminal."""
    from kiosk.staff import terminals
    from sync.enrolment import Place

    clock = SystemClock()
    settings = homes.hub_settings(given.home)
    homes.open_hub(given.home, clock)
    code = terminals.new_code(
        given.name.strip(),
        Place(tuple(given.township), given.channel),
        life=timedelta(minutes=settings.enrolment_minutes),
        now=clock.now(),
        by=operator(),
    )
    print(code)
    return 0


def device_place(given: argparse.Namespace) -> int:
    """Says anew where an enrolled terminal stands, which decides what names it may show."""
    from kiosk.staff import terminals

    clock = SystemClock()
    homes.open_hub(given.home, clock)
    device = terminals.id_of(given.name)
    if device is None:
        raise Refused("no-device", f"no terminal named {given.name} is enrolled")
    terminals.set_place(
        device,
        name=given.name,
        townships=tuple(given.township),
        channel=given.channel,
        now=clock.now(),
        by=operator(),
    )
    print(f"{given.name}: {given.channel} {' '.join(given.township)}".rstrip())
    return 0


def hall_pin(given: argparse.Namespace) -> int:
    """Sets the PIN of the terminal's hall page; it holds once the terminal is started anew."""
    from kiosk import pins

    homes.keep_setting(given.home, "hall_pin_hash", pins.hashed(_secret("PIN: ")))
    print("the PIN of the hall page is set: start the terminal anew")
    return 0


def staff_add(given: argparse.Namespace) -> int:
    """An account, with its password from standard input."""
    from kiosk.staff import actions as staff

    clock = SystemClock()
    homes.hub_settings(given.home)
    homes.open_hub(given.home, clock)
    state = staff.add_account(given.name, given.role, _secret("password: "), clock.now())
    print(f"{given.name}: {state}")
    return 0


def staff_approve(given: argparse.Namespace) -> int:
    """Approves an account that reads personal data, with the recovery key from standard input."""
    from kiosk.staff import actions as staff

    clock = SystemClock()
    homes.hub_settings(given.home)
    homes.open_hub(given.home, clock)
    staff.approve(given.name, recovery_key=_secret("recovery key: "), now=clock.now())
    print(f"{given.name}: active")
    return 0


def _secret(prompt: str) -> str:
    """One line from standard input; not shown when a person types it."""
    return getpass.getpass(prompt) if os.isatty(0) else sys.stdin.readline().rstrip("\n")
