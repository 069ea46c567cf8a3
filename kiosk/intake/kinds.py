"""
A kind of submission is one row: its questions, the dates promised at handing in, its slip, its words of
tracking. The hub's half of the row is in `handling.py`; a terminal does not load that.

The wiring puts the rows together; nothing else lists kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kiosk.intake.promises import Entrance, PromisedTerms, Receipt
from kiosk.intake.questions import Question, Words
from kiosk.web.language.wording import lazy_gettext as _l
from printers.paper.document import Slip

MorePages = Callable[[Any, "SubmissionKind"], None]
"""Adds pages to the blueprint of a kind."""

SUBMITTED, ARRIVED = "submitted", "arrived"
"""The two names of the first state: before and after it has reached the hub."""


@dataclass(frozen=True)
class StateWords:
    """A state on the tracking page: a tag, a sentence on the screen, a few words on the slip."""

    tag: Words
    sentence: Words
    brief: Words
    is_good: bool


UNKNOWN = StateWords(_l("办理中"), "", _l("办理中"), is_good=False)
"""For a state without words in this version."""


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
        pages: Templates of its own, instead of the common ones: "start", "check", "receipt".
        more_pages: Adds pages that only this kind has.
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

    def page(self, name: str) -> str:
        """Return the template of one of its pages."""
        return self.pages.get(name, f"intake/{name}.html")

    def question(self, name: str) -> Question:
        """Return the question with this name."""
        return next(question for question in self.questions if question.name == name)

    def brief(self, name: str, value: str) -> str:
        """Return an answer in the words of paper and desk, by the name of its blank."""
        blanks = (blank for question in self.questions for blank in question.blanks if blank.name == name)
        return next((blank.brief(value) for blank in blanks), value)

    def state_words(self, state: str, *, has_arrived: bool) -> StateWords:
        """Return a state in words."""
        return self.states.get(ARRIVED if state == SUBMITTED and has_arrived else state, UNKNOWN)
