"""
A kind of submission is one row: its questions, the dates promised at handing in, its slip, its words of
tracking. The hub's half of the row is in `handling.py`; a terminal does not load that.

The wiring puts the rows together; nothing else lists kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from kiosk.intake.form.blanks import Answers, Words
from kiosk.intake.promises import Entrance, PromisedTerms, Receipt
from kiosk.intake.questions import Question, walked
from kiosk.web.language.wording import lazy_gettext as _l
from kiosk.workdays import WorkCalendar
from printers.paper.document import Slip

MorePages = Callable[[Any, "SubmissionKind"], None]
"""Adds pages to the blueprint of a kind."""
Reserve = Callable[[Question, Answers, str], Answers]
"""Takes what one answer asks for until the form is handed in: the question, all answers, the key of the form."""


def _nothing(_answers: Mapping[str, str]) -> dict[str, str]:
    return {}


def _submitted(_answers: Mapping[str, str]) -> str:
    return SUBMITTED


SUBMITTED, ARRIVED = "submitted", "arrived"
"""The two names of the first state that each kind has words for: before and after it has reached the hub."""


class Delivery(StrEnum):
    """What this machine knows of a submission's way to the hub."""

    WAITING = "waiting"
    """Not sent yet."""
    SENDING = "sending"
    """Sent, and no answer was heard: the hub may have it."""
    ARRIVED = ARRIVED
    HELD = "held"
    """The hub has it and holds it until a person there lets it in."""
    REFUSED = "refused"
    """The hub refuses it; it is here, and nothing more happens without a person."""


@dataclass(frozen=True)
class StateWords:
    """A state on the tracking page: a tag, a sentence on the screen, a few words on the slip."""

    tag: Words
    sentence: Words
    brief: Words
    is_good: bool


@dataclass(frozen=True)
class DatedStep:
    """
    One step of a submission's way, as tracking shows it.

    words: What happened. why: What it means, with its article; empty: nothing to add. on: Its day.
    """

    words: str
    on: date
    why: str = ""


@dataclass(frozen=True)
class NextStep:
    """
    What happens next.

    words: Who does what. by: Until when, with its doubt, in words; empty: no day is known. why: How the day is made.
    waits_for_citizen: The next move is the citizen's.
    """

    words: str
    by: str = ""
    why: str = ""
    waits_for_citizen: bool = False


@dataclass(frozen=True)
class OpenWay:
    """One thing that a citizen can do about a submission: its words, the endpoint of its page, an icon."""

    words: str
    endpoint: str
    icon: str
    is_main: bool = False


@dataclass(frozen=True)
class CountLine:
    """A line of a deadline's working: the days, how they count, what happened; kind: for its look."""

    days: str
    words: str
    happened: str
    kind: str


@dataclass(frozen=True)
class TrackedCourse:
    """
    The way of one submission: dated steps, oldest first, what happens next, what the citizen can do.

    working: why the last day is that one: each clock, why it begins, and its days. note: What may still change the
    days; empty: nothing to add.
    """

    steps: Sequence[DatedStep] = ()
    next: NextStep | None = None
    ways: Sequence[OpenWay] = ()
    working: Sequence[tuple[str, Sequence[CountLine]]] = ()
    note: str = ""


