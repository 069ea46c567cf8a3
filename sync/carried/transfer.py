"""
Files named by their SHA-256: the hub sends them in pieces, the terminal assembles and verifies them.

A piece is asked for by a signed address and comes in a signed answer, so that a cut line costs one piece. The
assembled file is used only when its SHA-256 is its name. The caller decides which files, and in which order.
"""

import errno
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from sync.wire.errors import HubRefused, Malformed, SyncError
from sync.wire.line import HubLine
from sync.wire.protocol import BLOB_TYPE

PIECE_BYTES = 256 * 1024
"""Bytes of a piece: a minute on a line of 32 kbit/s, which is the most that a cut costs and a submission waits."""
ROUND_BYTES = 8 * 2**20
"""Most bytes fetched in one round; the rest waits until the next round has carried submissions."""
LEAST_FREE_BYTES = 500 * 10**6
"""Free bytes that files of documents leave on the disk for what citizens entrust to the machine."""
WRONG_PAUSE = timedelta(hours=6)
"""Pause before a file whose bytes did not match its name is asked for again: the hub's copy is damaged."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Store(Protocol):
    """The files of this machine. Methods that write may raise OSError."""

    def held(self) -> dict[str, int]:
        """Return the size in bytes of each verified file by its name."""

    def begun(self, sha256: str) -> int:
        """Return how many bytes of an unfinished file are stored."""

    def append(self, sha256: str, piece: bytes) -> None:
        """Append one piece to an unfinished file."""

    def finish(self, sha256: str, size: int) -> bool:
        """
        Verify the unfinished file; return whether it matches its name and is now in place. If not, it is removed.
        """

    def keep_only(self, wanted: set[str]) -> None:
        """Remove all other files, also unfinished ones."""


@dataclass(frozen=True)
class Wanted:
    """A file that a terminal should hold; `size` in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Fetched:
    """Result of one round: files fetched, files and bytes still to fetch, files beyond the quota."""

    count: int = 0
    wanted: int = 0
    held: int = 0
    missing_bytes: int = 0
    beyond: int = 0
    error: str | None = None
    is_cut_short: bool = False
    """Whether more could have been fetched, but for the round's limit."""


def is_sha256(text: str) -> bool:
    """Return whether a text has the form of a file's name."""
    return _SHA256.fullmatch(text) is not None


def read_piece(path: Path, start: int, size: int) -> bytes:
    """
    Return at most PIECE_BYTES of a file, from `start`.

    Raises:
        Malformed: "bad-from" when `start` is behind the end.
    """
    with path.open("rb") as stream:
        stream.seek(start)
        piece = stream.read(min(size, PIECE_BYTES))
    if not piece:
        raise Malformed("bad-from")
    return piece


def within(wanted: Iterable[Wanted], quota_bytes: int) -> tuple[list[Wanted], int]:
    """Return the files that fit into the quota, in their order and each once, and the number of those that do not."""
    chosen: dict[str, Wanted] = {}
    beyond: set[str] = set()
    room = quota_bytes
    for each in wanted:
        if each.sha256 in chosen or each.sha256 in beyond:
            continue
        if each.size > room:
            beyond.add(each.sha256)
            continue
        chosen[each.sha256] = each
        room -= each.size
    return list(chosen.values()), len(beyond)


@dataclass
class Fetcher:
    """
    A fetcher of files, a bounded number of bytes each round.

    Args:
        free_bytes: Free room on the disk of the store.
        round_bytes: Most bytes of a round; at least one piece is fetched.
    """

    store: Store
    now: Callable[[], datetime]
    free_bytes: Callable[[], int]
    quota_bytes: int
    round_bytes: int = ROUND_BYTES
    least_free_bytes: int = LEAST_FREE_BYTES
    _not_before: dict[str, datetime] = field(default_factory=dict)

    def one_round(self, line: HubLine, wanted: Iterable[Wanted], should_stop: Callable[[], bool]) -> Fetched:
        """
        Remove unwanted files and fetch missing ones, in the order given; return what was done and what is left.

        Never raises for the network, the hub or the disk: `error` says what stopped it.
        """
        chosen, beyond = within(wanted, self.quota_bytes)
        trip = _Trip(line, should_stop, self.round_bytes)
        error = None
        try:
            self.store.keep_only({each.sha256 for each in chosen})
            held = self.store.held()
            for each in chosen:
                if held.get(each.sha256) != each.size and not trip.is_over():
                    error = self._one(trip, each) or error
        except SyncError as failed:
            error = failed.code
        except OSError as failed:
            full = failed.errno in (errno.ENOSPC, errno.EDQUOT)
            error = "disk-full" if full else "disk-in-trouble"
        return self._fetched(chosen, beyond, trip, error)

    def _one(self, trip: "_Trip", file: Wanted) -> str | None:
        """Fetch one file as far as this round allows; return a code when only this file is at fault."""
        now = self.now()
        if now < self._not_before.get(file.sha256, now):
            return "blob-wrong"
        if self.free_bytes() < self.least_free_bytes + file.size - self.store.begun(file.sha256):
            return "disk-low"
        try:
            while self.store.begun(file.sha256) < file.size:
                if trip.is_over():
                    return None
                self.store.append(file.sha256, trip.piece(file, self.store.begun(file.sha256)))
        except HubRefused as refused:
            if refused.code != "blob-unknown":
                raise
            return refused.code
        if self.store.finish(file.sha256, file.size):
            trip.count += 1
            return None
        self._not_before[file.sha256] = self.now() + WRONG_PAUSE
        return "blob-wrong"

    def _fetched(self, chosen: list[Wanted], beyond: int, trip: "_Trip", error: str | None) -> Fetched:
        held = self.store.held()
        missing = [each for each in chosen if held.get(each.sha256) != each.size]
        return Fetched(
            count=trip.count,
            wanted=len(chosen),
            held=len(chosen) - len(missing),
            missing_bytes=sum(each.size - self.store.begun(each.sha256) for each in missing),
            beyond=beyond,
            error=error,
            is_cut_short=bool(missing) and trip.is_over(),
        )


@dataclass
class _Trip:
    """Pieces fetched in one round."""

    line: HubLine
    should_stop: Callable[[], bool]
    room: int
    count: int = 0

    def is_over(self) -> bool:
        return self.room <= 0 or self.should_stop()

    def piece(self, file: Wanted, start: int) -> bytes:
        size = min(PIECE_BYTES, file.size - start)
        answer = self.line.send("GET", f"/blobs/{file.sha256}?{urlencode({'from': start, 'size': size})}")
        if answer.content_type != BLOB_TYPE or len(answer.body) != size:
            raise Malformed("blob-piece")
        self.room -= size
        return answer.body
