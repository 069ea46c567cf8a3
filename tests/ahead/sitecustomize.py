"""
Sets the clock of every Python process of a run ahead: `./run test --ahead DAYS` puts this folder on PYTHONPATH.

Whatever asks the machine for the time, in the tests, the product or a library, gets it that many days later; steady
time stays as it is. (libfaketime, which would reach nginx and the browser too, breaks waiting in Python from 3.11 on.)
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import time_machine

DAYS = "KIOSK_TEST_AHEAD"

if os.environ.get(DAYS):
    then = datetime.now(UTC) + timedelta(days=float(os.environ[DAYS]))
    time_machine.travel(then, tick=True).start()
