"""
What the staff presses, at the machine that owns the queue: each press is one transaction and happens once.

A press names what its page showed: the epoch, the window's version, the ticket and its version. Where something else
is true by now it is refused and nothing changes. The same form sent twice gets the same answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import Clock
from kiosk.errors import Refused
from kiosk.queue import models, order, turn
from kiosk.queue.models import QueueCall, QueueHall, QueueTicket, QueueWindow
from kiosk.queue.order import Claim
from kiosk.queue.supply import HallDay
from kiosk.queue.ticket_states import AT_A_WINDOW, STEPS, UNDO_S, UNDONE, Press, TicketResult, TicketState
from kiosk.queue.turn import OwnMachine
from kiosk.queue.voice import RECALL_AFTER_S
from kiosk.queue.waiting import is_quiet, standings

LEAST_BETWEEN_S = 2
"""Seconds after a call for which a window calls nobody else: a second tap is no citizen."""
LONGEST_WORDS = 60
DONE = "done"
NOBODY_WAITS = "queue-nobody-waits"


@dataclass(frozen=True)
class Pressed:
    """
    A button as its form brings it.

    ticket, version: Of the one at the window when the page was shown. other, other_version: Of one picked from a list.
    """

    press: Press
    key: str
    by: str
    epoch: int
    window: str = ""
    window_version: int = 0
    ticket: str = ""
    version: int = 0
    other: str = ""
    other_version: int = 0
    topic: str = ""
    result: str = TicketResult.SETTLED
    reason: str = ""

    def body(self) -> bytes:
        """Return the press as it travels between machines of a hall."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def read(cls, body: bytes) -> Pressed:
        """Return the press in `body`, without members of a later version. Raises ValueError."""
        try:
            sent = json.loads(body)
            known = {name: sent[name] for name in cls.__dataclass_fields__ if name in sent}
            whole = {"epoch", "window_version", "version", "other_version"}
            if any(type(value) is not (int if name in whole else str) for name, value in known.items()):
                raise ValueError("a member has a wrong type")
            return cls(**{**known, "press": Press(known["press"])})
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError("no press") from error


@dataclass(frozen=True)
class PressAnswer:
    """What became of a press: `done`, or the code of its refusal; the number that it was about."""

    code: str
    number: str = ""

    @property
    def is_done(self) -> bool:
        """Return whether something changed."""
        return self.code in (DONE, NOBODY_WAITS)


@dataclass
class _Act:
    """One press under way."""

    asked: Pressed
    kept: QueueHall
    day: HallDay
    clock: Clock
    window: QueueWindow
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def now_s(self) -> int:
        return int(self.kept.last_s)

    def current(self) -> QueueTicket | None:
        """Return the ticket at this window, which must be the one that the page showed."""
        if self.window.ticket != self.asked.ticket:
            raise Refused("queue-changed")
        if not self.window.ticket:
            return None
        ticket = models.ticket(self.window.ticket)
        if ticket is None or ticket.version != self.asked.version:
            raise Refused("queue-changed")
        return ticket

    def present(self) -> QueueTicket:
        """Return the ticket at this window. Raises Refused("queue-no-ticket")."""
        ticket = self.current()
        if ticket is None:
            raise Refused("queue-no-ticket")
        return ticket

    def listed(self, *states: TicketState) -> QueueTicket:
        """Return the ticket that was picked from a list, which must still be as it was shown."""
        ticket = models.ticket(self.asked.other)
        if ticket is None or ticket.version != self.asked.other_version or ticket.state not in states:
            raise Refused("queue-changed")
        return ticket

    def note(self, ticket: QueueTicket) -> None:
        """Remember ticket and window as they are, so that this press can be undone."""
        self.before = {"window": models.as_row(self.window), "ticket": models.as_row(ticket)}

    def move(self, ticket: QueueTicket, state: TicketState) -> None:
        """Take a step of a ticket."""
        if state not in STEPS[ticket.state]:
            raise Refused("queue-changed")
        ticket.state = state

    def keep(self, *rows: QueueTicket | QueueWindow | QueueCall) -> None:
        """Store changed rows."""
        for row in rows:
            models.keep(row, self.kept)


