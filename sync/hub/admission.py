"""
Admission of requests at the hub: only enrolled devices, with a nonce from this hub and a rising counter.

Nonces are not stored when they are given: a nonce carries its time and a MAC under a secret of the hub. Only
its highest counter is stored, at its first use. So a repeated request for a nonce costs nothing. The secret changes
with the hub's epoch: requests under way when the hub was restored are refused afterwards.
"""

import base64
import binascii
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from peewee import EXCLUDED

from sync.hub.device import Device
from sync.hub.models import DeviceNonce, EnrolledDevice, SyncPosition
from sync.statements import Database, Statement, inserted, slot
from sync.wire.errors import Untrusted
from sync.wire.reading import stamp
from sync.wire.signing import Request, verify_request

NONCE_LIFE = timedelta(hours=1)
"""
Life of a nonce: a terminal fetches a new one each hour; within it, a counter keeps requests from being replayed.
"""
_COUNTED = re.compile(r"([A-Za-z0-9_-]{40,60})\.([1-9][0-9]{0,9})")
_MAC_BYTES = 16

_DEVICE = Statement(
    lambda: EnrolledDevice.select(
        EnrolledDevice.name,
        EnrolledDevice.terminal,
        EnrolledDevice.epoch,
        EnrolledDevice.state,
        EnrolledDevice.townships,
        EnrolledDevice.channel,
        EnrolledDevice.public_key,
    ).where(EnrolledDevice.id == slot(EnrolledDevice.id))
)
_HUB_EPOCH = Statement(lambda: SyncPosition.select(SyncPosition.hub_epoch).where(SyncPosition.one == 1))
_RISE = Statement(
    lambda: DeviceNonce.insert(
        inserted(DeviceNonce.device, DeviceNonce.nonce, DeviceNonce.counter, DeviceNonce.expires_at)
    ).on_conflict(
        conflict_target=[DeviceNonce.device, DeviceNonce.nonce],
        preserve=[DeviceNonce.counter],
        where=(DeviceNonce.counter < EXCLUDED.counter),
    )
)


@dataclass(frozen=True)
class Caller:
    """The device that signed a request, and the nonce it used."""

    device: Device
    nonce: str


def identify(database: Database, request: Request) -> Caller:
    """
    Return the device that signed the request; reads only the database and parses no body.

    Raises:
        Untrusted: "signature-missing", "device-unknown", "signature-wrong", "device-revoked".
    """
    rows: list[tuple[Device, bytes]] = []

    def key_of(device_id: str) -> bytes | None:
        row = _DEVICE.first(database, id=device_id)
        if row is None:
            return None
        name, terminal, epoch, state, townships, channel, key = row
        places = tuple(json.loads(townships))
        rows.append((Device(device_id, name, terminal, epoch, state, places, channel), bytes(key)))
        return rows[-1][1]

    signed = verify_request(request, key_of)
    device = rows[-1][0]
    if device.state == "revoked":
        raise Untrusted("device-revoked")
    return Caller(device, signed.nonce)


def nonce_secret(database: Database, seed: bytes) -> bytes:
    """Return the secret under which this hub makes and recognises nonces."""
    [(hub_epoch,)] = _HUB_EPOCH.tuples(database)
    return sha256(b"kiosk-sync nonce" + seed + str(hub_epoch).encode()).digest()


def new_nonce(secret: bytes, device_id: str, now: datetime) -> str:
    """Return a nonce for one device, valid for NONCE_LIFE by the hub's clock."""
    head = round(now.timestamp() * 1000).to_bytes(8, "big") + secrets.token_bytes(8)
    return base64.urlsafe_b64encode(head + _mac(secret, device_id, head)).decode().rstrip("=")


def spend(database: Database, caller: Caller, *, secret: bytes, now: datetime) -> datetime:
    """
    Use up the request's counter in the transaction of its action; return the time at which its nonce was given.

    Raises:
        Untrusted: "nonce-stale" (fetch a new one and try again), "nonce-replayed".
    """
    match = _COUNTED.fullmatch(caller.nonce)
    if match is None:
        raise Untrusted("nonce-stale")
    nonce, counter = match[1], int(match[2])
    given_at = _given_at(secret, caller.device.id, nonce)
    if not now - NONCE_LIFE < given_at <= now + timedelta(seconds=1):
        raise Untrusted("nonce-stale")
    risen = _RISE.run(
        database,
        device=caller.device.id,
        nonce=nonce,
        counter=counter,
        expires_at=stamp(given_at + NONCE_LIFE),
    )
    if risen != 1:
        raise Untrusted("nonce-replayed")
    return given_at


def forget_old_nonces(database: Database, now: datetime) -> None:
    """Remove the counters of nonces that are refused by their age anyway."""
    DeviceNonce.delete().where(DeviceNonce.expires_at < stamp(now - NONCE_LIFE)).execute(database)


def _given_at(secret: bytes, device_id: str, nonce: str) -> datetime:
    try:
        raw = base64.urlsafe_b64decode(nonce + "=" * (-len(nonce) % 4))
    except (binascii.Error, ValueError) as error:
        raise Untrusted("nonce-stale") from error
    head, mac = raw[:16], raw[16:]
    if not hmac.compare_digest(mac, _mac(secret, device_id, head)):
        raise Untrusted("nonce-stale")
    return datetime.fromtimestamp(int.from_bytes(head[:8], "big") / 1000, UTC)


def _mac(secret: bytes, device_id: str, head: bytes) -> bytes:
    return hmac.new(secret, device_id.encode() + b"\x00" + head, sha256).digest()[:_MAC_BYTES]
