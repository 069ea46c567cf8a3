"""
Forms and limits of all messages between terminal and hub; their meaning is in PROTOCOL.md.

Members that this version does not know are ignored, in envelopes they are kept: terminal and hub may differ
by two versions. Each form reads itself from untrusted bytes (`read`) and writes itself (`body`).
"""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785

from sync.wire.errors import Malformed
from sync.wire.reading import Fields, b64, read_object, stamp

__all__ = [
    "MAX_BODY_BYTES",
    "MAX_SEALED_BYTES",
    "VERSION",
    "Challenge",
    "Hello",
    "SealedSubmission",
    "StatusChange",
    "Statuses",
    "Taken",
    "Welcome",
    "refusal",
    "stamp",
]

VERSION = 1
OLDEST_VERSION = 1
PREFIX = "/sync/v1"
MAX_BODY_BYTES = 1_000_000
"""Largest body that the hub reads (T18)."""
MAX_SEALED_BYTES = 720_000
"""Largest sealed part; in base64 and with its envelope it stays below MAX_BODY_BYTES."""
MAX_ENVELOPE_BYTES = 16_000
MAX_GAPS = 500
MAX_STATUSES = 500
MAX_REFUSALS = 50
MAX_PAPERS = 50
SIGNATURE_BYTES = 64

JSON_TYPE = "application/json"
PAGE_TYPE = "application/vnd.kiosk-sync.page+zstd"
LIST_TYPE = "application/vnd.kiosk-sync.list+zstd"
BLOB_TYPE = "application/octet-stream"

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
NUMBER = re.compile(r"[0-9A-Z-]{4,40}")
_RELEASE = re.compile(r"[0-9A-Za-z.+!_-]{1,40}")
"""The version of a product: PEP 440 has no other characters."""
_HEX64 = re.compile(r"[0-9a-f]{64}")
# Argon2id with at most 256 MiB and few rounds: a terminal must not make the hub work for long.
_CODE_HASH = re.compile(
    r"\$argon2id\$v=19\$m=([1-9][0-9]{0,5}),t=([1-9]),p=([1-8])\$[A-Za-z0-9+/]{11,88}\$[A-Za-z0-9+/]{22,88}"
)


def is_key(text: str) -> bool:
    """Return whether a text has the form of a submission's key (a UUID in lower case)."""
    return _UUID.fullmatch(text) is not None


def write(values: dict[str, Any]) -> bytes:
    """Return a message body: canonical JSON, so that equal messages have equal bytes."""
    return rfc8785.dumps(values)


def refusal(code: str) -> bytes:
    """Return the body of every answer that is not a success."""
    return write({"v": VERSION, "error": code})


def refusal_code(body: bytes) -> str:
    """Return the code in a refusal."""
    return read_object(body).text("error", most=60, form=WORD)


def versioned(body: bytes) -> Fields:
    """
    Return the members of a message.

    Raises:
        Malformed: Also "version-too-old".
    """
    fields = read_object(body)
    if fields.number("v") < OLDEST_VERSION:
        raise Malformed("version-too-old")
    return fields


@dataclass(frozen=True)
class Challenge:
    """Hub to terminal: a nonce to sign with, and the hub's time."""

    nonce: str
    hub_time: datetime
    life_s: int

    def body(self) -> bytes:
        return write(
            {"v": VERSION, "nonce": self.nonce, "hub_time": stamp(self.hub_time), "life_s": self.life_s}
        )

    @classmethod
    def read(cls, body: bytes) -> "Challenge":
        fields = versioned(body)
        return cls(fields.text("nonce", most=120), fields.time("hub_time"), fields.number("life_s"))


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


def mark_in(fields: Fields, name: str) -> str:
    """Return a mark of a position; empty from a side of the version before, which has none."""
    return fields.text(name, form=WORD, empty=True) if name in fields.values else ""


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
        return cls(fields.number("seq"), fields.text("chain", form=_HEX64))


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
            else fields.text("lists", form=_HEX64, empty=True),
            audit=None if fields.values.get("audit") is None else HubHead.read(fields.object("audit")),
            feed_mark=mark_in(fields, "feed_mark"),
            status_mark=mark_in(fields, "status_mark"),
        )


