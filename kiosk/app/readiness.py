"""The readiness report: whether this machine can do its main job, and what needs a person."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from config.settings_file import SettingsError
from kiosk import audit, blobs, countersigned, db
from kiosk.app.devices import reader_threads
from kiosk.calendar import rules
from kiosk.calendar.in_force import HeldCalendar, HubCalendar
from kiosk.catalogue.attachments import content as attachments_content
from kiosk.catalogue.records.models import DocumentAttachment
from kiosk.clock import Clock, from_stamp, stamp, today
from kiosk.db.faults import ERRORS, translated
from kiosk.disclosure.letters import letterheads
from kiosk.errors import KioskError, Refused
from kiosk.hall.condition_words import DEAD_PAGE, ENOUGH_DISK_MB, STALE_SYNC
from kiosk.intake.notices import notice_models
from kiosk.machine import catalogue_file, homes, proofs, set_aside, station
from kiosk.machine.county import left_unset
from kiosk.queue import turn
from kiosk.queue.turn import OwnMachine
from kiosk.readers.reader_states import Readiness
from kiosk.staff import key_models
from kiosk.terminal import models
from sync.terminal.models import BlobState, SyncReport

CERTIFICATE_WARNING = timedelta(days=30)
CERTIFICATE_WAIT_S = 5.0
NAMED_FOR = timedelta(days=30)
"""How long `check` names a hub that was put back."""


@dataclass(frozen=True)
class CheckResult:
    """One check and its result."""

    name: str
    ok: bool
    words: str


def of_home(home: Path, clock: Clock) -> list[CheckResult]:
    """Return the result of each check; a fault in one does not hide the others."""
    is_hub = homes.is_hub(home)
    lines = [_settings(home, is_hub), _disk(home)]
    try:
        if not is_hub:
            lines.append(_catalogue(home))
            if why := station.fault_of(home):
                words = f"{homes.STATION_DB}: {why}; the running terminal sets it aside and salvages it"
                return [*lines, _clock(clock), CheckResult("database", False, words)]
        homes.open_home(home, clock)
    except KioskError as error:
        return [*lines, _clock(clock), CheckResult("database", False, error.detail or error.code)]
    except SettingsError:
        return [*lines, _clock(clock), CheckResult("database", False, "the settings do not tell where it is")]
    except (*ERRORS, OSError, ValueError, AssertionError) as error:
        return [*lines, _clock(clock), CheckResult("database", False, " ".join(str(error).split()))]
    lines += [
        _clock(clock),
        _integrity(),
        _line("audit", lambda: _acts(is_hub)),
        _line("workdays", lambda: _workdays(is_hub, clock)),
    ]  # the hub signed its time into the database
    if is_hub:
        lines += [
            _line("second-factor", lambda: _second_factor(home)),
            _line("digests", lambda: _digests(home)),
            _line("files", lambda: _published_files(home)),
            _line("uploads", _held),
            _line("letters", _letters),
            _line("notices", _notices),
            _line("history", lambda: _history(clock)),
            _line("copies", lambda: _copies(clock)),
            *_copy_tools(),
        ]
    else:
        lines += [_sync(clock), _waiting(), _files(), _certificate(home, clock), _printer(), _page(clock)]
        lines.append(_line("history", lambda: _salvaged(clock)))
        if (own := _in_hall(home)) is not None:
            lines.append(_line("queue-letters", lambda: _queue_letters(own)))
        if _has_page_printer(home):
            lines.append(_printer("page-printer", "page"))
        lines += _readers(home, clock)
        if kept := set_aside.kept(home):
            lines.append(
                CheckResult("set-aside", True, f"damaged files are kept for diagnosis: {', '.join(kept)}")
            )
    return lines


def _catalogue(home: Path) -> CheckResult:
    """Check that the replica can be read; a damaged one is replaced by the running terminal."""
    if catalogue_file.is_none(home):
        return CheckResult("catalogue", False, "not here at present: it comes again from the hub")
    why = catalogue_file.fault_of(catalogue_file.named(home))
    return CheckResult("catalogue", not why, f"{why}: the running terminal replaces it" if why else "read")


def _settings(home: Path, is_hub: bool) -> CheckResult:
    try:
        settings = homes.hub_settings(home) if is_hub else homes.terminal_settings(home)
    except SettingsError as error:
        return CheckResult("settings", False, "; ".join(error.faults))
    if unset := left_unset(settings):
        return CheckResult("settings", False, f"not set: {', '.join(unset)}")
    return CheckResult("settings", True, "read")


def _disk(home: Path) -> CheckResult:
    free_mb = shutil.disk_usage(home).free // 1_000_000
    return CheckResult("disk", free_mb >= ENOUGH_DISK_MB, f"{free_mb} MB free, {ENOUGH_DISK_MB} MB wanted")


def _clock(clock: Clock) -> CheckResult:
    words = "plausible" if clock.trusted() else "wrong: receipts say that the time is to be verified"
    return CheckResult("clock", clock.trusted(), words)


def _line(name: str, look: Callable[[], CheckResult]) -> CheckResult:
    """Return the result of one check; a database that cannot be read is its result, and hides no other."""
    try:
        with translated():
            return look()
    except KioskError as error:
        return CheckResult(name, False, error.detail or error.code)


def _integrity() -> CheckResult:
    database = db.real(db.store)
    if not isinstance(database, db.SqliteFile):
        return CheckResult("database", True, database.product())
    found = proofs.structure(database)
    return CheckResult("database", not found, proofs.in_words(found) or "ok")


def _letters() -> CheckResult:
    """Name the organs whose remedies are printed and not confirmed by the county's legal office."""
    open_ = letterheads.unconfirmed()
    words = f"remedies that no legal office confirmed: {', '.join(open_)}"
    return CheckResult("letters", not open_, words if open_ else "no remedies wait for the legal office")


