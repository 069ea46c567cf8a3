"""
An application of this process, served for a browser by the server that terminals and hubs run on.

Werkzeug's own server would leave a static file open whenever a browser hangs up before it has read all of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import waitress
from flask import Flask
from waitress import wasyncore

from kiosk.machine.serving import THREADS, bind
from tests.world import HOST


@contextmanager
def served(make: Callable[[int], Flask]) -> Iterator[str]:
    """The address of the application that is made for a free port, until the caller is done."""
    place = bind(HOST, 0)
    server = waitress.create_server(make(place.port), sockets=[place.socket], threads=THREADS)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://{HOST}:{place.port}"
    finally:
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join()
        server.task_dispatcher.shutdown()
