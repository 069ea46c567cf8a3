"""Set-up of a new hub, and enrolment of a new terminal with its one-time code."""

from __future__ import annotations

import secrets
from datetime import datetime

from kiosk import db
from kiosk.app.replication.http_line import http_transport
from kiosk.clock import Clock, stamp
from kiosk.errors import Refused
from kiosk.staff import actions as staff
from sync.carried.feed_models import FeedPosition
from sync.hub import hub_history
from sync.hub.models import SyncPosition
from sync.terminal import enrolment


def begin_hub(terminal_prefix: str, now: datetime) -> str:
    """
    Give a new hub what its terminals will ask for: codes with a prefix, an empty feed, a key to seal to.

    Returns:
        The recovery key, to be shown once.
    Raises:
        Refused: "database-in-use".
    """
    with db.writing(db.store):
        if SyncPosition.select().exists(db.store):
            raise Refused("database-in-use", "there is a hub in this database: it is left as it is")
        hub_history.prepare(db.store, terminal_prefix)
        FeedPosition.insert(one=1, epoch=secrets.token_hex(16), seq=0, as_of=stamp(now)).execute(db.store)
        return staff.init_reading_key(now)


def enrol(database: db.SqliteFile, hub_url: str, code: str, seed: bytes, clock: Clock) -> str:
    """
    Enrol this terminal at its hub and store the result in the station's database; return the epoch of the hub's feed.

    Raises:
        SyncError: Nothing was stored; `sentences.of_error` says why.
    """
    accepted = enrolment.enrol(http_transport(hub_url, clock), code, seed=seed, now=clock.now())
    with db.writing(database):
        enrolment.keep(database, accepted, clock.now())
    return accepted.feed_epoch
