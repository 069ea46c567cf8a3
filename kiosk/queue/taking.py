"""Taking a number and checking in a booking, at any machine of the hall: it gives a number of its own letter."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from kiosk import db
from kiosk.clock import Clock
from kiosk.errors import Refused
from kiosk.queue import models, order, turn
from kiosk.queue.estimate import WaitRange, may_still_be_served
from kiosk.queue.models import QueueHall, QueueTicket
from kiosk.queue.order import Claim
from kiosk.queue.supply import HallDay, HallSupply
from kiosk.queue.turn import OwnMachine
from kiosk.queue.waiting import Line

LONGEST_SCANNED = 400
_WRITTEN = re.compile(r"(?<![0-9A-Z])([A-Z])[\s-]*(\d{3,4})(?![0-9A-Z])")


@dataclass(frozen=True)
class NumberWanted:
    """What a citizen takes a number for; `booking` and its time when one is checked in."""

    topic: str
    booking: str = ""
    slot_s: int | None = None
    has_care: bool = False


@dataclass(frozen=True)
class GivenNumber:
    """A ticket with the wait that was said when it was given."""

    ticket: QueueTicket
    said: WaitRange


Paper = Callable[[QueueTicket, WaitRange], None]
"""Orders the ticket's paper, in the transaction that stores the ticket."""


def no_paper(_ticket: QueueTicket, _said: WaitRange) -> None:
    """Order nothing: this machine has no printer."""


def take(
    wanted: NumberWanted,
    key: str,
    token: str,
    *,
    own: OwnMachine,
    supply: HallSupply,
    clock: Clock,
    paper: Paper = no_paper,
) -> GivenNumber:
    """
    Give a ticket; the same key gives the same ticket.

    Args:
        key: Of the form. token: Opens the ticket's private page; only its hash is stored.
    Raises:
        Refused: "queue-topic", "queue-closed", "queue-full" (nobody more can be served today).
    """
    with db.writing(db.store):
        kept = turn.begin(own, clock)
        line = Line.of(kept, supply)
        known = models.ticket(_id(key)) or (
            models.ticket_of_booking(wanted.booking) if wanted.booking else None
        )
        if known is not None:
            models.keep_hall(kept)
            return GivenNumber(known, line.wait_of(known))
        _check(wanted, line, supply.today, kept)
        ticket = _new(wanted, key, token, kept, own)
        said = Line.of(kept, supply).wait_of(ticket)
        models.keep_hall(kept)
        paper(ticket, said)
    return GivenNumber(ticket, said)


def _id(key: str) -> str:
    return hashlib.sha256(f"queue {key}".encode()).hexdigest()[:32]


def of_key(key: str) -> QueueTicket | None:
    """Return the ticket that was given for the form with this key."""
    return models.ticket(_id(key))


def link_of(token: str) -> str:
    """Return what is stored of the token of a private page."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check(wanted: NumberWanted, line: Line, day: HallDay, kept: QueueHall) -> None:
    if day.topic(wanted.topic) is None:
        raise Refused("queue-topic", wanted.topic)
    if not day.is_open(kept.last_s // 60):
        raise Refused("queue-closed")
    if not wanted.booking and not has_room(line, day, wanted.topic):
        raise Refused("queue-full", wanted.topic)


def has_room(line: Line, day: HallDay, topic: str) -> bool:
    """Return whether a further ticket of this topic would be called before closing time."""
    return may_still_be_served(line.wait_of_next(topic), day.left_min(line.now_s // 60))


def _new(wanted: NumberWanted, key: str, token: str, kept: QueueHall, own: OwnMachine) -> QueueTicket:
    claim = Claim(kept.last_s, wanted.slot_s, wanted.has_care)
    ticket = QueueTicket(
        id=_id(key),
        day=kept.day,
        letter=own.letter,
        no=models.next_number(kept.day, own.letter),
        topic=wanted.topic,
        booking=wanted.booking,
        slot_s=wanted.slot_s,
        has_care=wanted.has_care,
        arrived_s=claim.arrived_s,
        key_s=order.key_of(claim),
        due_s=order.due_of(claim),
        link=link_of(token),
        place=models.last_place() + 1,
        is_given=kept.is_owner,
    )
    if kept.is_owner:
        models.keep(ticket, kept)
    else:
        models.put(QueueTicket, [models.as_row(ticket)])
    return ticket


def check_in(
    number: str,
    key: str,
    token: str,
    *,
    own: OwnMachine,
    supply: HallSupply,
    clock: Clock,
    paper: Paper = no_paper,
) -> GivenNumber:
    """
    Give the ticket of a booking of today; checking in again gives the same one.

    Raises:
        Refused: "queue-no-booking", and those of `take`.
    """
    booking = supply.booking(number)
    if booking is None:
        raise Refused("queue-no-booking")
    wanted = NumberWanted(booking.topic, booking.number, booking.starts * 60)
    return take(wanted, key, token, own=own, supply=supply, clock=clock, paper=paper)


def queue_number(typed: str) -> tuple[str, int] | None:
    """Return letter and number of a ticket as somebody typed or scanned it, such as "a 012"; None if it is none."""
    found = _WRITTEN.search(unicodedata.normalize("NFKC", typed[:LONGEST_SCANNED]).upper())
    return (found[1], int(found[2])) if found else None
