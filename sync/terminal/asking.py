"""Ask the hub while somebody waits: for the state of a number, for its parcel, for the answer to a question."""

from collections.abc import Mapping
from typing import Any

from sync.wire.errors import Untrusted
from sync.wire.line import HubLine
from sync.wire.lookups import Collect, LockGiven, Track, Tracked
from sync.wire.protocol import BLOB_TYPE, VERSION, write
from sync.wire.reading import Fields, read_object


def track(line: HubLine, number: str, code: str) -> Tracked:
    """
    Ask the hub for the state of a number, also one that another terminal issued.

    Raises:
        SyncError: The hub could not be asked.
    """
    return Tracked.read(line.send("POST", "/track", Track(number, code).body()).body)


def lock(line: HubLine, number: str, code: str) -> LockGiven:
    """
    Ask the hub how the key of a number's parcel is made.

    Raises:
        SyncError: The hub could not be asked.
    """
    return LockGiven.read(line.send("POST", "/lock", Track(number, code).body()).body)


def ask(line: HubLine, name: str, values: Mapping[str, Any]) -> Fields:
    """
    Ask the hub a question of the product by its name; return the members of its answer.

    Raises:
        SyncError: The hub could not be asked, or knows no such question.
    """
    return read_object(line.send("POST", f"/asks/{name}", write({"v": VERSION, **values})).body)


def collect(line: HubLine, number: str, proof: str, size: int) -> bytes:
    """
    Fetch a number's parcel of so many bytes, piece by piece.

    Raises:
        SyncError: The hub could not be asked; `HubRefused` "proof-wrong" or "proof-closed".
    """
    found = bytearray()
    while len(found) < size:
        answer = line.send("POST", "/collect", Collect(number, proof, len(found)).body())
        if answer.content_type != BLOB_TYPE or not answer.body or len(found) + len(answer.body) > size:
            raise Untrusted("answer-wrong")
        found += answer.body
    return bytes(found)
