"""
The hub's work on its catalogue every minute: publish what is due, erase lists of names whose window closed,
import files of the watched folder, delete unconfirmed uploads.

One thread of the hub's process runs it; each round is a function of the clock, so that tests can advance days.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from config.settings import HubSettings
from kiosk import blobs, db
from kiosk.catalogue import commands
from kiosk.catalogue.attachments import page_images, store
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.feedback import empty_searches, outside_links, problems
from kiosk.catalogue.importing import uploads, watching
from kiosk.catalogue.publishing import actions, approval, entries
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.search import indexing
from kiosk.catalogue.search.index import INDEX
from kiosk.clock import Clock, today

AGENT = "agent"
UPLOAD_LIFE = timedelta(hours=24)
UNFINISHED_LIFE = timedelta(hours=1)
"""Longer than any upload takes: other workers may be writing theirs."""

CLOSELY_S = 600.0
"""Seconds between two looks at every byte of the index."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Round:
    """The result of one round: documents published, lists of names erased, files of the watched folder imported."""

    published: int = 0
    erased: int = 0
    files: int = 0


def one_round(home: Path, settings: HubSettings, clock: Clock) -> Round:
    """Run one round; each act is a transaction of its own, so an interrupted round is simply run again."""
    hand = Hand(AGENT, clock.now())
    published = approval.release_due(entries.due(today(clock).isoformat()), hand)
    erased = actions.erase_names(hand)
    kept = blobs.of_home(home)
    kept.drop_unfinished(clock.now() - UNFINISHED_LIFE)
    store.sweep(kept, clock)
    page_images.keep_only(home, set(kept.held()))
    empty_searches.forget(today(clock))
    problems.forget(today(clock))
    uploads.forget_old(home, clock.now() - UPLOAD_LIFE)
    if published:
        commands.refresh_index(home)
    files = watching.look(
        settings.watch_folder,
        settings.watch_mapping,
        hand,
        ImportFiles(kept, settings.attachment_mb * 1_000_000, Path(settings.watch_folder)),
    )
    return Round(published, erased, files)


def start(home: Path, settings: HubSettings, clock: Clock, stop: threading.Event) -> threading.Thread:
    """
    Run rounds in a thread until `stop` is set; a failing round is logged, and the next one follows.

    Addresses outside have a thread of their own: a slow site must not delay what is due.
    """

    def run() -> None:
        is_log_clean, look_closely_at_s = False, 0.0
        while True:
            try:
                with db.connected():
                    if clock.monotonic() >= look_closely_at_s:
                        look_closely_at_s = clock.monotonic() + CLOSELY_S
                        if not indexing.look_closely(home / INDEX):
                            commands.refresh_index(home)
                    done = one_round(home, settings, clock)
                    is_log_clean = is_log_clean and not done.erased
                    if not is_log_clean:  # what was erased stays in the log no longer either
                        is_log_clean = db.checkpoint(db.store)
            except Exception:  # the border of the thread: a fault of one round must not end all later ones
                _log.exception("a round of the catalogue failed")
            if stop.wait(settings.watch_interval_s):
                return

    if settings.external_links:
        looking = threading.Thread(target=_look_outside, args=(settings, clock, stop), daemon=True)
        looking.start()
    thread = threading.Thread(target=run, name="catalogue-rounds", daemon=True)
    thread.start()
    return thread


def _look_outside(settings: HubSettings, clock: Clock, stop: threading.Event) -> None:
    while not stop.wait(settings.watch_interval_s):
        try:
            with db.connected():
                outside_links.check(today(clock), settings.external_links_days)
        except Exception:  # the border of the thread, as above
            _log.exception("a look at addresses outside failed")
