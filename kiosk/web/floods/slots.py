"""
Room for slow work: so many at once, a few more wait for a short while, all others are sent away at once.

A server has four threads. Without this, four strangers who ask for something slow keep everybody else waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager

from flask import Flask, Response, g, make_response, render_template, request

COME_AGAIN_S = 3


class Busy(Exception):
    """There is no room now; waiting some seconds helps."""


class Slots:
    """
    Room for one kind of slow work in this process.

    Args:
        at_once: How many may work at the same time. waiting: How many more may wait. patience_s: For how long.
    """

    def __init__(self, *, at_once: int = 1, waiting: int = 1, patience_s: float = 2.0) -> None:
        self._inside = threading.BoundedSemaphore(at_once + waiting)
        self._working = threading.BoundedSemaphore(at_once)
        self._patience_s = patience_s

    @contextmanager
    def taken(self) -> Iterator[None]:
        """
        Hold room for the block.

        Raises:
            Busy: Others work and wait already, or the wait was in vain.
        """
        if not self._inside.acquire(blocking=False):
            raise Busy
        try:
            if not self._working.acquire(timeout=self._patience_s):
                raise Busy
            try:
                yield
            finally:
                self._working.release()
        finally:
            self._inside.release()


def protect(app: Flask, slots: Slots, acts: Set[str]) -> None:
    """Make `app` do these acts ("POST staff.sign_in") in `slots` only, and answer 429 with Retry-After beyond."""

    @app.before_request
    def enter() -> Response | None:
        if f"{request.method} {request.endpoint}" not in acts:
            return None
        room = slots.taken()
        try:
            room.__enter__()
        except Busy:
            answer = make_response(render_template("error.html", status="busy"), 429)
            answer.headers["Retry-After"] = str(COME_AGAIN_S)
            return answer
        g.room = room
        return None

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        room = g.pop("room", None)
        if room is not None:
            room.__exit__(None, None, None)
