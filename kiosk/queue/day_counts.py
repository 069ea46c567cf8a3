"""
What a day of the queue brought, as counts without persons: they go to the hub with the other counts of a day.

Waits and services are counted in steps and as a sum of minutes, by topic; people by the hour they came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from kiosk import db
from kiosk.queue import models
from kiosk.queue.models import QueueTicket
from kiosk.queue.ticket_states import TicketState
from sync.carried.counts import MOST_COUNTED, Tally
from sync.terminal import counts

KIND = "queue"
STEPS_MIN = (5, 15, 30, 60)
"""Upper ends of the steps of waiting time, in minutes; a last step has the rest."""
SERVICE_STEPS_MIN = (3, 5, 10, 20)
WHOLE_HALL = "-"
"""Subject of what is counted for all topics together."""
MOST_A_DAY = 220
"""Rows of a day; topics beyond them are counted together."""


def count_day(day: date, place: str = "") -> None:
    """Count the tickets of a day that is over, inside the caller's transaction; services cut off count as served."""
    for (topic, detail), many in sorted(of_tickets(models.tickets()).items()):
        tally = Tally(KIND, topic, detail, place, min(many, MOST_COUNTED))
        if not counts.add(db.store, day, tally, MOST_A_DAY):
            counts.add(db.store, day, Tally(KIND, WHOLE_HALL, detail, place, tally.many), MOST_A_DAY)


def of_tickets(tickets: Sequence[QueueTicket]) -> Counter[tuple[str, str]]:
    """Return how often each thing happened, by topic and what."""
    counted: Counter[tuple[str, str]] = Counter()
    for ticket in tickets:
        counted[WHOLE_HALL, f"hour-{ticket.arrived_s // 3600:02d}"] += 1
        for what, many in _of_one(ticket).items():
            counted[ticket.topic, what] += many
    return +counted


def _of_one(ticket: QueueTicket) -> Counter[str]:
    counted: Counter[str] = Counter({"came": 1, "booked": int(bool(ticket.booking))})
    counted["care"] = int(ticket.has_care)
    counted["picked"] = int(bool(ticket.reason))
    counted["missed"] = int(ticket.state is TicketState.MISSED)
    counted["never-called"] = int(ticket.first_called_s is None)
    if ticket.first_called_s is not None:
        wait_min = max(0, ticket.first_called_s - max(ticket.arrived_s, ticket.due_s)) // 60
        counted["wait-minutes"] = wait_min
        counted[_step("wait", wait_min, STEPS_MIN)] += 1
    if ticket.state is TicketState.DONE and ticket.ended_s is not None and ticket.called_s is not None:
        service_min = round(max(0, ticket.ended_s - ticket.called_s) / 60)
        counted["service-minutes"] = service_min
        counted[_step("service", service_min, SERVICE_STEPS_MIN)] += 1
        counted[f"result-{ticket.result}"] += 1
    return counted


def _step(name: str, minutes: int, steps: Sequence[int]) -> str:
    end = next((each for each in steps if minutes < each), None)
    return f"{name}-under-{end:02d}" if end is not None else f"{name}-longer"
