"""
Tables of the queue at a terminal: tickets, windows, calls, pressed buttons, and who owns the hall's queue.

Nothing personal is in them: a ticket has a number, a topic and times. A number is a letter of this machine alone and
a sequence of the day, so that no two machines ever give the same one. All of a day goes when the next one begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import peewee

from kiosk import db
from kiosk.queue import followed_models
from kiosk.queue.followed_models import FollowedBooking
from kiosk.queue.order import Standing
from kiosk.queue.ticket_states import TicketState

NUMBER_DIGITS = 3


class QueueHall(db.StoreModel):
    """
    This machine's view of the hall, one row.

    epoch: Rises with each take-over. seq: Of the last change, at the owner. calls: Calls so far today. last_s: Latest
    time of the day that was used; times never go back. is_owner: This machine owns the queue. heard_s, heard_boot:
    Steady time at which the owner answered last. asked_boot: The boot in which an owner asked the other machines.
    """

    one = peewee.IntegerField(primary_key=True, default=1)
    day = db.DayField()
    epoch = peewee.IntegerField(default=1)
    seq = peewee.IntegerField(default=0)
    calls = peewee.IntegerField(default=0)
    last_s = peewee.IntegerField(default=0)
    is_owner = peewee.BooleanField(default=True)
    owner = peewee.TextField(default="")
    heard_s = peewee.DoubleField(default=0)
    heard_boot = peewee.TextField(default="")
    asked_boot = peewee.TextField(default="")


class QueueNumber(db.StoreModel):
    """The last number of a letter on a day."""

    day = db.DayField()
    letter = peewee.TextField()
    last = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("day", "letter")


class QueueLetter(db.StoreModel):
    """The letter of another machine of the hall, as it named it on a day."""

    address = peewee.TextField(primary_key=True)
    letter = peewee.TextField()
    day = db.DayField()


class QueueTicket(db.StoreModel):
    """
    A ticket.

    place: Sequence of arrival at the owner. is_given: Whether the owner has it; false at the machine that printed it
    until then. is_double: Two machines served it while they were apart. link: SHA-256 of the token of its private page.
    """

    id = peewee.TextField(primary_key=True)
    day = db.DayField()
    letter = peewee.TextField()
    no = peewee.IntegerField()
    topic = peewee.TextField()
    booking = peewee.TextField(default="")
    slot_s = peewee.IntegerField(null=True)
    has_care = peewee.BooleanField(default=False)
    place = peewee.IntegerField(default=0)
    arrived_s = peewee.IntegerField()
    key_s = peewee.IntegerField()
    due_s = peewee.IntegerField()
    after_call = peewee.IntegerField(default=0)
    state = db.WordField(TicketState, default=TicketState.WAITING)
    window = peewee.TextField(default="")
    calls = peewee.IntegerField(default=0)
    first_called_s = peewee.IntegerField(null=True)
    called_s = peewee.IntegerField(null=True)
    ended_s = peewee.IntegerField(null=True)
    result = peewee.TextField(default="")
    times_back = peewee.IntegerField(default=0)
    reason = peewee.TextField(default="")
    is_given = peewee.BooleanField(default=True)
    is_double = peewee.BooleanField(default=False)
    link = peewee.TextField(default="")
    version = peewee.IntegerField(default=1)
    changed = peewee.IntegerField(default=0)

    class Meta:
        indexes = ((("day", "letter", "no"), True), (("day", "state"), False))

    @property
    def number(self) -> str:
        """Return the number as printed and called: A012."""
        return f"{self.letter}{self.no:0{NUMBER_DIGITS}d}"

    @property
    def standing(self) -> Standing:
        """Return what decides about its place."""
        return Standing(self.id, self.topic, self.key_s, self.due_s, self.place, self.after_call)


class QueueWindow(db.StoreModel):
    """A window of today: who works there, at which ticket; `seen_s` is when its page last asked."""

    name = peewee.TextField(primary_key=True)
    is_open = peewee.BooleanField(default=False)
    is_paused = peewee.BooleanField(default=False)
    by = peewee.TextField(default="")
    ticket = peewee.TextField(default="")
    seen_s = peewee.IntegerField(default=0)
    called_s = peewee.IntegerField(null=True)
    help_s = peewee.IntegerField(null=True)
    version = peewee.IntegerField(default=1)
    changed = peewee.IntegerField(default=0)


class QueueCall(db.StoreModel):
    """A call as screens show it; `no` counts the hall's calls of one epoch."""

    epoch = peewee.IntegerField()
    no = peewee.IntegerField()
    ticket = peewee.TextField()
    number = peewee.TextField()
    window = peewee.TextField()
    at_s = peewee.IntegerField()
    changed = peewee.IntegerField(default=0)

    class Meta:
        primary_key = peewee.CompositeKey("epoch", "no")