@dataclass(frozen=True)
class SealedSubmission:
    """A citizen's submission: the envelope in clear, the rest sealed."""

    key: str
    kind: str
    number: str
    terminal: str
    epoch: str
    seq: int
    digest: str
    code_hash: str
    envelope: dict[str, Any]
    sealed: bytes

    def body(self) -> bytes:
        return submission_body(self.envelope, self.sealed)

    @classmethod
    def read(cls, body: bytes) -> "SealedSubmission":
        """
        Return the submission in `body`.

        Raises:
            Malformed: Also "bad-digest" when the sealed bytes are not those that the envelope names.
        """
        fields = versioned(body)
        envelope = fields.object("envelope")
        sealed = fields.data("sealed", most=MAX_SEALED_BYTES)
        _check_envelope(envelope)
        digest = envelope.text("digest", form=_HEX64)
        if digest != sha256(sealed).hexdigest():
            raise Malformed("bad-digest")
        return cls(
            key=envelope.text("key", form=_UUID),
            kind=envelope.text("kind", form=WORD),
            number=envelope.text("number", form=NUMBER),
            terminal=envelope.text("terminal", form=WORD),
            epoch=envelope.text("epoch", form=WORD),
            seq=envelope.number("seq", least=1),
            digest=digest,
            code_hash=envelope.text("code_hash", most=400, form=_CODE_HASH),
            envelope=envelope.values,
            sealed=sealed,
        )


def submission_body(envelope: dict[str, Any], sealed: bytes) -> bytes:
    """Return the body of a submission's PUT; equal bytes for each try."""
    return write({"v": VERSION, "envelope": envelope, "sealed": b64(sealed)})


def _check_envelope(envelope: Fields) -> None:
    """Refuse an envelope that cannot be stored or does not name the key that sealed it."""
    if envelope.number("v") < OLDEST_VERSION:
        raise Malformed("version-too-old")
    envelope.text("alg", form=WORD)
    envelope.text("key_id", form=WORD)
    envelope.time("submitted_at")
    try:
        size = len(rfc8785.dumps(envelope.values))
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError) as error:
        raise Malformed("bad-envelope") from error
    if size > MAX_ENVELOPE_BYTES:
        raise Malformed("bad-envelope")


@dataclass(frozen=True)
class Taken:
    """Hub to terminal: the submission is stored, now or earlier."""

    key: str
    number: str
    hub_no: int
    hub_epoch: str
    received_at: datetime

    def body(self) -> bytes:
        return write({"v": VERSION, **asdict(self), "received_at": stamp(self.received_at)})

    @classmethod
    def read(cls, body: bytes) -> "Taken":
        fields = versioned(body)
        return cls(
            key=fields.text("key", form=_UUID),
            number=fields.text("number", form=NUMBER),
            hub_no=fields.number("hub_no"),
            hub_epoch=fields.text("hub_epoch", form=WORD),
            received_at=fields.time("received_at"),
        )


@dataclass(frozen=True)
class StatusChange:
    """
    The state of one number; `detail` holds nothing personal.

    key: Of its submission, for the terminal that handed it in and may know it under another number; older hubs and
        answers to other terminals leave it out.
    """

    seq: int
    number: str
    state: str
    detail: dict[str, Any]
    changed_at: datetime
    key: str = ""

    def row(self) -> dict[str, Any]:
        """Return its members as they travel."""
        found = {**asdict(self), "changed_at": stamp(self.changed_at)}
        return found if self.key else {name: value for name, value in found.items() if name != "key"}


@dataclass(frozen=True)
class Statuses:
    """
    Hub to terminal: the states that changed after a position, oldest first; `through` is the next position, `mark` what
    it means.
    """

    statuses: tuple[StatusChange, ...]
    through: int
    more: bool
    mark: str = ""

    def body(self) -> bytes:
        rows = [each.row() for each in self.statuses]
        return write(
            {
                "v": VERSION,
                "statuses": rows,
                "through": self.through,
                "more": self.more,
                "mark": self.mark,
            }
        )

    @classmethod
    def read(cls, body: bytes) -> "Statuses":
        fields = versioned(body)
        rows = tuple(
            StatusChange(
                seq=each.number("seq", least=1),
                number=each.text("number", form=NUMBER),
                state=each.text("state", form=WORD),
                detail=each.object("detail").values,
                changed_at=each.time("changed_at"),
                key=each.text("key", form=_UUID) if "key" in each.values else "",
            )
            for each in fields.objects("statuses", most=MAX_STATUSES)
        )
        return cls(rows, fields.number("through"), fields.flag("more"), mark_in(fields, "mark"))