UNKNOWN = StateWords(_l("办理中"), "", _l("办理中"), is_good=False)
"""For a state without words in this version."""
ON_ITS_WAY = {
    Delivery.SENDING: StateWords(
        _l("已提交"), _l("正在送到县里，送到了这里会写明。"), _l("正在送到县里"), is_good=False
    ),
    Delivery.HELD: StateWords(
        _l("已提交"),
        _l("已经送到县里，县里正在人工核对，核对好才开始办。"),
        _l("已到县里，正在人工核对"),
        is_good=False,
    ),
    Delivery.REFUSED: StateWords(
        _l("已提交"),
        _l("内容好好存在这台机器里，但县里的系统没有收下。请告诉大厅工作人员，或者打办理机关的电话。"),
        _l("县里的系统没有收下，请找工作人员"),
        is_good=False,
    ),
}
"""Words of the first state that are the same for every kind."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SubmissionKind:
    """
    One kind of submission.

    Args:
        name: In the envelope, and of its pages. path: Of its pages, and of an unfinished form in the visit.
        title: Of its pages. counted_as: Its name in counts and lists. send: On the button that hands it in.
        questions: In the order in which they are asked.
        notice: Edition of the privacy notice (PIPL art. 17, 30) on its first page; stored sealed.
        terms: The promised dates for a citizen who hands it in.
        slip: Its receipt.
        states: Words of tracking, by state; SUBMITTED and ARRIVED are needed.
        pages: Templates of its own, instead of the common ones: "start", "check", "receipt", "refused"; "beside" is
            shown above each question and the check.
        more_pages: Adds pages that only this kind has.
        course: Returns the way of a submission by its state, its time and its detail from the hub; None: tracking
            shows the state alone.
        collected: Returns what is known of a submission once its answer was opened here, on a day counted with a
            calendar, until the hub says it.
        rated_by: The kind that carries one tap on how it was handled; None: nobody asks. thanks: What is said after the
            tap, besides that it reaches the organ.
        is_about: It adds to an earlier submission, whose number it names in clear; it is begun from tracking.
        begins: What a form begins with, by the fields that its first page sent.
        known: What a form about a submission need not ask, by what tracking shows of it.
        facts: What follows from the answers and is no blank: in clear for the hub, and kept here for the slip.
        first_state: Its state from handing in, by its facts.
        reserve: Takes what an answer asks for, such as a seat; returns the answers with it. Raises Refused with a code
            of `refusals`, ConnectionError.
        within: Runs in the transaction that stores it, with the answers, its key and its number. Raises Refused: then
            nothing is stored.
        refusals: The sentence of each code with which `reserve` and `within` refuse.
        is_walked: It has pages of questions; otherwise one press on another page hands it in.
    """

    name: str
    path: str
    title: Words
    counted_as: Words
    send: Words
    questions: tuple[Question, ...]
    notice: str
    terms: Callable[[Entrance], PromisedTerms]
    slip: Callable[[Receipt], Slip]
    states: Mapping[str, StateWords]
    pages: Mapping[str, str] = field(default_factory=dict)
    more_pages: MorePages | None = None
    course: Callable[[Any], TrackedCourse] | None = None
    collected: Callable[[Any, date, WorkCalendar], Any] | None = None
    rated_by: SubmissionKind | None = None
    thanks: Words = ""
    is_about: bool = False
    is_walked: bool = True
    begins: Callable[[Mapping[str, str]], Answers] = _nothing
    known: Callable[[Any], Answers] = _nothing
    facts: Callable[[Answers], Mapping[str, str]] = _nothing
    first_state: Callable[[Mapping[str, str]], str] = _submitted
    reserve: Reserve | None = None
    within: Callable[[Answers, str, str], None] | None = None
    refusals: Mapping[str, Words] = field(default_factory=dict)

    def page(self, name: str) -> str:
        """Return the template of one of its pages."""
        return self.pages.get(name, f"intake/{name}.html")

    @property
    def how_many(self) -> int:
        """Return how many questions somebody answers of whom nothing more is needed."""
        return len(walked(self.questions, {}))

    def question(self, name: str) -> Question:
        """Return the question with this name."""
        return next(question for question in self.questions if question.name == name)

    def brief(self, name: str, value: str) -> str:
        """Return an answer in the words of paper and desk, by the name of its blank."""
        blanks = (blank for question in self.questions for blank in question.blanks if blank.name == name)
        return next((blank.brief(value) for blank in blanks), value)

    def state_words(self, state: str, delivery: Delivery) -> StateWords:
        """Return a state in words; the first one by what is known of the way to the hub."""
        if state == SUBMITTED and delivery is Delivery.ARRIVED:
            return self.states.get(ARRIVED, UNKNOWN)
        if state == SUBMITTED and delivery in ON_ITS_WAY:
            return ON_ITS_WAY[delivery]
        return self.states.get(state, UNKNOWN)
