"""
Forms and limits of all messages between terminal and hub; their meaning is in PROTOCOL.md.

Members that this version does not know are ignored, in envelopes they are kept: terminal and hub may differ
by two versions. Each form reads itself from untrusted bytes (`read`) and writes itself (`body`).
"""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import rfc8785

from sync.wire.errors import Malformed
from sync.wire.reading import Fields, read_object, stamp

VERSION = 1
OLDEST_VERSION = 1
PREFIX = "/sync/v1"
MAX_BODY_BYTES = 1_000_000
"""Largest body that the hub reads (T18)."""
MAX_STATUSES = 500

JSON_TYPE = "application/json"
PAGE_TYPE = "application/vnd.kiosk-sync.page+zstd"
LIST_TYPE = "application/vnd.kiosk-sync.list+zstd"
BLOB_TYPE = "application/octet-stream"

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
NUMBER = re.compile(r"[0-9A-Z-]{4,40}")
HEX64 = re.compile(r"[0-9a-f]{64}")


def is_key(text: str) -> bool:
    """Return whether a text has the form of a submission's key (a UUID in lower case)."""
    return UUID.fullmatch(text) is not None


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


def mark_in(fields: Fields, name: str) -> str:
    """Return a mark of a position; empty from a side of the version before, which has none."""
    return fields.text(name, form=WORD, empty=True) if name in fields.values else ""


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
                key=each.text("key", form=UUID) if "key" in each.values else "",
            )
            for each in fields.objects("statuses", most=MAX_STATUSES)
        )
        return cls(rows, fields.number("through"), fields.flag("more"), mark_in(fields, "mark"))
