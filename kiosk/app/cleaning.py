"""Files that people bring in: checked apart from this process, pictures redrawn, nothing left on a disk."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO

from kiosk.catalogue.attachments import content
from kiosk.errors import Refused
from kiosk.intake.attached.clean_files import LARGEST, CleanFile

MEMORY = Path("/dev/shm")
"""Folder in memory: what is checked may hold personal data."""
PICTURES = ("image/png", "image/jpeg")
WIDEST = 4_000
"""Pixels of a redrawn picture: A4 at some 480 dpi."""
OF_CITIZENS = 2_000
"""Pixels of a picture that a citizen hands in: A4 at some 240 dpi, light enough for a bad line."""
LONGEST_NAME = 120


def clean_file(stream: IO[bytes], name: str, widest: int = WIDEST) -> CleanFile:
    """
    Return a PDF as it is after a search for active content, a PNG or JPEG redrawn without what is known of its making.

    Args:
        widest: Pixels of a redrawn picture.
    Raises:
        Refused: "scan-type", "scan-too-large", and the codes of a file that is not read (`attachments.content`).
    """
    given = stream.read(LARGEST + 1)
    if len(given) > LARGEST:
        raise Refused("scan-too-large")
    folder = str(MEMORY) if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else None
    with tempfile.NamedTemporaryFile(dir=folder, prefix="kiosk-scan-") as file:
        file.write(given)
        file.flush()
        return _checked(Path(file.name), given, Path(name).name[-LONGEST_NAME:], widest)


def _checked(path: Path, given: bytes, name: str, widest: int) -> CleanFile:
    found = content.check(path)
    if found.type == content.PDF:
        return CleanFile(name, found.type, found.pages, given)
    if found.type not in PICTURES:
        raise Refused("scan-type", found.type)
    drawn = content.picture(path, found.type, 1, widest)
    return CleanFile(name, drawn.type, 1, drawn.content)
