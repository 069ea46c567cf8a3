"""Creation of a hub and of a terminal; and the end of serving where it may be tried again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from config import settings_file
from config.settings import HubSettings, TerminalSettings
from kiosk import db
from kiosk.clock import SystemClock
from kiosk.errors import Refused, StoreAway, StoreFull
from kiosk.machine import homes, link_copy, serving
from sync.wire.errors import SyncError


def or_later(home: Path, serve: Callable[[], int]) -> int:
    """
    Run `serve`; on a full disk or while the database server is away, return the exit code that asks to be started
    again.
    """
    try:
        return serve()
    except StoreFull as error:
        print(f"the disk of {home} is full: free space there ({error.code})", file=sys.stderr)
    except StoreAway as error:
        print(f"{error.code}: {error.detail}", file=sys.stderr)
    return serving.TRY_AGAIN


def make_hub(home: Path, settings: HubSettings, password: str = "") -> str:
    """
    Create a hub at `home`; return its recovery key.

    Args:
        password: Of its database server; kept in a file of the home.
    Raises:
        Refused: "home-exists", "database-in-use" (there is a hub in it).
        StoreFull: Nothing is left behind.
        StoreAway: The database server cannot be reached.
    """
    from kiosk.app.replication.device_keys import SIGNING_KEY_FILE
    from kiosk.app.replication.enrolment import begin_hub
    from kiosk.calendar import actions as workdays
    from sync.wire import signing

    clock = SystemClock()
    with homes.new_home(home) as building:
        (building / homes.HUB_FILE).write_text(settings_file.as_toml(homes.HUB_FILE, settings), "utf-8")
        db.write_atomically(building / SIGNING_KEY_FILE, signing.new_seed().hex().encode())
        homes.make_web_key(building)
        if password:
            db.write_atomically(building / homes.PASSWORD_FILE, password.encode())
        database = homes.open_hub(building, clock, is_new=True)
        recovery_key = begin_hub(settings.terminal_prefix, clock.now())
        workdays.seed(clock.now())
        database.close_all()
    return recovery_key


def make_terminal(home: Path, settings: TerminalSettings, code: str) -> None:
    """
    Create a terminal at `home`, enrolled at `settings.hub_url`.

    Raises:
        Refused: The home exists, the code is wrong, used or too old, the hub cannot be reached; nothing is changed.
    """
    from kiosk.app.replication import sentences
    from kiosk.app.replication.device_keys import DEVICE_KEY_FILE
    from kiosk.app.replication.enrolment import enrol
    from sync.wire import signing

    clock = SystemClock()
    with homes.new_home(home) as building:
        (building / homes.TERMINAL_FILE).write_text(
            settings_file.as_toml(homes.TERMINAL_FILE, settings), "utf-8"
        )
        seed = signing.new_seed()
        db.write_atomically(building / DEVICE_KEY_FILE, seed.hex().encode())
        database = db.open_sqlite(building / homes.STATION_DB)
        db.migrate(database, "station", clock.now())
        try:
            feed_epoch = enrol(database, settings.hub_url, code, seed, clock)
        except SyncError as error:
            raise Refused(error.code, sentences.of_error(error, settings.hub_url)) from error
        db.create_catalogue(building, feed_epoch, clock.now())
        link_copy.keep(building, database)
        database.close()
