"""
How long a ticket waits, as a range that holds: people ahead, the time of their topics, the windows at work.

Range and figures: kiosk/queue/README.md, "Waiting time". Knows neither Flask nor a database.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

SETTING_COUNTS = 10
"""Services for which the set time of a topic counts beside those that were measured."""
MEASURED_AT_MOST = 100
EARLY, LATE = 0.7, 1.3
STEP_MIN = 5
HOUR_MIN = 60
TOPIC_MIN = 5
"""Minutes of a topic for which nothing is set."""


@dataclass(frozen=True)
class Working:
    """A window at work: the topics it serves; None: all."""

    topics: frozenset[str] | None = None

    def serves(self, topic: str) -> bool:
        """Return whether it serves a topic."""
        return self.topics is None or topic in self.topics


@dataclass(frozen=True)
class WaitRange:
    """
    The wait that is said to a citizen, in minutes.

    least, most: Rounded outward to five minutes; None: it cannot be estimated, for no window works on this.
    """

    ahead: int
    least: int | None = None
    most: int | None = None

    @property
    def is_known(self) -> bool:
        """Return whether there is an estimate."""
        return self.most is not None

    @property
    def is_over_an_hour(self) -> bool:
        """Return whether only "more than an hour" is said."""
        return self.most is not None and self.most > HOUR_MIN


def topic_minutes(set_minutes: int, measured_s: Sequence[int]) -> float:
    """
    Return the minutes of one service: the mean of the last hundred, the set time counting as ten.

    Args:
        measured_s: Seconds of each service of this topic, the newest last.
    """
    last = measured_s[-MEASURED_AT_MOST:]
    return (set_minutes * SETTING_COUNTS + sum(last) / 60) / (SETTING_COUNTS + len(last))


def wait(
    topic: str, ahead: Iterable[str], windows: Collection[Working], minutes: Mapping[str, float]
) -> WaitRange:
    """
    Return the range for somebody with this topic.

    Args:
        ahead: The topics of those who are called before, in the whole hall. minutes: Of one service, by topic.
    """
    mine = [window for window in windows if window.serves(topic)]
    before = [each for each in ahead if any(window.serves(each) for window in mine)] if mine else list(ahead)
    if not mine:
        return WaitRange(len(before))
    work = sum(minutes.get(each, TOPIC_MIN) for each in before) + minutes.get(topic, TOPIC_MIN)
    expected = work / len(mine)
    least = math.floor(EARLY * expected / STEP_MIN) * STEP_MIN
    most = max(STEP_MIN, math.ceil(LATE * expected / STEP_MIN) * STEP_MIN)
    return WaitRange(len(before), least, most)


def may_still_be_served(said: WaitRange, left_min: int) -> bool:
    """
    Return whether a further ticket would be called before closing time.

    Args:
        left_min: Minutes until the hall closes for good today. Without an estimate the clock alone decides.
    """
    if left_min <= 0:
        return False
    return said.least is None or said.least < left_min
