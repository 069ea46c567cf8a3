"""
An application of this process, served for a browser by the server that terminals and hubs run on.

Werkzeug's own server would leave a static file open whenever a browser hangs up before it has read all of it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import waitress
from flask import Flask
from waitress import wasyncore

from kiosk.serving import THREADS
from tests.world import HOST


@contextmanager
def served(app: Flask, port: int) -> Iterator[str]:
    """The address, until the caller is done; open connections are then cut."""
    server = waitress.create_server(app, host=HOST, port=port, threads=THREADS)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join()
        server.task_dispatcher.shutdown()
