"""
Recordings of published texts: made by the hub, listed for terminals, held by terminals.

The list for terminals is one row of 44 bytes a recording, in the order in which they fetch the files: 8 bytes
of the text's key, 32 of the file's SHA-256, 4 of its size.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from kiosk import db, side_lists
from kiosk.blobs import Blobs
from kiosk.speech.models import SpeechAudio, SpeechChange
from sync.carried.transfer import Wanted
from sync.statements import Database

FOLDER = "speech"
"""In the hub's home: made again from the texts if lost, so it is not in a backup."""
MOST_LISTED = 60_000
_ROW = struct.Struct(">8s32sI")


def of_hub(home: Path) -> Blobs:
    """Return the hub's recordings."""
    return Blobs(home / FOLDER)


_LIST = db.Statement(
    lambda: (
        SpeechAudio.select(SpeechAudio.key, SpeechAudio.sha256, SpeechAudio.size)
        .order_by(SpeechAudio.rank, SpeechAudio.key)
        .limit(MOST_LISTED)
    )
)
_MARK = db.Statement(lambda: SpeechChange.select(SpeechChange.number))
_KNOWN = db.Statement(
    lambda: (
        SpeechAudio.select(SpeechAudio.key).where(SpeechAudio.sha256 == db.slot(SpeechAudio.sha256)).limit(1)
    )
)


def make_list() -> bytes | None:
    """Return the side list for terminals; None while nothing is recorded."""
    rows = _LIST.tuples(db.store)
    packed = (_ROW.pack(bytes.fromhex(key), bytes.fromhex(sha256), size) for key, sha256, size in rows)
    return b"".join(packed) or None


def mark() -> str:
    """Return a value that changes whenever the list does."""
    [(number,)] = _MARK.tuples(db.store)
    return str(number)


def may_fetch(sha256: str) -> bool:
    """Return whether the hub made this recording: all are of published texts, so every terminal may fetch them."""
    return _KNOWN.first(db.store, sha256=sha256) is not None


def rows_of(content: bytes | None) -> Iterator[tuple[str, str, int]]:
    """Yield (key, sha256, size) of each row of a list; an incomplete last row is left out."""
    whole = (content or b"")[: len(content or b"") // _ROW.size * _ROW.size]
    for key, sha256, size in _ROW.iter_unpack(whole):
        yield key.hex(), sha256.hex(), size


def wanted(station: Database) -> Iterator[Wanted]:
    """Yield, at a terminal, the files of its list."""
    for _key, sha256, size in rows_of(side_lists.read(station, side_lists.AUDIO)):
        yield Wanted(sha256, size)
