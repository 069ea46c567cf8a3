"""
Readers measured: from the card on the reader to the page it fills, as a browser asks for it.

    python -m bench.readers

The reader is the virtual one at a pseudo-terminal, which sends at the speed of memory: `on the wire` adds what a real
one takes for its 1,329 bytes at 115,200 bits a second, 8N1. Not in it: a module's own thinking, for none was at hand.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient

from bench._figures import Row, percentile, row, tell
from kiosk.app import create_terminal
from kiosk.clock import SystemClock
from tests.building import terminal_home, terminal_settings
from tests.journeys.story import ANSWERS
from tools.virtual_reader.card_reader import CardReader
from tools.virtual_reader.ports import CardPort, Port

TIMES = 20
POLL_S = 0.25
"""Seconds between two questions of the waiting page (js/card.js)."""
WIRE_MS = 1_329 * 10 / 115_200 * 1_000
"""Bytes of the three answers, ten bits each on the wire, in milliseconds."""
PATIENCE_S = 10.0
AT = {"Host": "127.0.0.1:8080"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def main() -> int:
    """Print the figures; return the exit code."""
    return tell(_all(3 if "--small" in sys.argv else TIMES))


def _all(times: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        root, reader = Path(folder), CardReader()
        serving = CardPort(Port(root / "cards"), reader)
        settings = terminal_settings(
            card_reader=f"serial://{root / 'cards'}", runtime_dir=str(root / "memory")
        )
        clock = SystemClock()
        app = create_terminal(terminal_home(root / "home", clock, settings), settings, clock)
        visitor = app.test_client()
        _begin(visitor)
        taken = [_fill(visitor, reader) for _ in range(times)]
        serving.close()
    for share in (0.5, 0.95):
        figure = percentile(taken, share) * 1_000 + WIRE_MS
        note = f"goal: under 1,000; of it on the wire {WIRE_MS:.0f}"
        yield row(f"card to filled page, p{share * 100:.0f}", "ms", figure, note=note)


def _begin(visitor: FlaskClient) -> None:
    _send(visitor, "/request/")
    for name, fields in ANSWERS.items():
        if name == "name":
            return
        _send(visitor, f"/request/{name}", **fields)


def _fill(visitor: FlaskClient, reader: CardReader) -> float:
    """Return the seconds from the card on the reader to the page; the card is cleared after it."""
    reader.lay("")
    while 'value="read"' not in visitor.get("/request/name", headers=AT).text:
        time.sleep(0.02)
    _send(visitor, "/request/name", card="read")
    time.sleep(POLL_S)
    reader.lay("zhang")
    began = time.monotonic()
    while not (said := visitor.get("/card?state=1", headers=AT).json or {}).get("go"):
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(POLL_S)
    page = visitor.get(said["go"], headers=AT).text
    taken = time.monotonic() - began
    assert "由读卡器填入" in page
    _send(visitor, "/request/name", card="clear")
    return taken


def _send(visitor: FlaskClient, path: str, **fields: str) -> None:
    token = TOKEN.search(visitor.get(path, headers=AT).text)
    assert token, path
    visitor.post(path, data={"csrf_token": token[1], **fields}, headers=AT)


if __name__ == "__main__":
    sys.exit(main())
