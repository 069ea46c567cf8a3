"""
Wrong tries of something that people type: five are free, then the wait doubles. Source: RELIABILITY.md T20.

Counted by steady time, so that setting a clock forward frees nobody; who stores them, and when one is closed for good,
is the business of whoever asks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FREE_TRIES = 5
FIRST_WAIT_S = 30


@dataclass(frozen=True)
class Tries:
    """Wrong tries since the last right one; `since_s` is steady time of boot `boot_id`."""

    wrong: int
    boot_id: str
    since_s: float


def wait_after(wrong: int, longest_s: int | None = None) -> int:
    """Seconds to wait after so many wrong tries."""
    if wrong < FREE_TRIES:
        return 0
    wait = FIRST_WAIT_S << min(wrong - FREE_TRIES, 30)
    return wait if longest_s is None else min(wait, longest_s)


def left_to_wait(tries: Tries, boot_id: str, now_s: float, longest_s: int | None = None) -> int:
    """Whole seconds left; after a restart the whole wait counts again, for nobody saw how long it was off."""
    wait = wait_after(tries.wrong, longest_s)
    if tries.boot_id != boot_id:
        return wait
    return max(0, math.ceil(tries.since_s + wait - now_s))


def one_more(before: Tries, boot_id: str, now_s: float, longest_s: int | None = None) -> tuple[int, Tries]:
    """
    Seconds to wait, and what is to be kept: a try that need not wait counts as wrong until it was right.
    """
    wait_s = left_to_wait(before, boot_id, now_s, longest_s)
    if not wait_s:
        return 0, Tries(before.wrong + 1, boot_id, now_s)
    return wait_s, before if before.boot_id == boot_id else Tries(before.wrong, boot_id, now_s)
