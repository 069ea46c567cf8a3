"""The queue as it is now, read once: who waits in which order, which windows work, how long a service takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kiosk.queue import estimate, models, order
from kiosk.queue.estimate import WaitRange, Working
from kiosk.queue.models import QueueHall, QueueTicket, QueueWindow
from kiosk.queue.order import Standing
from kiosk.queue.supply import HallDay
from kiosk.queue.ticket_states import TicketState

QUIET_WINDOW_S = 60
"""Seconds without a sign of a window's page after which nobody counts on it."""


@dataclass(frozen=True)
class Line:
    """The waiting tickets in order, the windows that work, and the minutes of a service by topic."""

    now_s: int
    calls: int
    ordered: Sequence[Standing]
    working: Sequence[Working]
    minutes: Mapping[str, float]

    @classmethod
    def of(cls, kept: QueueHall, day: HallDay) -> Line:
        """Return the queue at the hall's time."""
        return cls(
            kept.last_s,
            kept.calls,
            order.in_order(standings(), kept.last_s, kept.calls),
            [Working(day.served_by(each.name)) for each in models.windows() if works(each, kept.last_s)],
            _minutes(day),
        )

    def wait_of(self, ticket: QueueTicket) -> WaitRange:
        """Return people ahead of this ticket, and its wait; nobody is ahead of one that does not wait."""
        if ticket.state is not TicketState.WAITING:
            return WaitRange(0, 0, 0)
        ahead = []
        for each in self.ordered:
            if each.id == ticket.id:
                break
            ahead.append(each.topic)
        return estimate.wait(ticket.topic, ahead, self.working, self.minutes)

    def wait_of_next(self, topic: str) -> WaitRange:
        """Return people ahead of somebody who takes a number now, and their wait."""
        key_s = order.key_of(order.Claim(self.now_s))
        ahead = [each.topic for each in self.ordered if each.key_s <= key_s]
        return estimate.wait(topic, ahead, self.working, self.minutes)


def standings() -> list[Standing]:
    """Return what decides about the place of each ticket that waits."""
    return [each.standing for each in models.tickets(TicketState.WAITING)]


def works(window: QueueWindow, now_s: int) -> bool:
    """Return whether a window is open, not paused, and its page was seen within a minute."""
    return bool(window.is_open) and not window.is_paused and not is_quiet(window, now_s)


def is_quiet(window: QueueWindow, now_s: int) -> bool:
    """Return whether an open window has given no sign for a minute."""
    return bool(window.is_open) and now_s - int(window.seen_s) > QUIET_WINDOW_S


def _minutes(day: HallDay) -> dict[str, float]:
    measured: dict[str, list[int]] = defaultdict(list)
    for ticket in sorted(models.tickets(TicketState.DONE), key=lambda each: each.ended_s or 0):
        if ticket.ended_s is not None and ticket.called_s is not None:
            measured[ticket.topic].append(ticket.ended_s - ticket.called_s)
    return {each.id: estimate.topic_minutes(each.minutes, measured[each.id]) for each in day.topics}
