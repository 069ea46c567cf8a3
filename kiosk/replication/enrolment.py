"""A new terminal and its hub: the one-time code on one side, what it is exchanged for on the other."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from kiosk import db
from kiosk.clock import Clock
from kiosk.errors import Refused
from kiosk.replication.line import http_transport
from sync import enrolment, errors


def new_enrolment_code(
    connection: sqlite3.Connection,
    name: str,
    now: datetime,
    minutes: int,
    townships: tuple[str, ...] = (),
    channel: str = "kiosk",
) -> str:
    """
    A one-time code for a new terminal, shown once.

    Raises:
        Refused: "name-taken".
    """
    try:
        return enrolment.add_code(
            connection,
            name,
            now=now,
            life=timedelta(minutes=minutes),
            place=enrolment.Place(townships, channel),
        )
    except errors.Refused as refused:
        raise Refused(refused.code, f"a terminal named {name} is enrolled already") from refused


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
