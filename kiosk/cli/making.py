"""Commands that serve and that make: the hub, a terminal, its enrolment, accounts."""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from config import settings as config
from config.settings import HubSettings, TerminalSettings
from kiosk import db
from kiosk.clock import SystemClock
from kiosk.errors import Refused, StoreAway, StoreFull
from kiosk.machine import homes, serving
from sync.wire.errors import SyncError

PARTS = serving.PARTS
_log = logging.getLogger(__name__)
ROUND_PATIENCE_S = 5.0


def operator() -> str:
    """The account of the machine that runs this command, for the audit."""
    return f"operator:{getpass.getuser()}"


def serve_hub(given: argparse.Namespace) -> int:
    """Serves the hub until it is stopped; what it does about its catalogue by itself runs beside."""
    serving.die_with_parent()
    settings = homes.hub_settings(given.home)
    if given.listening is not None:
        place = serving.taken_over(given.listening)
        return _or_later(given.home, lambda: _work(given.home, settings, place))
    if given.workers > 1 and not settings.database:
        raise Refused("one-worker", "several workers need PostgreSQL: `init-hub --database URL`")
    place = serving.bind(given.host or settings.host, settings.port if given.port is None else given.port)
    if given.workers > 1:
        return _or_later(given.home, lambda: _supervise(given.home, settings, place, given.workers))
    return _or_later(given.home, lambda: _work(given.home, settings, place, "hub"))


def _supervise(home: Path, settings: HubSettings, place: serving.BoundSocket, workers: int) -> int:
    """Migrates, so that no worker meets another's half-way, then keeps the workers alive."""
    homes.open_hub(home, SystemClock(), settings).close_all()
    return serving.supervise_workers(home, place, workers)


def _work(home: Path, settings: HubSettings, place: serving.BoundSocket, name: str = "") -> int:
    """One process that serves: alone, by its name, or where the supervisor listens."""
    from kiosk.app import create_hub, duties

    app = create_hub(home, replace(settings, host=place.host, port=place.port))
    db.store.close()  # the connection of this thread, which asks nothing from now on
    stop = threading.Event()
    own = duties.begin(home, settings, SystemClock(), stop)
    try:
        serving.serve(app, place, name, is_behind_proxy=bool(settings.trusted_proxies))
    finally:
        stop.set()
        own.join(ROUND_PATIENCE_S)
    return 0


def snapshot(given: argparse.Namespace) -> int:
    """Makes the file that terminals take the whole catalogue from."""
    from kiosk.machine import snapshots

    os.nice(10)
    clock = SystemClock()
    made = snapshots.make(homes.open_hub(given.home, clock), given.home, clock)
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
        further = [] if given.port is None else ["--port", str(given.port)]
        children = [
            serving.Child(
                part, serving.module_command("terminal", "--home", str(given.home), "--only", part, *further)
            )
            for part in parts
        ]
        return serving.Supervisor(children, serving.stop_on_signal()).run()
    settings = settings if given.port is None else replace(settings, port=given.port)
    part = {"web": _web, "agent": _agent, "printer": _printer}[parts[0]]
    return _or_later(given.home, lambda: part(given.home, settings))


def _or_later(home: Path, serve: Callable[[], int]) -> int:
    """A full disk or a database server that is not up yet is no refusal: the exit code asks to be started again."""
    try:
        return serve()
    except StoreFull as error:
        print(f"the disk of {home} is full: free space there ({error.code})", file=sys.stderr)
    except StoreAway as error:
        print(f"{error.code}: {error.detail}", file=sys.stderr)
    return serving.TRY_AGAIN


def _web(home: Path, settings: TerminalSettings) -> int:
    from kiosk.app import create_terminal

    place = serving.bind(settings.host, settings.port)
    app = create_terminal(home, replace(settings, port=place.port))
    serving.serve(app, place, "terminal", is_behind_proxy=bool(settings.trusted_proxies))
    return 0


def _agent(home: Path, settings: TerminalSettings) -> int:
    """Carries sync, and unpacks the words of the writing panel once: the web process never waits for either."""
    from kiosk.app.replication.agent import Agent
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
    from kiosk.app import printing

    clock = SystemClock()
    database = homes.open_terminal(home, clock)
    printing.serve_printer(database, home, settings, clock, serving.stop_on_signal())
    return 0


def init_hub(given: argparse.Namespace) -> int:
    """Makes a hub and prints its recovery key."""
    address, password = homes.split_address(given.database)
    print(make_hub(given.home, replace(HubSettings(), database=address), password))
    print(
        "Keep this recovery key on paper in a safe: it is shown this once, and opens what clerks lose.",
        file=sys.stderr,
    )
    return 0


def make_hub(home: Path, settings: HubSettings, password: str = "") -> str:
    """
    The recovery key of a new hub at `home`.

    Args:
        password: Of its database server; kept in a file of the home.
    Raises:
        Refused: "home-exists", "database-in-use" (there is a hub in it).
        StoreFull: nothing is left behind.
        StoreAway: the database server cannot be reached.
    """
    from kiosk.app.replication.device_keys import SIGNING_KEY_FILE
    from kiosk.app.replication.enrolment import begin_hub
    from sync.wire import signing

    clock = SystemClock()
    with homes.new_home(home) as building:
        (building / homes.HUB_FILE).write_text(config.as_toml(homes.HUB_FILE, settings), "utf-8")
        db.write_atomically(building / SIGNING_KEY_FILE, signing.new_seed().hex().encode())
        homes.make_web_key(building)
        if password:
            db.write_atomically(building / homes.PASSWORD_FILE, password.encode())
        database = homes.open_hub(building, clock)
        recovery_key = begin_hub(settings.terminal_prefix, clock.now())
        database.close_all()
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
    from kiosk.app.replication import sentences
    from kiosk.app.replication.device_keys import DEVICE_KEY_FILE
    from kiosk.app.replication.enrolment import enrol
    from sync.wire import signing

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
    from sync.hub.enrolment import TerminalPlace

    clock = SystemClock()
    settings = homes.hub_settings(given.home)
    homes.open_hub(given.home, clock)
    code = terminals.new_code(
        given.name.strip(),
        TerminalPlace(tuple(given.township), given.channel),
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
    from kiosk.hall import pins

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
