"""
The time on which the tests run: a Monday morning from which it goes on, whatever the machine's clock says.

It is set before anything asks for it and handed to every process that tests start (`kiosk.clock.SET_CLOCK`). What is
about other days runs on a `FixedClock` or starts its processes with `environment(moment)`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from kiosk.clock import SET_CLOCK, SystemClock, set_to

MONDAY_MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""A Monday morning in Guan county."""

os.environ.setdefault(SET_CLOCK, set_to(MONDAY_MORNING))  # a process of a test goes on with that test's
CLOCK = SystemClock()
"""The clock of this process and of all that it starts."""


def environment(moment: datetime) -> dict[str, str]:
    """The environment of a process for which it is `moment` now."""
    return {**os.environ, SET_CLOCK: set_to(moment)}
