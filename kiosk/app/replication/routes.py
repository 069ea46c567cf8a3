"""The hub's routes for devices: HTTP into `Request`, `Answer` into HTTP, and the object that answers them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from config.settings import HubSettings
from kiosk import audit, countersigned, db
from kiosk.app.replication import counts, device_keys, giving, lists_for_devices, taking_in
from kiosk.app.replication.signed_http import as_response, signed_request
from kiosk.app.seats import asks as seat_asks
from kiosk.audit import Act
from kiosk.clock import Clock
from kiosk.intake import numbers
from kiosk.machine import snapshots
from kiosk.web.context import hub
from sync.carried.feed import position
from sync.hub.admission import Caller
from sync.hub.answering import Ask, Hub
from sync.hub.device import Device
from sync.hub.inbox import OnTaken
from sync.hub.side_lists import Lists
from sync.statements import Database
from sync.wire import protocol
from sync.wire.signing import Answer, Request

_log = logging.getLogger(__name__)

ACTIONS: tuple[tuple[str, str, Callable[[Hub, Caller, Request], Answer]], ...] = (
    ("GET", "/hello", Hub.challenge),
    ("POST", "/hello", Hub.hello),
    ("POST", "/heads", Hub.heads),
    ("PUT", "/submissions/<key>", Hub.submit),
    ("PUT", "/tallies/<key>", Hub.count),
    ("GET", "/changes", Hub.changes),
    ("GET", "/statuses", Hub.statuses),
    ("GET", "/snapshot", Hub.whole),
    ("GET", "/lists", Hub.manifest),
    ("GET", "/lists/<name>", Hub.side_list),
    ("GET", "/blobs/<sha256>", Hub.piece),
    ("POST", "/track", Hub.track),
    ("POST", "/lock", Hub.lock),
    ("POST", "/collect", Hub.collect),
    ("POST", "/asks/<name>", Hub.ask),
)
"""Actions of a device. The hub itself reads the parts of a path: it looks at the request as it was signed."""


def hub_blueprint() -> Blueprint:
    """Return the routes /sync/v1/*, for devices only: they know no cookies and are exempt from CSRF."""
    routes = Blueprint("sync", __name__, url_prefix=protocol.PREFIX)
    routes.register_error_handler(HTTPException, _broken_off)
    routes.add_url_rule("/enrol", "enrol", _enrol, methods=["POST"])
    for method, path, action in ACTIONS:
        routes.add_url_rule(path, action.__name__, partial(_serve, action), methods=[method])
    return routes


def sync_hub(
    home: Path,
    settings: HubSettings,
    clock: Clock,
    on_taken: OnTaken,
    on_collected: Callable[[Database, str], None],
    hall_asks: Mapping[str, Ask],
) -> Hub:
    """
    Return the object that answers terminals.

    Args:
        hall_asks: What halls ask besides, by name.

    Raises:
        StoreDamaged: "no-signing-key": terminals trust that key and no other.
    """
    return Hub(
        seed=device_keys.signing_seed(home),
        now=clock.now,
        database=db.store,
        writing=partial(db.writing, alone=False),
        seal_key=taking_in.seal_key,
        on_taken=on_taken,
        lists=Lists(lists_for_devices.providers(home, settings, clock)),
        blob=giving.giver(home),
        snapshot=lambda database: snapshots.newest(home, position(database)),
        on_counted=counts.taker(clock),
        on_collected=on_collected,
        on_put_back=partial(_note_put_back, clock),
        chain=countersigned.CHAIN,
        is_own_number=numbers.is_of,
        asks={**seat_asks.asks(home, clock), **hall_asks},
    )


def _note_put_back(clock: Clock, database: Database, device: Device, proof: str) -> None:
    """Log that this hub was put back to an older state without `restore`; `check` names it for a month."""
    _log.error(
        "hub-put-back: %s holds a position (%s) that this hub gave and no longer has: it was put back to an older"
        " state without `restore`. A new epoch has begun: terminals offer again what it lacks, and fetch all again",
        device.name,
        proof,
    )
    audit.record(
        at=clock.now(), actor="sync", act=Act.HUB_PUT_BACK, subject=device.name, detail={"position": proof}
    )


def _enrol() -> Response:
    return as_response(hub().sync.enrol(signed_request()))


def _serve(action: Callable[[Hub, Caller, Request], Answer], **_parts: str) -> Response:
    sync, asked = hub().sync, signed_request()
    return as_response(db.repeated(lambda: sync.serve(asked, partial(action, sync))))


def _broken_off(error: HTTPException) -> Response:
    """Return a code for a machine, not a page; unsigned, so that it decides nothing."""
    code = "body-too-large" if isinstance(error, RequestEntityTooLarge) else "not-served"
    return as_response(Answer(error.code or 500, protocol.refusal(code), protocol.JSON_TYPE))
