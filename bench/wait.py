"""
The wait that is said to people who take a number, against the wait that they had, in simulated days of a hall.

    python -m bench.wait [--small]

Three windows, 300 people, 90 of them booked, a peak after opening; windows take who is next by the product's rules.
Services are lognormal. The county's set times fit, are too low, or topics differ. Beside ours, in the same days and for
the same people: the range of ZMS (0.8 to 1.0 of people ahead times the set time) and the last delay +-30 %.
"""

from __future__ import annotations

import math
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench._figures import Row, row, tell
from kiosk.queue import estimate, order
from kiosk.queue.estimate import WaitRange, Working
from kiosk.queue.order import Claim, Standing

PEOPLE, BOOKED, DAYS = 300, 90, 30
OPENS_S, CLOSES_S = 8 * 3600, 17 * 3600
STEP_MIN = 5


@dataclass(frozen=True)
class HallCase:
    """
    A kind of hall.

    services, said_min: Mean minutes of each topic as they are, and as the county has set them. skills: Topics of each
    window. shares: How often each topic is asked for. people: How many come; with 300 three windows are busy all day.
    """

    name: str
    services: Mapping[str, float]
    said_min: Mapping[str, int]
    skills: tuple[frozenset[str] | None, ...]
    shares: Mapping[str, int]
    people: int = PEOPLE
    spread: float = 0.9


PLAIN = {"yl": 2, "yb": 1, "ns": 1}
THIRD = (frozenset({"yl", "yb"}), frozenset({"yl", "yb"}), None)
CASES = (
    HallCase("as set", dict.fromkeys(PLAIN, 4.2), dict.fromkeys(PLAIN, 4), (None, None, None), PLAIN),
    HallCase("one topic at one window", dict.fromkeys(PLAIN, 3.2), {"yl": 4, "yb": 4, "ns": 9}, THIRD, PLAIN),
    HallCase(
        "topics of 2, 4, 9 minutes",
        {"yl": 2, "yb": 4, "ns": 9},
        {"yl": 2, "yb": 4, "ns": 9},
        (None,) * 3,
        PLAIN,
    ),
    HallCase(
        "set 40 % too low", dict.fromkeys(PLAIN, 4.2), dict.fromkeys(PLAIN, 3), (None, None, None), PLAIN, 230
    ),
    HallCase("quiet", dict.fromkeys(PLAIN, 4.2), dict.fromkeys(PLAIN, 4), (None, None, None), PLAIN, 120),
)


