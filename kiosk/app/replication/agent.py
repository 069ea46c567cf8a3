"""The terminal's sync agent: round after round, submissions first, files last, for as long as the machine runs."""

from __future__ import annotations

import fcntl
import logging
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from config.settings import TerminalSettings
from kiosk import __version__, countersigned, db
from kiosk.app.halls import hall_bookings
from kiosk.app.replication import (
    arrivals,
    days,
    device_keys,
    http_line,
    lists_for_devices,
    sentences,
    states,
)
from kiosk.app.replication.files import TerminalFiles
from kiosk.app.seats import seat_rounds
from kiosk.catalogue.records import feed
from kiosk.clock import Clock
from kiosk.db.faults import fault, of_system
from kiosk.db.stand_in import StandIn
from kiosk.machine import catalogue_file, keeper, link_copy, serving, snapshots
from kiosk.machine.keeper import Keeper
from printers.spooler import spool
from sync.terminal import client
from sync.terminal.heads import Signer
from sync.terminal.models import HubLink
from sync.terminal.report import DirectionOutcome, RoundReport

LOOK_S = 1.0
"""Seconds between two checks of the waiting agent for a new submission: a local read, no network."""
COMING = "catalogue-coming"
"""Code that is no fault: the whole catalogue is being fetched, and more of it comes with the next round."""

CLOSELY_S = 600.0
"""Seconds between two looks at every page of the databases, every document's digest and every byte of the index."""

_log = logging.getLogger(__name__)


class Agent:
    """
    The agent: sends submissions up and fetches the catalogue, side lists, states and files, round after round.

    Args:
        after_pull: Called after each round with what came down.
    Raises:
        Refused: "not-enrolled": the terminal whose databases are open has no hub.
    """

    def __init__(
        self,
        home: Path,
        settings: TerminalSettings,
        clock: Clock,
        after_pull: arrivals.AfterPull | None = None,
    ) -> None:
        self._home = home
        self._settings = settings
        self._clock = clock
        self._after_pull = after_pull or arrivals.keep_up(home)
        self._channel = http_line.to_hub(home, settings, clock)
        self._files = TerminalFiles(home, settings, clock)
        self._stop = threading.Event()
        self._is_log_clean = False
        self._issued = 0
        self._keeper = Keeper(home, clock, is_patient=True)
        self._look_closely_at_s = 0.0
        self._terminal = client.Terminal(
            station=db.store,
            catalogue=db.catalogue,
            writing=_writing,
            put=feed.put,
            put_status=states.put_status,
            now=clock.now,
            should_stop=lambda: self._stop.is_set(),
            paper=spool.paper_used,
            release=__version__,
            refetch=snapshots.Refetch(home, clock, self._is_interrupted),
            signer=Signer(countersigned.CHAIN, device_keys.device_seed(home)),
        )

    def _is_interrupted(self) -> bool:
        """Return whether the agent must end, or a citizen has submitted something since the round began."""
        serving.beat()
        return self._stop.is_set() or _issued() > self._issued

    def one_round(self) -> RoundReport:
        """
        Run one round, update the search index with what came down, and fetch files when all else is done.

        Raises:
            StoreFull: The disk is full; what was not stored comes again.
        """
        self._look_after()
        self._leave_nothing_of_lists(lists_for_devices.expire(self._clock))
        self._issued = _issued()
        with self._turn():
            report = client.one_round(self._terminal, self._channel)
            if report.hello.is_done:
                seat_rounds.send(self._channel, self._clock)
                hall_bookings.one_round(self._channel, self._settings, self._clock)
                days.send(self._channel, self._clock)
        self._keep_copies(report)
        db.checkpoint(db.catalogue)
        self._leave_nothing_of_lists(report.lists.count)
        if not keeper.has_catalogue():
            return report  # what is derived from it, and its files, wait for it
        self._after_pull(report)
        if not report.may_fetch:
            return report
        with self._turn():
            done = self._files.bring(self._channel, self._is_interrupted)
        if done is None:
            return report
        return replace(report, blobs=DirectionOutcome(done.count, done.error), is_cut_short=done.is_cut_short)

    def _look_after(self) -> None:
        """Follow what other processes put in place, and look for damage that no error has led to yet."""
        self._keeper.look()
        now = self._clock.monotonic()
        if now >= self._look_closely_at_s:
            self._look_closely_at_s = now + CLOSELY_S
            self._keeper.heal()
            arrivals.look_at_index(self._home)
        if keeper.has_catalogue():
            catalogue_file.name_again(self._home, db.catalogue.obj.path)
        link_copy.keep(self._home, db.store)

    def _keep_copies(self, report: RoundReport) -> None:
        """Keep second copies of the link to the hub, and of a catalogue that has changed."""
        link_copy.keep(self._home, db.store)
        if keeper.has_catalogue() and (report.down.count or not catalogue_file.has_good_copy(self._home)):
            catalogue_file.keep_good_copy(self._home, db.catalogue.obj)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Take the lock of the connection: `sync --once` beside the agent would look like a clone."""
        with (self._home / "sync.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield

    def _leave_nothing_of_lists(self, changed: int) -> None:
        """Empty the database's log after lists changed, and once at the beginning: old lists may be in it."""
        if changed:
            self._is_log_clean = False
        if not self._is_log_clean:
            self._is_log_clean = db.checkpoint(db.store)

    def run(self, stop: threading.Event) -> None:
        """Run rounds until `stop`; after a failure wait longer each time, and always try again."""
        self._stop = stop
        chance = random.Random()
        failures = 0
        while not stop.is_set():
            issued = self._issued_now()
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
        """
        Run one round; return its report, with a line in the log where there is news, or None when it broke off.

        Whatever breaks it off, the agent goes on: a damaged file is replaced, a disk may have room again.
        """
        try:
            report = self.one_round()
        except Exception as error:  # the border of the agent's work
            self._met(error)
            return None
        moved = (report.up, report.down, report.status, report.lists, report.blobs)
        if not report.is_healthy or report.fork or any(each.count or each.error for each in moved):
            level = logging.INFO if report.is_healthy and report.blobs.is_done else logging.WARNING
            _log.log(level, "%s", sentences.of_round(report))
        return report

    def _met(self, error: Exception) -> None:
        meaning = of_system(error) if isinstance(error, OSError) else fault(error)
        if meaning is None:
            _log.exception("the round broke off")
        else:
            _log.error("%s: nothing was stored; %s", meaning.code, meaning.detail)
        self._keeper.look()
        self._keeper.heal()

    def _issued_now(self) -> int:
        try:
            return _issued()
        except Exception as error:  # as in a round
            self._met(error)
            return 0

    def _wait(self, stop: threading.Event, pause_s: float, issued: int) -> None:
        """Wait until the pause is over, or a citizen has submitted something new."""
        until = self._clock.monotonic() + pause_s
        serving.beat()
        while not stop.wait(min(LOOK_S, max(0.0, until - self._clock.monotonic()))):
            serving.beat()
            if self._clock.monotonic() >= until or self._issued_now() > issued:
                return


@contextmanager
def _writing(database: Any) -> Iterator[None]:
    """Open a write transaction; in a stand-in for the catalogue its place in the feed is only read."""
    if database is db.catalogue and isinstance(database.obj, StandIn):
        yield
        return
    with db.writing(database):
        yield


_ISSUED = db.Statement(lambda: HubLink.select(HubLink.last_seq))


def _issued() -> int:
    row = _ISSUED.first(db.store)
    return int(row[0]) if row else 0
