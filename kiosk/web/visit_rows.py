"""Visits as stored: one row each, encrypted under a key that only the cookie holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

import peewee
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from kiosk import db
from kiosk.clock import Clock

MOST_COME_AGAIN = 8
"""Times that it is asked: a browser that never got the new cookie begins another visit."""
MOVED = b""
"""Content of a row that got another name."""


class WebSession(db.StoreModel):
    """One visit; `seen` is steady time of boot `boot_id`, `version` rises with each change."""

    id = peewee.TextField(primary_key=True)
    sealed = peewee.BlobField()
    boot_id = peewee.TextField()
    seen = peewee.DoubleField()
    version = peewee.IntegerField(default=1)


FIND = db.Statement(
    lambda: WebSession.select(
        WebSession.sealed, WebSession.boot_id, WebSession.seen, WebSession.version
    ).where(WebSession.id == db.slot(WebSession.id))
)
SEE = db.Statement(
    lambda: WebSession.update({WebSession.seen: db.slot(WebSession.seen)}).where(
        WebSession.id == db.slot(WebSession.id)
    )
)
ADD = db.Statement(
    lambda: WebSession.insert(
        {
            **db.inserted(WebSession.id, WebSession.sealed, WebSession.boot_id, WebSession.seen),
            WebSession.version: 1,
        }
    )
)
CHANGE = db.Statement(
    lambda: WebSession.update(
        {
            **db.inserted(WebSession.sealed, WebSession.seen),
            WebSession.version: WebSession.version + 1,
        }
    ).where(WebSession.id == db.slot(WebSession.id), WebSession.version == db.slot(WebSession.version))
)
COUNT = db.Statement(
    lambda: WebSession.update({WebSession.version: WebSession.version + 1}).where(
        WebSession.id == db.slot(WebSession.id)
    )
)
MOVE = db.Statement(
    lambda: WebSession.update({WebSession.version: -MOST_COME_AGAIN}).where(
        WebSession.id == db.slot(WebSession.id)
    )
)
SWEEP = db.Statement(
    lambda: WebSession.delete().where(
        (WebSession.boot_id != db.slot(WebSession.boot_id)) | (WebSession.seen < db.slot(WebSession.seen))
    )
)


@dataclass(frozen=True)
class VisitRow:
    """A row as stored; `contents` is None for a visit that got another name."""

    contents: dict[str, Any] | None
    version: int


def is_there(name: str, clock: Clock, life_s: float) -> bool:
    """Return whether the visit with this name goes on: stored in this boot, seen within its life, under this name."""
    row = FIND.first(db.store, id=name)
    if row is None:
        return False
    sealed, boot, seen, _version = row
    return bytes(sealed) != MOVED and boot == clock.boot_id() and clock.monotonic() - seen <= life_s


def row_name(token: str) -> str:
    return hashlib.sha256(b"name:" + token.encode()).hexdigest()


def _key(token: str) -> bytes:
    return hashlib.sha256(b"key:" + token.encode()).digest()


def sealed_row(token: str, contents: MutableMapping[str, Any]) -> bytes:
    return bytes(SecretBox(_key(token)).encrypt(json.dumps(dict(contents)).encode()))


def opened_row(token: str, sealed: bytes, version: int) -> VisitRow | None:
    try:
        return VisitRow(json.loads(SecretBox(_key(token)).decrypt(bytes(sealed))), version)
    except CryptoError:
        return None
