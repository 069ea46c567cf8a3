"""
Wiring of the sync: its routes at the hub, and the terminal's agent that carries sealed submissions up.

What may be said to whom is decided in `sync`; here are Flask, requests, files and the two databases.
"""

from __future__ import annotations

import fcntl
import logging
import random
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import quote

import requests
from flask import Blueprint, Flask, Response, current_app, request
from urllib3.exceptions import HTTPError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from config.settings import HubSettings, TerminalSettings
from kiosk import blobs, db, pins, snapshots
from kiosk import side_lists as names
from kiosk.catalogue import actions as catalogue_actions
from kiosk.catalogue import attachments_pages, attachments_store, county_words, named, problems, silent
from kiosk.catalogue.upkeep import update_index
from kiosk.clock import Clock, SystemClock, stamp, today
from kiosk.disclosure import cases
from kiosk.disclosure import desk as disclosure_desk
from kiosk.errors import Refused, StoreDamaged, StoreFull
from kiosk.intake import models as submissions
from kiosk.speech import store as speech
from kiosk.staff import actions as staff_actions
from kiosk.staff import hall
from kiosk.web.context import Wiring
from printers import spool
from sync import client, enrolment, errors, lists, protocol, server, shelf, tallies
from sync.blobs import Fetched, Fetcher, Wanted
from sync.channel import Channel, Identity
from sync.client import Outcome, RoundReport
from sync.device import Device
from sync.hub import Action, Hub
from sync.lists import Provider
from sync.protocol import StatusChange, Submission, Tracked
from sync.report import note
from sync.server import SealKey
from sync.signing import Answer, Request, Transport, public_key

SIGNING_KEY_FILE, DEVICE_KEY_FILE = "signing.key", "device.key"
CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 5, 15
DEADLINE_S = 120.0
"""For one whole answer: a page on a slow line, but no hub that dribbles for ever (RELIABILITY F21)."""
MOST_ANSWER_BYTES = 32 * 2**20
CHUNK_BYTES = 64 * 1024
LOOK_S = 1.0
"""How often the waiting agent looks for a new submission: a local read, no network."""
EXTENSION = "kiosk-sync"
COMING = "catalogue-coming"
"""No fault: the catalogue comes whole, and more of it with the next round."""

_log = logging.getLogger(__name__)

MEGABYTE = 10**6
AfterPull = Callable[[RoundReport], None]
MayFetch = Callable[[sqlite3.Connection, Device, str], bool]
"""Whether a device may have the file of this name: asked of the hub's database."""
WantedFiles = Callable[[sqlite3.Connection, sqlite3.Connection], Iterable[Wanted]]
"""The files that a terminal should hold, those used most first: asked of catalogue and station."""
Taker = Callable[[bytes | None], None]
"""Told, at least once, that a side list changed; None: it was taken back. Outside of any transaction."""


def _may_fetch_attachment(connection: sqlite3.Connection, _device: Device, sha256: str) -> bool:
    """Attachments of published documents go to every terminal."""
    return attachments_store.may_fetch(connection, sha256)


def _wanted_attachments(catalogue: sqlite3.Connection, station: sqlite3.Connection) -> Iterable[Wanted]:
    return (Wanted(*each) for each in attachments_store.wanted(catalogue, station))


MAY_FETCH: tuple[MayFetch, ...] = (_may_fetch_attachment, speech.may_fetch)
WANTED: tuple[WantedFiles, ...] = (_wanted_attachments, speech.wanted)