class QueuePress(db.StoreModel):
    """A button that was pressed, by the key of its form: pressing again gives the same answer."""

    key = peewee.TextField(primary_key=True)
    answer = db.JsonField()
    before = db.JsonField(null=True)
    at_s = peewee.IntegerField()


TABLES = (QueueTicket, QueueWindow, QueueCall, QueuePress)
"""What a new day empties."""


def hall() -> QueueHall | None:
    """Return this machine's view of the hall; None before the queue was used here."""
    found: QueueHall | None = QueueHall.get_or_none(QueueHall.one == 1)
    return found


def begin_day(kept: QueueHall, day: date) -> None:
    """Empty the tables of the day before; numbers that were given stay for a day that comes back."""
    for table in TABLES:
        table.delete().execute()
    QueueNumber.delete().where(QueueNumber.day < day.isoformat(), QueueNumber.day != kept.day).execute()
    kept.day, kept.calls, kept.last_s = day, 0, 0
    kept.seq += 1


def next_number(day: date, letter: str, least: int = 0) -> int:
    """Return the next number of a letter, larger than `least`, inside the caller's transaction."""
    row = QueueNumber.get_or_none(QueueNumber.day == day, QueueNumber.letter == letter)
    number = max(row.last if row else 0, least) + 1
    QueueNumber.replace(day=day, letter=letter, last=number).execute()
    return number


def note_number(day: date, letter: str, last: int) -> None:
    """Note that a letter's numbers were given up to this one, as another machine remembers."""
    row = QueueNumber.get_or_none(QueueNumber.day == day, QueueNumber.letter == letter)
    if row is None or row.last < last:
        QueueNumber.replace(day=day, letter=letter, last=last).execute()


def highest_numbers(day: date) -> dict[str, int]:
    """Return the highest number that this machine knows of each letter."""
    top = peewee.fn.MAX(QueueTicket.no)
    found = QueueTicket.select(QueueTicket.letter, top).where(QueueTicket.day == day)
    return dict(found.group_by(QueueTicket.letter).tuples().execute())


def letters(day: date) -> dict[str, str]:
    """Return the letters that other machines of the hall named on a day, by address."""
    found = QueueLetter.select(QueueLetter.address, QueueLetter.letter).where(QueueLetter.day == day)
    return dict(found.order_by(QueueLetter.address).tuples().execute())


def keep_letter(address: str, letter: str, day: date) -> None:
    """Store the letter of another machine, inside the caller's transaction."""
    QueueLetter.replace(address=address, letter=letter, day=day).execute()


def ticket(ticket_id: str) -> QueueTicket | None:
    """Return a ticket of today by its id."""
    found: QueueTicket | None = QueueTicket.get_or_none(QueueTicket.id == ticket_id)
    return found


def ticket_of_booking(booking: str) -> QueueTicket | None:
    """Return the ticket that a booking has today."""
    found: QueueTicket | None = QueueTicket.get_or_none(QueueTicket.booking == booking)
    return found


def ticket_of_number(letter: str, no: int) -> QueueTicket | None:
    """Return the ticket of today with this number."""
    found: QueueTicket | None = QueueTicket.get_or_none(QueueTicket.letter == letter, QueueTicket.no == no)
    return found


def ticket_of_link(link: str) -> QueueTicket | None:
    """Return the ticket whose private page has a token of this hash."""
    found: QueueTicket | None = QueueTicket.get_or_none(QueueTicket.link == link)
    return found


def tickets(*states: TicketState) -> list[QueueTicket]:
    """Return tickets of today in these states (none given: all), in order of arrival."""
    found = QueueTicket.select().order_by(QueueTicket.place, QueueTicket.letter, QueueTicket.no)
    return list(found.where(QueueTicket.state.in_([str(each) for each in states])) if states else found)


