"""States of a ticket, and what the staff presses, each beside its table of allowed steps."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class TicketState(StrEnum):
    """State of a ticket."""

    WAITING = "waiting"
    CALLED = "called"
    """At a window: called, or being served; no tap parts the two."""
    PARKED = "parked"
    MISSED = "missed"
    DONE = "done"


class TicketResult(StrEnum):
    """How a service ended."""

    SETTLED = "settled"
    FOLLOWS = "follows"
    """Something is still to come: a letter, another visit."""
    ELSEWHERE = "elsewhere"


class Press(StrEnum):
    """What the staff presses."""

    OPEN = "open"
    PAUSE = "pause"
    GO_ON = "go-on"
    CLOSE = "close"
    NEXT = "next"
    RECALL = "recall"
    MISSED = "missed"
    PARK = "park"
    UNPARK = "unpark"
    TRANSFER = "transfer"
    FINISH = "finish"
    UNDO = "undo"
    PICK = "pick"
    BACK = "back"
    RELEASE = "release"
    CARE = "care"
    HELP = "help"
    HELP_OVER = "help-over"


STEPS: Mapping[TicketState, frozenset[TicketState]] = {
    TicketState.WAITING: frozenset({TicketState.CALLED}),
    TicketState.CALLED: frozenset(
        {TicketState.WAITING, TicketState.PARKED, TicketState.MISSED, TicketState.DONE}
    ),
    TicketState.PARKED: frozenset({TicketState.CALLED}),
    TicketState.MISSED: frozenset({TicketState.WAITING}),
    TicketState.DONE: frozenset(),
}
"""Steps that an act may take; undoing one takes it back within ten seconds."""
AT_A_WINDOW = frozenset(
    {
        Press.NEXT,
        Press.RECALL,
        Press.MISSED,
        Press.PARK,
        Press.UNPARK,
        Press.TRANSFER,
        Press.FINISH,
        Press.PICK,
    }
)
"""What a window that is open may press."""
UNDONE = frozenset({Press.MISSED, Press.PARK, Press.TRANSFER, Press.FINISH})
"""What can be undone: nobody was called by it."""
UNDO_S = 10