def _notices() -> CheckResult:
    """Name the numbers whose change the county's way to telephones did not take at the last try."""
    failing = notice_models.failing()
    words = ", ".join(f"{each.number} ({each.fault}, {each.tries} tries)" for each in failing[:5])
    more = f"{len(failing)} notices were not taken: {words}"
    return CheckResult("notices", not failing, more if failing else "no notice waits for another try")


def _digests(home: Path) -> CheckResult:
    """Compare every row and file of a hub with the digest that binds it: the broken ones are named."""
    found = proofs.rows_of_hub(db.real(db.store)) + proofs.in_files(blobs.of_home(home))
    words = "every sealed part, record and file is what was stored"
    return CheckResult("digests", not found, proofs.in_words(found) or words)


def _copy_tools() -> list[CheckResult]:
    """Check that the tools for copies of a database on a server are on this machine."""
    database = db.real(db.store)
    if isinstance(database, db.SqliteFile):
        return []
    from kiosk.db import dumps

    try:
        words = ", ".join(dumps.tool(name, database) for name in ("pg_dump", "pg_restore"))
    except Refused as refused:
        return [CheckResult("copy-tools", False, refused.detail)]
    return [CheckResult("copy-tools", True, words)]


def _acts(is_hub: bool) -> CheckResult:
    """Check the audit chain, its signed heads, and what is kept of the other side's. Source: RELIABILITY.md T31."""
    found = countersigned.verify(peers(is_hub))
    words = [f"{each.fault} at entry {each.seq} {each.peer}".strip() for each in found]
    words += [
        f"the log of {each.peer} was {each.fault} before entry {each.head.seq}"
        for each in countersigned.faults_of_others(peers(is_hub))
    ]
    return CheckResult("audit", not words, "; ".join(words) or "unbroken")


def _workdays(is_hub: bool, clock: Clock) -> CheckResult:
    """Check that this year's holidays are announced, and from November on at the hub, where they come in, the next."""
    calendar = HubCalendar()() if is_hub else HeldCalendar()()
    year = rules.lacking(calendar, today(clock))
    known = f"announced until {calendar.last_announced}, version {calendar.version}"
    words = (
        f"{known}; the notice of {year} was not imported: dates beyond it are provisional" if year else known
    )
    is_missed = year is not None and (is_hub or year == today(clock).year)
    return CheckResult("workdays", not is_missed, words)


