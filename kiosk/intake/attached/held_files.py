"""
Files of unfinished forms at a terminal: locked, in memory-backed storage only, their keys in the encrypted visit.

What a visit leaves behind nobody can open; it is erased with the boot, or when room is needed, the oldest first.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import Refused
from kiosk.intake.attached.clean_files import MOST_FILES, MOST_TOGETHER, AttachedFile, CleanFile
from sync.wire import sealing
from sync.wire.errors import SealBroken

FOLDER = "attached"
MOST_HELD = 200_000_000
"""Bytes of all unfinished forms together; memory is what they are kept in."""


@dataclass(frozen=True)
class SealedFile:
    """A file and its locked bytes."""

    file: AttachedFile
    locked: bytes


@dataclass(frozen=True)
class HeldFiles:
    """The files of the unfinished forms of one terminal, below its folder in memory."""

    memory: Path

    def keep(self, form: str, before: tuple[AttachedFile, ...], given: CleanFile) -> AttachedFile:
        """
        Lock a file and keep it for a form.

        Args:
            form: Key of the form. before: Its files so far.
        Raises:
            Refused: "files-too-many", "files-too-large", "files-no-room".
        """
        if len(before) >= MOST_FILES:
            raise Refused("files-too-many")
        if sum(each.size for each in before) + len(given.content) > MOST_TOGETHER:
            raise Refused("files-too-large")
        self._make_room(form, len(given.content))
        key = secrets.token_bytes(sealing.LOCK_BYTES)
        made = AttachedFile(
            id=secrets.token_hex(8),
            name=given.name,
            type=given.type,
            pages=given.pages,
            size=len(given.content),
            sha256=hashlib.sha256(given.content).hexdigest(),
            key=key.hex(),
        )
        try:
            place = self._place(form, made)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.write_bytes(sealing.lock_file(key, given.content))
        except OSError as error:
            raise Refused("files-no-room", str(error.strerror)) from error
        return made

    def sealed(self, form: str, file: AttachedFile) -> SealedFile | None:
        """Return a file with its locked bytes; None if it is no longer here."""
        try:
            return SealedFile(file, self._place(form, file).read_bytes())
        except OSError:
            return None

    def is_here(self, form: str, file: AttachedFile) -> bool:
        """Return whether a file is still here."""
        return self._place(form, file).exists()

    def content(self, form: str, file: AttachedFile) -> bytes | None:
        """Return a file in clear, for the visit that holds its key; None if it is no longer here."""
        found = self.sealed(form, file)
        with suppress(SealBroken):
            return sealing.unlock_file(bytes.fromhex(file.key), found.locked) if found else None
        return None

    def drop(self, form: str, file: AttachedFile) -> None:
        """Erase a file."""
        self._place(form, file).unlink(missing_ok=True)

    def drop_all(self, form: str) -> None:
        """Erase all files of a form."""
        shutil.rmtree(self._folder(form), ignore_errors=True)

    def _folder(self, form: str) -> Path:
        return self.memory / FOLDER / hashlib.sha256(form.encode()).hexdigest()[:32]

    def _place(self, form: str, file: AttachedFile) -> Path:
        return self._folder(form) / f"{hashlib.sha256(file.id.encode()).hexdigest()[:32]}.locked"

    def _make_room(self, form: str, size: int) -> None:
        """
        Erase the files of the forms that waited longest, until so many bytes more have room.

        Raises:
            Refused: "files-no-room".
        """
        folders = sorted((self.memory / FOLDER).glob("*"), key=_changed)
        sizes = [sum(each.stat().st_size for each in folder.glob("*")) for folder in folders]
        over = sum(sizes) + size - MOST_HELD
        for folder, held in zip(folders, sizes, strict=True):
            if over <= 0:
                return
            if folder != self._folder(form):
                shutil.rmtree(folder, ignore_errors=True)
                over -= held
        if over > 0:
            raise Refused("files-no-room")


def _changed(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
