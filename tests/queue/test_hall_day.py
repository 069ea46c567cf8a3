"""A day of 300 people at three windows in simulated time, through the acts of the product; taps are counted."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from kiosk import db
from kiosk.queue import day_counts, models, turn
from kiosk.queue.pressing import NOBODY_WAITS, PressAnswer
from kiosk.queue.supply import DayBooking, HallSupply
from kiosk.queue.ticket_states import Press, TicketState
from sync.terminal.models import DayTally
from tests.queue.halls import DAY, Machine, a_clock, alone

PEOPLE, BOOKED = 300, 90
STEP_S = 30
ZMS_TAPS = 5
"""Taps a citizen at the desk of ZMS with statistics on (its block/process, WorkstationProcessNext); QMS: 4."""
OPENS_S, CLOSES_S = 8 * 3600, 17 * 3600


class TheDay:
    """People come with a peak after opening; each window works through its present one, then taps once."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.chance = machine, random.Random(20261123)
        self.taps: Counter[Press] = Counter()
        self.said: dict[str, tuple[int, int, int]] = {}
        self.people = self.arrivals()
        self.busy_until = dict.fromkeys(DAY.windows, 0)

    def arrivals(self) -> list[tuple[int, int | None, bool, str]]:
        """When each comes, with the time of a booking, priority by law, and the topic."""
        people: list[tuple[int, int | None, bool, str]] = []
        for n in range(PEOPLE - BOOKED):
            early = n % 2 == 0
            at = OPENS_S + self.chance.randrange(0, 9_000 if early else 26_000)
            people.append((at, None, self.chance.random() < 0.1, self.topic()))
        for n in range(BOOKED):
            slot = OPENS_S + 1_800 + (n * 270 // 900) * 900
            people.append(
                (max(OPENS_S, slot + self.chance.randrange(-900, 1_200)), slot, False, self.topic())
            )
        return sorted(people, key=lambda each: each[0])

    def topic(self) -> str:
        return self.chance.choice(["yl", "yl", "yb", "ns"])

    def booked(self) -> tuple[DayBooking, ...]:
        """The bookings of the day, as the hub listed them; each is named by its place among those who come."""
        return tuple(
            DayBooking(f"booking {n}", slot // 60, topic)
            for n, (_at, slot, _care, topic) in enumerate(self.people)
            if slot is not None
        )

    def service_s(self) -> int:
        return max(40, round(self.chance.lognormvariate(4.95, 0.78)))

    def come(self, n: int) -> None:
        _at, slot, has_care, topic = self.people[n]
        booking = f"booking {n}" if slot is not None else ""
        taken = self.machine.take(topic, has_care=has_care, booking=booking, slot_s=slot)
        if taken.said.most is not None and taken.said.least is not None and slot is None:
            self.said[taken.ticket.id] = (taken.ticket.arrived_s, taken.said.least, taken.said.most)

    def tap(self, press: Press, window: str) -> PressAnswer:
        self.taps[press] += 1
        return self.machine.press(press, window)

    def work(self, now_s: int) -> None:
        for window in DAY.windows:
            with self.machine.here():
                models.seen(window, now_s)
                shown = models.window(window)
                waits = bool(models.tickets(TicketState.WAITING))
            if now_s < self.busy_until[window] or not (waits or shown.ticket):
                continue
            answer = self.tap(Press.NEXT, window)
            assert answer.is_done, answer
            self.busy_until[window] = now_s + (self.service_s() if answer.code != NOBODY_WAITS else STEP_S)

    def play(self) -> None:
        for window in DAY.windows:
            self.tap(Press.OPEN, window)
        came = 0
        for now_s in range(OPENS_S, CLOSES_S + 7_200, STEP_S):
            self.machine.clock.moment = self.machine.clock.moment.replace(
                hour=now_s // 3600, minute=now_s // 60 % 60, second=now_s % 60
            )
            while came < len(self.people) and self.people[came][0] <= now_s:
                self.come(came)
                came += 1
            self.work(now_s)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> TheDay:
    clock = a_clock()
    clock.moment = clock.moment.replace(hour=8, minute=0)
    machine = alone(tmp_path_factory.mktemp("day"), clock)
    machine.store.execute_sql("PRAGMA synchronous = OFF")
    played = TheDay(machine)
    machine.supply = HallSupply(DAY, played.booked())
    played.play()
    return played


def test_everybody_who_got_a_number_was_called_once_and_served(day: TheDay) -> None:
    tickets, calls = day.machine.tickets(), day.machine.calls()
    assert len(tickets) == PEOPLE
    assert len({each.number for each in tickets}) == PEOPLE
    assert {each.state for each in tickets} == {TicketState.DONE}
    assert Counter(each.number for each in calls).most_common(1)[0][1] == 1
    assert len(calls) == PEOPLE
    assert all(each.window == "3" for each in tickets if each.topic == "ns")


def test_the_staff_taps_once_for_each_citizen(day: TheDay) -> None:
    """Opening the windows, and taps after which nobody waited, come on top."""
    whole = sum(day.taps.values())
    assert day.taps[Press.NEXT] >= PEOPLE
    assert whole / PEOPLE < 2 < ZMS_TAPS


def test_the_said_wait_holds_for_most(day: TheDay) -> None:
    found = {each.id: each for each in day.machine.tickets()}
    kept = later = 0
    for ticket_id, (arrived_s, least, most) in day.said.items():
        called = found[ticket_id].first_called_s
        assert called is not None
        waited = (called - arrived_s) / 60
        kept += least <= waited <= most
        later += waited > most
    print("covered", kept / len(day.said), "later", later / len(day.said))
    share, late = kept / len(day.said), later / len(day.said)
    assert share >= 0.9, (share, late, len(day.said))
    assert late <= 0.1, (share, late, len(day.said))


def test_people_who_come_later_pass_a_walk_in_only_within_the_rules(day: TheDay) -> None:
    waits = [(each.first_called_s or 0) - each.arrived_s for each in day.machine.tickets() if each.has_care]
    others = [
        (each.first_called_s or 0) - each.arrived_s
        for each in day.machine.tickets()
        if not each.has_care and not each.booking
    ]
    assert sum(waits) / len(waits) <= sum(others) / len(others)


def test_the_day_is_counted_for_the_hub_without_anybody_in_it(day: TheDay) -> None:
    machine = day.machine
    machine.clock.moment = machine.clock.moment.replace(day=24, hour=8)
    with machine.here():
        kept = turn.look(machine.own, machine.clock)
        assert kept.day.day == 24
        assert models.tickets() == []
        rows = list(DayTally.select().where(DayTally.kind == day_counts.KIND).objects().execute(db.store))
    came = sum(each.many for each in rows if each.detail == "came")
    assert came == PEOPLE
    assert sum(each.many for each in rows if each.detail == "booked") == BOOKED
    assert (
        sum(
            each.many for each in rows if each.detail.startswith("wait-under") or each.detail == "wait-longer"
        )
        == PEOPLE
    )
    assert {each.words for each in rows} == {"p1"}
    assert len(rows) <= day_counts.MOST_A_DAY
