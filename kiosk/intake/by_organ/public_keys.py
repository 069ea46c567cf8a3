"""
Public keys of organs, as the hub gives them to its terminals: a side list, made there and read here.

The list comes in an answer that the hub signed, and each key is bound to its id. A terminal without the list, and an
organ that is not in it, use the office's key, which every round of the sync brings.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kiosk import side_lists
from sync.statements import Database
from sync.wire import sealing
from sync.wire.protocol import write
from sync.wire.reading import b64

KEY_BYTES = 32


@dataclass(frozen=True)
class PublicKey:
    """The key to which an organ's personal data is sealed, and its id."""

    key_id: str
    public: bytes


@dataclass(frozen=True)
class OrganKeys:
    """
    What a terminal knows of the county's organs.

    Args:
        office: Code of the county's disclosure office; empty where the hub has not said it.
        one_office: Whether that office receives the requests to all organs.
        keys: By code, of organs with a key of their own.
    """

    office: str = ""
    one_office: bool = False
    keys: Mapping[str, PublicKey] = field(default_factory=dict)


def written(known: OrganKeys) -> bytes:
    """Return the side list."""
    rows = [
        {"code": code, "key_id": key.key_id, "key": b64(key.public)}
        for code, key in sorted(known.keys.items())
    ]
    return write({"v": 1, "office": known.office, "one_office": known.one_office, "keys": rows})


def read(database: Database) -> OrganKeys:
    """Return what this terminal knows; a row whose key and id do not agree is left out."""
    content = side_lists.read(database, side_lists.ORGAN_KEYS)
    if content is None:
        return OrganKeys()
    try:
        said: dict[str, Any] = json.loads(content)
        rows = {str(row["code"]): _key(row) for row in said["keys"]}
    except (ValueError, KeyError, TypeError):
        return OrganKeys()
    keys = {code: key for code, key in rows.items() if key}
    return OrganKeys(str(said.get("office", "")), said.get("one_office") is True, keys)


def _key(row: Mapping[str, Any]) -> PublicKey | None:
    public = base64.b64decode(row["key"], validate=True)
    key = PublicKey(str(row["key_id"]), public)
    return key if len(public) == KEY_BYTES and sealing.key_id(public) == key.key_id else None
