"""
Side lists: small lists that the hub makes for each device, sent down when they changed.

The hub's welcome holds one digest over all lists of the device, so that a round without news costs nothing more.
A list that is no longer made is erased at the terminal. What a list means is its provider's business.
"""

import re
from collections.abc import Mapping
from hashlib import sha256

import zstandard

from sync.wire.errors import ListBroken
from sync.wire.protocol import LIST_TYPE, write
from sync.wire.reading import Fields, read_object

MOST_LIST_BYTES = 16 * 2**20
"""Largest side list: the hub makes none that is larger, and a terminal reads none."""
MOST_LISTS = 50

LIST_NAME = re.compile(r"[a-z0-9-]{1,40}")
_HEX64 = re.compile(r"[0-9a-f]{64}")

Digests = Mapping[str, str]
"""sha256 of each list by its name."""


def digest_of(digests: Digests) -> str:
    """Return one digest over all lists that a device should hold."""
    return sha256(write({"lists": [[name, digests[name]] for name in sorted(digests)]})).hexdigest()


def read_manifest(body: bytes) -> dict[str, str]:
    """Return the digests by name in the hub's manifest. Raises Malformed."""
    rows = read_object(body).objects("lists", most=MOST_LISTS)
    return dict(_row(each) for each in rows)


def _row(fields: Fields) -> tuple[str, str]:
    return fields.text("name", form=LIST_NAME), fields.text("sha256", form=_HEX64)


def unpack(body: bytes, content_type: str, digest: str) -> bytes:
    """
    Return the list that the hub's manifest named, unpacked and verified.

    Raises:
        ListBroken: "list-type", "list-cut", "list-too-large", "list-differs" (it changed since: next round).
    """
    if content_type.split(";")[0].strip() != LIST_TYPE:
        raise ListBroken("list-type")
    try:
        with zstandard.ZstdDecompressor().stream_reader(body) as reader:
            content: bytes = reader.read(MOST_LIST_BYTES + 1)
    except zstandard.ZstdError as error:
        raise ListBroken("list-cut") from error
    if len(content) > MOST_LIST_BYTES:
        raise ListBroken("list-too-large")
    if sha256(content).hexdigest() != digest:
        raise ListBroken("list-differs")
    return content