def _second_factor(home: Path) -> CheckResult:
    """Check that those who read personal data sign in with more than a password, unless all is on this machine."""
    try:
        settings = homes.hub_settings(home)
    except SettingsError:
        return CheckResult("second-factor", False, "the settings cannot be read")
    if settings.second_factor:
        return CheckResult("second-factor", True, "asked for")
    is_reached = settings.public_url.startswith("https://")
    return CheckResult("second-factor", not is_reached, "not asked for: second_factor = false in hub.toml")


def peers(is_hub: bool) -> countersigned.PeerOf:
    """Return the function that knows the other sides of the audit chains' heads."""
    if not is_hub:
        return models.hub_peer
    from kiosk.staff.device_models import peer

    return peer


def _sync(clock: Clock) -> CheckResult:
    found = (
        SyncReport.select(SyncReport.direction, SyncReport.succeeded_at, SyncReport.error)
        .where(SyncReport.direction != "blobs")  # files have a line of their own, only where some are missing
        .order_by(SyncReport.direction)
    )
    rows = list(found.tuples().execute(db.store))
    if not rows:
        return CheckResult("sync", False, "no round yet")
    late = [name for name, at, _ in rows if not at or clock.now() - from_stamp(at) > STALE_SYNC]
    words = ", ".join(f"{name} {at or 'never'}{f' ({error})' if error else ''}" for name, at, error in rows)
    return CheckResult("sync", not late, words)


def _waiting() -> CheckResult:
    from sync.terminal import outbox

    backlog = outbox.backlog(db.store)
    words = f"{backlog.unsent} waiting since {backlog.oldest_unsent_at or '-'}, {backlog.parked} parked"
    return CheckResult("outbox", not backlog.parked, words)


def _files() -> CheckResult:
    """Check attachments and recordings: those still to come are no fault, those that cannot come are."""
    if not attachments_content.can_draw(attachments_content.PDF):
        return CheckResult(
            "files",
            False,
            "pages of PDFs cannot be shown: pypdfium2 is not installed, or the kernel has no Landlock or seccomp",
        )
    found = BlobState.select().first(db.store)
    if found is None:
        return CheckResult("files", True, "none yet")
    words = (
        f"{found.held} of {found.wanted} here, {found.missing_bytes / 1e6:.1f} MB to come,"
        f" {found.beyond} beyond the quota"
    )
    return CheckResult("files", found.error is None, words + (f" ({found.error})" if found.error else ""))


def _published_files(home: Path) -> CheckResult:
    """Check that the hub has each file that documents name: terminals can get it from nowhere else."""
    named = DocumentAttachment.select(DocumentAttachment.sha256).distinct()
    published = {sha256 for (sha256,) in named.tuples().execute()}
    missing = published - blobs.of_home(home).held().keys()
    words = f"{len(published)} published, {len(missing)} missing" + (f": {min(missing)}" if missing else "")
    return CheckResult("files", not missing, words)


def _copies(clock: Clock) -> CheckResult:
    """Name copies of the hub that still hold names whose window is over; at the hub itself they are erased."""
    from kiosk.machine import backups

    found = backups.outlived(today(clock))
    words = "; ".join(
        f"{file} holds names that were to be shown until {until}: erase it" for file, until in found
    )
    if not words and key_models.recovery_public(db.real(db.store)) is None:
        return CheckResult(
            "copies", False, "none can be made before `recovery-key` was given the recovery key"
        )
    return CheckResult("copies", not found, words or "none holds names whose window is over")


def _history(clock: Clock) -> CheckResult:
    """Name a hub that was put back to an older state: what was done at its desk since then is gone."""
    found = audit.last_of(audit.Act.HUB_PUT_BACK, 1)
    if not found or clock.now() - from_stamp(found[0].at) > NAMED_FOR:
        return CheckResult("history", True, "in one piece")
    words = (
        f"put back to an older state without `restore`, noticed {found[0].at} by {found[0].subject}: terminals have"
        " sent again what they hold; acts at the desk and accounts of the time between are gone"
    )
    return CheckResult("history", False, words)


