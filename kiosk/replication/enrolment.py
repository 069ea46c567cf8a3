"""A new hub, and a new terminal that exchanges its one-time code for an identity there."""

from __future__ import annotations

import secrets
from datetime import datetime

from kiosk import db
from kiosk.clock import Clock, stamp
from kiosk.replication.line import http_transport
from sync import enrolment, server


def begin_hub(terminal_prefix: str, now: datetime) -> None:
    """Give a new hub what its terminals will ask for: the prefix of their codes, and a feed with nothing in it."""
    with db.writing(db.store) as connection:
        server.prepare(connection, terminal_prefix)
        connection.execute(
            "INSERT INTO feed_position (one, epoch, seq, as_of) VALUES (1, ?, 0, ?)",
            (secrets.token_hex(16), stamp(now)),
        )


def enrol(database: db.SqliteFile, hub_url: str, code: str, seed: bytes, clock: Clock) -> str:
    """
    The epoch of the hub's feed, once the hub has accepted this terminal and the station's database says so.

    Raises:
        SyncError: nothing was stored; `sentences.of_error` says why.
    """
    accepted = enrolment.enrol(http_transport(hub_url, clock), code, seed=seed, now=clock.now())
    with db.writing(database) as connection:
        enrolment.keep(connection, accepted, clock.now())
    return accepted.feed_epoch
