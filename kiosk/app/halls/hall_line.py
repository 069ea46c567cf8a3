"""
Messages between the machines of a hall: HTTP, signed by the machine that asks and by the one that answers.

The hub's list of machines says whose signatures count. What is asked twice does nothing twice: tickets have ids,
presses have keys. So a repeated message is harmless, and no nonce is kept.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path

from kiosk import db, side_lists
from kiosk.app.replication import device_keys
from kiosk.app.replication.waits import PAGE, Patience
from kiosk.clock import Clock
from kiosk.errors import StoreDamaged
from kiosk.queue.pressing import PressAnswer, Pressed
from sync.terminal.models import HubLink
from sync.wire.errors import SyncError, Untrusted
from sync.wire.signing import (
    Answer,
    Request,
    Transport,
    sign_answer,
    sign_request,
    verify_answer,
    verify_request,
)

EXCHANGE, PRESS = "/queue/node/exchange", "/queue/node/press"
JSON_TYPE = "application/json"
ANSWERED_BY = "Kiosk-Machine"
"""Header with the device that signed an answer."""


def key_of(device: str) -> bytes | None:
    """Return the public key of a machine of the county's halls, or None."""
    try:
        known = json.loads(side_lists.read(db.store, side_lists.HALL_MACHINES) or b"{}")
        return bytes.fromhex(known[device]) if device in known else None
    except (ValueError, TypeError):
        return None


def own_device() -> str:
    """Return this machine's id; empty while it is not enrolled."""
    link = HubLink.select(HubLink.device).first(db.store)
    return str(link.device) if link else ""


def send(home: Path, transport: Transport, target: str, body: bytes, clock: Clock) -> bytes:
    """
    Send a signed message; return the signed answer's body.

    Raises:
        ConnectionError: No answer, or none that a machine of the hall has signed.
    """
    request = Request("POST", target, body, {"Content-Type": JSON_TYPE})
    nonce = secrets.token_urlsafe(16)
    try:
        seed = device_keys.device_seed(home)
        sign_request(request, seed=seed, key_id=own_device(), nonce=nonce, now=clock.now())
        answer = transport(request)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        key = key_of(headers.get(ANSWERED_BY.lower(), ""))
        if answer.status != 200 or key is None:
            raise Untrusted("answer-unsigned")
        verify_answer(answer, request, hub_key=key, nonce=nonce)
    except (SyncError, StoreDamaged) as error:
        raise ConnectionError(error.code) from error
    return answer.body


def to(address: str, clock: Clock, patience: Patience = PAGE) -> Transport:
    """Return the line to the machine at this address."""
    from kiosk.app.replication import http_line  # its libraries are loaded only by who asks another machine

    return http_line.http_transport(address, clock, patience)


def press(home: Path, address: str, asked: Pressed, clock: Clock) -> PressAnswer:
    """Send a press to the machine that owns the queue. Raises ConnectionError."""
    body = send(home, to(address, clock), PRESS, asked.body(), clock)
    try:
        said = json.loads(body)
        return PressAnswer(str(said["code"]), str(said["number"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ConnectionError("answer-wrong") from error


def answered(home: Path, request: Request, reply: Callable[[bytes], bytes], clock: Clock) -> Answer:
    """
    Return the signed answer to a machine's message; one that no machine of the hall has signed gets 401.

    Args:
        reply: Makes the answer of the message. Raises ValueError: answered with 422.
    """
    try:
        signed = verify_request(request, key_of)
    except Untrusted as error:
        return Answer(401, json.dumps({"code": error.code}).encode(), JSON_TYPE)
    try:
        answer = Answer(200, reply(request.body), JSON_TYPE)
    except ValueError:
        answer = Answer(422, b'{"code": "message-wrong"}', JSON_TYPE)
    seed = device_keys.device_seed(home)
    sign_answer(answer, request, seed=seed, nonce=signed.nonce, now=clock.now())
    answer.headers[ANSWERED_BY] = own_device()
    return answer
