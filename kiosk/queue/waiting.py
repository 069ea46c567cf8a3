"""The queue as it is now, read once: who waits in which order, which windows work, how long a service takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kiosk.queue import estimate, models, order
from kiosk.queue.estimate import WaitRange, Working
from kiosk.queue.models import QueueHall, QueueTicket, QueueWindow
from kiosk.queue.order import Standing
from kiosk.queue.supply import HallDay, HallSupply
from kiosk.queue.ticket_states import TicketState

LAST_PLACE = 1_000_000
"""Sequence of arrival of somebody who is not in the queue yet."""
QUIET_WINDOW_S = 60
"""Seconds without a sign of a window's page after which nobody counts on it."""


@dataclass(frozen=True)
class Line:
    """
    The waiting tickets in order, the windows that work, and the minutes of a service by topic.

    expected: Bookings of today that have not checked in.
    """

    now_s: int
    calls: int
    ordered: Sequence[Standing]
    working: Sequence[Working]
    minutes: Mapping[str, float]
    expected: Sequence[Standing] = ()

    @classmethod
    def of(cls, kept: QueueHall, supply: HallSupply) -> Line:
        """Return the queue at the hall's time."""
        day, tickets = supply.today, models.tickets()
        return cls(
            kept.last_s,
            kept.calls,
            order.in_order(standings(), kept.last_s, kept.calls),
            [
                _working(each, day, kept.last_s, tickets)
                for each in models.windows()
                if works(each, kept.last_s)
            ],
            _minutes(day, tickets),
            _expected(supply, kept.last_s, tickets),
        )

    def wait_of(self, ticket: QueueTicket) -> WaitRange:
        """Return people ahead of this ticket, and its wait; nobody is ahead of one that does not wait."""
        if ticket.state is not TicketState.WAITING:
            return WaitRange(0, 0, 0)
        ahead = []
        for each in self.ordered:
            if each.id == ticket.id:
                break
            ahead.append(each)
        return self._wait(ticket.standing, ahead)

    def wait_of_next(self, topic: str) -> WaitRange:
        """Return people ahead of somebody who takes a number now, and their wait."""
        key_s = order.key_of(order.Claim(self.now_s))
        mine = Standing("", topic, key_s, self.now_s, LAST_PLACE)
        return self._wait(mine, [each for each in self.ordered if each.key_s <= key_s])

    def _wait(self, mine: Standing, ahead: Sequence[Standing]) -> WaitRange:
        """Return the wait of a ticket; people ahead are those whom a window that serves it may take before."""
        serving = [each for each in self.working if each.serves(mine.topic)]
        before = [each for each in ahead if not serving or any(one.serves(each.topic) for one in serving)]
        to_come = [each for each in self.expected if each.key_s <= mine.key_s]
        return estimate.wait(
            mine,
            [*(each for each in self.ordered if each.id != mine.id), *to_come],
            self.working,
            self.minutes,
            self.now_s,
            expected={each.id for each in to_come},
            ahead=len(before),
        )


def standings() -> list[Standing]:
    """Return what decides about the place of each ticket that waits."""
    return [each.standing for each in models.tickets(TicketState.WAITING)]


def works(window: QueueWindow, now_s: int) -> bool:
    """Return whether a window is open, not paused, and its page was seen within a minute."""
    return bool(window.is_open) and not window.is_paused and not is_quiet(window, now_s)


def is_quiet(window: QueueWindow, now_s: int) -> bool:
    """Return whether an open window has given no sign for a minute."""
    return bool(window.is_open) and now_s - int(window.seen_s) > QUIET_WINDOW_S


def _working(window: QueueWindow, day: HallDay, now_s: int, tickets: Sequence[QueueTicket]) -> Working:
    """Return a window at work, with what it serves at present and since when."""
    present = next((each for each in tickets if each.id == window.ticket), None)
    if present is None:
        return Working(day.served_by(window.name))
    return Working(day.served_by(window.name), present.topic, (now_s - (present.called_s or now_s)) / 60)


def _expected(supply: HallSupply, now_s: int, tickets: Sequence[QueueTicket]) -> list[Standing]:
    """Return the bookings that may still check in in time."""
    here = {each.booking for each in tickets}
    return [
        Standing(each.number, each.topic, each.starts * 60, each.starts * 60, LAST_PLACE)
        for each in supply.bookings
        if each.is_live and each.number not in here and each.starts * 60 + order.GRACE_S >= now_s
    ]


def _minutes(day: HallDay, tickets: Sequence[QueueTicket]) -> dict[str, float]:
    measured: dict[str, list[int]] = defaultdict(list)
    done = [each for each in tickets if each.state is TicketState.DONE]
    for ticket in sorted(done, key=lambda each: each.ended_s or 0):
        if ticket.ended_s is not None and ticket.called_s is not None:
            measured[ticket.topic].append(ticket.ended_s - ticket.called_s)
    return {each.id: estimate.topic_minutes(each.minutes, measured[each.id]) for each in day.topics}
