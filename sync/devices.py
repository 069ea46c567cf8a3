"""Devices at the hub: free, in quarantine, revoked; what they say of themselves; how a clone is noticed."""

import json
import secrets
import sqlite3
from dataclasses import asdict
from datetime import datetime

from sync.device import Device
from sync.errors import refused
from sync.fields import stamp
from sync.protocol import Hello


def quarantine(connection: sqlite3.Connection, device_id: str, code: str) -> None:
    """Stop downloads to a device until a person decides; its uploads are still taken."""
    connection.execute(
        "UPDATE device SET state = 'quarantined', state_code = ? WHERE id = ? AND state = 'active'",
        (code, device_id),
    )


def revoke(connection: sqlite3.Connection, device_id: str, code: str) -> bool:
    """Whether the device was there to be refused from now on, in everything."""
    done = connection.execute(
        "UPDATE device SET state = 'revoked', state_code = ? WHERE id = ?", (code, device_id)
    )
    return done.rowcount == 1


def reinstate(connection: sqlite3.Connection, device_id: str) -> bool:
    """Whether a quarantined device was set free, after a person looked at it; its next hello starts anew."""
    done = connection.execute(
        "UPDATE device SET state = 'active', state_code = '', session = '', session_next = ''"
        " WHERE id = ? AND state = 'quarantined'",
        (device_id,),
    )
    return done.rowcount == 1


def set_place(connection: sqlite3.Connection, name: str, townships: tuple[str, ...], channel: str) -> bool:
    """Whether the device of this name was there; with its next round it holds what its new place may hold."""
    done = connection.execute(
        "UPDATE device SET townships = ?, channel = ? WHERE name = ? AND state <> 'revoked'",
        (json.dumps(townships, ensure_ascii=False), channel, name),
    )
    return done.rowcount > 0


def require_active(device: Device) -> None:
    """
    Nothing, for a device that may download.

    Raises:
        Refused: "device-quarantined".
    """
    if device.state != "active":
        raise refused("device-quarantined")


def next_session(
    connection: sqlite3.Connection, device: Device, presented: str, *, nonce_given_at: datetime, now: datetime
) -> str:
    """
    A fresh session token; whoever presents one that somebody else has moved past is a clone.

    A device may present the token that it used last (the answer to its hello was lost) or the one that it was
    given since. Anything else means that two machines, or two states of one disk, hold this key.

    Raises:
        Refused: "nonce-stale" when the last hello came with a newer nonce: this one may be a message of the right
            machine that the network held back. A clone comes again with a new nonce.
    """
    held, given, last_nonce_at = connection.execute(
        "SELECT session, session_next, hello_nonce_at FROM device WHERE id = ?", (device.id,)
    ).fetchone()
    # A nonce of the future means that the hub's clock was set back; then order by it says nothing.
    if last_nonce_at and stamp(nonce_given_at) < last_nonce_at <= stamp(now):
        raise refused("nonce-stale")
    fresh = secrets.token_hex(8)
    if (held or given) and presented not in (held, given):
        quarantine(connection, device.id, "clone-suspected")
    connection.execute(
        "UPDATE device SET session = ?, session_next = ?, hello_nonce_at = ? WHERE id = ?",
        (presented, fresh, stamp(nonce_given_at), device.id),
    )
    return fresh


def note_hello(connection: sqlite3.Connection, device: Device, hello: Hello, now: datetime) -> None:
    """Keep what a terminal says of itself, for the desk: when it was seen, what it holds, what it lacks."""
    connection.execute(
        "UPDATE device SET seen_at = ?, issued_through = ?, feed_seq = ?, status_seq = ?, unsent = ?,"
        " parked = ?, refused = ?, paper = ? WHERE id = ?",
        (
            stamp(now),
            hello.issued_through,
            hello.feed_seq,
            hello.status_seq,
            hello.unsent,
            hello.parked,
            json.dumps([asdict(each) for each in hello.refused], ensure_ascii=False),
            json.dumps({each.kind: each.mm for each in hello.paper}),
            device.id,
        ),
    )
