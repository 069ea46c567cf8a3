"""
Files that people hand in: what a checked one is, how many there may be, and how one travels.

A file is locked with a key of its own as soon as it was checked. The key goes into the sealed part of the submission,
the locked bytes in pieces beside it: who opens the submission opens its files, and nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LARGEST = 20_000_000
"""Bytes of one file as it is given."""
MOST_FILES = 6
MOST_TOGETHER = 12_000_000
"""Bytes of the files of one submission, checked and redrawn."""
PIECE_BYTES = 700_000
"""Bytes of a piece: below the largest sealed part that a hub takes."""
PIECE = "attached-piece"
"""Kind of a piece among what travels."""
FILES = "files"
"""Name of the list of files in the sealed part, and of their number in the envelope."""


@dataclass(frozen=True)
class CleanFile:
    """A file that was checked, and redrawn where it is a picture: no active content, no data about its making."""

    name: str
    type: str
    pages: int
    content: bytes


@dataclass(frozen=True)
class AttachedFile:
    """
    A file of a submission without its content.

    Args:
        id: Among the files of its submission. size, sha256: Of the content in clear. key: Hexadecimal; opens it.
    """

    id: str
    name: str
    type: str
    pages: int
    size: int
    sha256: str
    key: str

    @property
    def is_picture(self) -> bool:
        """Return whether it is a picture."""
        return self.type.startswith("image/")

    def as_dict(self) -> dict[str, Any]:
        """Return its members as they are stored and sealed."""
        return asdict(self)


def read_file(given: Mapping[str, Any]) -> AttachedFile:
    """Return a file from `AttachedFile.as_dict`."""
    return AttachedFile(**given)


def pieces_of(locked: bytes) -> list[bytes]:
    """Return the pieces of a locked file, in order."""
    return [locked[start : start + PIECE_BYTES] for start in range(0, len(locked), PIECE_BYTES)]