@dataclass
class SimulatedDay:
    """One day: who comes, what is said to each, and when each is called."""

    case: HallCase
    chance: random.Random
    waiting: list[Standing] = field(default_factory=list)
    arrived: dict[str, int] = field(default_factory=dict)
    walk_ins: set[str] = field(default_factory=set)
    to_come: list[Standing] = field(default_factory=list)
    serving: list[tuple[str, float, float]] = field(default_factory=list)
    measured: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    said: dict[str, dict[str, WaitRange]] = field(default_factory=dict)
    called: dict[str, float] = field(default_factory=dict)
    last_wait_min: float = 0.0

    def arrivals(self) -> list[tuple[int, Standing]]:
        """Return who comes when, in order; bookings are known before."""
        topics = [topic for topic, many in self.case.shares.items() for _ in range(many)]
        booked = round(self.case.people * BOOKED / PEOPLE)
        found: list[tuple[int, Standing]] = []
        for n in range(self.case.people - booked):
            at = OPENS_S + self.chance.randrange(0, 9_000 if n % 2 == 0 else 26_000)
            claim = Claim(at, None, self.chance.random() < 0.1)
            topic = self.chance.choice(topics)
            found.append((at, Standing(f"w{n}", topic, order.key_of(claim), order.due_of(claim), 0)))
            if not claim.has_care:
                self.walk_ins.add(f"w{n}")
        for n in range(booked):
            slot = OPENS_S + 1_800 + (n * 30 // booked) * 900
            topic = self.chance.choice(topics)
            self.to_come.append(Standing(f"b{n}", topic, slot, slot, 0))
            if self.chance.random() < estimate.COMES:
                at = max(OPENS_S, slot + self.chance.randrange(-900, 1_200))
                claim = Claim(at, slot)
                found.append((at, Standing(f"b{n}", topic, order.key_of(claim), order.due_of(claim), 0)))
        return sorted(found, key=lambda each: (each[0], each[1].id))

    def play(self) -> None:
        """Play the day, and two hours more for those who wait."""
        people = self.arrivals()
        self.serving = [("", 0.0, 0.0)] * len(self.case.skills)
        for now_s in range(OPENS_S, CLOSES_S + 7_200, 15):
            self._end_services(now_s)
            while people and people[0][0] <= now_s:
                self._come(people.pop(0)[1], now_s)
            self._call(now_s)

    def _come(self, ticket: Standing, now_s: int) -> None:
        placed = Standing(ticket.id, ticket.topic, ticket.key_s, ticket.due_s, len(self.arrived))
        self.to_come = [
            each for each in self.to_come if each.id != ticket.id and each.due_s + order.GRACE_S > now_s
        ]
        if ticket.id in self.walk_ins:
            self.said[ticket.id] = self._say(placed, now_s)
        self.arrived[ticket.id] = now_s
        self.waiting.append(placed)

    def _say(self, mine: Standing, now_s: int) -> dict[str, WaitRange]:
        ahead = [each for each in self.waiting if each.key_s <= mine.key_s]
        served = [skills for skills in self.case.skills if skills is None or mine.topic in skills]
        minutes = {
            topic: estimate.topic_minutes(each, self.measured[topic])
            for topic, each in self.case.said_min.items()
        }
        windows = [
            Working(skills, topic, (now_s - since) / 60)
            for skills, (topic, since, _until) in zip(self.case.skills, self.serving, strict=True)
        ]
        expected = [each for each in self.to_come if each.key_s <= mine.key_s]
        ours = estimate.wait(
            mine, [*self.waiting, *expected], windows, minutes, now_s,
            expected={each.id for each in expected}, ahead=len(ahead),
        )  # fmt: skip
        set_min = sum(self.case.said_min[each.topic] for each in ahead) + self.case.said_min[mine.topic]
        return {
            "ours": ours,
            "ZMS": _outward(len(ahead), 0.8 * set_min / len(served), 1.0 * set_min / len(served)),
            "last delay": _outward(len(ahead), 0.7 * self.last_wait_min, 1.3 * self.last_wait_min),
        }

    def _end_services(self, now_s: int) -> None:
        for index, (topic, since, until) in enumerate(self.serving):
            if topic and until <= now_s:
                self.measured[topic].append(round(until - since))
                self.serving[index] = ("", 0.0, 0.0)

    def _call(self, now_s: int) -> None:
        for index, skills in enumerate(self.case.skills):
            if self.serving[index][0]:
                continue
            chosen = order.next_for(self.waiting, skills, now_s, 0)
            if chosen is None:
                continue
            self.waiting.remove(chosen)
            self.called[chosen.id] = now_s
            self.last_wait_min = (now_s - self.arrived[chosen.id]) / 60
            mean_s = self.case.services[chosen.topic] * 60
            sigma = math.sqrt(math.log(1 + self.case.spread**2))
            took_s = max(30.0, self.chance.lognormvariate(math.log(mean_s) - sigma**2 / 2, sigma))
            self.serving[index] = (chosen.topic, now_s, now_s + took_s)


def _outward(ahead: int, least: float, most: float) -> WaitRange:
    """Return a range rounded outward to five minutes, as ours is."""
    return WaitRange(
        ahead, math.floor(least / STEP_MIN) * STEP_MIN, max(STEP_MIN, math.ceil(most / STEP_MIN) * STEP_MIN)
    )


@dataclass
class WhatHeld:
    """What became of what one estimator said."""

    many: int = 0
    kept: int = 0
    later: int = 0
    width_min: float = 0.0

    def add(self, said: WaitRange, waited_min: float) -> None:
        """Count one person."""
        assert said.least is not None
        assert said.most is not None
        self.many += 1
        self.kept += said.least <= waited_min <= said.most
        self.later += waited_min > said.most
        self.width_min += said.most - said.least


def days(case: HallCase, many: int) -> Mapping[str, WhatHeld]:
    """Return what became of what each estimator said, over so many days."""
    found: dict[str, WhatHeld] = defaultdict(WhatHeld)
    for seed in range(many):
        day = SimulatedDay(case, random.Random(seed))
        day.play()
        for who, ranges in day.said.items():
            for name, said in ranges.items():
                found[name].add(said, (day.called[who] - day.arrived[who]) / 60)
    return found


def measured(many: int) -> Iterator[Row]:
    """Yield share kept, share later and width of each kind of hall."""
    for case in CASES:
        found = days(case, many)
        for what, unit, of in (
            ("kept", "%", lambda each: 100 * each.kept / each.many),
            ("later", "%", lambda each: 100 * each.later / each.many),
            ("width", "min", lambda each: each.width_min / each.many),
        ):
            peers = {name: of(each) for name, each in found.items() if name != "ours"}
            note = f"{found['ours'].many} people in {many} days"
            yield row(f"wait/{case.name}, {what}", unit, of(found["ours"]), peers, note)


def main(arguments: Sequence[str] = ()) -> int:
    """Run the benchmark."""
    return tell(measured(3 if "--small" in arguments else DAYS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