def side_lists(home: Path, settings: HubSettings, clock: Clock) -> dict[str, Provider]:
    """The lists that the hub makes for each device, by the names of `kiosk/side_lists.py`."""

    def places(device: Device) -> tuple[str, ...]:
        """The townships of whose people a device may hold names."""
        return device.townships if device.channel == "kiosk" or settings.named_rows_on_web else ()

    return {
        names.HALL_STAFF: Provider(
            make=lambda connection, device: hall.roster(
                connection, device.id, hall_unlock_key(home, device.id)
            ),
            mark=lambda connection, device: f"{device.id} {hall.changes(connection)}",
        ),
        names.NAMED_ROWS: Provider(
            make=lambda connection, device: named.for_townships(connection, places(device), today(clock)),
            mark=lambda connection, device: named.mark(connection, places(device), today(clock)),
        ),
        names.WORDS: Provider(
            make=lambda connection, device: county_words.county_list(connection),
            mark=lambda connection, device: county_words.mark(connection),
        ),
        names.AUDIO: Provider(make=speech.make_list, mark=speech.mark),
    }


def hall_unlock_key(home: Path, device: str) -> bytes:
    """What hub and terminal alone know, for unlocking by telephone: derived from the hub's signing key."""
    return pins.unlock_key(_read_seed(home / SIGNING_KEY_FILE, "no-signing-key"), device)


def takers(home: Path, settings: TerminalSettings, clock: Clock) -> dict[str, Taker]:
    """Who is told when a side list of this terminal changed."""
    return {}


def hub_blueprint() -> Blueprint:
    """
    The routes /sync/v1/*, for devices only: they know no cookies and are exempt from CSRF.

    Raises:
        StoreDamaged: on registration, "no-signing-key": terminals trust that key and no other.
    """
    routes = Blueprint("sync", __name__, url_prefix=protocol.PREFIX)
    routes.record_once(lambda state: _prepare(state.app))  # type: ignore[arg-type]  # it is a Flask, not only its base
    routes.register_error_handler(HTTPException, _broken_off)

    @routes.post("/enrol")
    def enrol() -> Response:
        return _response(_hub().enrol(_signed_request()))

    @routes.get("/hello")
    def knock() -> Response:
        return _serve(_hub().knock)

    @routes.post("/hello")
    def hello() -> Response:
        return _serve(_hub().hello)

    @routes.put("/submissions/<key>")
    def submit(key: str) -> Response:
        return _serve(_hub().submit)

    @routes.put("/tallies/<key>")
    def count(key: str) -> Response:
        return _serve(_hub().count)

    @routes.get("/changes")
    def changes() -> Response:
        return _serve(_hub().changes)

    @routes.get("/statuses")
    def statuses() -> Response:
        return _serve(_hub().statuses)

    @routes.get("/snapshot")
    def whole() -> Response:
        return _serve(_hub().whole)

    @routes.get("/lists")
    def manifest() -> Response:
        return _serve(_hub().manifest)

    @routes.get("/lists/<name>")
    def side_list(name: str) -> Response:
        return _serve(_hub().side_list)

    @routes.get("/blobs/<sha256>")
    def piece(sha256: str) -> Response:
        return _serve(_hub().piece)

    @routes.post("/track")
    def track() -> Response:
        return _serve(_hub().track)

    return routes


def _prepare(app: Flask) -> None:
    wiring = cast("Wiring[HubSettings]", app.extensions["kiosk"])
    app.extensions[EXTENSION] = Hub(
        seed=_read_seed(wiring.home / SIGNING_KEY_FILE, "no-signing-key"),
        now=wiring.clock.now,
        writing=lambda: db.writing(db.store),
        reading=lambda: db.store.connection(),
        seal_key=_seal_key,
        on_taken=_taker(wiring),
        lists=lists.Lists(side_lists(wiring.home, wiring.settings, wiring.clock)),
        blob=_giver(wiring.home),
        snapshot=lambda connection: snapshots.newest(
            wiring.home, str(connection.execute("SELECT epoch FROM feed_position").fetchone()[0])
        ),
        on_counted=lambda connection, day, rows: _count(connection, min(day, today(wiring.clock)), rows),
    )
    blobs.of_home(wiring.home).drop_unfinished()


def _count(connection: sqlite3.Connection, day: date, rows: Sequence[tallies.Tally]) -> None:
    """Counts of a terminal's day to those whom they concern; kinds of a later version are left out."""
    for row in rows:
        if row.kind == silent.KIND:
            silent.take(connection, day, row)
        elif row.kind == problems.KIND:
            problems.take(connection, day, row)


