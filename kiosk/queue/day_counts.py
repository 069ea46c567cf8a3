"""
What a day of the queue brought, as counts without persons: they go to the hub with the other counts of a day.

Waits and services are counted in steps and as a sum of minutes, by topic; people, waits and services by the hour they
came. The codes are those of `hub_counts`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from kiosk import db
from kiosk.queue import models
from kiosk.queue.counted import hub_counts
from kiosk.queue.counted.hub_counts import KIND, SERVICE, WAIT, WHOLE_HALL
from kiosk.queue.models import QueueTicket
from kiosk.queue.ticket_states import TicketState
from sync.carried.counts import MOST_COUNTED, Tally
from sync.terminal import counts

MOST_A_DAY = 280
"""Rows of a day; the topics with the fewest people beyond them are counted together."""
Counts = Counter[tuple[str, str]]
"""How often each thing happened, by topic and code."""


def count_day(day: date, place: str = "") -> None:
    """Count the tickets of a day that is over, inside the caller's transaction; services cut off count as served."""
    for (topic, what), many in sorted(_fitting(of_tickets(models.tickets())).items()):
        counts.add(db.store, day, Tally(KIND, topic, what, place, min(many, MOST_COUNTED)), MOST_A_DAY)


def _fitting(counted: Counts) -> Counts:
    """Return the counts with so many topics put together that they are no more rows than a day may have."""
    topics = sorted(
        {topic for topic, _what in counted} - {WHOLE_HALL}, key=lambda each: counted[each, "came"]
    )
    while len(counted) > MOST_A_DAY and topics:
        small, kept = topics.pop(0), Counts()
        for (topic, what), many in counted.items():
            kept[WHOLE_HALL if topic == small else topic, what] += many
        counted = kept
    return counted


def of_tickets(tickets: Sequence[QueueTicket]) -> Counts:
    """Return how often each thing happened: by topic, and for the whole hall by the hour in which people came."""
    counted = Counts()
    for ticket in tickets:
        hour = ticket.arrived_s // 3600
        counted[WHOLE_HALL, hub_counts.at_hour(hour)] += 1
        for code in _times(ticket):
            counted[WHOLE_HALL, hub_counts.at_hour(hour, code)] += 1
        for what, many in _of_one(ticket).items():
            counted[ticket.topic, what] += many
    return +counted


def _of_one(ticket: QueueTicket) -> Counter[str]:
    counted: Counter[str] = Counter({"came": 1, "booked": int(bool(ticket.booking)), **_times(ticket)})
    counted["care"] = int(ticket.has_care)
    counted["picked"] = int(bool(ticket.reason))
    counted["missed"] = int(ticket.state is TicketState.MISSED)
    counted["never-called"] = int(ticket.first_called_s is None)
    counted["wait-minutes"] = _wait_min(ticket) or 0
    if (service_min := _service_min(ticket)) is not None:
        counted["service-minutes"] = service_min
        counted[f"result-{ticket.result}"] += 1
    return counted


def _times(ticket: QueueTicket) -> dict[str, int]:
    """Return the steps of waiting and of service time to which a ticket belongs."""
    minutes = {WAIT: _wait_min(ticket), SERVICE: _service_min(ticket)}
    return {hub_counts.step(name, each): 1 for name, each in minutes.items() if each is not None}


def _wait_min(ticket: QueueTicket) -> int | None:
    """Return the minutes from a person's turn at the earliest to the first call; None for one never called."""
    if ticket.first_called_s is None:
        return None
    return max(0, int(ticket.first_called_s) - max(int(ticket.arrived_s), int(ticket.due_s))) // 60


def _service_min(ticket: QueueTicket) -> int | None:
    if ticket.state is not TicketState.DONE or ticket.ended_s is None or ticket.called_s is None:
        return None
    return round(max(0, int(ticket.ended_s) - int(ticket.called_s)) / 60)