def perform(asked: Pressed, *, own: OwnMachine, day: HallDay, clock: Clock) -> PressAnswer:
    """
    Do what was pressed, once, and return what became of it; a refusal changes nothing.

    Args:
        day: What the hall offers today.
    """
    try:
        with db.writing(db.store):
            return _perform(asked, own, day, clock)
    except Refused as refusal:
        return PressAnswer(refusal.code, refusal.detail or "")


def _perform(asked: Pressed, own: OwnMachine, day: HallDay, clock: Clock) -> PressAnswer:
    kept = turn.begin(own, clock)
    known = models.press(asked.key)
    if known is not None:
        return PressAnswer(**known.answer)
    if not kept.is_owner:
        raise Refused("queue-not-owner")
    if not turn.may_decide(kept, own, clock):
        raise Refused("queue-starting")
    if asked.epoch != kept.epoch:
        raise Refused("queue-epoch")
    act = _Act(asked, kept, day, clock, models.window(asked.window))
    _check_window(act)
    answer = _ACTS[asked.press](act)
    before = act.before if asked.press in UNDONE else None
    if before:
        before["after"] = _versions(act)
    models.keep_press(asked.key, asdict(answer), before, act.now_s)
    models.keep_hall(kept)
    return answer


def _versions(act: _Act) -> dict[str, int]:
    """Return the versions that must still hold when this press is undone."""
    ticket = models.ticket(act.before["ticket"]["id"])
    return {"window": act.window.version, "ticket": ticket.version if ticket else 0}


def _check_window(act: _Act) -> None:
    if act.asked.press in AT_A_WINDOW | {Press.PAUSE, Press.GO_ON, Press.CLOSE, Press.UNDO}:
        if not act.window.is_open:
            raise Refused("queue-window-closed")
        if act.window.version != act.asked.window_version:
            raise Refused("queue-changed")


def _open(act: _Act) -> PressAnswer:
    window, asked = act.window, act.asked
    if window.name not in act.day.windows:
        raise Refused("queue-no-window", window.name)
    is_others = window.is_open and window.by != asked.by
    if is_others and not is_quiet(window, act.now_s):
        raise Refused("queue-window-taken", window.name)
    window.is_open, window.is_paused, window.by, window.seen_s = True, False, asked.by, act.now_s
    act.keep(window)
    _audit(act, Act.QUEUE_WINDOW_OPENED, window.name)
    return PressAnswer(DONE)


def _pause(act: _Act) -> PressAnswer:
    act.window.is_paused = act.asked.press is Press.PAUSE
    act.keep(act.window)
    return PressAnswer(DONE)


def _close(act: _Act) -> PressAnswer:
    if act.window.ticket:
        raise Refused("queue-still-serving")
    act.window.is_open = act.window.is_paused = False
    act.keep(act.window)
    _audit(act, Act.QUEUE_WINDOW_CLOSED, act.window.name)
    return PressAnswer(DONE)


def _next(act: _Act) -> PressAnswer:
    """Finish the one at the window and call the next, in one press."""
    _not_at_once(act)
    _finish_present(act)
    chosen = order.next_for(standings(), act.day.served_by(act.window.name), act.now_s, act.kept.calls)
    ticket = models.ticket(chosen.id) if chosen else None
    if ticket is None:
        act.window.is_paused = False
        act.keep(act.window)
        return PressAnswer(NOBODY_WAITS)
    return _call(act, ticket)


def _not_at_once(act: _Act) -> None:
    called = act.window.called_s
    if act.window.ticket and called is not None and act.now_s - called < LEAST_BETWEEN_S:
        raise Refused("queue-just-called")