def _giver(home: Path) -> Callable[[sqlite3.Connection, Device, str], Path | None]:
    store, spoken = blobs.of_home(home), speech.of_hub(home)

    def give(connection: sqlite3.Connection, device: Device, sha256: str) -> Path | None:
        if whole := snapshots.path_of(home, sha256):
            return whole
        if not any(may_fetch(connection, device, sha256) for may_fetch in MAY_FETCH):
            return None
        path = store.path(sha256) or spoken.path(sha256)
        if path is None:
            _log.error("blob-missing: the hub does not hold a file that is published: %s", sha256)
        return path

    return give


def _seal_key(connection: sqlite3.Connection) -> SealKey:
    return SealKey(*staff_actions.reading_public_key(connection))


def _taker(wiring: Wiring[HubSettings]) -> server.OnTaken:
    def on_taken(connection: sqlite3.Connection, submission: Submission) -> None:
        """The feature's case in the transaction of the submission; other kinds wait in the inbox."""
        organ_name = current_app.extensions.get(disclosure_desk.ORGAN_NAME, str)
        work = cases.Work(wiring.clock.now(), wiring.calendar, server.set_status, organ_name)
        cases.take_in(connection, submission, work)

    return on_taken


def _hub() -> Hub:
    return cast("Hub", current_app.extensions[EXTENSION])


def _serve(action: Action) -> Response:
    return _response(_hub().serve(_signed_request(), action))


def _signed_request() -> Request:
    """The request as it was signed: method, path and query as they came, body unread by anybody else."""
    request.max_content_length = protocol.MAX_BODY_BYTES
    body = request.get_data(cache=False)
    query = request.query_string.decode("latin-1")
    target = quote(request.path) + (f"?{query}" if query else "")
    return Request(request.method, target, body, dict(request.headers))


def _response(answer: Answer) -> Response:
    response = Response(answer.body, status=answer.status)
    response.headers["Content-Type"] = answer.content_type
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response


def _broken_off(error: HTTPException) -> Response:
    """A machine gets a code, not a page; unsigned, so that it decides nothing."""
    code = "body-too-large" if isinstance(error, RequestEntityTooLarge) else "not-served"
    return _response(Answer(error.code or 500, protocol.refusal(code), protocol.JSON_TYPE))


def new_enrolment_code(
    connection: sqlite3.Connection,
    name: str,
    now: datetime,
    minutes: int,
    townships: tuple[str, ...] = (),
    channel: str = "kiosk",
) -> str:
    """
    A one-time code for a new terminal, shown once.

    Raises:
        Refused: "name-taken".
    """
    try:
        return enrolment.add_code(
            connection,
            name,
            now=now,
            life=timedelta(minutes=minutes),
            place=enrolment.Place(townships, channel),
        )
    except errors.Refused as refused:
        raise Refused(refused.code, f"a terminal named {name} is enrolled already") from refused


def enrol(database: db.SqliteFile, hub_url: str, code: str, seed: bytes, clock: Clock) -> str:
    """
    The epoch of the hub's feed, once the hub has accepted this terminal and the station's database says so.

    Raises:
        SyncError: nothing was stored; `sentence` says why.
    """
    accepted = enrolment.enrol(http_transport(hub_url, clock), code, seed=seed, now=clock.now())
    with db.writing(database) as connection:
        enrolment.keep(connection, accepted, clock.now())
    return accepted.feed_epoch


