"""
The published catalogue as one file: for a terminal that is new, far behind, or whose feed is gone.

The hub names it in a signed manifest; it is fetched as a file by its hash (transfer.py). What is in the file and how
it is put in place is the caller's business; afterwards the feed goes on from its position.
"""

import re
from dataclasses import asdict, dataclass

from sync.carried.feed import Position
from sync.wire.errors import HubRefused, Malformed, SyncError
from sync.wire.hello import SIGNATURE_BYTES
from sync.wire.line import HubLine
from sync.wire.protocol import VERSION, write
from sync.wire.reading import b64, read_object

FAR = 3_000
"""Number of documents behind from which a file may be shorter than pages (if it is more than a quarter of all)."""

_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_HEX64 = re.compile(r"[0-9a-f]{64}")


class Unfinished(SyncError):
    """
    "catalogue-coming": the whole catalogue is being fetched over several rounds; the old one is served meanwhile.
    """


@dataclass(frozen=True)
class Manifest:
    """Hub to terminal: the newest file, its position in the feed, its bytes packed and unpacked."""

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


PURPOSE = "kiosk catalogue file"


def signed(seed: bytes, manifest: Manifest) -> bytes:
    """Return what is said of a file with the hub's signature, for a way without a line."""
    from sync.wire import signing  # with it come HTTP signatures, which no page of a terminal has a use for

    return write({**_text(manifest), "signature": b64(signing.sign_text(seed, write(_text(manifest))))})


def read_signed(body: bytes, hub_key: bytes) -> Manifest:
    """
    Return what the owner of this key said of a file.

    Raises:
        Malformed: Also "bad-signature".
    """
    from sync.wire import signing

    signature = read_object(body).data("signature", most=SIGNATURE_BYTES, exactly=SIGNATURE_BYTES)
    manifest = Manifest.read(body)
    if not signing.is_text_signed(hub_key, write(_text(manifest)), signature):
        raise Malformed("bad-signature")
    return manifest


def _text(manifest: Manifest) -> dict[str, str | int]:
    return {"v": VERSION, "purpose": PURPOSE, **asdict(manifest)}


def is_far(here: Position, head: Position) -> bool:
    """Return whether a replica at `here` must, or should, fetch the whole catalogue."""
    if here.is_fork_of(head):
        return True
    behind = head.seq - here.seq
    return here.epoch != head.epoch or (behind >= FAR and behind * 4 > head.seq)


def is_shorter(manifest: Manifest, here: Position) -> bool:
    """Return whether this file brings a replica nearer to the hub at less cost than its own feed."""
    return manifest.epoch != here.epoch or manifest.seq - here.seq >= FAR


def ask(line: HubLine) -> Manifest | None:
    """
    Return the hub's newest catalogue file, or None when it has none.

    Raises:
        SyncError: The hub could not be asked.
    """
    try:
        return Manifest.read(line.send("GET", "/snapshot").body)
    except HubRefused as refused:
        if refused.code != "snapshot-unknown":
            raise
        return None
