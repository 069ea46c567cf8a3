"""Requests over localhost as a browser sends them: one connection that is kept, one request after another."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

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