_SENTENCES = {
    "code-wrong": "the enrolment code is wrong: read it again from `device add`",
    "code-used": "the enrolment code was used already: make a new one with `device add`",
    "code-expired": "the enrolment code is too old: make a new one with `device add`",
    "code-locked": "the enrolment code was tried too often: make a new one with `device add`",
    "hub-unreachable": "the hub at {hub} cannot be reached",
    "hub-too-slow": "the hub at {hub} is too slow to answer",
    "hub-in-trouble": "the hub at {hub} is in trouble: look at its log",
    "not-a-hub": "what answers at {hub} is not a hub",
    "hub-identity-mismatch": "what answers at {hub} does not know this code: it is not the hub that made it",
    "device-revoked": "the hub no longer knows this terminal: it was revoked",
    "device-unknown": "the hub at {hub} does not know this terminal",
    "device-quarantined": "the hub holds this terminal for a copy of another: a person must look at it",
    "must-refetch": "the hub's catalogue began anew: this terminal must fetch it whole",
    "answer-unsigned": "what answers at {hub} is not this terminal's hub",
    "answer-wrong": "what answers at {hub} is not this terminal's hub",
}


def sentence(error: errors.SyncError, hub_url: str) -> str:
    """One sentence for the command line."""
    return _SENTENCES.get(error.code, f"the sync with {{hub}} failed: {error.code}").format(hub=hub_url)


def report_line(report: RoundReport) -> str:
    """One line for the command line and the log."""
    parts = [
        f"{name} {outcome.count}{f' ({outcome.error})' if outcome.error else ''}"
        for name, outcome in (
            ("up", report.up),
            ("down", report.down),
            ("statuses", report.status),
            ("lists", report.lists),
            ("files", report.blobs),
        )
    ]
    return f"{', '.join(parts)}; {report.unsent} unsent, {report.parked} parked"


