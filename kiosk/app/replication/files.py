"""The terminal's end of files by their hash: which it should hold, and how it fetches them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from config.settings import TerminalSettings
from kiosk import blobs, db
from kiosk.catalogue.attachments import store as attachments_store
from kiosk.clock import Clock, stamp
from kiosk.speech import known, published
from kiosk.speech.known import KnownWriter
from sync.carried import feed
from sync.carried.transfer import Fetched, Fetcher, Wanted
from sync.terminal import held_lists
from sync.terminal.models import BlobState
from sync.terminal.report import note
from sync.wire.channel import Channel

MEGABYTE = 10**6

WANTED: tuple[Callable[[], Iterable[Wanted]], ...] = (
    attachments_store.wanted,
    lambda: published.wanted(db.store),
)
"""The files that a terminal should hold, those used most first."""


class Heard(blobs.Blobs):
    """The files of a terminal; a recording can be heard from the moment at which its file is whole."""

    def __init__(self, folder: Path, heard: KnownWriter) -> None:
        super().__init__(folder)
        self.known = heard

    def finish(self, sha256: str, size: int) -> bool:
        """Verify the unfinished file as `Blobs` does, and note that it is here."""
        is_whole = super().finish(sha256, size)
        if is_whole:
            self.known.arrived(sha256)
        return is_whole

    def keep_only(self, wanted: set[str]) -> None:
        """Remove all other files, and note which are here."""
        super().keep_only(wanted)
        self.known.keep_held(set(self.held()))


class TerminalFiles:
    """The files of a terminal, kept in step with what its catalogue, lists and visitors ask for."""

    def __init__(self, home: Path, settings: TerminalSettings, clock: Clock) -> None:
        self._clock = clock
        self._blobs = Heard(home / blobs.FOLDER, known.writer(home))
        self._fetcher = Fetcher(
            store=self._blobs,
            now=clock.now,
            free_bytes=lambda: blobs.free_bytes(home),
            quota_bytes=settings.blob_quota_mb * MEGABYTE,
        )
        self._fetched_at: tuple[object, ...] = ()

    def bring(self, channel: Channel, is_interrupted: Callable[[], bool]) -> Fetched | None:
        """
        Fetch the files of one round; return None when the last round left none, and catalogue, lists, uses and
        damaged files are as they were then.
        """
        here = (
            feed.position(db.catalogue),
            *sorted(held_lists.held(db.store).values()),
            attachments_store.uses(),
            self._blobs.last_damage(),
        )
        if here == self._fetched_at:
            return None
        wanted = [each for files in WANTED for each in files()]
        done = self._fetcher.one_round(channel, wanted, is_interrupted)
        _note(done, self._clock.now())
        self._fetched_at = here if done.held == done.wanted else ()
        return done


def _note(done: Fetched, now: datetime) -> None:
    with db.writing(db.store):
        note(db.store, "blobs", done.count, done.error, now)
        BlobState.insert(
            one=1,
            noted_at=stamp(now),
            wanted=done.wanted,
            held=done.held,
            missing_bytes=done.missing_bytes,
            beyond=done.beyond,
            error=done.error,
        ).on_conflict(
            conflict_target=[BlobState.one],
            preserve=[
                BlobState.noted_at,
                BlobState.wanted,
                BlobState.held,
                BlobState.missing_bytes,
                BlobState.beyond,
                BlobState.error,
            ],
        ).execute(db.store)
