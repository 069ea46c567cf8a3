"""
What the call screen says: the clips of one call, digits one by one, letters that sound like no other.

Some fifty recordings say every call, joined into one file; the screen sounds the gong alone where one lacks.
"""

from __future__ import annotations

LETTERS = "ACFHKLMRUWXY"
"""
Letters of tickets: without I and O, which are read as 1 and 0, and without those that rhyme over a loudspeaker
(B D E G P T V, J, N beside M, S beside F, Q beside U, Z).
"""
DIGITS = "零一二三四五六七八九"
PLEASE, NUMBER_TO = "请", "号到"
MOST_WINDOWS = 30
"""Windows up to whose number calls are said; a window with another name is shown only."""
TIMES = 2
"""Times that a call is said."""
FRESH_S = 30
"""Age in seconds after which a call is shown and no longer said."""
SHOWN_LARGE_S = 8
"""Seconds for which the newest call fills the screen."""
RECALL_AFTER_S = 10
"""Seconds for which calling the same ticket again is locked."""


def clips(number: str, window: str) -> tuple[str, ...]:
    """Return the texts of the recordings that say one call once: 请，A，零，一，二，号到，三号窗口."""
    spoken = (DIGITS[int(each)] if each.isdecimal() else each for each in number)
    return (PLEASE, *spoken, NUMBER_TO, window_words(window))


def window_words(window: str) -> str:
    """Return the name of a window as it is said: 三号窗口, 十二号窗口."""
    if not window.isdecimal():
        return window
    number = int(window)
    tens, ones = divmod(number, 10)
    if number <= 10:
        return f"{'十' if number == 10 else DIGITS[number]}号窗口"
    if number > 99:
        return f"{''.join(DIGITS[int(each)] for each in window)}号窗口"
    return f"{'' if tens == 1 else DIGITS[tens]}十{DIGITS[ones] if ones else ''}号窗口"


def needed_clips(windows: int = MOST_WINDOWS) -> tuple[str, ...]:
    """Return every text that has to be recorded for a hall with so many windows."""
    ends = (window_words(str(number)) for number in range(1, windows + 1))
    return (PLEASE, NUMBER_TO, *DIGITS, *LETTERS, *ends)
