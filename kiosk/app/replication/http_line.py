"""A terminal's connection to its hub: HTTP without redirects and with time limits, signed with the terminal's key."""

from __future__ import annotations

from pathlib import Path

import requests
from urllib3.exceptions import HTTPError

from config.settings import TerminalSettings
from kiosk import db
from kiosk.app.replication import device_keys
from kiosk.app.replication.waits import AGENT, Patience
from kiosk.clock import Clock
from kiosk.errors import Refused
from sync.terminal.models import HubLink
from sync.wire import errors
from sync.wire.channel import Channel, Identity
from sync.wire.signing import Answer, Request, Transport

MOST_ANSWER_BYTES = 32 * 2**20
CHUNK_BYTES = 64 * 1024


def to_hub(home: Path, settings: TerminalSettings, clock: Clock, patience: Patience = AGENT) -> Channel:
    """
    Return a signed connection to the hub of the terminal whose databases are open.

    Raises:
        Refused: "not-enrolled".
        StoreDamaged: "no-device-key".
    """
    link = HubLink.select(HubLink.device, HubLink.hub_key).first(db.store)
    if link is None:
        raise Refused("not-enrolled", f"{home} is not enrolled with a hub")
    identity = Identity(link.device, device_keys.device_seed(home), bytes(link.hub_key))
    return Channel(http_transport(settings.hub_url, clock, patience), identity, clock.now)


def http_transport(hub_url: str, clock: Clock, patience: Patience = AGENT) -> Transport:
    """Return a function that sends signed requests over HTTP; it follows no redirect and decodes nothing."""
    session = requests.Session()
    session.headers["Accept-Encoding"] = "identity"

    def send(sent: Request) -> Answer:
        deadline = clock.monotonic() + patience.whole_s
        try:
            with session.request(
                sent.method,
                hub_url.rstrip("/") + sent.target,
                data=sent.body or None,
                headers=sent.headers,
                timeout=(patience.connect_s, patience.read_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read_body(response, clock, deadline)
                return Answer(
                    response.status_code,
                    body,
                    response.headers.get("Content-Type", ""),
                    dict(response.headers),
                )
        except (requests.RequestException, HTTPError, OSError) as error:
            raise errors.Unreachable("hub-unreachable") from error

    return send


def _read_body(response: requests.Response, clock: Clock, deadline: float) -> bytes:
    body = bytearray()
    while chunk := response.raw.read1(CHUNK_BYTES):
        body += chunk
        if len(body) > MOST_ANSWER_BYTES:
            raise errors.Unreachable("answer-too-large")
        if clock.monotonic() > deadline:
            raise errors.Unreachable("hub-too-slow")
    return bytes(body)