def _finish_present(act: _Act) -> None:
    ticket = act.current()
    if ticket is not None:
        _end(act, ticket)


def _end(act: _Act, ticket: QueueTicket) -> None:
    act.move(ticket, TicketState.DONE)
    ticket.ended_s, ticket.result = act.now_s, TicketResult(act.asked.result)
    act.window.ticket = ""
    act.keep(ticket)


def _call(act: _Act, ticket: QueueTicket) -> PressAnswer:
    act.move(ticket, TicketState.CALLED)
    act.kept.calls += 1
    ticket.window, ticket.calls, ticket.called_s, ticket.after_call = act.window.name, 1, act.now_s, 0
    if ticket.first_called_s is None:
        ticket.first_called_s = act.now_s
    act.window.ticket, act.window.called_s, act.window.is_paused = ticket.id, act.now_s, False
    act.keep(ticket, act.window)
    return _announce(act, ticket)


def _announce(act: _Act, ticket: QueueTicket) -> PressAnswer:
    number = ticket.number
    call = QueueCall(epoch=act.kept.epoch, no=act.kept.seq + 1, ticket=ticket.id, number=number)
    call.window, call.at_s = act.window.name, act.now_s
    act.keep(call)
    return PressAnswer(DONE, number)


def _recall(act: _Act) -> PressAnswer:
    ticket = act.present()
    if act.window.called_s is not None and act.now_s - act.window.called_s < RECALL_AFTER_S:
        raise Refused("queue-recall-locked")
    ticket.calls += 1
    act.window.called_s = act.now_s
    act.keep(ticket, act.window)
    return _announce(act, ticket)


def _missed(act: _Act) -> PressAnswer:
    ticket = act.present()
    if ticket.calls < order.MOST_CALLS:
        raise Refused("queue-call-again", str(order.MOST_CALLS - ticket.calls))
    return _leave_window(act, ticket, TicketState.MISSED)


def _leave_window(act: _Act, ticket: QueueTicket, state: TicketState) -> PressAnswer:
    act.note(ticket)
    act.move(ticket, state)
    ticket.ended_s = act.now_s if state is TicketState.MISSED else None
    act.window.ticket = ""
    act.keep(ticket, act.window)
    return PressAnswer(DONE, ticket.number)


def _park(act: _Act) -> PressAnswer:
    return _leave_window(act, act.present(), TicketState.PARKED)


def _transfer(act: _Act) -> PressAnswer:
    """Give the ticket to another topic; it keeps its key."""
    ticket = act.present()
    if act.day.topic(act.asked.topic) is None:
        raise Refused("queue-topic", act.asked.topic)
    act.note(ticket)
    act.move(ticket, TicketState.WAITING)
    ticket.topic, ticket.window = act.asked.topic, ""
    act.window.ticket = ""
    act.keep(ticket, act.window)
    return PressAnswer(DONE, ticket.number)


def _finish(act: _Act) -> PressAnswer:
    """Finish without calling anybody; the window has a break until it calls."""
    ticket = act.present()
    act.note(ticket)
    _end(act, ticket)
    act.keep(act.window)
    return PressAnswer(DONE, ticket.number)


def _unpark(act: _Act) -> PressAnswer:
    _finish_present(act)
    return _call(act, act.listed(TicketState.PARKED))


def _pick(act: _Act) -> PressAnswer:
    """Call somebody by hand, with a reason; it is counted."""
    if not act.asked.reason.strip():
        raise Refused("queue-no-reason")
    _finish_present(act)
    ticket = act.listed(TicketState.WAITING)
    ticket.reason = act.asked.reason.strip()[:LONGEST_WORDS]
    _audit(act, Act.QUEUE_PICKED, ticket.number, window=act.window.name, reason=ticket.reason)
    return _call(act, ticket)