def unknown_to_owner() -> list[QueueTicket]:
    """Return tickets of this machine that the owner does not have yet."""
    return list(
        QueueTicket.select().where(QueueTicket.is_given == False).order_by(QueueTicket.no)  # noqa: E712  # SQL
    )


def last_place() -> int:
    """Return the highest sequence of arrival so far."""
    return int(QueueTicket.select(peewee.fn.COALESCE(peewee.fn.MAX(QueueTicket.place), 0)).scalar())


def window(name: str) -> QueueWindow:
    """Return a window; a new one when nobody has opened it today."""
    return QueueWindow.get_or_none(QueueWindow.name == name) or QueueWindow(name=name)


def windows() -> list[QueueWindow]:
    """Return the windows that were used today, by name."""
    return sorted(QueueWindow.select(), key=lambda each: (len(each.name), each.name))


def calls_since(at_s: int, most: int) -> list[QueueCall]:
    """Return the last calls from this time of the day on, the newest first."""
    found = QueueCall.select().where(QueueCall.at_s >= at_s)
    return list(found.order_by(QueueCall.epoch.desc(), QueueCall.no.desc()).limit(most))


def changed_since(seq: int) -> tuple[list[QueueTicket], list[QueueWindow], list[QueueCall]]:
    """Return the rows that changed after this change of the owner."""
    return (
        list(QueueTicket.select().where(QueueTicket.changed > seq)),
        list(QueueWindow.select().where(QueueWindow.changed > seq)),
        list(QueueCall.select().where(QueueCall.changed > seq)),
    )


def as_row(model: peewee.Model) -> dict[str, Any]:
    """Return a row as plain values of JSON."""
    return {name: field.db_value(getattr(model, name)) for name, field in model._meta.fields.items()}


def put(table: type[db.StoreModel], rows: Iterable[dict[str, Any]]) -> None:
    """Store rows, in place of those with the same key; members that are no columns are left out."""
    for row in rows:
        table.replace(**{name: row[name] for name in table._meta.fields}).execute()


def keep(row: QueueTicket | QueueWindow | QueueCall, kept: QueueHall) -> None:
    """Store a changed row under the owner's next change, with its next version."""
    kept.seq += 1
    row.changed = kept.seq
    if not isinstance(row, QueueCall):
        row.version += 1
    put(type(row), [as_row(row)])
    if isinstance(row, QueueTicket):
        follow(row, kept)


def follow(ticket: QueueTicket, kept: QueueHall) -> None:
    """Keep for the hub what became of the booking that a ticket has, if it has one."""
    if ticket.booking:
        followed_models.note(_word_on(ticket, kept))


def _word_on(ticket: QueueTicket, kept: QueueHall) -> FollowedBooking:
    """Return what the hub is to know of a ticket's booking."""
    return FollowedBooking(
        ticket.booking,
        kept.day,
        followed_models.MARKS[ticket.state],
        epoch=kept.epoch,
        at_s=kept.last_s,
        seq=kept.seq,
        ticket=ticket.number,
        window=ticket.window,
        slot_s=ticket.slot_s or 0,
        came_s=ticket.arrived_s,
        called_s=ticket.first_called_s or 0,
        ended_s=ticket.ended_s or 0,
        result=ticket.result,
    )


def keep_hall(kept: QueueHall) -> None:
    """Store this machine's view of the hall."""
    put(QueueHall, [as_row(kept)])


def press(key: str) -> QueuePress | None:
    """Return what was answered to the form with this key."""
    found: QueuePress | None = QueuePress.get_or_none(QueuePress.key == key)
    return found


def keep_press(key: str, answer: dict[str, Any], before: dict[str, Any] | None, at_s: int) -> None:
    """Store the answer to a form, and what it would take to undo it."""
    QueuePress.create(key=key, answer=answer, before=before, at_s=at_s)


def spend_undo(key: str) -> None:
    """Forget how to undo what a form did."""
    QueuePress.update(before=None).where(QueuePress.key == key).execute()


def last_undo(window: str) -> QueuePress | None:
    """Return the newest press of a window that can still be undone."""
    for row in QueuePress.select().where(QueuePress.before.is_null(False)).order_by(QueuePress.at_s.desc()):
        if row.before["window"]["name"] == window:
            found: QueuePress = row
            return found
    return None


def seen(name: str, at_s: int) -> None:
    """Note that the page of a window asked; no change that anybody waits for."""
    QueueWindow.update(seen_s=at_s).where(QueueWindow.name == name).execute()
