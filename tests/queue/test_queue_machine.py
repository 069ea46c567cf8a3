"""A hall of two machines played at random: numbers never repeat, nobody is called twice or forgotten."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.queue import models, turn
from kiosk.queue.ticket_states import Press, TicketState
from tests.queue.halls import DAY, STAFF, Machine, a_clock, a_pair

WINDOWS = st.sampled_from(DAY.windows)
TOPICS = st.sampled_from(["yl", "yb", "ns"])
AT_WINDOWS = st.sampled_from([Press.RECALL, Press.MISSED, Press.PARK, Press.FINISH, Press.UNDO])


class TheHall(RuleBasedStateMachine):
    """Two terminals, three windows; the line between the terminals fails, the node dies, a clerk takes over."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = a_clock()
        self.node, self.standby = a_pair(self.folder, self.clock)
        self.owner, self.is_split, self.printed = self.node, False, list[str]()
        self.last_form = None

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.join()
            self.everybody_is_served()
            self.node.close()
            self.standby.close()
            shutil.rmtree(self.folder)

    @property
    def machines(self) -> tuple[Machine, Machine]:
        return self.node, self.standby

    def copy(self) -> None:
        if not self.is_split:
            other = self.standby if self.owner is self.node else self.node
            other.ask(self.owner)

    @rule(at=st.integers(0, 1), topic=TOPICS, has_care=st.booleans())
    def take(self, at: int, topic: str, has_care: bool) -> None:
        taken = self.machines[at].take(topic, has_care=has_care)
        assert taken.ticket.number not in self.printed
        self.printed.append(taken.ticket.number)
        self.copy()

    @rule(window=WINDOWS)
    def open(self, window: str) -> None:
        self.owner.press(Press.OPEN, window)

    @rule(window=WINDOWS)
    def next(self, window: str) -> None:
        self.last_form = self.owner.asked(Press.NEXT, window)
        self.owner.send(self.last_form)
        self.copy()

    @precondition(lambda self: self.last_form is not None)
    @rule()
    def tap_twice(self) -> None:
        before = len(self.owner.calls())
        self.owner.send(self.last_form)
        assert len(self.owner.calls()) == before

    @rule(press=AT_WINDOWS, window=WINDOWS)
    def press_at_window(self, press: Press, window: str) -> None:
        self.owner.press(press, window)

    @rule(window=WINDOWS, topic=TOPICS)
    def transfer(self, window: str, topic: str) -> None:
        self.owner.press(Press.TRANSFER, window, topic=topic)

    @rule(window=WINDOWS)
    def deal_with_lists(self, window: str) -> None:
        """Whoever was missed comes, who is parked is called, a window that has disappeared gives its ticket back."""
        for ticket in self.owner.tickets():
            if ticket.state is TicketState.MISSED:
                self.owner.pick(Press.BACK, ticket)
            elif ticket.state is TicketState.PARKED:
                self.owner.pick(Press.UNPARK, ticket, window)
            elif ticket.state is TicketState.CALLED:
                self.owner.pick(Press.RELEASE, ticket, "")

    @rule(seconds=st.integers(1, 90))
    def time_goes_on(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(seconds=st.integers(-7200, 7200))
    def the_wall_clock_jumps(self, seconds: int) -> None:
        moved = self.clock.moment.replace(hour=8) if seconds < 0 else self.clock.moment
        self.clock.moment = moved if moved.hour < 16 else self.clock.moment

    @precondition(lambda self: not self.is_split and self.owner is self.node)
    @rule()
    def the_node_is_lost(self) -> None:
        """The line fails; after fifteen seconds a clerk takes over at the other machine."""
        self.is_split = True
        self.clock.advance(turn.SILENT_S + 1)
        with self.standby.here():
            turn.take_over(self.standby.own, STAFF, self.clock)
        self.owner = self.standby

    @precondition(lambda self: self.is_split)
    @rule(window=WINDOWS)
    def the_old_owner_goes_on(self, window: str) -> None:
        self.node.press(Press.OPEN, window)
        self.node.press(Press.NEXT, window)

    @rule()
    def join(self) -> None:
        self.is_split = False
        for _ in range(2):
            self.node.ask(self.standby)
            self.standby.ask(self.node)
        assert [each.is_owner() for each in self.machines].count(True) == 1

    @invariant()
    def no_ticket_is_at_two_windows(self) -> None:
        if not hasattr(self, "owner"):
            return
        with self.owner.here():
            held = Counter(each.ticket for each in models.windows() if each.ticket)
            called = {each.id for each in models.tickets(TicketState.CALLED)}
            assert all(many == 1 for many in held.values())
            assert set(held) == called

    def everybody_is_served(self) -> None:
        """Serve all who are left; then each printed number is done, at the owner, and called as often as it had to."""
        self.clock.moment = self.clock.moment.replace(hour=10, minute=0)
        for _ in range(8 * len(self.printed) + 20):
            self.clock.advance(61)
            for ticket in self.owner.tickets():
                if ticket.state is TicketState.CALLED:
                    self.owner.pick(Press.RELEASE, ticket, "")
                if ticket.state is TicketState.MISSED:
                    self.owner.pick(Press.BACK, ticket)
                if ticket.state is TicketState.PARKED:
                    self.owner.press(Press.OPEN, "3")
                    self.owner.pick(Press.UNPARK, ticket, "3")
            self.owner.press(Press.OPEN, "3")
            self.owner.press(Press.NEXT, "3")
            self.clock.advance(3)
            self.owner.press(Press.FINISH, "3")
            if all(each.state is TicketState.DONE for each in self.owner.tickets()):
                break
        found = self.owner.tickets()
        assert sorted(each.number for each in found) == sorted(self.printed)
        assert all(each.state is TicketState.DONE for each in found)


TheHall.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
test_a_hall_of_two_machines = TheHall.TestCase
