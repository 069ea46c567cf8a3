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

from config.settings import TerminalSettings
from kiosk import __version__, countersigned, db
from kiosk.app.replication import arrivals, days, device_keys, http_line, lists_for_devices, sentences, states
from kiosk.app.replication.files import TerminalFiles
from kiosk.catalogue.records import feed
from kiosk.clock import Clock
from kiosk.errors import StoreFull
from kiosk.machine import snapshots
from printers.spooler import spool
from sync.terminal import client
from sync.terminal.heads import Signer
from sync.terminal.models import HubLink
from sync.terminal.report import DirectionOutcome, RoundReport

LOOK_S = 1.0
"""Seconds between two checks of the waiting agent for a new submission: a local read, no network."""
COMING = "catalogue-coming"
"""Code that is no fault: the whole catalogue is being fetched, and more of it comes with the next round."""

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
        self._terminal = client.Terminal(
            station=db.store,
            catalogue=db.catalogue,
            writing=db.writing,
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
        return self._stop.is_set() or _issued() > self._issued

    def one_round(self) -> RoundReport:
        """
        Run one round, update the search index with what came down, and fetch files when all else is done.

        Raises:
            StoreFull: The disk is full; what was not stored comes again.
        """
        self._leave_nothing_of_lists(lists_for_devices.expire(self._clock))
        self._issued = _issued()
        with self._turn():
            report = client.one_round(self._terminal, self._channel)
            if report.hello.is_done:
                days.send(self._channel, self._clock)
        db.checkpoint(db.catalogue)
        self._leave_nothing_of_lists(report.lists.count)
        self._after_pull(report)
        if not report.may_fetch:
            return report
        with self._turn():
            done = self._files.bring(self._channel, self._is_interrupted)
        if done is None:
            return report
        return replace(report, blobs=DirectionOutcome(done.count, done.error), is_cut_short=done.is_cut_short)

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
        """
        Run one round; return its report, with a line in the log where there is news, or None when the disk is full.
        """
        try:
            report = self.one_round()
        except StoreFull:
            _log.error("disk-full: nothing was stored; free space on the disk of the home directory")
            return None
        moved = (report.up, report.down, report.status, report.lists, report.blobs)
        if not report.is_healthy or any(each.count or each.error for each in moved):
            level = logging.INFO if report.is_healthy and report.blobs.is_done else logging.WARNING
            _log.log(level, "%s", sentences.of_round(report))
        return report

    def _wait(self, stop: threading.Event, pause_s: float, issued: int) -> None:
        """Wait until the pause is over, or a citizen has submitted something new."""
        until = self._clock.monotonic() + pause_s
        while not stop.wait(min(LOOK_S, max(0.0, until - self._clock.monotonic()))):
            if self._clock.monotonic() >= until or _issued() > issued:
                return


_ISSUED = db.Statement(lambda: HubLink.select(HubLink.last_seq))


def _issued() -> int:
    row = _ISSUED.first(db.store)
    return int(row[0]) if row else 0
