"""
The hub's half of a kind of submission: how it is taken in, where it is stored, its place at the desk.

A terminal does not load this; the wiring puts the rows together beside the kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.questions import Words
from kiosk.workdays import Deadline, WorkCalendar
from sync.hub.inbox import SetStatus
from sync.wire.protocol import SealedSubmission

MorePages = Callable[[Any, "Handling"], None]
"""Adds pages to the blueprint of a desk."""


@dataclass(frozen=True)
class Work:
    """What every act on a submission needs: the time, the calendar, an organ's full name by its code."""

    now: datetime
    calendar: WorkCalendar
    organ_name: Callable[[str], str] = str


class Register(Protocol):
    """Where the hub stores the submissions of a kind, and the first act on a new one."""

    def take_in(self, submission: SealedSubmission, work: Work, set_status: SetStatus) -> None:
        """Store a submission in the transaction of its arrival, and set its first state."""

    def inbox(self, *, state: str, number: str, limit: int, offset: int) -> Sequence[Any]:
        """Return submissions in this state (empty: all) whose number begins so, most urgent first."""

    def counts(self) -> Mapping[Any, int]:
        """Return how many submissions are in each state."""


@dataclass(frozen=True)
class DeskState:
    """A state at the desk: word, icon and colour."""

    words: Words
    tone: str = "neutral"
    icon: str = "clipboard-list"


@dataclass(frozen=True, kw_only=True, eq=False)
class Handling:
    """
    How a hub handles one kind.

    Args:
        path: Of its desk, below `/desk/`. title: Of the desk.
        register: Where its submissions are stored.
        states: By state, in the order of the desk.
        heads, row: Columns of the list between state and time, and the template of their cells, given `case`.
        more_pages: Adds the page of one submission and its steps; None: the common ones.
    """

    kind: SubmissionKind
    path: str
    title: Words
    register: Register
    states: Mapping[str, DeskState]
    heads: tuple[Words, ...]
    row: str
    more_pages: MorePages | None = None


def said(kind: str, organ_code: str, work: Work, due: Deadline | None = None) -> dict[str, Any]:
    """
    Return the detail of a state for the tracking page; nothing personal, nobody's name.

    Args:
        kind: Its name.
    """
    deadline = due.as_dict() if due else {}
    return {"kind": kind, "organ_name": work.organ_name(organ_code), **deadline}
