"""
The hub's half of a kind of submission: how it is taken in, where it is stored, its place at the desk.

A terminal does not load this; the wiring puts the rows together beside the kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from kiosk.intake.form.blanks import Words
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.office.listing import Asked, ListViewer
from kiosk.workdays import Deadline, WorkCalendar
from sync.hub.greeting import SealKey
from sync.hub.statuses import SetStatus
from sync.wire.submission import SealedSubmission

MorePages = Callable[[Any, "Handling"], None]
"""Adds pages to the blueprint of a desk."""


@dataclass(frozen=True)
class Work:
    """
    What every act on a submission needs: the time, the calendar, an organ's full name by its code.

    by: Account of the desk that enters it; empty: it came from a terminal, whose envelope is not believed in that.
    """

    now: datetime
    calendar: WorkCalendar
    organ_name: Callable[[str], str] = str
    by: str = ""


TakeIn = Callable[[SealedSubmission, Work, SetStatus], None]
"""Stores a submission in the transaction of its arrival, and sets its first state."""


@dataclass(frozen=True)
class HandOver:
    """
    A submission goes to another organ.

    Args:
        organ: Its code.
        to: The key to which the sealed part is sealed again; None: the organ opens it as it is.
        reading_keys: Of the person who hands it over, key id to private key.
        why: One word for the event, such as "assigned".
    """

    organ: str
    to: SealKey | None
    reading_keys: Mapping[str, bytes] = field(repr=False)
    actor: str
    why: str


class Register(Protocol):
    """Where the hub stores the submissions of a kind, and the first act on a new one."""

    def take_in(self, submission: SealedSubmission, work: Work, set_status: SetStatus) -> None:
        """Store a submission in the transaction of its arrival, and set its first state."""

    def inbox(self, asked: Asked, viewer: ListViewer, *, limit: int, offset: int) -> Sequence[Any]:
        """Return rows of a list, in its order."""

    def how_many(self, asked: Asked, viewer: ListViewer) -> int:
        """Return how many rows a list has in all."""

    def numbers(self, asked: Asked, viewer: ListViewer) -> Sequence[str]:
        """Return the numbers of a whole list, in its order."""

    def cases_of(self, numbers: Sequence[str]) -> Sequence[Any]:
        """Return the rows with these numbers, in no order."""

    def counts(self, viewer: ListViewer) -> Mapping[str, int]:
        """Return how many submissions each light has, by its name; for a kind without lights, each state."""

    def choices(self, viewer: ListViewer) -> Mapping[str, Sequence[str]]:
        """Return the values to choose from by name of a filter, of filters whose values come from submissions."""

    def organ_of(self, number: str) -> str | None:
        """Return the organ that handles a submission; None for an unknown number."""

    def seal_again(self, number: str, to: SealKey, reading_keys: Mapping[str, bytes], organ: str) -> None:
        """
        Seal everything about a submission to another key, in the caller's transaction.

        Raises:
            NotFound, Refused: as `sealed.read`.
        """

    def hand_over(self, number: str, given: HandOver, work: Work) -> None:
        """
        Give a submission to another organ, in the caller's transaction.

        Raises:
            NotFound, Refused: as `sealed.read` where it has to be sealed again.
        """


@dataclass(frozen=True)
class DeskState:
    """A state at the desk: word, icon and colour."""

    words: Words
    tone: str = "neutral"
    icon: str = "clipboard-list"


@dataclass(frozen=True)
class DeskFilter:
    """
    A filter of the list: its label, and the words of its values.

    words: Empty for values whose words the page asks of the wiring. are_given: The values are those of submissions
    (`Register.choices`), not the keys of `words`.
    """

    label: Words
    words: Mapping[str, Words] = field(default_factory=dict)
    are_given: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Handling:
    """
    How a hub handles one kind.

    Args:
        path: Of its desk, below `/desk/`. title: Of the desk.
        register: Where its submissions are stored.
        states: By state, in the order of the desk.
        lights: By name, in order; what needs somebody now. Empty: states in their place.
        filters: By name of a member of `Asked`. sorts: Orders by name; the first one is the usual one.
        heads, row: Columns of the list between state and time, and the template of their cells, given `case`.
        tools: A template beside the title. batch: A template for an act on chosen rows; the page `assign` takes it.
        names: By name of a filter, what returns a value of it in words.
        has_ledger: Whether it has a ledger with names (`named_ledger`).
        subject: Names of the sealed blanks that the list shows on request.
        more_pages: Adds the page of one submission and its steps; None: the common ones.
        additions: By the name of its kind, what takes in what citizens add to submissions of this one.
        catch_up: Lets take effect what was added before its submission arrived.
        collected: Notes that an answer was collected with number and query code.
    """

    kind: SubmissionKind
    path: str
    title: Words
    register: Register
    states: Mapping[str, DeskState]
    heads: tuple[Words, ...]
    row: str
    lights: Mapping[str, DeskState] = field(default_factory=dict)
    filters: Mapping[str, DeskFilter] = field(default_factory=dict)
    sorts: Mapping[str, Words] = field(default_factory=dict)
    tools: str = ""
    batch: str = ""
    names: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    has_ledger: bool = False
    subject: tuple[str, ...] = ()
    more_pages: MorePages | None = None
    additions: Mapping[str, TakeIn] = field(default_factory=dict)
    catch_up: Callable[[str, Work], None] | None = None
    collected: Callable[[str, Work], None] | None = None


def registers(handlings: Iterable[Handling]) -> dict[str, Register]:
    """Return the register of each kind, by the kind's name."""
    return {each.kind.name: each.register for each in handlings}


def said(kind: str, organ_code: str, work: Work, due: Deadline | None = None) -> dict[str, Any]:
    """
    Return the detail of a state for the tracking page; nothing personal, nobody's name.

    Args:
        kind: Its name.
    """
    deadline = due.as_dict() if due else {}
    return {"kind": kind, "organ": organ_code, "organ_name": work.organ_name(organ_code), **deadline}
