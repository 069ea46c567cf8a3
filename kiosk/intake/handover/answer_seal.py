"""
The seal of an answer that is collected at a terminal: opened by number, query code and what the county asks besides.

Number and code are on the citizen's slip; what is asked besides is not. Nothing of it is stored: the key is derived
where the letter is sealed (a clerk's session) and where it is read (the visit at the terminal). Pure functions.
Source: DESIGN.md §4.4; cost: RELIABILITY.md §6 and T19, for a code of 40 bits alone must hold.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import struct
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from argon2.low_level import Type, hash_secret_raw
from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.secret import Aead

from kiosk.errors import Refused

MEMORY_KIB, PASSES = 32_768, 4
"""Cost of one guess: 32 MiB and some 100 ms, on a terminal whose pages have 150 MB in all."""
SALT_BYTES = 16
BLOCK_BYTES = 4_096
"""A sealed answer has whole blocks, so that its size says little about the letter."""
LAST_PLACES = 4
"""Places of a document's number that are asked for."""
PDF = "application/pdf"
TEXT = "text/plain"
"""Type of an answer that is text: UTF-8."""


class IdentityStep(StrEnum):
    """What a county asks, besides number and code, of a person who collects, corrects or withdraws."""

    NAME = "name"
    """The name and the last four places of the document's number, typed."""
    STAFF = "staff"
    """The hall's staff has seen the document."""
    NONE = "none"


@dataclass(frozen=True)
class AnswerFile:
    """One file of an answer."""

    name: str
    type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class SealedLetter:
    """An answer as it is collected; the first file is the letter."""

    number: str
    letter_no: str
    released_on: str
    """ISO day."""
    files: Sequence[AnswerFile] = field(repr=False)


@dataclass(frozen=True, repr=False)
class AnswerKeys:
    """The two halves of one derivation: what opens, and what shows that the one who asks could open."""

    key: bytes
    proof: bytes


def new_salt() -> str:
    """Return a new salt, hexadecimal."""
    return secrets.token_hex(SALT_BYTES)


def identity(step: str, name: str, document_number: str) -> str:
    """
    Return what is asked besides number and code, in the one form in which it is compared; empty for the other steps.

    Args:
        document_number: Whole, or its last four places.
    """
    if step != IdentityStep.NAME:
        return ""
    return f"{plain(name)}|{last_places(document_number)}"


def last_places(document_number: str) -> str:
    """Return the last four places of a document's number."""
    return plain(document_number)[-LAST_PLACES:]


def plain(text: str) -> str:
    """Return a name or number without what people write differently: widths, spaces, dots between names, case."""
    return re.sub(r"[\s·•．.\-]", "", unicodedata.normalize("NFKC", text)).upper()


def derive(number: str, code: str, asked: str, salt: str) -> AnswerKeys:
    """
    Return the keys of an answer; takes some 100 ms.

    Args:
        code: Twelve digits. asked: As `identity` returns it.
    """
    secret = json.dumps([number, code, asked], ensure_ascii=False).encode()
    stretched = hash_secret_raw(
        secret, bytes.fromhex(salt), time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1,
        hash_len=32, type=Type.ID,
    )  # fmt: skip
    return AnswerKeys(_half(stretched, b"answer-key"), _half(stretched, b"answer-proof"))


def _half(stretched: bytes, use: bytes) -> bytes:
    return hashlib.blake2b(b"", key=stretched, person=use.ljust(16, b"\0"), digest_size=32).digest()


def seal(answer: SealedLetter, key: bytes) -> bytes:
    """Return an answer that only this key opens."""
    head = json.dumps(
        {
            "number": answer.number,
            "letter_no": answer.letter_no,
            "released_on": answer.released_on,
            "files": [[each.name, each.type, len(each.content)] for each in answer.files],
        },
        ensure_ascii=False,
    ).encode()
    packed = b"".join([struct.pack(">I", len(head)), head, *(each.content for each in answer.files)])
    return bytes(Aead(key).encrypt(sodium_pad(packed, BLOCK_BYTES), aad=answer.number.encode()))


def opened(sealed: bytes, key: bytes, number: str) -> SealedLetter:
    """
    Return the answer of this number.

    Raises:
        Refused: "answer-not-opened": another key, another number's, or changed bytes.
    """
    try:
        packed = sodium_unpad(Aead(key).decrypt(sealed, aad=number.encode()), BLOCK_BYTES)
    except (CryptoError, ValueError, TypeError) as error:
        raise Refused("answer-not-opened") from error
    at = 4 + struct.unpack(">I", packed[:4])[0]
    head = json.loads(packed[4:at])
    files = []
    for name, kind, size in head["files"]:
        files.append(AnswerFile(name, kind, packed[at : at + size]))
        at += size
    return SealedLetter(head["number"], head["letter_no"], head["released_on"], tuple(files))
