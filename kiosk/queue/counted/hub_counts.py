"""
Counts of the queues of all halls at the hub: by place, topic and hour, without persons.

Terminals and the hub name what is counted by the codes that are made here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.queue.counted import hub_models
from sync.carried.counts import Tally

KIND = "queue"
WHOLE_HALL = "-"
"""Subject of what is counted for all topics together."""
WAIT, SERVICE = "wait", "service"
STEPS_MIN = {WAIT: (5, 15, 30, 60), SERVICE: (3, 5, 10, 20)}
"""Upper ends of the steps of waiting and of service time, in minutes; a last step has the rest."""
LONGER = "longer"
OUTCOMES = ("came", "picked", "missed", "never-called")
LONGEST_CODE = 64
"""Characters of the code of a place or a topic."""
_HOURLY = re.compile(r"hour-([01]\d|2[0-3])-(wait|service)-(?:under-)?(\d\d|longer)")
_KNOWN = re.compile(
    r"came|booked|care|picked|missed|never-called|(wait|service)-minutes|result-[a-z-]*"
    r"|(hour-([01]\d|2[0-3])-)?(wait|service)-(under-\d\d|longer)|hour-([01]\d|2[0-3])"
)


def step(name: str, minutes: int) -> str:
    """Return the code of the step of waiting or service time to which these minutes belong."""
    end = next((each for each in STEPS_MIN[name] if minutes < each), None)
    return f"{name}-{LONGER}" if end is None else f"{name}-under-{end:02d}"


def steps(name: str) -> tuple[str, ...]:
    """Return the ends of the steps as `TimedHour` names them."""
    return (*(f"{each:02d}" for each in STEPS_MIN[name]), LONGER)


def at_hour(hour: int, code: str = "") -> str:
    """Return the code of what is counted of those who came in an hour."""
    return f"hour-{hour:02d}-{code}" if code else f"hour-{hour:02d}"


def take(day: date, row: Tally) -> None:
    """Add one count of a hall's day at the hub, in the caller's transaction; drop an unknown one."""
    if not _KNOWN.fullmatch(row.detail) or max(len(row.words), len(row.subject)) > LONGEST_CODE:
        return
    hub_models.add(row.words, day, row.subject, row.detail, row.many)


@dataclass(frozen=True)
class TimedHour:
    """How many of those who came to a hall in an hour waited, or were served, for as long as one step says."""

    place: str
    hour: int
    name: str
    step: str
    many: int


def timed_hours(first: date, final: date) -> Sequence[TimedHour]:
    """Return the waits and services of all halls on these days, by place, hour and step."""
    found = hub_models.sums(WHOLE_HALL, "hour-", first, final)
    read = ((place, _HOURLY.fullmatch(what), many) for place, what, many in found)
    return [TimedHour(place, int(timed[1]), timed[2], timed[3], many) for place, timed, many in read if timed]


@dataclass(frozen=True)
class TopicPeople:
    """How many people of one topic were called in turn, called by hand, missed, or never called in a hall."""

    place: str
    topic: str
    in_turn: int
    picked: int
    missed: int
    never_called: int


def people(first: date, final: date) -> Sequence[TopicPeople]:
    """Return what became of the people of all halls on these days, by place and topic."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for place, topic, what, many in hub_models.by_topic(OUTCOMES, first, final):
        found.setdefault((place, topic), Counter())[what] += many
    return [_people(place, topic, each) for (place, topic), each in found.items()]


def _people(place: str, topic: str, many: Counter[str]) -> TopicPeople:
    others = many["picked"] + many["missed"] + many["never-called"]
    in_turn = max(0, many["came"] - others)
    return TopicPeople(place, topic, in_turn, many["picked"], many["missed"], many["never-called"])
