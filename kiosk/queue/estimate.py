"""
How long a ticket waits, as a range that holds: the queue played forward with the mean time of each topic.

Range and figures: kiosk/queue/README.md, "Waiting time". Knows neither Flask nor a database.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kiosk.queue.order import Standing

SETTING_COUNTS = 10
"""Services for which the set time of a topic counts beside those that were measured."""
MEASURED_AT_MOST = 100
SPREAD = 0.9
"""Standard deviation of one service in times of its mean, as measured at counters."""
DOUBT = 0.13
"""Standard deviation of the mean itself, and of how many windows go on working."""
EARLY, LATE = 1.5, 1.6
"""Standard deviations below and above the expected wait that the range covers."""
LEFT_AT_LEAST = 0.6
"""Least of a mean service that is expected to be left of one that has begun."""
COMES = 0.85
"""Share of a service with which a booking counts that has not checked in yet: some do not come."""
STEP_MIN = 5
HOUR_MIN = 60
TOPIC_MIN = 5
"""Minutes of a topic for which nothing is set."""


@dataclass(frozen=True)
class Working:
    """A window at work: the topics it serves, None: all; busy_min: how long it has served its present ticket."""

    topics: frozenset[str] | None = None
    busy_with: str = ""
    busy_min: float = 0.0

    def serves(self, topic: str) -> bool:
        """Return whether it serves a topic."""
        return self.topics is None or topic in self.topics


@dataclass(frozen=True)
class WaitRange:
    """
    The wait that is said to a citizen, in minutes.

    least, most: Rounded outward to five minutes; None: it cannot be estimated, for no window works on this. likely: The
    middle of it, as played.
    """

    ahead: int
    least: int | None = None
    most: int | None = None
    likely: float = 0.0

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


@dataclass(frozen=True)
class Played:
    """
    The queue played forward.

    minutes: Until the ticket is called. work: Minutes of service before it, of how many people, by as many windows.
    """

    minutes: float
    work: Sequence[float]


def wait(
    mine: Standing,
    others: Collection[Standing],
    windows: Sequence[Working],
    minutes: Mapping[str, float],
    now_s: int,
    *,
    expected: Collection[str] = (),
    ahead: int = 0,
) -> WaitRange:
    """
    Return the range for a ticket.

    Args:
        others: All that wait besides it, and bookings that are still to come. expected: Ids of the latter.
        minutes: Of one service, by topic. ahead: People that are called before, as it is said.
    """
    serving = [each for each in windows if each.serves(mine.topic)]
    if not serving:
        return WaitRange(ahead)
    found = _played(mine, others, windows, minutes, now_s, expected)
    spread = SPREAD * math.sqrt(sum(each * each for each in found.work)) / len(serving)
    doubt = math.hypot(spread, DOUBT * found.minutes)
    least = math.floor(max(0.0, found.minutes - EARLY * doubt) / STEP_MIN) * STEP_MIN
    most = max(STEP_MIN, math.ceil((found.minutes + LATE * doubt) / STEP_MIN) * STEP_MIN)
    return WaitRange(ahead, least, most, found.minutes)


def _played(
    mine: Standing,
    others: Collection[Standing],
    windows: Sequence[Working],
    minutes: Mapping[str, float],
    now_s: int,
    expected: Collection[str],
) -> Played:
    """Return when a ticket is called, if each service takes its topic's mean and each window takes who is next."""
    left = sorted([*others, mine], key=lambda each: (each.key_s, each.place))
    free = [_left_min(each, minutes) for each in windows]
    work = [each for each, window in zip(free, windows, strict=True) if window.serves(mine.topic)]
    while True:
        index = min(range(len(windows)), key=free.__getitem__)
        chosen = _next(windows[index], left, now_s + free[index] * 60, expected)
        if chosen is mine:
            return Played(free[index], work)
        if chosen is None:
            free[index] = _idle_until(windows[index], left, now_s)
            continue
        left.remove(chosen)
        takes = minutes.get(chosen.topic, TOPIC_MIN) * (COMES if chosen.id in expected else 1.0)
        free[index] += takes
        if windows[index].serves(mine.topic):
            work.append(takes)


def _left_min(window: Working, minutes: Mapping[str, float]) -> float:
    """Return how long a window is likely to need for its present ticket: long services take longer still."""
    if not window.busy_with:
        return 0.0
    mean = minutes.get(window.busy_with, TOPIC_MIN)
    return max(mean - window.busy_min, LEFT_AT_LEAST * mean)


def _next(
    window: Working, left: Sequence[Standing], at_s: float, expected: Collection[str]
) -> Standing | None:
    """Return whom a window takes at a moment: the first who is due, else who is here before the time."""
    early = None
    for each in left:
        if not window.serves(each.topic):
            continue
        if each.due_s <= at_s:
            return each
        if early is None and each.id not in expected:
            early = each
    return early


def _idle_until(window: Working, left: Sequence[Standing], now_s: int) -> float:
    """Return the minutes until somebody comes whom an idle window serves."""
    due = [each.due_s for each in left if window.serves(each.topic)]
    return (min(due) - now_s) / 60 if due else math.inf


def may_still_be_served(said: WaitRange, left_min: int) -> bool:
    """
    Return whether a further ticket would be called before closing time.

    Args:
        left_min: Minutes until the hall closes for good today. Without an estimate the clock alone decides.
    """
    if left_min <= 0:
        return False
    return not said.is_known or said.likely < left_min
