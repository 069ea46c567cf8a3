"""The readiness report: can this machine do its main job, and what needs a person."""

from __future__ import annotations

import shutil
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from kiosk import db, homes
from kiosk.clock import Clock, from_stamp, stamp
from kiosk.errors import KioskError
from kiosk.terminal import models

ENOUGH_DISK_MB = 500
STALE_SYNC = timedelta(hours=24)
DEAD_PAGE = timedelta(minutes=5)
"""The page signs each minute."""
CERTIFICATE_WARNING = timedelta(days=30)
CERTIFICATE_WAIT_S = 5.0


@dataclass(frozen=True)
class Line:
    """One thing looked at."""

    name: str
    ok: bool
    words: str


def of_home(home: Path, clock: Clock) -> list[Line]:
    """What was found; a fault in one line does not hide the others."""
    is_hub = homes.is_hub(home)
    lines = [_settings(home, is_hub), _disk(home)]
    try:
        homes.open_home(home, clock)
        lines += [_clock(clock), _integrity()]  # what the hub said of the time is in the database
    except KioskError as error:
        return [*lines, _clock(clock), Line("database", False, error.detail or error.code)]
    if not is_hub:
        lines += [_sync(clock), _waiting(), _certificate(home, clock), _printer(), _page(clock)]
        if _has_page_printer(home):
            lines.append(_printer("page-printer", "page"))
    return lines


def for_hall(home: Path, clock: Clock) -> list[Line]:
    """What the hall's staff can look after, asked of open databases: quick enough for a page that looks often."""
    return [_printer(), _sync(clock), _waiting(), _disk(home), _page(clock)]


def _settings(home: Path, is_hub: bool) -> Line:
    from config.settings import SettingsError

    try:
        homes.hub_settings(home) if is_hub else homes.terminal_settings(home)
    except SettingsError as error:
        return Line("settings", False, "; ".join(error.faults))
    return Line("settings", True, "read")


def _disk(home: Path) -> Line:
    free_mb = shutil.disk_usage(home).free // 1_000_000
    return Line("disk", free_mb >= ENOUGH_DISK_MB, f"{free_mb} MB free, {ENOUGH_DISK_MB} MB wanted")


def _clock(clock: Clock) -> Line:
    words = "plausible" if clock.trusted() else "wrong: receipts say that the time is to be verified"
    return Line("clock", clock.trusted(), words)


def _integrity() -> Line:
    (answer,) = db.store.execute_sql("PRAGMA quick_check(1)").fetchone()
    return Line("database", answer == "ok", answer)


def _sync(clock: Clock) -> Line:
    rows = db.store.execute_sql(
        "SELECT direction, succeeded_at, error FROM sync_report ORDER BY direction"
    ).fetchall()
    if not rows:
        return Line("sync", False, "no round yet")
    late = [name for name, at, _ in rows if not at or clock.now() - from_stamp(at) > STALE_SYNC]
    words = ", ".join(f"{name} {at or 'never'}{f' ({error})' if error else ''}" for name, at, error in rows)
    return Line("sync", not late, words)


def _waiting() -> Line:
    from sync import outbox

    backlog = outbox.backlog(db.store.connection())
    words = f"{backlog.unsent} waiting since {backlog.oldest_unsent_at or '-'}, {backlog.parked} parked"
    return Line("outbox", not backlog.parked, words)


def _certificate(home: Path, clock: Clock) -> Line:
    """How long the hub's certificate lasts; an old one keeps nothing from working but the sync (T22)."""
    address = urlsplit(homes.terminal_settings(home).hub_url)
    if address.scheme != "https":
        return Line("certificate", True, "none: the hub is on this machine")
    try:
        with (
            socket.create_connection(
                (address.hostname or "", address.port or 443), CERTIFICATE_WAIT_S
            ) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=address.hostname) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except OSError as error:
        return Line("certificate", False, f"{address.netloc}: {error}")
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    return Line(
        "certificate", ends - clock.now() > CERTIFICATE_WARNING, f"valid until {ends.date().isoformat()}"
    )


def _page(clock: Clock) -> Line:
    """A browser may be frozen while the server answers: the page itself says that it lives."""
    seen = models.page_seen(db.store.connection())
    if seen is None:
        return Line("page", True, "last seen never: no page of this terminal was open yet")
    is_alive = clock.now() - seen < DEAD_PAGE
    return Line("page", is_alive, f"last seen {stamp(seen)}")


def _has_page_printer(home: Path) -> bool:
    from config.settings import SettingsError

    try:
        return homes.terminal_settings(home).page_printer != "none"
    except SettingsError:
        return False  # the line of the settings says so


def _printer(name: str = "printer", which: str = "receipt") -> Line:
    from printers import spool

    device = spool.device(db.store.connection(), which)
    return Line(name, device.state in ("ok", "low"), f"{device.state} {device.reason}".strip())
