"""
Calls of pages to the hub: short, few at once, and none for a while after one that was not answered.

A page of a public station asks the hub for the state of a request. A hub that hangs must not hold the pages of
everybody else: a call ends after some seconds, and the next ones end at once until the hub has had time to come back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from kiosk.clock import Clock
from kiosk.web.floods.slots import Busy, Slots

REST_S = 15.0
"""Seconds without a call after one that was not answered; then a single one is tried."""
AT_ONCE = 2
"""Of the four threads of a server: two are left for pages that ask nobody."""

Answer = TypeVar("Answer")


class PageCalls:
    """The calls of one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._slots = Slots(at_once=AT_ONCE, waiting=1, patience_s=0.5)
        self._lock = threading.Lock()
        self._rest_until = 0.0

    def ask(self, call: Callable[[], Answer]) -> Answer:
        """
        Return what `call` returns.

        Raises:
            ConnectionError: It was not answered, a call shortly before was not, or others are waiting already.
        """
        if not self._may_try():
            raise ConnectionError("hub-rests")
        try:
            with self._slots.taken():
                answer = call()
        except Busy as error:
            raise ConnectionError("hub-busy") from error
        except ConnectionError:
            self._rest()
            raise
        self._rest_until = 0.0
        return answer

    def _may_try(self) -> bool:
        """Return whether a call may be made; after a rest one caller alone may, until it knows."""
        with self._lock:
            now = self._clock.monotonic()
            if now < self._rest_until:
                return False
            if self._rest_until:
                self._rest_until = now + REST_S
            return True

    def _rest(self) -> None:
        with self._lock:
            self._rest_until = self._clock.monotonic() + REST_S
