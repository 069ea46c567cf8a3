"""
Files named by their SHA-256, the same at hub and terminal: attachments of documents, recordings of speech.

A file is either whole and verified under its name, or unfinished in a folder of its own; never half in place. A disk
may change it there later: who shows a file asks for the sound one, and what is no longer sound is set aside.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from kiosk import db
from kiosk.errors import Refused, StoreFull

FOLDER = "blobs"
CHUNK_BYTES = 256 * 1024
_PARTS = "parts"
_DAMAGED = "damaged"
KEPT_DAMAGED = 3
"""Damaged files kept for diagnosis, the newest; each can be fetched again."""

_log = logging.getLogger(__name__)
_found_sound: dict[Path, tuple[int, ...]] = {}
"""Inode, size and times of each file when this process last read it whole and found it sound."""


@dataclass(frozen=True)
class Blob:
    """A stored file: its name and its bytes."""

    sha256: str
    size: int


class Blobs:
    """The files below `folder`: `ab/<sha256>` when verified, `parts/<sha256>` while they come."""

    def __init__(self, folder: Path, kept_damaged: int | None = KEPT_DAMAGED) -> None:
        """
        Name the files of a folder.

        Args:
            kept_damaged: How many damaged files are kept; None: all, where none can be fetched again.
        """
        self.folder = folder
        self._kept_damaged = kept_damaged

    def put(self, stream: BinaryIO, most_bytes: int) -> Blob:
        """
        Store what the stream yields; return its name and size. The same bytes are stored once.

        Raises:
            Refused: "blob-too-large".
            StoreFull: No room; nothing is left behind.
        """
        temporary = self._parts() / f"new-{secrets.token_hex(8)}"
        digest, size = hashlib.sha256(), 0
        try:
            with _created(temporary) as target:
                while chunk := stream.read(CHUNK_BYTES):
                    size += len(chunk)
                    if size > most_bytes:
                        raise Refused("blob-too-large", f"more than {most_bytes} bytes")
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            self._place(temporary, digest.hexdigest())
        except OSError as error:
            raise StoreFull("disk-full", f"a file of {size} bytes could not be stored") from error
        finally:
            temporary.unlink(missing_ok=True)
        return Blob(digest.hexdigest(), size)

    def path(self, sha256: str) -> Path | None:
        """Return the path of the verified file, or None when it is not on this machine."""
        place = self._at(sha256)
        return place if place.is_file() else None

    def sound(self, sha256: str) -> Path | None:
        """
        Return the path of a file whose bytes are those of its name, or None; a damaged one is set aside.

        Each process reads a file whole the first time, and again when it has been changed. A file that cannot be read
        at this moment is as good as none.
        """
        place = self._at(sha256)
        try:
            seen = _identity(place)
            if _found_sound.get(place) != seen:
                if not _is_named_rightly(place):
                    self._set_aside(place, seen)
                    return None
                _found_sound[place] = seen
        except FileNotFoundError:
            return None
        except OSError as error:
            _log.error("file-unreadable: %s: %s", sha256, error)
            return None
        return place

    def _set_aside(self, place: Path, seen: tuple[int, ...]) -> None:
        """Move a damaged file away unless a good one has come meanwhile; raises OSError."""
        _found_sound.pop(place, None)
        if _identity(place) != seen:
            return
        folder = self.folder / _DAMAGED
        folder.mkdir(mode=0o700, exist_ok=True)
        os.replace(place, folder / place.name)
        _log.error("file-damaged: %s was set aside; a good one takes its place when it comes", place.name)
        aside = sorted(folder.iterdir(), key=lambda path: path.stat().st_ctime_ns)
        for old in aside[: -self._kept_damaged] if self._kept_damaged else ():
            old.unlink(missing_ok=True)

    def last_damage(self) -> int:
        """Return a value that changes when a file is set aside."""
        try:
            return (self.folder / _DAMAGED).stat().st_mtime_ns
        except OSError:
            return 0

    def held(self) -> dict[str, int]:
        """Return the size in bytes of each verified file by its name."""
        return {path.name: path.stat().st_size for path in self._all()}

    def remove(self, sha256: str) -> None:
        """Remove a file, its unfinished part and a damaged one; harmless when there is none."""
        for place in (self._at(sha256), self._part(sha256), self.folder / _DAMAGED / sha256):
            place.unlink(missing_ok=True)

    def keep_only(self, wanted: set[str]) -> None:
        """Remove all other files, their unfinished parts and damaged ones."""
        beside = [path for name in (_PARTS, _DAMAGED) for path in (self.folder / name).glob("*")]
        for path in [*self._all(), *beside]:
            if path.name not in wanted:
                path.unlink(missing_ok=True)

    def drop_unfinished(self, before: datetime) -> None:
        """Remove unfinished files to which nothing was added since: what a process left that ended half-way."""
        for path in (self.folder / _PARTS).glob("*"):
            with suppress(FileNotFoundError):  # finished in the meantime
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()

    def verified(self, sha256: str) -> bool:
        """Return whether the stored file still has the SHA-256 that is its name; reads the whole file."""
        path = self.path(sha256)
        return path is not None and _sha256(path) == sha256

    def begun(self, sha256: str) -> int:
        """Return how many bytes of an unfinished file are stored."""
        try:
            return self._part(sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, sha256: str, piece: bytes) -> None:
        """Append one piece to an unfinished file; raises OSError."""
        self._parts()
        with open(self._part(sha256), "ab", opener=_private) as target:
            target.write(piece)

    def finish(self, sha256: str, size: int) -> bool:
        """
        Verify the unfinished file; return whether it matches its name and is now in place. If not, it is removed.
        Raises OSError.
        """
        part = self._part(sha256)
        if not size:
            self.append(sha256, b"")
        if self.begun(sha256) != size or _sha256(part) != sha256:
            part.unlink(missing_ok=True)
            return False
        with part.open("rb") as whole:
            os.fsync(whole.fileno())
        self._place(part, sha256)
        return True

    def _place(self, written: Path, sha256: str) -> None:
        target = self._at(sha256)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(written, target)
        for folder in (target.parent, self.folder):
            db.sync_folder(folder)

    def _at(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / _checked(sha256)

    def _part(self, sha256: str) -> Path:
        return self.folder / _PARTS / _checked(sha256)

    def _parts(self) -> Path:
        folder = self.folder / _PARTS
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _all(self) -> Iterator[Path]:
        for folder in self.folder.glob("[0-9a-f][0-9a-f]"):
            yield from (path for path in folder.iterdir() if path.is_file())


def free_bytes(folder: Path) -> int:
    """Return the free bytes on the disk of an existing folder."""
    return shutil.disk_usage(folder).free


def of_home(home: Path) -> Blobs:
    """Return the files of a terminal's home, or of either where none is set aside."""
    return Blobs(home / FOLDER)


def of_hub(home: Path) -> Blobs:
    """Return the files of a hub's home, where a damaged one is never deleted: terminals have theirs from here."""
    return Blobs(home / FOLDER, kept_damaged=None)


def _checked(sha256: str) -> str:
    """Return the name if it is a SHA-256: a name must never be a path."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError("not a sha256")
    return sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _identity(path: Path) -> tuple[int, ...]:
    """Return what changes when a file is replaced or written to; raises OSError."""
    here = path.stat()
    return here.st_ino, here.st_size, here.st_mtime_ns, here.st_ctime_ns


def _is_named_rightly(path: Path) -> bool:
    """Return whether a file has the bytes of its name; one whose bytes the disk cannot give has not. Raises OSError."""
    try:
        return _sha256(path) == path.name
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return False


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _created(path: Path) -> BinaryIO:
    return open(path, "xb", opener=_private)
