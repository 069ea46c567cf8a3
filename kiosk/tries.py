"""
Waits after wrong tries of a PIN or code: five tries are free, then the wait doubles. Source: RELIABILITY.md T20.

Counted by steady time, so that setting a clock forward shortens no wait; callers store the tries and decide
when further ones are refused for good.
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


def wait_after(wrong: int, longest_s: int | None = None, free: int = FREE_TRIES) -> int:
    """Return the seconds to wait after so many wrong tries."""
    if wrong < free:
        return 0
    wait = FIRST_WAIT_S << min(wrong - free, 30)
    return wait if longest_s is None else min(wait, longest_s)


def left_to_wait(
    tries: Tries, boot_id: str, now_s: float, longest_s: int | None = None, free: int = FREE_TRIES
) -> int:
    """
    Return the whole seconds left to wait; after a restart the whole wait counts again, as the time off is unknown.
    """
    wait = wait_after(tries.wrong, longest_s, free)
    if tries.boot_id != boot_id:
        return wait
    return max(0, math.ceil(tries.since_s + wait - now_s))


def one_more(
    before: Tries, boot_id: str, now_s: float, longest_s: int | None = None, free: int = FREE_TRIES
) -> tuple[int, Tries]:
    """
    Return the seconds to wait, and the tries to store.

    A try that need not wait is counted as wrong until it proves right.
    """
    wait_s = left_to_wait(before, boot_id, now_s, longest_s, free)
    if not wait_s:
        return 0, Tries(before.wrong + 1, boot_id, now_s)
    return wait_s, before if before.boot_id == boot_id else Tries(before.wrong, boot_id, now_s)
