"""A sealed submission on its way to the hub, and the hub's answer that it is stored."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785

from sync.wire.errors import Malformed
from sync.wire.protocol import HEX64, NUMBER, OLDEST_VERSION, UUID, VERSION, WORD, versioned, write
from sync.wire.reading import Fields, b64, stamp

MAX_SEALED_BYTES = 720_000
"""Largest sealed part; in base64 and with its envelope it stays below MAX_BODY_BYTES."""
MAX_ENVELOPE_BYTES = 16_000
# Argon2id with at most 256 MiB and few rounds: a terminal must not make the hub work for long.
_CODE_HASH = re.compile(
    r"\$argon2id\$v=19\$m=([1-9][0-9]{0,5}),t=([1-9]),p=([1-8])\$[A-Za-z0-9+/]{11,88}\$[A-Za-z0-9+/]{22,88}"
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
        digest = envelope.text("digest", form=HEX64)
        if digest != sha256(sealed).hexdigest():
            raise Malformed("bad-digest")
        return cls(
            key=envelope.text("key", form=UUID),
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
            key=fields.text("key", form=UUID),
            number=fields.text("number", form=NUMBER),
            hub_no=fields.number("hub_no"),
            hub_epoch=fields.text("hub_epoch", form=WORD),
            received_at=fields.time("received_at"),
        )
