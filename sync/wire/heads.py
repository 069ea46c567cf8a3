"""
Heads of the two audit chains: each machine signs and keeps the other's, so that neither can shorten or rewrite its own.

A head is the number of the last entry and its hash. Meaning and order of the messages: PROTOCOL.md.
"""

import re
from dataclasses import asdict, dataclass
from enum import StrEnum

from sync.wire.errors import Malformed
from sync.wire.hello import SIGNATURE_BYTES, Head
from sync.wire.protocol import VERSION, write
from sync.wire.reading import b64, read_object

_CHAIN = re.compile(r"[0-9a-f]{64}")
PURPOSE = "kiosk audit head"
OF_HUB = "hub"
"""The hub's name in what is signed; a terminal has its device id there."""


class ChainFault(StrEnum):
    """A chain that does not contain what the other side keeps of it."""

    CUT = "cut"
    """It ends before the entry that was kept."""
    REWRITTEN = "rewritten"
    """It has another entry at that place."""
    UNSIGNED = "unsigned"
    """What is kept here was not signed by the other side."""


@dataclass(frozen=True)
class HeadsGiven:
    """
    Terminal to hub: its head, and the hub's as it got it, both signed by the terminal.

    Args:
        at_kept: Its own hash at the entry that the hub keeps; empty when its chain has no such entry.
        held: The hub's head that it held before, as the hub signed it; seq 0 when it held none.
    """

    own: Head
    own_signature: bytes
    at_kept: str
    held: Head
    held_signature: bytes
    hub: Head
    hub_signature: bytes

    def body(self) -> bytes:
        names = ("own_signature", "held_signature", "hub_signature")
        return write({"v": VERSION, **asdict(self), **{name: b64(getattr(self, name)) for name in names}})

    @classmethod
    def read(cls, body: bytes) -> "HeadsGiven":
        fields = read_object(body)
        return cls(
            own=Head.read(fields.object("own")),
            own_signature=fields.data("own_signature", most=SIGNATURE_BYTES, exactly=SIGNATURE_BYTES),
            at_kept=fields.text("at_kept", form=_CHAIN, empty=True),
            held=Head.read(fields.object("held")),
            held_signature=fields.data("held_signature", most=SIGNATURE_BYTES),
            hub=Head.read(fields.object("hub")),
            hub_signature=fields.data("hub_signature", most=SIGNATURE_BYTES, exactly=SIGNATURE_BYTES),
        )


@dataclass(frozen=True)
class HeadsKept:
    """
    Hub to terminal: the terminal's head, signed, unless its chain no longer contains what the hub keeps of it.

    Args:
        at_held: The hub's hash at the entry that the terminal held; empty when its chain has no such entry.
        is_accepted: Whether a person at the hub has accepted that its chain lost what the terminal held.
    """

    at_held: str
    signature: bytes | None
    is_accepted: bool = False

    def body(self) -> bytes:
        signature = b64(self.signature) if self.signature else ""
        return write(
            {"v": VERSION, "at_held": self.at_held, "signature": signature, "is_accepted": self.is_accepted}
        )

    @classmethod
    def read(cls, body: bytes) -> "HeadsKept":
        fields = read_object(body)
        signature = fields.data("signature", most=SIGNATURE_BYTES)
        if len(signature) not in (0, SIGNATURE_BYTES):
            raise Malformed("bad-signature")
        at_held = fields.text("at_held", form=_CHAIN, empty=True)
        return cls(at_held, signature or None, fields.flag("is_accepted"))


def signed(seed: bytes, *, of: str, device: str, head: Head) -> bytes:
    """
    Return a signature over a head, within the pair of this device and its hub.

    Args:
        of: Whose head it is: OF_HUB or the device.
    """
    from sync.wire import signing  # with it come HTTP signatures, which no page of a terminal has a use for

    return signing.sign_text(seed, _text(of, device, head))


def is_signed(public: bytes, signature: bytes, *, of: str, device: str, head: Head) -> bool:
    """Return whether the owner of this key signed this head."""
    from sync.wire import signing

    return signing.is_text_signed(public, _text(of, device, head), signature)


def fault_of(kept: Head, at_kept: str | None) -> ChainFault | None:
    """
    Return the fault of a chain that has `at_kept` at the place of a kept head; None or empty: it has no such entry.
    """
    if not at_kept:
        return ChainFault.CUT
    return None if at_kept == kept.chain else ChainFault.REWRITTEN


def _text(of: str, device: str, head: Head) -> bytes:
    return write({"purpose": PURPOSE, "of": of, "device": device, **asdict(head)})
