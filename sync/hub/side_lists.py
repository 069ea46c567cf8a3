"""The hub's part of side lists: makes, names and packs the lists of each device."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

import zstandard

from sync.carried.lists import LIST_NAME, MOST_LIST_BYTES, digest_of
from sync.hub.device import Device
from sync.statements import Database
from sync.wire.errors import ListBroken
from sync.wire.protocol import VERSION, write

MARKS_KEPT = 256


ZSTD_LEVEL = 3


_log = logging.getLogger(__name__)


Make = Callable[[Database, Device], bytes | None]


Mark = Callable[[Database, Device], str]


@dataclass(frozen=True)
class Provider:
    """
    One side list at the hub.

    Args:
        make: Makes the list for a device from the hub's database; None: the device has none and erases what it held.
        mark: Returns a short text that changes whenever the list for this device would: equal marks mean
            equal lists, also of two devices. Without it the list is made at each hello.
    """

    make: Make
    mark: Mark | None = None


class Lists:
    """The side lists of a hub, with a cache of their digests by their marks."""

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        for name in providers:
            if not LIST_NAME.fullmatch(name):
                raise ValueError(f"not a name for a list: {name}")
        self._providers = dict(providers)
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._turn = threading.Lock()

    def digests(self, database: Database, device: Device) -> dict[str, str]:
        """Return the digest of each list that this device should hold, by name."""
        found = {name: self._digest(database, device, name) for name in self._providers}
        return {name: digest for name, digest in found.items() if digest}

    def manifest(self, database: Database, device: Device) -> bytes:
        """Return the body of the manifest of this device's lists."""
        rows = [{"name": name, "sha256": digest} for name, digest in self.digests(database, device).items()]
        return write({"v": VERSION, "lists": sorted(rows, key=lambda row: row["name"])})

    def packed(self, database: Database, device: Device, name: str) -> bytes | None:
        """Return a list packed for transfer, or None when this device has no such list."""
        content = self._made(database, device, name) if name in self._providers else None
        return None if content is None else zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(content)

    def all_digest(self, database: Database, device: Device) -> str:
        """
        Return one digest over all lists; empty when one could not be made, so that the terminal keeps what it has.
        """
        try:
            return digest_of(self.digests(database, device))
        except Exception:  # a list at fault must not keep any citizen's submission from the hub
            _log.exception("side-list-failed: the lists of %s stay as they are", device.name)
            return ""

    def _digest(self, database: Database, device: Device, name: str) -> str:
        mark = self._providers[name].mark
        if mark is None:
            return _sha256(self._made(database, device, name))
        key = (name, mark(database, device))
        with self._turn:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        digest = _sha256(self._made(database, device, name))
        with self._turn:
            self._known[key] = digest
            if len(self._known) > MARKS_KEPT:
                self._known.popitem(last=False)
        return digest

    def _made(self, database: Database, device: Device, name: str) -> bytes | None:
        content = self._providers[name].make(database, device)
        if content is not None and len(content) > MOST_LIST_BYTES:
            raise ListBroken("list-too-large")
        return content


def _sha256(content: bytes | None) -> str:
    return "" if content is None else sha256(content).hexdigest()
