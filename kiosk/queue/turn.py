"""
Whose turn it is to decide: the hall's day and time, and whether this machine owns the queue.

One machine owns it: the first of those that the settings name, until a clerk takes over at another one, which begins a
new epoch. The machine with the higher epoch is obeyed; of two with the same one, the earlier in the settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from config.settings import TerminalSettings
from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import BEIJING, Clock, today
from kiosk.errors import Refused
from kiosk.queue import followed_models, models
from kiosk.queue.day_counts import count_day
from kiosk.queue.models import QueueHall

SILENT_S = 15.0
"""
Silence of an owner, in steady seconds, before a clerk may take over; an owner that starts asks the others as long.
"""
LOST_S = 10.0
"""Silence after which screens and windows say that their data is old."""


@dataclass(frozen=True)
class OwnMachine:
    """
    This machine among those of its hall.

    letter: Of the numbers that it gives; empty: none. address: Under which the others reach it. machines: Addresses of
    those that may own the queue, the hall's node first; empty: this machine is on its own. place: Code of the hall's
    service point, for what is counted.
    """

    letter: str
    address: str = ""
    machines: tuple[str, ...] = ()
    place: str = ""

    @classmethod
    def of(cls, settings: TerminalSettings) -> OwnMachine:
        """Return this machine as its settings say."""
        return cls(
            settings.queue_letter, settings.queue_address, settings.queue_machines, settings.queue_place
        )

    @property
    def others(self) -> tuple[str, ...]:
        """Return the other machines that may own the queue."""
        return tuple(each for each in self.machines if each != self.address)

    @property
    def is_node(self) -> bool:
        """Return whether the queue is this machine's while nobody has taken it over."""
        return not self.machines or self.machines[0] == self.address

    @property
    def may_own(self) -> bool:
        """Return whether the queue can be taken over here."""
        return bool(self.others) and self.address in self.machines

    def precedes(self, other: str) -> bool:
        """Return whether this machine keeps the queue beside another owner with the same epoch."""
        order = self.machines
        return other not in order or (
            self.address in order and order.index(self.address) < order.index(other)
        )


def begin(own: OwnMachine, clock: Clock) -> QueueHall:
    """
    Return this machine's view of the hall at this moment, inside the caller's transaction, which keeps it.

    The day changes only by a clock that can be trusted, and within a day time never goes back: so a wrong clock puts
    nobody before those who came earlier.
    """
    kept = models.hall()
    if kept is None:
        kept = QueueHall(day=today(clock), is_owner=own.is_node)
    if not own.machines:
        kept.is_owner = True
    elif kept.owner not in own.machines:
        kept.is_owner, kept.owner = own.is_node, own.machines[0]
    if clock.trusted() and today(clock) != kept.day:
        _begin_day(kept, own, clock)
    kept.last_s = max(kept.last_s, second_of_day(clock))
    return kept


def _begin_day(kept: QueueHall, own: OwnMachine, clock: Clock) -> None:
    if may_decide(kept, own, clock):
        count_day(kept.day, own.place)
        followed_models.end_day(kept.day)
    models.begin_day(kept, today(clock))
    if not kept.is_owner:
        kept.seq = 0


def may_decide(kept: QueueHall, own: OwnMachine, clock: Clock) -> bool:
    """Return whether this machine orders and calls: it owns the queue and, with others, has asked them in this boot."""
    return bool(kept.is_owner) and (not own.others or kept.asked_boot == clock.boot_id())


def look(own: OwnMachine, clock: Clock) -> QueueHall:
    """
    Return this machine's view of the hall at this moment, for a page that is only read; a new day is begun.

    Raises:
        StoreFull: It is a new day, and nothing can be written.
    """
    kept = models.hall()
    if (
        kept is None
        or (own.machines and kept.owner not in own.machines)
        or (clock.trusted() and kept.day != today(clock))
    ):
        with db.writing(db.store):
            kept = begin(own, clock)
            models.keep_hall(kept)
    kept.last_s = max(kept.last_s, second_of_day(clock))
    return kept


SEEN_EVERY_S = 10


