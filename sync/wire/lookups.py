"""Messages of what a page asks while somebody waits: the state of a number, and the parcel of an answer."""

import re
from dataclasses import asdict, dataclass, replace

from sync.wire.protocol import NUMBER, VERSION, WORD, StatusChange, versioned, write

CODE = re.compile(r"[0-9]{12}")
HEX = re.compile(r"[0-9a-f]{16,128}")
PROOF = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Track:
    """Terminal to hub: a number and the query code from its slip."""

    number: str
    code: str

    def __repr__(self) -> str:
        return f"Track(number={self.number!r})"

    def body(self) -> bytes:
        return write({"v": VERSION, **asdict(self)})

    @classmethod
    def read(cls, body: bytes) -> "Track":
        fields = versioned(body)
        return cls(fields.text("number", form=NUMBER), fields.text("code", form=CODE))


@dataclass(frozen=True)
class Tracked:
    """
    Hub to terminal: the state, or None for a wrong number or a wrong code alike; `locked` while guesses are refused.
    """

    status: StatusChange | None
    locked: bool = False

    def body(self) -> bytes:
        found = replace(self.status, key="").row() if self.status else None
        return write({"v": VERSION, "status": found, "locked": self.locked})

    @classmethod
    def read(cls, body: bytes) -> "Tracked":
        fields = versioned(body)
        locked = fields.flag("locked")
        if fields.values.get("status") is None:
            return cls(None, locked)
        row = fields.object("status")
        return cls(
            StatusChange(
                seq=row.number("seq"),
                number=row.text("number", form=NUMBER),
                state=row.text("state", form=WORD),
                detail=row.object("detail").values,
                changed_at=row.time("changed_at"),
            ),
            locked,
        )


@dataclass(frozen=True)
class Lock:
    """
    What is public of a parcel: how its key is made, and how much there is.

    Args:
        salt: Of the derivation, hexadecimal. asks: What is typed besides number and code; a word of the caller's.
        size: Bytes of the ciphertext.
    """

    salt: str
    asks: str
    size: int


@dataclass(frozen=True)
class LockGiven:
    """Hub to terminal: the lock of a number's parcel, or None; `locked` as in `Tracked`."""

    lock: Lock | None
    locked: bool = False

    def body(self) -> bytes:
        return write({"v": VERSION, "lock": asdict(self.lock) if self.lock else None, "locked": self.locked})

    @classmethod
    def read(cls, body: bytes) -> "LockGiven":
        fields = versioned(body)
        locked = fields.flag("locked")
        if fields.values.get("lock") is None:
            return cls(None, locked)
        lock = fields.object("lock")
        return cls(
            Lock(lock.text("salt", form=HEX), lock.text("asks", form=WORD), lock.number("size")), locked
        )


@dataclass(frozen=True)
class Collect:
    """Terminal to hub: a piece of a number's parcel, for the proof that its key was made."""

    number: str
    proof: str
    start: int

    def __repr__(self) -> str:
        return f"Collect(number={self.number!r}, start={self.start})"

    def body(self) -> bytes:
        return write({"v": VERSION, **asdict(self)})

    @classmethod
    def read(cls, body: bytes) -> "Collect":
        fields = versioned(body)
        return cls(
            fields.text("number", form=NUMBER), fields.text("proof", form=PROOF), fields.number("start")
        )
