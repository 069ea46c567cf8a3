"""Halls in one process: each machine has its own station, which is bound while it does something."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kiosk import db
from kiosk.clock import BEIJING, FixedClock
from kiosk.queue import copies, models, pressing, taking, turn
from kiosk.queue.models import QueueTicket
from kiosk.queue.pressing import PressAnswer, Pressed
from kiosk.queue.supply import DayBooking, HallDay, HallSupply, HallTopic
from kiosk.queue.taking import GivenNumber, NumberWanted
from kiosk.queue.ticket_states import Press
from kiosk.queue.turn import OwnMachine
from tests import building

MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=BEIJING)
HOURS = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
TOPICS = (HallTopic("yl", "养老", 4), HallTopic("yb", "医保", 4), HallTopic("ns", "纳税", 9, windows=("3",)))
DAY = HallDay(MORNING.date(), place="p1", windows=("1", "2", "3"), topics=TOPICS, hours=HOURS)
SUPPLY = HallSupply(DAY, (DayBooking("MX01-261123-0001-K7-4", 9 * 60, "yl"),))
STAFF = "hall:1024"


def a_clock() -> FixedClock:
    return FixedClock(MORNING)


@dataclass
class Machine:
    """One terminal of a hall."""

    home: Path
    own: OwnMachine
    clock: FixedClock
    supply: HallSupply = SUPPLY
    keys: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.store = building.station(self.home)

    @contextmanager
    def here(self) -> Iterator[None]:
        db.store.initialize(self.store)
        yield

    def take(self, topic: str = "yl", key: str = "", **more: object) -> GivenNumber:
        with self.here():
            name = key or f"{self.own.letter}-{next(self.keys)}"
            wanted = NumberWanted(topic, **more)  # type: ignore[arg-type]
            return taking.take(
                wanted, name, f"token {name}", own=self.own, supply=self.supply, clock=self.clock
            )

    def asked(self, press: Press, window: str = "1", **more: object) -> Pressed:
        """What the form of a window's page brings at this moment."""
        with self.here():
            shown, kept = models.window(window), models.hall()
            present = models.ticket(shown.ticket) if shown.ticket else None
            values = {
                "epoch": kept.epoch if kept else 1,
                "window_version": shown.version,
                "ticket": shown.ticket,
                "version": present.version if present else 0,
                **more,
            }
            return Pressed(press, f"press {next(self.keys)}", STAFF, window=window, **values)  # type: ignore[arg-type]

    def send(self, asked: Pressed) -> PressAnswer:
        with self.here():
            models.seen(asked.window, turn.second_of_day(self.clock))
            return pressing.perform(asked, own=self.own, day=self.supply.today, clock=self.clock)

    def press(self, press: Press, window: str = "1", **more: object) -> PressAnswer:
        return self.send(self.asked(press, window, **more))

    def pick(self, press: Press, ticket: QueueTicket, window: str = "1", **more: object) -> PressAnswer:
        return self.press(
            press, window, other=ticket.id, other_version=self.ticket(ticket.id).version, **more
        )

    def ticket(self, ticket_id: str) -> QueueTicket:
        with self.here():
            found = models.ticket(ticket_id)
            assert found is not None
            return found

    def tickets(self) -> list[QueueTicket]:
        with self.here():
            return models.tickets()

    def calls(self) -> list[models.QueueCall]:
        with self.here():
            return models.calls_since(0, 10_000)

    def is_owner(self) -> bool:
        with self.here():
            kept = models.hall()
            return bool(kept.is_owner) if kept else self.own.is_node

    def ask(self, other: Machine) -> bool:
        """Ask another machine for its queue, over a line that works."""
        with self.here():
            question = copies.question(self.own, self.clock)
        with other.here():
            answer = copies.answer(question, other.own, other.clock)
        with self.here():
            return copies.take(answer, self.own, other.own.address, self.clock)

    def close(self) -> None:
        self.store.close_all()


def alone(home: Path, clock: FixedClock) -> Machine:
    """A hall of one machine."""
    return Machine(home, OwnMachine("A", place="p1"), clock)


ADDRESSES = ("https://node", "https://standby")


def a_pair(home: Path, clock: FixedClock) -> tuple[Machine, Machine]:
    """A node and a standby that have spoken with each other."""
    node, standby = (
        Machine(home / letter, OwnMachine(letter, address, ADDRESSES), clock)
        for letter, address in zip("AC", ADDRESSES, strict=True)
    )
    with node.here():
        turn.asked_all(node.own, clock)
    with standby.here():
        turn.begin_listening(standby.own, clock)
    standby.ask(node)
    return node, standby
