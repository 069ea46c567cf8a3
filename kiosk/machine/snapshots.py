"""
The catalogue as one file (SQLite by nature): made at the hub from what is published, put in place at a terminal.

A hub's file is `snapshots/<epoch>-<seq>-<sha256>-<bytes>.sqlite3.zst`, never changed once it is there. A terminal
builds its next replica beside the one it serves, from that file or from nothing, brings it up to date by the feed, and
then lets `catalogue/current` name it. Killed at any point it goes on from what is complete.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import zstandard

from kiosk import blobs, db
from kiosk.blobs import Blobs
from kiosk.catalogue.records import feed
from kiosk.catalogue.records.models import DocumentRow
from kiosk.clock import Clock
from kiosk.db import SqliteFile
from kiosk.machine.catalogue_file import fault_of, named
from sync.carried import snapshot
from sync.carried.feed import Position, position
from sync.carried.feed_models import FeedPosition
from sync.carried.snapshot import Manifest, Unfinished
from sync.carried.transfer import LEAST_FREE_BYTES, Fetcher, Wanted
from sync.statements import Database
from sync.terminal.client import Terminal, pull
from sync.wire.errors import PageBroken
from sync.wire.line import HubLine

FOLDER = "snapshots"
LEAST_DOCUMENTS = 2_000
"""Least number of documents for a file: a smaller catalogue comes as quickly page by page."""
REST = timedelta(hours=6)
"""Least time between two files of one feed."""
LOOK_S = 600.0
ZSTD_LEVEL, WINDOW_LOG = 9, 23
"""Level and window of compression: 8 MB of memory to unpack; level 12 takes twice the time for 4 % less."""
CHUNK_BYTES = 2**20
AT_ONCE = 500
"""Documents read together while a file is made."""
ROUND_BYTES = 64 * 2**20
"""Bytes of a catalogue in one round: nothing is of more use to a terminal; a submission breaks in after a piece."""
_NAME = re.compile(r"([A-Za-z0-9_.-]+)-([0-9]+)-([0-9a-f]{64})-([0-9]+)\.sqlite3\.zst")

_log = logging.getLogger(__name__)


def made(home: Path) -> list[tuple[Manifest, Path]]:
    """Return the files of a hub, the newest first."""
    found = []
    for path in (home / FOLDER).glob("*.sqlite3.zst"):
        match = _NAME.fullmatch(path.name)
        if match:
            manifest = Manifest(match[1], int(match[2]), match[3], path.stat().st_size, int(match[4]))
            found.append((path.stat().st_mtime_ns, manifest, path))
    return [(manifest, path) for _, manifest, path in sorted(found, key=lambda each: each[0], reverse=True)]


def newest(home: Path, head: Position | None) -> Manifest | None:
    """Return the newest file of the feed at `head`, or None."""
    return next((manifest for manifest, _ in made(home) if head and manifest.epoch == head.epoch), None)


def path_of(home: Path, sha256: str) -> Path | None:
    """Return the path of the file with this hash, or None."""
    return next((path for manifest, path in made(home) if manifest.sha256 == sha256), None)


def is_due(hub: Database, home: Path, now: datetime) -> bool:
    """
    Return whether a hub should make a file: there is none of its feed, or a tenth of what is published changed since.
    """
    many = DocumentRow.select().where(DocumentRow.deleted == 0).count(hub)
    if many < LEAST_DOCUMENTS:
        return False
    head = position(hub)
    last = newest(home, head)
    if head is None or last is None:
        return head is not None
    path = path_of(home, last.sha256)
    age_s = now.timestamp() - path.stat().st_mtime if path else 0.0
    return head.seq - last.seq > max(LEAST_DOCUMENTS // 2, many // 10) and age_s > REST.total_seconds()


def make(hub: Database, home: Path, clock: Clock) -> Manifest:
    """
    Make the file of a hub's published catalogue; older files are removed, except the last.

    Only rows of the feed are read, and each is put into a new database as a terminal puts it.
    Raises OSError when there is no room.
    """
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    building, packed = folder / "building.sqlite3", folder / "building.zst"
    for old in folder.glob("building*"):
        old.unlink()
    at = _fill(hub, building, clock.now())
    sha256 = _pack(building, packed)
    content_size = building.stat().st_size
    path = folder / f"{at.epoch}-{at.seq}-{sha256}-{content_size}.sqlite3.zst"
    os.replace(packed, path)
    db.sync_folder(folder)
    for old in folder.glob("building*"):
        old.unlink()
    for _, old in made(home)[2:]:
        old.unlink()
    return Manifest(at.epoch, at.seq, sha256, path.stat().st_size, content_size)


def _fill(hub: Database, building: Path, now: datetime) -> Position:
    """Put what is published into a new replica; documents of a kind are kept together, which packs better."""
    replica = db.open_sqlite(building)
    db.migrate(replica, "catalogue", now)
    [(epoch, seq, as_of)] = (
        FeedPosition.select(FeedPosition.epoch, FeedPosition.seq, FeedPosition.as_of).tuples().execute(hub)
    )
    with db.writing(replica):
        for doc_id, own_seq, digest, record in _published(hub, through=seq):
            feed.put(replica, doc_id, own_seq, json.loads(record), digest)
        FeedPosition.insert(one=1, epoch=epoch, seq=seq, as_of=as_of).execute(replica)
    replica.execute_sql("PRAGMA journal_mode=DELETE")
    replica.close()
    return Position(epoch, seq)


def _published(hub: Database, through: int) -> Iterator[tuple[str, int, str, str]]:
    """
    Yield what is published up to this place in the feed, a few texts at a time.

    A document that changes meanwhile moves behind that place: it is left out here, and the feed brings it.
    """
    still = (DocumentRow.seq <= through) & (DocumentRow.deleted == 0)
    listed = DocumentRow.select(DocumentRow.id).where(still).order_by(DocumentRow.kind, DocumentRow.seq)
    ids = [each for (each,) in listed.tuples().execute(hub)]
    columns = (DocumentRow.id, DocumentRow.doc_id, DocumentRow.seq, DocumentRow.hash, DocumentRow.record)
    for at in range(0, len(ids), AT_ONCE):
        some = ids[at : at + AT_ONCE]
        asked = DocumentRow.select(*columns).where(DocumentRow.id.in_(some) & still)
        found = {each: row for each, *row in asked.tuples().execute(hub)}
        yield from (tuple(found[each]) for each in some if each in found)


def _pack(source: Path, target: Path) -> str:
    """Compress a file into another; return the SHA-256 of the result."""
    parameters = zstandard.ZstdCompressionParameters.from_level(ZSTD_LEVEL, window_log=WINDOW_LOG)
    with source.open("rb") as plain, open(target, "xb") as packed:
        zstandard.ZstdCompressor(compression_params=parameters).copy_stream(plain, packed)
        packed.flush()
        os.fsync(packed.fileno())
    with target.open("rb") as packed_again:
        return hashlib.file_digest(packed_again, "sha256").hexdigest()


def start(
    home: Path, clock: Clock, make_one: Callable[[], object], stop: threading.Event
) -> threading.Thread:
    """
    Start a thread that checks now and then whether a file is due, and has it made; a fault is logged and tried again.
    """

    def run() -> None:
        while True:
            try:
                with db.connected():
                    is_one_due = is_due(db.store, home, clock.now())
                if is_one_due:
                    make_one()
            except (
                Exception
            ):  # the border of the thread: no snapshot means slower first rounds, nothing worse
                _log.exception("a snapshot of the catalogue could not be made")
            if stop.wait(LOOK_S):
                return

    thread = threading.Thread(target=run, name="snapshots", daemon=True)
    thread.start()
    return thread


def take(home: Path, packed: BinaryIO, manifest: Manifest, clock: Clock) -> None:
    """
    Put a file of the catalogue in place that came by another way than the line, after the same checks.

    Raises:
        PageBroken: It is not the file that was said, or damaged.
        StoreFull: No room.
    """
    Refetch(home, clock, lambda: False).take(packed, manifest)


@dataclass
class Refetch:
    """
    Fetches a terminal's whole catalogue, round after round, while the old one is served.

    terminal: what a round uses; its catalogue is not touched before the next one is up to date.
    """

    home: Path
    clock: Clock
    should_stop: Callable[[], bool]

    def __call__(self, terminal: Terminal, line: HubLine, here: Position, head: Position) -> bool:
        """
        Fetch the catalogue; return whether `catalogue/current` now names another file. False: the feed is enough.

        Raises:
            Unfinished: More comes with the next round.
            SyncError: The error that stopped it; what came is kept.
        """
        if here.is_fork_of(head):
            path: Path | None = self._from_nothing(head)
        else:
            path = self._begun(here, head) or self._from_snapshot(line, here, head)
            if path is None and here.epoch == head.epoch:
                return False
        path = path or db.new_replica(self.home, head.epoch, self.clock.now())
        with _opened(path) as replica:
            db.migrate(replica, "catalogue", self.clock.now())
            pull(terminal, line, replica)
            at = position(replica)
        if at is None or at.epoch != head.epoch or at.seq < head.seq:
            raise Unfinished("catalogue-coming")
        self._put_in_place(path)
        return True

    def take(self, packed: BinaryIO, manifest: Manifest) -> None:
        """Put a file in place that did not come over the line; see `take` of this module."""
        kept = self._store.put(packed, manifest.size)
        whole = self._store.path(kept.sha256)
        path = self._unpack(whole, manifest) if whole and kept.sha256 == manifest.sha256 else None
        if path is None:
            self._store.remove(kept.sha256)
            raise PageBroken("snapshot-wrong")
        self._put_in_place(path)

    def _put_in_place(self, path: Path) -> None:
        """Let a replica that is up to date take the place of the one before."""
        with _opened(path) as replica:
            db.migrate(replica, "catalogue", self.clock.now())
            db.checkpoint(replica)
        if why := fault_of(path):
            path.unlink(missing_ok=True)
            raise PageBroken(f"replica-{why}")
        self._switch(path)

    @property
    def _folder(self) -> Path:
        return self.home / "catalogue"

    @property
    def _store(self) -> Blobs:
        return Blobs(self._folder / "parts")

    def _begun(self, here: Position, head: Position) -> Path | None:
        """Return a replica of the hub's feed that an earlier round began, or None."""
        others = [
            path for path in self._folder.glob(f"{head.epoch}-*.sqlite3") if path.name != self._current()
        ]
        for path in others:
            if fault_of(path):
                _log.error("a replica that was begun is damaged: %s", path.name)
                path.unlink(missing_ok=True)
                continue
            with _opened(path) as replica:
                at = position(replica)
            if at and at.epoch == head.epoch and (here.epoch != head.epoch or at.seq > here.seq):
                return path
        return None

    def _from_nothing(self, head: Position) -> Path:
        """
        Return an empty replica for a feed that went another way under the same epoch: files of before may hold what
        the hub no longer has.
        """
        _log.warning(
            "hub-put-back: its feed is not the one that was copied here; the catalogue is fetched again"
        )
        name = next(
            name for name in (f"{head.epoch}-a.sqlite3", f"{head.epoch}-b.sqlite3") if name != self._current()
        )
        for left in self._folder.glob(f"{name}*"):
            left.unlink()
        return db.new_replica(self.home, head.epoch, self.clock.now(), name)

    def _from_snapshot(self, line: HubLine, here: Position, head: Position) -> Path | None:
        """Return a replica from the hub's file; None when it has none that helps."""
        manifest = snapshot.ask(line)
        if manifest is None or manifest.epoch != head.epoch or not snapshot.is_shorter(manifest, here):
            return None
        if blobs.free_bytes(self.home) < manifest.size + manifest.content_size + LEAST_FREE_BYTES // 5:
            raise PageBroken("disk-low")
        store = self._store
        fetcher = Fetcher(
            store=store,
            now=self.clock.now,
            free_bytes=lambda: blobs.free_bytes(self.home),
            quota_bytes=manifest.size,
            round_bytes=ROUND_BYTES,
            least_free_bytes=0,
        )
        done = fetcher.one_round(line, [Wanted(manifest.sha256, manifest.size)], self.should_stop)
        packed = store.path(manifest.sha256)
        if done.error in ("blob-wrong", "blob-unknown"):
            return self._left_aside(done.error)
        if done.error:
            raise PageBroken(done.error)
        if packed is None:
            raise Unfinished("catalogue-coming")
        return self._unpack(packed, manifest)

    def _unpack(self, packed: Path, manifest: Manifest) -> Path | None:
        """Return the verified replica under its name; None for a file that is damaged."""
        path = self._folder / f"{manifest.epoch}-{manifest.seq}.sqlite3"
        unfinished = path.with_suffix(".part")
        try:
            with packed.open("rb") as source, open(unfinished, "wb", opener=_private) as target:
                zstandard.ZstdDecompressor(max_window_size=2**WINDOW_LOG).copy_stream(source, target)
                target.flush()
                os.fsync(target.fileno())
            _check(unfinished, manifest)
            os.replace(unfinished, path)
        except (zstandard.ZstdError, sqlite3.DatabaseError, ValueError) as error:
            return self._left_aside(f"snapshot-wrong: {error}")
        except OSError as error:
            raise PageBroken("disk-full") from error
        finally:
            unfinished.unlink(missing_ok=True)
        db.sync_folder(self._folder)
        return path

    def _left_aside(self, code: str) -> Path | None:
        """Set the hub's file aside and return None: the feed brings the same, only slower."""
        _log.error("the hub's file of the catalogue is left aside: %s", code)
        return None

    def _switch(self, path: Path) -> None:
        """
        Make `current` name the new file; the one before stays for readers that still use it, all others are removed.
        """
        before = self._current()
        db.write_atomically(self._folder / "current", path.name.encode())
        db.follow_catalogue(self.home)
        self._store.keep_only(set())
        for other in self._folder.glob("*.sqlite3*"):
            if not other.name.startswith((path.name, before or path.name)):
                other.unlink(missing_ok=True)
        _log.info("catalogue-whole: %s takes the place of %s", path.name, before)

    def _current(self) -> str:
        here = named(self.home)
        return here.name if here else ""


@contextmanager
def _opened(path: Path) -> Iterator[SqliteFile]:
    database = db.open_sqlite(path)
    try:
        yield database
    finally:
        database.close()


def _check(path: Path, manifest: Manifest) -> None:
    """
    Check that a file is a complete replica at the hub's position, with no triggers or views in it.

    Raises:
        ValueError: It is something else.
        sqlite3.DatabaseError: It is damaged or no database.
    """
    if path.stat().st_size != manifest.content_size:
        raise ValueError("another size than was said")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise ValueError("damaged")
        if connection.execute("SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index')").fetchone():
            raise ValueError("a view or a trigger")
        at = connection.execute("SELECT epoch, seq FROM feed_position WHERE one = 1").fetchone()
        if at != (manifest.epoch, manifest.seq):
            raise ValueError("another position than was said")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