def http_transport(hub_url: str, clock: Clock) -> Transport:
    """Carries signed requests to the hub over HTTP; follows no redirect and decodes nothing."""
    session = requests.Session()
    session.headers["Accept-Encoding"] = "identity"

    def send(sent: Request) -> Answer:
        deadline = clock.monotonic() + DEADLINE_S
        try:
            with session.request(
                sent.method,
                hub_url.rstrip("/") + sent.target,
                data=sent.body or None,
                headers=sent.headers,
                timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read_body(response, clock, deadline)
                return Answer(
                    response.status_code,
                    body,
                    response.headers.get("Content-Type", ""),
                    dict(response.headers),
                )
        except (requests.RequestException, HTTPError, OSError) as error:
            raise errors.Unreachable("hub-unreachable") from error

    return send


def _read_body(response: requests.Response, clock: Clock, deadline: float) -> bytes:
    body = bytearray()
    while chunk := response.raw.read1(CHUNK_BYTES):
        body += chunk
        if len(body) > MOST_ANSWER_BYTES:
            raise errors.Unreachable("answer-too-large")
        if clock.monotonic() > deadline:
            raise errors.Unreachable("hub-too-slow")
    return bytes(body)


def _read_seed(path: Path, code: str) -> bytes:
    try:
        seed = bytes.fromhex(path.read_text("ascii").strip())
        public_key(seed)
    except (OSError, ValueError) as error:
        raise StoreDamaged(code, f"{path.name} is missing or damaged: put it back from a copy") from error
    return seed


def _channel(home: Path, settings: TerminalSettings, clock: Clock) -> Channel:
    """A signed line to this terminal's hub. Raises Refused("not-enrolled")."""
    row = db.store.connection().execute("SELECT device, hub_key FROM hub_link WHERE one = 1").fetchone()
    if row is None:
        raise Refused("not-enrolled", f"{home} is not enrolled with a hub")
    identity = Identity(row[0], _read_seed(home / DEVICE_KEY_FILE, "no-device-key"), bytes(row[1]))
    return Channel(http_transport(settings.hub_url, clock), identity, clock.now)


def track(
    home: Path, settings: TerminalSettings, number: str, code: str, clock: Clock | None = None
) -> Tracked:
    """
    Where a submission stands as the hub knows it; nothing for a wrong number or code alike, or that it is locked.

    Raises:
        ConnectionError: the hub cannot be asked now.
    """
    try:
        return client.track(_channel(home, settings, clock or SystemClock()), number, code)
    except (errors.SyncError, Refused) as error:
        raise ConnectionError(error.code) from error


def _put_status(connection: sqlite3.Connection, change: StatusChange) -> None:
    submissions.put_state(
        connection, change.number, change.state, change.changed_at, change.detail, position=change.seq
    )


def terminal_agent(
    home: Path, settings: TerminalSettings, clock: Clock, after_pull: AfterPull | None = None
) -> Agent:
    """The agent of the terminal whose databases are open; by default it keeps the search index in step
    and erases drawn pages of files that are no longer public.
    """
    return Agent(home, settings, clock, after_pull or _keep_index(home))


def _keep_index(home: Path) -> AfterPull:
    def keep(report: RoundReport) -> None:
        words = county_words.words_here(db.store.connection())
        found = update_index(home / "index", db.catalogue.connection(), words)
        if found.state not in ("current", "busy"):
            _log.info("index %s: %d put, %d removed", found.state, found.documents, found.removed)
        attachments_pages.keep_only(home, attachments_store.published_files(db.catalogue.connection()))

    return keep


class Agent:
    """Carries submissions up and the catalogue, side lists, statuses and files down, round after round."""

    def __init__(
        self,
        home: Path,
        settings: TerminalSettings,
        clock: Clock,
        after_pull: AfterPull,
        *,
        told: Mapping[str, Taker] | None = None,
        wanted: tuple[WantedFiles, ...] | None = None,
    ) -> None:
        self._home = home
        self._settings = settings
        self._clock = clock
        self._after_pull = after_pull
        self._channel = _channel(home, settings, clock)
        self._stop = threading.Event()
        self._takers = takers(home, settings, clock) if told is None else told
        self._wanted = WANTED if wanted is None else wanted
        self._fetcher = Fetcher(
            store=blobs.of_home(home),
            now=clock.now,
            free_bytes=lambda: blobs.free_bytes(home),
            quota_bytes=settings.blob_quota_mb * MEGABYTE,
        )
        self._fetched_at: tuple[object, ...] = ()
        self._is_log_clean = False
        self._issued = 0
        self._terminal = client.Terminal(
            writing=lambda: db.writing(db.store),
            writing_catalogue=lambda: db.writing(db.catalogue),
            put=catalogue_actions.put,
            put_status=_put_status,
            now=clock.now,
            should_stop=lambda: self._stop.is_set(),
            paper=spool.paper_used,
            refetch=snapshots.Refetch(home, clock, self._is_interrupted),
        )

    def _is_interrupted(self) -> bool:
        """Whether the agent shall end, or somebody has handed in something since the round began."""
        return self._stop.is_set() or _issued() > self._issued

    def one_round(self) -> RoundReport:
        """
        One round, with the search index brought up to what came down, and files when all else is done.

        Raises:
            StoreFull: the disk is full; what was not stored comes again.
        """
        self._expire_names()
        self._issued = _issued()
        with self._turn():
            report = client.one_round(self._terminal, self._channel)
            if report.hello.is_done:
                self._send_counts()
        db.checkpoint(db.catalogue)
        self._tell_takers()
        self._after_pull(report)
        if not report.may_fetch:
            return report
        with self._turn():
            return self._with_files(report)

    def _expire_names(self) -> None:
        """Erases lists of names whose last day is over, whether or not the hub can be reached."""
        now = self._clock.now()
        with db.writing(db.store) as connection:
            erased = named.expire(connection, named.day_here(connection, now), now)
        if erased:
            _log.info("names-erased: %d lists whose last day is over", erased)
        self._tell_takers()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Alone on the line: `sync --once` beside the agent would look like a clone."""
        with (self._home / "sync.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield

    def _tell_takers(self) -> None:
        """Tells of changed lists, then leaves nothing of the old ones in the file or its log."""
        for changed in shelf.untold(db.store.connection()):
            self._is_log_clean = False
            try:
                self._takers.get(changed.name, lambda content: None)(changed.content)
            except Exception:  # told again next round; what else comes down and goes up does not wait for it
                _log.exception("side-list-not-taken: %s", changed.name)
                continue
            with db.writing(db.store) as connection:
                shelf.mark_told(connection, changed)
        if not self._is_log_clean:
            self._is_log_clean = db.checkpoint(db.store)

    def _with_files(self, report: RoundReport) -> RoundReport:
        """Looks for files only when what they depend on has changed, one was asked for, or some did not come."""
        catalogue, station = db.catalogue.connection(), db.store.connection()
        here = (
            *catalogue.execute("SELECT epoch, seq FROM feed_position").fetchone(),
            *sorted(shelf.held(station).values()),
            attachments_store.uses(station),
        )
        if here == self._fetched_at:
            return report
        wanted = [each for files in self._wanted for each in files(catalogue, station)]
        done = self._fetcher.one_round(self._channel, wanted, self._is_interrupted)
        _note_files(done, self._clock.now())
        self._fetched_at = here if done.held == done.wanted else ()
        return replace(report, blobs=Outcome(done.count, done.error), is_cut_short=done.is_cut_short)

    def _send_counts(self) -> None:
        """The counts of days that are over, last of all: they can wait, submissions cannot."""
        sent = tallies.send(lambda: db.writing(db.store), self._channel, today(self._clock))
        if sent.error:
            _log.warning("counts %d (%s); the rest goes with a later round", sent.count, sent.error)
        if sent.parked:
            _log.error(
                "counts of %d days were refused by the hub and set aside: tally_batch says why", sent.parked
            )

    def run(self, stop: threading.Event) -> None:
        """Rounds until `stop`; after a failure it waits longer each time, and always tries again."""
        self._stop = stop
        chance = random.Random()
        failures = 0
        while not stop.is_set():
            issued = _issued()
            report = self._round()
            if report is not None and (report.is_healthy or report.errors == (COMING,)):
                failures = 0
                pause_s = (
                    LOOK_S if report.is_cut_short or report.errors else float(self._settings.sync_interval_s)
                )
            else:
                pause_s = client.pause_s(failures, chance)
                failures += 1
            self._wait(stop, pause_s, issued)

    def _round(self) -> RoundReport | None:
        """What a round did, with a line in the log where there is news; None when the disk is full."""
        try:
            report = self.one_round()
        except StoreFull:
            _log.error("disk-full: nothing was stored; free space on the disk of the home directory")
            return None
        moved = (report.up, report.down, report.status, report.lists, report.blobs)
        if not report.is_healthy or any(each.count or each.error for each in moved):
            level = logging.INFO if report.is_healthy and report.blobs.is_done else logging.WARNING
            _log.log(level, "%s", report_line(report))
        return report

    def _wait(self, stop: threading.Event, pause_s: float, issued: int) -> None:
        """Until the pause is over, or somebody has handed in something new."""
        until = self._clock.monotonic() + pause_s
        while not stop.wait(min(LOOK_S, max(0.0, until - self._clock.monotonic()))):
            if self._clock.monotonic() >= until or _issued() > issued:
                return


def _note_files(done: Fetched, now: datetime) -> None:
    with db.writing(db.store) as connection:
        note(connection, "blobs", done.count, done.error, now)
        connection.execute(
            "INSERT INTO blob_state(one, noted_at, wanted, held, missing_bytes, beyond, error)"
            " VALUES (1, ?, ?, ?, ?, ?, ?) ON CONFLICT(one) DO UPDATE SET noted_at = excluded.noted_at,"
            " wanted = excluded.wanted, held = excluded.held, missing_bytes = excluded.missing_bytes,"
            " beyond = excluded.beyond, error = excluded.error",
            (stamp(now), done.wanted, done.held, done.missing_bytes, done.beyond, done.error),
        )


def _issued() -> int:
    row = db.store.connection().execute("SELECT last_seq FROM hub_link WHERE one = 1").fetchone()
    return int(row[0]) if row else 0
