"""
One round of sync in a process of its own, so that its memory is seen: `python -m bench._pull HOME`.

Prints seconds, bytes on the wire in both directions (heads and bodies), requests and peak memory as JSON. The
search index is not touched: that is measured beside.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench._figures import peak_mb
from kiosk import db
from kiosk.app.replication.device_keys import DEVICE_KEY_FILE
from kiosk.app.replication.http_line import http_transport
from kiosk.catalogue.records import feed
from kiosk.clock import SystemClock
from kiosk.machine import homes, snapshots
from sync.statements import Database
from sync.terminal import client
from sync.wire.channel import Channel, Identity
from sync.wire.protocol import StatusChange
from sync.wire.signing import Answer, Request, Transport


@dataclass
class Wire:
    """A transport that counts what it carries."""

    carry: Transport
    sent: int = 0
    received: int = 0
    requests: int = 0

    def __call__(self, request: Request) -> Answer:
        answer = self.carry(request)
        self.requests += 1
        self.sent += len(request.method) + len(request.target) + _size(request.headers) + len(request.body)
        self.received += _size(answer.headers) + len(answer.body)
        return answer


def _size(headers: dict[str, str]) -> int:
    return sum(len(name) + len(value) + len(": \r\n") for name, value in headers.items())


def no_status(station: Database, change: StatusChange) -> None:
    """Ignore a state: a catalogue is measured, and nobody submitted anything."""


def main() -> int:
    """Run one round; return exit code 1 when it was not complete."""
    home, clock = Path(sys.argv[1]), SystemClock()
    homes.open_terminal(home, clock)
    settings = homes.terminal_settings(home)
    device, hub_key = db.store.execute_sql("SELECT device, hub_key FROM hub_link").fetchone()
    seed = bytes.fromhex((home / DEVICE_KEY_FILE).read_text("ascii"))
    wire = Wire(http_transport(settings.hub_url, clock))
    terminal = client.Terminal(
        station=db.store,
        catalogue=db.catalogue,
        writing=db.writing,
        put=feed.put,
        put_status=no_status,
        now=clock.now,
        refetch=snapshots.Refetch(home, clock, lambda: False),
    )
    channel = Channel(wire, Identity(device, seed, bytes(hub_key)), clock.now)
    before_mb = peak_mb(os.getpid())
    began = time.perf_counter()
    report = client.one_round(terminal, channel)
    db.catalogue.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    figures = {
        "seconds": time.perf_counter() - began,
        "wire_kb": (wire.sent + wire.received) / 1000,
        "requests": wire.requests,
        "documents": report.down.count,
        "peak_mb": peak_mb(os.getpid()),
        "before_mb": before_mb,
    }
    print(json.dumps(figures))
    return 0 if report.is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
