"""Commands that serve and that make: the hub, a terminal, its enrolment, accounts."""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import secrets
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from config import settings as config
from config.settings import HubSettings, TerminalSettings
from kiosk import audit, db, homes, serving
from kiosk.audit import Act
from kiosk.clock import SystemClock, stamp
from kiosk.errors import Refused, StoreFull
from sync.errors import SyncError

PARTS = serving.PARTS
_log = logging.getLogger(__name__)
ROUND_PATIENCE_S = 5.0
LONGEST_DEVICE_NAME = 60


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
    from kiosk.replication.keys import SIGNING_KEY_FILE
    from kiosk.staff import actions as staff
    from sync import server, signing

    clock = SystemClock()
    with homes.new_home(home) as building:
        (building / homes.HUB_FILE).write_text(config.as_toml(homes.HUB_FILE, settings), "utf-8")
        db.write_atomically(building / SIGNING_KEY_FILE, signing.new_seed().hex().encode())
        database = homes.open_hub(building, clock)
        with db.writing(database) as connection:
            server.prepare(connection, settings.terminal_prefix)
            connection.execute(
                "INSERT INTO feed_position (one, epoch, seq, as_of) VALUES (1, ?, 0, ?)",
                (secrets.token_hex(16), stamp(clock.now())),
            )
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
    from kiosk.replication.enrolment import new_enrolment_code

    clock, name = SystemClock(), given.name.strip()
    settings = homes.hub_settings(given.home)
    if not 1 <= len(name) <= LONGEST_DEVICE_NAME or not name.isprintable():
        raise Refused("bad-name", f"a terminal's name has 1 to {LONGEST_DEVICE_NAME} characters")
    database = homes.open_hub(given.home, clock)
    with db.writing(database) as connection:
        code = new_enrolment_code(
            connection,
            name,
            clock.now(),
            settings.enrolment_minutes,
            tuple(given.township),
            given.channel,
        )
        audit.record(at=clock.now(), actor=operator(), act=Act.DEVICE_CODE_MADE, subject=name)
    print(code)
    return 0


def device_place(given: argparse.Namespace) -> int:
    """Says anew where an enrolled terminal stands, which decides what names it may show."""
    from sync import devices

    clock = SystemClock()
    database = homes.open_hub(given.home, clock)
    with db.writing(database) as connection:
        if not devices.set_place(connection, given.name, tuple(given.township), given.channel):
            raise Refused("no-device", f"no terminal named {given.name} is enrolled")
        detail = {"channel": given.channel, "townships": " ".join(given.township)}
        audit.record(
            at=clock.now(),
            actor=operator(),
            act=Act.DEVICE_PLACED,
            subject=given.name,
            detail=detail,
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
