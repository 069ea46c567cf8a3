"""
A program that serves a terminal's pages, per order in a fresh child that can be traced and killed.

Orders come as JSON lines on standard input; the answer is the child's process number and its port, once it listens.
It is started once, so that imports and templates are paid once. A child has one thread: strace counts the calls of each
thread for itself.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.serving import make_server

from kiosk.app.terminal import create
from kiosk.clock import FixedClock
from kiosk.intake.pages.walk import Walk
from kiosk.machine import homes, serving
from tests.clocks import MONDAY_MORNING

HOST = "127.0.0.1"


class Compiled(BytecodeCache):
    """Templates that an earlier child compiled; read before anything is traced."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept = {each.name: each.read_bytes() for each in folder.iterdir()}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled before."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, for the next child."""
        if bucket.key not in self._kept:
            (self._folder / bucket.key).write_bytes(bucket.bytecode_to_string())


def serve(home: Path, compiled: Path, *, invents: bool = False) -> None:
    """Serve the terminal at `home`; wrongly, with a number on the screen that comes from nowhere."""
    if invents:
        Walk._not_stored = lambda *_: "GX01-261123-0001-K7-4 1234 5678 9012"  # type: ignore[method-assign,assignment]
    settings = homes.terminal_settings(home)
    place = serving.bind(HOST, 0)
    app = create(home, replace(settings, port=place.port), FixedClock(MONDAY_MORNING))
    app.jinja_env.bytecode_cache = Compiled(compiled)
    place.socket.listen()
    server = make_server(HOST, place.port, app, fd=place.socket.fileno())
    print(json.dumps({"pid": os.getpid(), "port": place.port}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            if os.fork() == 0:
                order = json.loads(line)
                serve(Path(order["home"]), Path(folder), invents=order["invents"])
                os._exit(0)
