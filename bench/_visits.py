"""Requests over localhost as a browser sends them: one connection that is kept, one request after another."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench._figures import Row, percentile, row

REPOSITORY = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
START_PATIENCE_S = 60.0
LOOK_EVERY_S = 0.005
NO_HEADERS: Mapping[str, str] = {}


class Kept:
    """A kept connection to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection(HOST, port, timeout=60)

    def ms(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        expect: int = 200,
    ) -> float:
        """Return the milliseconds until the whole answer was read; an answer of another status is an error."""
        began = time.perf_counter()
        self._line.request(method, path, body, dict(headers))
        answer = self._line.getresponse()
        content = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != expect:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:200]!r}")
        return took

    def close(self) -> None:
        """Close the connection."""
        self._line.close()


@contextmanager
def serving(command: list[str], log: Path, *, says: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process that serves; it is killed at the end. `says`: its output is read here, not logged."""
    with log.open("ab") as out:
        running = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE if says else out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield running
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


@contextmanager
def hello(log: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Yield the process that serves a page of one word, and the port that it took."""
    with serving(["bench._hello"], log, says=True) as running:
        assert running.stdout is not None
        yield running, int(running.stdout.readline())
        running.stdout.close()


def first_page_s(port: int, began: float) -> float:
    """Return the seconds from `began` to the first whole start page on this port."""
    pause = threading.Event()
    while time.perf_counter() - began < START_PATIENCE_S:
        try:
            line = Kept(port)
            line.ms("/")
            line.close()
            return time.perf_counter() - began
        except OSError:
            pause.wait(LOOK_EVERY_S)
    raise RuntimeError(f"nothing answered on port {port} within {START_PATIENCE_S:.0f} s")


def rounds(port: int, paths: Iterable[str], times: int) -> list[list[float]]:
    """Return the milliseconds of each path, asked one after another over one connection, `times` times over."""
    asked = list(paths)
    line = Kept(port)
    for path in asked[:20]:
        line.ms(path)
    measured = [[line.ms(path) for path in asked] for _ in range(times)]
    line.close()
    return measured


HALF_OPEN = (0, 40, 200)
"""Connections that begin a request and never end it."""
VISITORS = 20


def _visits_beside(port: int, path: str, many: int) -> list[float]:
    with ExitStack() as opened:
        for _each in range(many):
            line = opened.enter_context(socket.create_connection((HOST, port), timeout=60))
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n".encode())
        return [_new_visit(port, path) for _each in range(VISITORS)]


def _new_visit(port: int, path: str) -> float:
    line = Kept(port)
    try:
        return line.ms(path)
    finally:
        line.close()


def half_open_rows(whose: str, port: int, path: str) -> Iterator[Row]:
    """Measure how long the next visitor waits beside half-open connections; the peer is the same without them."""
    took = {many: _visits_beside(port, path, many) for many in HALF_OPEN}
    alone = percentile(took[0], 0.99)
    for many in HALF_OPEN[1:]:
        name = f"{whose}/next visitor beside {many} half-open connections p99"
        yield row(
            name, "ms", percentile(took[many], 0.99), {"without them": alone}, f"{VISITORS} visits of {path}"
        )
