"""Hello and welcome, the first two messages of each round: who is there, what each side holds."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sync.wire.protocol import HEX64, VERSION, WORD, mark_in, versioned, write
from sync.wire.reading import Fields, b64, stamp

MAX_GAPS = 500
MAX_REFUSALS = 50
MAX_PAPERS = 50
SIGNATURE_BYTES = 64
_RELEASE = re.compile(r"[0-9A-Za-z.+!_-]{1,40}")
"""The version of a product: PEP 440 has no other characters."""


@dataclass(frozen=True)
class RefusedDocument:
    """A document of the feed that a terminal could not take."""

    doc_id: str
    seq: int
    code: str


@dataclass(frozen=True)
class PaperUsed:
    """Millimetres of paper of one kind that a terminal has used in all."""

    kind: str
    mm: int


@dataclass(frozen=True)
class Hello:
    """Terminal to hub, first in each round: its identity, what it issued, what it holds."""

    session: str
    epoch: str
    issued_through: int
    feed_epoch: str
    feed_seq: int
    status_seq: int
    unsent: int = 0
    parked: int = 0
    refused: tuple[RefusedDocument, ...] = ()
    paper: tuple[PaperUsed, ...] = ()
    release: str = ""
    """The version of the product that runs on the terminal; empty: one from before it was said."""
    feed_mark: str = ""
    status_mark: str = ""
    """What the two positions stand for (sync/carried/marks.py); empty: not known."""

    def body(self) -> bytes:
        lists = {name: [asdict(each) for each in getattr(self, name)] for name in ("refused", "paper")}
        return write({"v": VERSION, **asdict(self), **lists})

    @classmethod
    def read(cls, body: bytes) -> "Hello":
        fields = versioned(body)
        refused = tuple(
            RefusedDocument(
                each.text("doc_id", most=400), each.number("seq"), each.text("code", most=60, form=WORD)
            )
            for each in fields.objects("refused", most=MAX_REFUSALS)
        )
        return cls(
            session=fields.text("session", form=WORD, empty=True),
            epoch=fields.text("epoch", form=WORD),
            issued_through=fields.number("issued_through"),
            feed_epoch=fields.text("feed_epoch", form=WORD, empty=True),
            feed_seq=fields.number("feed_seq"),
            status_seq=fields.number("status_seq"),
            unsent=fields.number("unsent"),
            parked=fields.number("parked"),
            refused=refused,
            paper=_paper(fields),
            release=fields.text("release", form=_RELEASE, empty=True) if "release" in fields.values else "",
            feed_mark=mark_in(fields, "feed_mark"),
            status_mark=mark_in(fields, "status_mark"),
        )


def _paper(fields: Fields) -> tuple[PaperUsed, ...]:
    """Return the paper used; none from terminals of the version before, which do not report it."""
    found = fields.objects("paper", most=MAX_PAPERS) if "paper" in fields.values else []
    return tuple(PaperUsed(each.text("kind", most=60, form=WORD), each.number("mm")) for each in found)


@dataclass(frozen=True)
class Head:
    """The last entry of an audit chain: its number and its hash; seq 0 is the chain without entries."""

    seq: int
    chain: str

    @classmethod
    def read(cls, fields: Fields) -> "Head":
        return cls(fields.number("seq"), fields.text("chain", form=HEX64))


@dataclass(frozen=True)
class HubHead:
    """The hub's head, signed, and the number of the terminal's entry that the hub keeps (0: none)."""

    head: Head
    signature: bytes
    keeps: int

    def values(self) -> dict[str, Any]:
        """Return its members in a message."""
        return {"head": asdict(self.head), "signature": b64(self.signature), "keeps": self.keeps}

    @classmethod
    def read(cls, fields: Fields) -> "HubHead":
        signature = fields.data("signature", most=SIGNATURE_BYTES, exactly=SIGNATURE_BYTES)
        return cls(Head.read(fields.object("head")), signature, fields.number("keeps"))


@dataclass(frozen=True)
class Welcome:
    """Hub to terminal: what it holds of the device, what is new, and the key to seal with."""

    hub_time: datetime
    hub_epoch: str
    session: str
    state: str
    held_highest: int
    held_missing: tuple[int, ...]
    backed_up_through: int
    feed_epoch: str
    feed_seq: int
    status_seq: int
    seal_key: bytes
    seal_key_id: str
    lists: str | None = None
    """Digest over the side lists of this device; empty: they stay as they are; None: a hub of the version before."""
    audit: HubHead | None = None
    """None: a hub that keeps no heads."""
    feed_mark: str = ""
    status_mark: str = ""
    """What the two positions stand for; empty: a hub of the version before, or a position from before marks."""

    def body(self) -> bytes:
        return write(
            {
                "v": VERSION,
                **asdict(self),
                "hub_time": stamp(self.hub_time),
                "held_missing": list(self.held_missing),
                "seal_key": b64(self.seal_key),
                "audit": self.audit.values() if self.audit else None,
            }
        )

    @classmethod
    def read(cls, body: bytes) -> "Welcome":
        fields = versioned(body)
        return cls(
            hub_time=fields.time("hub_time"),
            hub_epoch=fields.text("hub_epoch", form=WORD),
            session=fields.text("session", form=WORD),
            state=fields.text("state", form=WORD),
            held_highest=fields.number("held_highest"),
            held_missing=fields.numbers("held_missing", most=MAX_GAPS),
            backed_up_through=fields.number("backed_up_through"),
            feed_epoch=fields.text("feed_epoch", form=WORD),
            feed_seq=fields.number("feed_seq"),
            status_seq=fields.number("status_seq"),
            seal_key=fields.data("seal_key", most=32, exactly=32),
            seal_key_id=fields.text("seal_key_id", form=WORD),
            # A hub of the version before does not send this member.
            lists=None
            if fields.values.get("lists") is None
            else fields.text("lists", form=HEX64, empty=True),
            audit=None if fields.values.get("audit") is None else HubHead.read(fields.object("audit")),
            feed_mark=mark_in(fields, "feed_mark"),
            status_mark=mark_in(fields, "status_mark"),
        )
