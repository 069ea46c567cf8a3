"""Connections that say nothing keep nobody else from being served."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection

import pytest

from kiosk.machine import serving

HALF_OPEN = 200


@contextmanager
def served() -> Iterator[int]:
    """A server of a page of one word, in a thread of its own until the tests end; its port."""
    place = serving.bind("127.0.0.1", 0)
    place.socket.listen(serving.BACKLOG)

    def page(_asked: object, answer: object) -> list[bytes]:
        answer("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])  # type: ignore[operator]
        return [b"hello"]

    threading.Thread(target=serving.serve, args=(page, place), daemon=True).start()
    yield place.port


def ask(port: int, patience_s: float) -> float:
    """Ask for the page; return the seconds until the answer was there."""
    began = time.perf_counter()
    with closing(HTTPConnection("127.0.0.1", port, timeout=patience_s)) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"hello"
    return time.perf_counter() - began


def half_open(stack: ExitStack, port: int, many: int = HALF_OPEN) -> None:
    """Open connections that send the beginning of a request and no more."""
    for _each in range(many):
        opened = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
        opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")


def test_the_next_visitor_is_served_beside_two_hundred_half_open_connections() -> None:
    with served() as port, ExitStack() as stack:
        ask(port, 10)
        half_open(stack, port)
        ask(port, 10)


def test_with_few_connections_the_same_visitor_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_room_for_connections", lambda: 100)
    with served() as port, ExitStack() as stack:
        ask(port, 10)
        half_open(stack, port)
        with pytest.raises(TimeoutError):
            ask(port, 1)