def _back(act: _Act) -> PressAnswer:
    """Let somebody who was missed wait again: once with the old key, later and again as somebody who comes now."""
    ticket = act.listed(TicketState.MISSED)
    keeps_key = order.may_come_back(ticket.ended_s or 0, act.now_s, ticket.times_back)
    act.move(ticket, TicketState.WAITING)
    ticket.times_back += 1
    if keeps_key:
        ticket.after_call = order.back_after(act.kept.calls)
    else:
        claim = Claim(act.now_s, None, ticket.has_care)
        ticket.key_s, ticket.due_s = order.key_of(claim), order.due_of(claim)
    ticket.window, ticket.calls, ticket.ended_s = "", 0, None
    act.keep(ticket)
    return PressAnswer(DONE, ticket.number)


def _release(act: _Act) -> PressAnswer:
    """Let somebody wait again whose window has disappeared in the middle of the service; the key is kept."""
    ticket = act.listed(TicketState.CALLED)
    window = models.window(ticket.window)
    if window.ticket == ticket.id and window.is_open and not is_quiet(window, act.now_s):
        raise Refused("queue-window-works", window.name)
    act.move(ticket, TicketState.WAITING)
    if window.ticket == ticket.id:
        window.ticket = ""
        act.keep(window)
    ticket.window = ""
    act.keep(ticket)
    return PressAnswer(DONE, ticket.number)


def _care(act: _Act) -> PressAnswer:
    """Give priority by law to somebody who waits; the number does not show it."""
    ticket = act.listed(TicketState.WAITING)
    ticket.has_care = True
    ticket.key_s = min(ticket.key_s, ticket.arrived_s - order.CARE_S)
    act.keep(ticket)
    return PressAnswer(DONE, ticket.number)


def _help(act: _Act) -> PressAnswer:
    is_wanted = act.asked.press is Press.HELP
    if act.window.name not in act.day.windows:
        raise Refused("queue-no-window", act.window.name)
    act.window.help_s = act.now_s if is_wanted else None
    act.keep(act.window)
    _audit(act, Act.QUEUE_HELP_CALLED if is_wanted else Act.QUEUE_HELP_CAME, act.window.name)
    return PressAnswer(DONE)


def _undo(act: _Act) -> PressAnswer:
    """Put ticket and window back as they were before the last press, while nothing else has touched them."""
    last = models.last_undo(act.window.name)
    if last is None or act.now_s - last.at_s > UNDO_S:
        raise Refused("queue-too-late")
    was, after = last.before, last.before["after"]
    ticket = models.ticket(was["ticket"]["id"])
    if ticket is None or (act.window.version, ticket.version) != (after["window"], after["ticket"]):
        raise Refused("queue-too-late")
    window_row = {**was["window"], "version": act.window.version, "seen_s": act.window.seen_s}
    act.keep(
        QueueTicket(
            **{**was["ticket"], "state": TicketState(was["ticket"]["state"]), "version": ticket.version}
        )
    )
    act.keep(QueueWindow(**window_row))
    models.spend_undo(last.key)
    return PressAnswer(DONE, ticket.number)


def _audit(act: _Act, what: Act, subject: str, **detail: str) -> None:
    audit.record(at=act.clock.now(), actor=act.asked.by, act=what, subject=subject, detail=detail)


_ACTS: Mapping[Press, Callable[[_Act], PressAnswer]] = {
    Press.OPEN: _open,
    Press.PAUSE: _pause,
    Press.GO_ON: _pause,
    Press.CLOSE: _close,
    Press.NEXT: _next,
    Press.RECALL: _recall,
    Press.MISSED: _missed,
    Press.PARK: _park,
    Press.UNPARK: _unpark,
    Press.TRANSFER: _transfer,
    Press.FINISH: _finish,
    Press.UNDO: _undo,
    Press.PICK: _pick,
    Press.BACK: _back,
    Press.RELEASE: _release,
    Press.CARE: _care,
    Press.HELP: _help,
    Press.HELP_OVER: _help,
}
