"""
Numbers of letters (发文字号): 代字, the year of the letter's day, and a counter of that 代字 and year.

Source: GB/T 9704-2012, 7.2.5: 六角括号, full year, no leading zero, no 第.
"""

from __future__ import annotations

from datetime import date

from kiosk import counters
from kiosk.disclosure.letters import models


def written(prefix: str, day: date, count: int) -> str:
    """Return a number as it is printed, such as 某政办公开答〔2026〕7号."""
    return f"{prefix}〔{day.year}〕{count}号"


def following(prefix: str, day: date) -> str:
    """Return the number that the next letter will have, if no other is issued before."""
    return written(prefix, day, counters.last(_counter(prefix, day)) + 1)


def take(prefix: str, day: date) -> str:
    """
    Return the next number, inside the caller's transaction; what has the same 代字 shares a counter.

    One that a letter has already is passed over, as after a salvage that lost the counter.
    """
    while True:
        letter_no = written(prefix, day, counters.take(_counter(prefix, day)))
        if not models.is_taken(letter_no):
            return letter_no


def _counter(prefix: str, day: date) -> str:
    return f"letter/{prefix}/{day.year}"
