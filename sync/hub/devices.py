"""Devices at the hub: active, in quarantine or revoked; their reports; detection of clones."""

import json
import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sync.hub.device import Device
from sync.hub.models import EnrolledDevice
from sync.statements import Database
from sync.wire.errors import refused
from sync.wire.protocol import Hello
from sync.wire.reading import stamp


def quarantine(database: Database, device_id: str, code: str) -> None:
    """Stop downloads to a device until a person decides; its uploads are still taken."""
    EnrolledDevice.update(state="quarantined", state_code=code).where(
        EnrolledDevice.id == device_id, EnrolledDevice.state == "active"
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


def next_session(
    database: Database, device: Device, presented: str, *, nonce_given_at: datetime, now: datetime
) -> str:
    """
    Return a new session token; quarantine a device that presents one which was superseded: it is a clone.

    A device may present the token that it used last (the answer to its hello was lost) or the one that it was
    given since. Anything else means that two machines, or two states of one disk, hold this key.

    Raises:
        HubRefused: "nonce-stale" when the last hello came with a newer nonce: this one may be a message of the right
            machine that the network held back. A clone comes again with a new nonce.
    """
    held, given, last_nonce_at = _locked(database, device.id)
    # A nonce from the future means that the hub's clock was set back; then its order proves nothing.
    if last_nonce_at and stamp(nonce_given_at) < last_nonce_at <= stamp(now):
        raise refused("nonce-stale")
    fresh = secrets.token_hex(8)
    if (held or given) and presented not in (held, given):
        quarantine(database, device.id, "clone-suspected")
    EnrolledDevice.update(session=presented, session_next=fresh, hello_nonce_at=stamp(nonce_given_at)).where(
        EnrolledDevice.id == device.id
    ).execute(database)
    return fresh


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
