"""Devices at the hub: active, in quarantine or revoked; their reports; detection of clones."""

import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sync.hub.device import Device
from sync.hub.models import EnrolledDevice
from sync.statements import Database
from sync.wire.errors import refused
from sync.wire.hello import Hello
from sync.wire.reading import stamp


def public_keys(database: Database, channel: str) -> dict[str, bytes]:
    """Return the public keys of the devices of a channel that are in use, by their ids."""
    used = (EnrolledDevice.state == "active") & (EnrolledDevice.channel == channel)
    found = EnrolledDevice.select(EnrolledDevice.id, EnrolledDevice.public_key).where(used)
    return {str(device): bytes(key) for device, key in found.tuples().execute(database)}


def quarantine(database: Database, device_id: str, code: str) -> None:
    """
    Stop downloads to a device until a person decides; its uploads are still taken. A disk that seemed to be put back
    turns out to be one of two when the other machine comes.
    """
    is_known_now = (EnrolledDevice.state == "quarantined") & (EnrolledDevice.state_code == Fork.DISK_PUT_BACK)
    EnrolledDevice.update(state="quarantined", state_code=str(code)).where(
        EnrolledDevice.id == device_id, (EnrolledDevice.state == "active") | is_known_now
    ).execute(database)


def revoke(database: Database, device_id: str, code: str) -> bool:
    """Refuse a device in everything from now on; return whether it was there."""
    done = EnrolledDevice.update(state="revoked", state_code=code).where(EnrolledDevice.id == device_id)
    return bool(done.execute(database))


def reinstate(database: Database, device_id: str) -> bool:
    """
    Release a quarantined device after a person's decision; return whether it was there. Its next hello starts a
    session.
    """
    done = EnrolledDevice.update(state="active", state_code="", session="", session_next="").where(
        EnrolledDevice.id == device_id, EnrolledDevice.state == "quarantined"
    )
    return bool(done.execute(database))


def set_place(database: Database, name: str, townships: tuple[str, ...], channel: str) -> bool:
    """
    Set townships and channel of the device with this name; return whether it was there. Effective from its next
    round.
    """
    done = EnrolledDevice.update(townships=json.dumps(townships, ensure_ascii=False), channel=channel).where(
        EnrolledDevice.name == name, EnrolledDevice.state != "revoked"
    )
    return bool(done.execute(database))


def require_active(device: Device) -> None:
    """
    Refuse a device that may not download.

    Raises:
        HubRefused: "device-quarantined".
    """
    if device.state != "active":
        raise refused("device-quarantined")


@dataclass(frozen=True)
class Session:
    """A new session token, and what the presented one shows: "" (nothing), or a code of `Fork`."""

    token: str
    fork: str


class Fork(StrEnum):
    """What a token that should not have come shows; the code of a device's state, and of the hub's own log."""

    HUB_PUT_BACK = "hub-put-back"
    """This hub gave it and does not know it: the hub itself was put back to an older state."""
    DISK_PUT_BACK = "disk-put-back"
    """An old one: the terminal's disk was put back, or is a copy that comes late."""
    CLONE = "clone-suspected"
    """One that was given after the token used last: two machines take turns."""


def next_session(
    database: Database,
    device: Device,
    presented: str,
    *,
    seed: bytes,
    nonce_given_at: datetime,
    now: datetime,
) -> Session:
    """
    Return a new session token, and what the presented one shows. The device is quarantined where it shows two machines
    or two states of one disk.

    A device may present the token that it used last (the answer to its hello was lost) or the one that it was
    given since. Tokens count up and carry the hub's MAC, so that the others can be distinguished.

    Raises:
        HubRefused: "nonce-stale" when the last hello came with a newer nonce: this one may be a message of the right
            machine that the network held back. A clone comes again with a new nonce.
    """
    held, given, last_nonce_at = _locked(database, device.id)
    # A nonce from the future means that the hub's clock was set back; then its order proves nothing.
    if last_nonce_at and stamp(nonce_given_at) < last_nonce_at <= stamp(now):
        raise refused("nonce-stale")
    counts = [_count(seed, device.id, token) or 0 for token in (presented, held, given)]
    is_known = not (held or given) or presented in (held, given)
    fork = "" if is_known else _fork(_count(seed, device.id, presented), *counts[1:])
    if fork in (Fork.CLONE, Fork.DISK_PUT_BACK):
        quarantine(database, device.id, fork)
    fresh = _token(seed, device.id, max(counts) + 1)
    EnrolledDevice.update(session=presented, session_next=fresh, hello_nonce_at=stamp(nonce_given_at)).where(
        EnrolledDevice.id == device.id
    ).execute(database)
    return Session(fresh, fork)


def keep_session(database: Database, device: Device, presented: str, token: str) -> None:
    """Keep the session of the device that proved a fork, after a new epoch ended those of all."""
    EnrolledDevice.update(session=presented, session_next=token).where(
        EnrolledDevice.id == device.id
    ).execute(database)


def _fork(presented: int | None, held: int, given: int) -> Fork:
    """Return what a token shows that is neither the one used last nor the one given since; None: not of this form."""
    if presented is None:
        return Fork.CLONE
    if presented and presented >= given:
        return Fork.HUB_PUT_BACK
    return Fork.CLONE if presented > held else Fork.DISK_PUT_BACK


def _token(seed: bytes, device_id: str, count: int) -> str:
    head = f"{count}.{secrets.token_hex(8)}"
    return f"{head}.{_mac(seed, device_id, head)}"


def _count(seed: bytes, device_id: str, token: str) -> int | None:
    """Return the count of a token that this hub gave; 0 for the empty one of the first hello, None for any other."""
    head, _, mac = token.rpartition(".")
    if not token:
        return 0
    is_ours = hmac.compare_digest(mac, _mac(seed, device_id, head))
    return int(head.partition(".")[0]) if is_ours else None


def _mac(seed: bytes, device_id: str, head: str) -> str:
    secret = sha256(b"kiosk-sync session" + seed).digest()
    return hmac.new(secret, f"{device_id} {head}".encode(), sha256).hexdigest()[:24]


def _locked(database: Database, device_id: str) -> tuple[Any, ...]:
    """
    Return session tokens and time of the last hello, locked until the transaction ends: a clone may ask another
    worker.
    """
    [row] = (
        EnrolledDevice.update(session=EnrolledDevice.session)
        .where(EnrolledDevice.id == device_id)
        .returning(EnrolledDevice.session, EnrolledDevice.session_next, EnrolledDevice.hello_nonce_at)
        .tuples()
        .execute(database)
    )
    return row  # type: ignore[no-any-return]


def note_hello(database: Database, device: Device, hello: Hello, now: datetime) -> None:
    """Store a terminal's report of itself for the desk: when it was seen, what it holds, what it lacks."""
    EnrolledDevice.update(
        seen_at=stamp(now),
        issued_through=hello.issued_through,
        feed_seq=hello.feed_seq,
        status_seq=hello.status_seq,
        unsent=hello.unsent,
        parked=hello.parked,
        refused=json.dumps([asdict(each) for each in hello.refused], ensure_ascii=False),
        release=hello.release,
        paper=json.dumps({each.kind: each.mm for each in hello.paper}),
    ).where(EnrolledDevice.id == device.id).execute(database)