def note_page(window: str, own: OwnMachine, clock: Clock) -> None:
    """Note, at most every ten seconds, that the page of a window asks: somebody works there."""
    kept, row = look(own, clock), models.window(window)
    if not row.is_open or kept.last_s - row.seen_s < SEEN_EVERY_S:
        return
    with db.writing(db.store):
        models.seen(window, kept.last_s)


def second_of_day(clock: Clock) -> int:
    """Return the second of the Beijing day."""
    now = clock.now().astimezone(BEIJING)
    return (now.hour * 60 + now.minute) * 60 + now.second


def day_of(clock: Clock) -> date:
    """Return the day of the queue as it was used last, or today."""
    kept = models.hall()
    return kept.day if kept else today(clock)


def silence_s(kept: QueueHall, clock: Clock) -> float:
    """Return for how many steady seconds the owner has not answered; 0 where this machine is the owner."""
    if kept.is_owner:
        return 0.0
    if kept.heard_boot != clock.boot_id():
        return SILENT_S
    return max(0.0, clock.monotonic() - kept.heard_s)


def is_lost(own: OwnMachine, clock: Clock) -> bool:
    """Return whether what this machine shows of the queue is old."""
    kept = models.hall()
    return not own.is_node if kept is None else silence_s(kept, clock) >= LOST_S


def take_over(own: OwnMachine, by: str, clock: Clock) -> int:
    """
    Make this machine the owner, as a clerk asked who has seen that the other one is off; return the new epoch.

    Raises:
        Refused: "queue-owner-here", "queue-no-standby", "queue-owner-answers" (not silent for long enough).
    """
    with db.writing(db.store):
        kept = begin(own, clock)
        if kept.is_owner:
            raise Refused("queue-owner-here")
        if not own.may_own:
            raise Refused("queue-no-standby")
        if silence_s(kept, clock) < SILENT_S:
            raise Refused("queue-owner-answers")
        kept.epoch += 1
        kept.is_owner, kept.owner, kept.asked_boot = True, own.address, clock.boot_id()
        for ticket in models.unknown_to_owner():
            ticket.is_given, ticket.place = True, models.last_place() + 1
            models.keep(ticket, kept)
        for ticket in models.tickets():
            models.follow(ticket, kept)  # what the other machine knew may never have reached the hub
        models.keep_hall(kept)
        audit.record(
            at=clock.now(), actor=by, act=Act.QUEUE_TAKEN_OVER, subject="", detail={"epoch": kept.epoch}
        )
        return int(kept.epoch)


def same_letters(own: OwnMachine) -> dict[str, list[str]]:
    """Return the letters that several machines of the hall gave on its last day, each with their addresses."""
    kept = models.hall()
    if kept is None:
        return {}
    found: dict[str, list[str]] = {}
    for address, letter in {own.address: own.letter, **models.letters(kept.day)}.items():
        found.setdefault(letter, []).append(address)
    return {letter: each for letter, each in found.items() if letter and len(each) > 1}


def asked_all(own: OwnMachine, clock: Clock) -> None:
    """Note that the other machines were asked in this boot whether one of them owns the queue."""
    with db.writing(db.store):
        kept = begin(own, clock)
        kept.asked_boot = clock.boot_id()
        models.keep_hall(kept)


def heard(kept: QueueHall, owner: str, clock: Clock) -> None:
    """Note that this owner has answered."""
    kept.owner, kept.heard_s, kept.heard_boot = owner, clock.monotonic(), clock.boot_id()


def begin_listening(own: OwnMachine, clock: Clock) -> None:
    """Count the owner's silence from now on: this boot has heard nothing yet."""
    with db.writing(db.store):
        kept = begin(own, clock)
        if kept.heard_boot != clock.boot_id():
            kept.heard_s, kept.heard_boot = clock.monotonic(), clock.boot_id()
        models.keep_hall(kept)


def give_way(kept: QueueHall, epoch: int, owner: str, clock: Clock) -> None:
    """Stop owning the queue: another machine has a newer epoch. All tickets of here go to it, to be put together."""
    kept.is_owner, kept.epoch, kept.seq = False, epoch, 0
    heard(kept, owner, clock)
    for ticket in models.tickets():
        ticket.is_given = False
        models.put(models.QueueTicket, [models.as_row(ticket)])