def _salvaged(clock: Clock) -> CheckResult:
    """Name a terminal whose file of submissions was damaged and salvaged; a fault where a sealed part was lost."""
    found = audit.last_of(audit.Act.STATION_SALVAGED, 1)
    if not found or clock.now() - from_stamp(found[0].at) > NAMED_FOR:
        return CheckResult("history", True, "in one piece")
    noted = json.loads(found[0].detail)
    words = (
        f"{homes.STATION_DB} was {noted['why']} and salvaged {found[0].at}: {noted['rows']} rows kept,"
        f" {noted['damaged']} submissions damaged; look for the disk's fault"
    )
    return CheckResult("history", not noted["damaged"], words)


def _held() -> CheckResult:
    """Name uploads of a copied or rolled-back disk that wait for a person: a citizen waits behind each."""
    from kiosk.staff import terminals

    many = terminals.how_many_held()
    return CheckResult(
        "uploads",
        not many,
        f"{many} held: look at them at the desk, below the terminals" if many else "none held",
    )


def _certificate(home: Path, clock: Clock) -> CheckResult:
    """Check how long the hub's certificate lasts; an old one stops nothing but the sync (T22)."""
    address = urlsplit(homes.terminal_settings(home).hub_url)
    if address.scheme != "https":
        return CheckResult("certificate", True, "none: the hub is on this machine")
    try:
        with (
            socket.create_connection(
                (address.hostname or "", address.port or 443), CERTIFICATE_WAIT_S
            ) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=address.hostname) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except OSError as error:
        return CheckResult("certificate", False, f"{address.netloc}: {error}")
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    return CheckResult(
        "certificate", ends - clock.now() > CERTIFICATE_WARNING, f"valid until {ends.date().isoformat()}"
    )


def _page(clock: Clock) -> CheckResult:
    """Check that the page on the screen is alive: a browser may be frozen while the server answers."""
    seen = models.page_seen()
    if seen is None:
        return CheckResult("page", True, "last seen never: no page of this terminal was open yet")
    is_alive = clock.now() - seen < DEAD_PAGE
    return CheckResult("page", is_alive, f"last seen {stamp(seen)}")


def _in_hall(home: Path) -> OwnMachine | None:
    """Return this machine where its hall has others, else None."""
    try:
        own = OwnMachine.of(homes.terminal_settings(home))
    except SettingsError:
        return None  # the line of the settings says so
    return own if own.machines else None


def _queue_letters(own: OwnMachine) -> CheckResult:
    """Name machines of the hall that give numbers of the same letter: two people would have the same number."""
    same = turn.same_letters(own)
    words = "; ".join(f"{letter} at {' and '.join(each)}" for letter, each in same.items())
    each_its_own = "every machine heard today has a letter of its own"
    more = f"give one of them another queue_letter: {words}"
    return CheckResult("queue-letters", not same, more if same else each_its_own)


def _has_page_printer(home: Path) -> bool:
    try:
        return homes.terminal_settings(home).page_printer != "none"
    except SettingsError:
        return False  # the line of the settings says so


def _readers(home: Path, clock: Clock) -> list[CheckResult]:
    """Check each reader of the settings; without the running terminal nobody knows how they are."""
    try:
        found = reader_threads.states(home, homes.terminal_settings(home), clock)
    except SettingsError:
        return []  # the line of the settings says so
    return [
        CheckResult(name, state.readiness is Readiness.READY, f"{state.readiness} {state.reason}".strip())
        for name, state in found.items()
    ]


def _printer(name: str = "printer", which: str = "receipt") -> CheckResult:
    from printers.spooler import spool

    device = spool.device(db.store, which)
    return CheckResult(name, device.state in ("ok", "low"), f"{device.state} {device.reason}".strip())
