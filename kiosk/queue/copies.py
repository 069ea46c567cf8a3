"""
Copies of the queue at the other machines of a hall: what they ask of the owner, what it answers, and how two owners
that were apart are put together.

Each machine asks every two seconds. It brings the tickets it gave and the epoch and change it has; the answer has what
changed since. The highest epoch is kept on disk and a lower one refused. Nothing in a message is personal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kiosk import db
from kiosk.clock import Clock
from kiosk.queue import models, order, turn
from kiosk.queue.models import QueueCall, QueueHall, QueueTicket, QueueWindow
from kiosk.queue.order import Claim
from kiosk.queue.ticket_states import TicketState
from kiosk.queue.turn import OwnMachine

VERSION = 1
MOST_TICKETS = 5_000
SHOWN_CALLS_S = 24 * 3600
_TABLES: Mapping[str, type[db.StoreModel]] = {
    "tickets": QueueTicket,
    "windows": QueueWindow,
    "calls": QueueCall,
}


class NoCopy(ValueError):
    """A message of another machine cannot be read: it is left out whole."""


def question(own: OwnMachine, clock: Clock) -> bytes:
    """Return what this machine asks: its epoch and change, the tickets that the owner lacks, the numbers it knows."""
    with db.writing(db.store):
        kept = turn.begin(own, clock)
        models.keep_hall(kept)
    given = [] if kept.is_owner else models.unknown_to_owner()
    rows = [models.as_row(each) | {"waited_s": kept.last_s - each.arrived_s} for each in given]
    seen = {} if kept.is_owner else {each.name: each.seen_s for each in models.windows() if each.is_open}
    return _written(kept, own, {"is_owner": kept.is_owner, "tickets": rows, "seen": seen})


def _written(kept: QueueHall, own: OwnMachine, more: Mapping[str, Any]) -> bytes:
    head = {
        "v": VERSION,
        "epoch": kept.epoch,
        "seq": kept.seq,
        "day": kept.day.isoformat(),
        "from": own.address,
        "numbers": models.highest_numbers(kept.day),
        "letter": own.letter,
        "letters": models.letters(kept.day),
    }
    return json.dumps(head | dict(more), ensure_ascii=False).encode()


def answer(body: bytes, own: OwnMachine, clock: Clock) -> bytes:
    """
    Return the owner's answer: what changed since the asking machine's change, or all of it; of a machine that does not
    own the queue, only that.

    Raises:
        NoCopy: The question cannot be read.
    """
    asked = _read(body)
    with db.writing(db.store):
        kept = turn.begin(own, clock)
        _note_numbers(asked, kept, own)
        _note_letters({asked["from"]: asked["letter"]}, asked, kept, own)
        if asked["is_owner"]:
            _meet_owner(asked, kept, own, clock)
        is_of_today = asked["day"] == kept.day.isoformat()
        if kept.is_owner and is_of_today:
            _admit_all(asked["tickets"], kept)
            _note_windows(asked["seen"], kept)
        models.keep_hall(kept)
        if not kept.is_owner:
            return _written(kept, own, {"is_owner": False, "owner": kept.owner})
        is_next = is_of_today and asked["epoch"] == kept.epoch and 0 <= asked["seq"] <= kept.seq
        return _written(kept, own, _changes(kept, asked["seq"] if is_next else 0))


def _changes(kept: QueueHall, since: int) -> dict[str, Any]:
    tickets, windows, calls = models.changed_since(since)
    return {
        "is_owner": True,
        "since": since,
        "calls_so_far": kept.calls,
        "now_s": kept.last_s,
        "tickets": [models.as_row(each) for each in tickets],
        "windows": [models.as_row(each) for each in windows],
        "calls": [models.as_row(each) for each in calls],
    }


def take(body: bytes, own: OwnMachine, address: str, clock: Clock) -> bool:
    """
    Store what the machine at this address answered; return whether it is the owner that is obeyed.

    Raises:
        NoCopy: The answer cannot be read.
    """
    said = _read(body)
    with db.writing(db.store):
        kept = turn.begin(own, clock)
        _note_numbers(said, kept, own)
        others = said["letters"] if said["is_owner"] else {}
        _note_letters({**others, address: said["letter"]}, said, kept, own)
        is_obeyed = said["is_owner"] and _follow(said, kept, own, address, clock)
        models.keep_hall(kept)
    return is_obeyed


def _follow(said: Mapping[str, Any], kept: QueueHall, own: OwnMachine, address: str, clock: Clock) -> bool:
    """Follow an owner with a newer epoch, or the same one; return whether it is followed."""
    if kept.is_owner:
        return _meet_owner({**said, "from": address}, kept, own, clock)
    if said["epoch"] < kept.epoch:
        return False
    turn.heard(kept, address, clock)
    if said["day"] != kept.day.isoformat():
        return True  # one of the two clocks is at another day: nothing is mixed
    is_whole = said.get("since", 0) == 0
    if not is_whole and (said["epoch"] != kept.epoch or said["since"] > kept.seq):
        kept.seq = 0
        return True
    if is_whole:
        _forget_copies(said)
    for name, table in _TABLES.items():
        models.put(table, said.get(name, ()))
    kept.epoch, kept.seq, kept.calls = said["epoch"], said["seq"], said["calls_so_far"]
    return True


def _forget_copies(said: Mapping[str, Any]) -> None:
    """Empty the copies before a whole answer, but for tickets that the owner does not have."""
    has = {row["id"] for row in said.get("tickets", ())}
    rows = [models.as_row(each) for each in models.unknown_to_owner() if each.id not in has]
    for table in _TABLES.values():
        table.delete().execute()
    models.put(QueueTicket, rows)


def _meet_owner(said: Mapping[str, Any], kept: QueueHall, own: OwnMachine, clock: Clock) -> bool:
    """Give way to another owner with a newer epoch, or an earlier place in the settings; return whether it was."""
    if not kept.is_owner:
        if said["epoch"] >= kept.epoch:
            turn.heard(kept, said["from"], clock)
        return False
    if said["epoch"] < kept.epoch or (said["epoch"] == kept.epoch and own.precedes(said["from"])):
        return False
    turn.give_way(kept, said["epoch"], said["from"], clock)
    return True


def _note_numbers(said: Mapping[str, Any], kept: QueueHall, own: OwnMachine) -> None:
    """Go on behind the numbers that others know of this machine: its disk may have been put back."""
    if said["day"] == kept.day.isoformat() and own.letter in said["numbers"]:
        models.note_number(kept.day, own.letter, said["numbers"][own.letter])


def _note_letters(
    letters: Mapping[str, str], said: Mapping[str, Any], kept: QueueHall, own: OwnMachine
) -> None:
    """Keep the letters of other machines: what each says of itself, and what the owner knows of the others."""
    if said["day"] != kept.day.isoformat():
        return
    known = models.letters(kept.day)
    for address, letter in letters.items():
        if address not in ("", own.address) and known.get(address) != letter:
            models.keep_letter(address, letter, kept.day)


def _note_windows(seen: Mapping[str, int], kept: QueueHall) -> None:
    """Note when the pages of windows were seen at another machine."""
    for window in models.windows():
        last = min(seen.get(window.name, 0), kept.last_s)
        if last > window.seen_s:
            models.seen(window.name, last)


def _admit_all(rows: Sequence[Mapping[str, Any]], kept: QueueHall) -> None:
    for row in sorted(rows, key=lambda each: (-each["waited_s"], each["no"])):
        known = models.ticket(row["id"])
        if known is None:
            _admit(row, kept)
        else:
            _put_together(known, row, kept)


def _admit(row: Mapping[str, Any], kept: QueueHall) -> None:
    """Take in a ticket that another machine gave: its arrival is now less the time that it waited there."""
    if models.ticket_of_number(row["letter"], row["no"]) is not None:
        return  # two machines with one letter: `check` names it
    theirs = _as_ticket(row)
    booked = models.ticket_of_booking(theirs.booking) if theirs.booking else None
    theirs.is_double = theirs.is_double or booked is not None
    if theirs.state is TicketState.WAITING and not theirs.times_back:
        claim = Claim(max(0, kept.last_s - max(0, row["waited_s"])), theirs.slot_s, theirs.has_care)
        theirs.arrived_s, theirs.key_s, theirs.due_s = (
            claim.arrived_s,
            order.key_of(claim),
            order.due_of(claim),
        )
    if theirs.state is TicketState.CALLED:
        _seat(theirs, kept)
    theirs.place, theirs.is_given = models.last_place() + 1, True
    models.keep(theirs, kept)


def _seat(ticket: QueueTicket, kept: QueueHall) -> None:
    """Leave a ticket at the window that called it elsewhere, or let it wait when that window has another one."""
    window = models.window(ticket.window)
    if window.ticket and window.ticket != ticket.id:
        ticket.state, ticket.window = TicketState.WAITING, ""
        return
    if not window.ticket:
        window.is_open, window.ticket = True, ticket.id
        models.keep(window, kept)


def _put_together(ours: QueueTicket, row: Mapping[str, Any], kept: QueueHall) -> None:
    """Put together what two machines did with a ticket while they were apart: the first that finished it counts."""
    theirs = _as_ticket(row)
    was = models.as_row(ours)
    were_both_busy = theirs.first_called_s is not None and ours.first_called_s is not None
    ours.is_double = ours.is_double or (were_both_busy and theirs.called_s != ours.called_s)
    if theirs.state is TicketState.DONE:
        _take_end(ours, theirs, kept)
    elif theirs.state is TicketState.CALLED and ours.state is TicketState.WAITING:
        ours.state, ours.window, ours.called_s = theirs.state, theirs.window, theirs.called_s
        ours.first_called_s, ours.calls = theirs.first_called_s, theirs.calls
        _seat(ours, kept)
    elif theirs.state in (TicketState.PARKED, TicketState.MISSED) and ours.state is TicketState.WAITING:
        ours.state, ours.ended_s, ours.first_called_s = theirs.state, theirs.ended_s, theirs.first_called_s
    ours.is_given = True
    if models.as_row(ours) != was:
        models.keep(ours, kept)


def _take_end(ours: QueueTicket, theirs: QueueTicket, kept: QueueHall) -> None:
    if ours.state is TicketState.DONE and (ours.ended_s or 0) <= (theirs.ended_s or 0):
        return
    window = models.window(ours.window) if ours.state is TicketState.CALLED else None
    if window is not None and window.ticket == ours.id:
        window.ticket = ""
        models.keep(window, kept)
    for name in ("state", "ended_s", "called_s", "first_called_s", "window", "result"):
        setattr(ours, name, getattr(theirs, name))


def _as_ticket(row: Mapping[str, Any]) -> QueueTicket:
    values: dict[str, Any] = {name: row[name] for name in QueueTicket._meta.fields}
    return QueueTicket(**{**values, "state": TicketState(values["state"])})


def _read(body: bytes) -> dict[str, Any]:
    """Return a message whose members have the right types; members of later versions are left out."""
    try:
        said = json.loads(body)
        numbers = {str(letter): _whole(last) for letter, last in said["numbers"].items()}
        read = {
            "epoch": _whole(said["epoch"]),
            "seq": _whole(said["seq"]),
            "day": str(said["day"]),
            "from": str(said["from"]),
            "is_owner": said["is_owner"] is True,
            "owner": str(said.get("owner", "")),
            "numbers": numbers,
            "letter": str(said.get("letter", "")),
            "letters": {str(each): str(letter) for each, letter in said.get("letters", {}).items()},
            "seen": {str(name): _whole(at) for name, at in said.get("seen", {}).items()},
            "since": _whole(said.get("since", 0)),
            "calls_so_far": _whole(said.get("calls_so_far", 0)),
        }
        for name, table in _TABLES.items():
            read[name] = [_row(table, each) for each in said.get(name, [])[:MOST_TICKETS]]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoCopy("not a message of the queue") from error
    return read


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("no whole number")
    return value


def _row(table: type[db.StoreModel], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with exactly the members of its table, each of the type that its column has."""
    row: dict[str, Any] = {}
    for name, column in table._meta.fields.items():
        value = sent[name]
        expected = {"INT": int, "TEXT": str, "BOOL": bool}.get(column.field_type, str)
        if value is None and not column.null:
            raise ValueError(name)
        if value is not None and not isinstance(value, expected):
            raise ValueError(name)
        row[name] = value
    if table is QueueTicket:
        row["state"] = TicketState(row["state"]).value
        row["waited_s"] = int(sent.get("waited_s", 0))
    return row
