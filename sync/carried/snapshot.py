"""
The published catalogue as one file: for a terminal that is new, far behind, or whose feed is gone.

The hub names it in a signed manifest; it comes as a file by its hash (blobs.py). What is in the file and how it is
put in place is the caller's business; afterwards the feed goes on from its position.
"""

import re
from dataclasses import asdict, dataclass

from sync.carried.feed import Position
from sync.carried.transfer import Line
from sync.wire.errors import Refused, SyncError
from sync.wire.protocol import VERSION, write
from sync.wire.reading import read_object

FAR = 3_000
"""Documents behind from which on a file may be shorter than pages (and more than a quarter of all)."""

_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_HEX64 = re.compile(r"[0-9a-f]{64}")


class Unfinished(SyncError):
    """ "catalogue-coming": the catalogue comes whole, and more of it with the next round; the old one is served."""


@dataclass(frozen=True)
class Manifest:
    """Hub to terminal: the newest file, where in the feed it stands, its bytes packed and unpacked."""

    epoch: str
    seq: int
    sha256: str
    size: int
    content_size: int

    def body(self) -> bytes:
        return write({"v": VERSION, **asdict(self)})

    @classmethod
    def read(cls, body: bytes) -> "Manifest":
        fields = read_object(body)
        return cls(
            epoch=fields.text("epoch", form=_WORD),
            seq=fields.number("seq", least=1),
            sha256=fields.text("sha256", form=_HEX64),
            size=fields.number("size", least=1),
            content_size=fields.number("content_size", least=1),
        )


def is_far(here: Position, head: Position) -> bool:
    """Whether a replica at `here` has to, or had better, take the catalogue whole."""
    behind = head.seq - here.seq
    return here.epoch != head.epoch or (behind >= FAR and behind * 4 > head.seq)


def is_shorter(manifest: Manifest, here: Position) -> bool:
    """Whether this file brings a replica nearer to the hub than its own feed would with little."""
    return manifest.epoch != here.epoch or manifest.seq - here.seq >= FAR


def ask(line: Line) -> Manifest | None:
    """
    The newest file of the hub, or None when it has none.

    Raises:
        SyncError: the hub could not be asked.
    """
    try:
        return Manifest.read(line.send("GET", "/snapshot").body)
    except Refused as refused:
        if refused.code != "snapshot-unknown":
            raise
        return None
