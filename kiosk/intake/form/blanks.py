"""One thing to fill in on a form: its label, its answers to choose from, who sees the answer and where it goes."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from wtforms import Field

from kiosk.intake.organs import Organ
from kiosk.readers.cards.text_block import CardPart
from kiosk.web.language.wording import LazyText

Words = str | LazyText
"""A text, or one that is translated when the page is shown (`lazy_gettext`)."""
Answers = dict[str, str]
"""Answers so far by the names of the blanks, and `done:NAME` of each answered question."""
Check = Callable[[Any, Field], None]
"""Raises ValidationError, or normalises the field's value; the form carries the `asking` it was made for."""
Mask = Callable[[str], str]
Writing = Mapping[str, str]
"""How the panel of a kiosk opens for a blank; without one it opens as the page's usual way."""

BY_HAND: Writing = {"data-writing": "hand"}
"""Names are best written by hand: pinyin rarely finds three characters of a name at once."""
LETTERS_AND_DIGITS: Writing = {"data-writing": "latin"}
PLACES: Writing = {**BY_HAND, "data-writing-words": "places"}
TEXT_LIMIT = 200
"""Characters of a line."""
SHORT = 20
"""Characters of an answer in the assistant's overview."""


def id_pad(choice: str, values: Iterable[str]) -> Writing:
    """Return digits and X in groups 6-8-4 while the blank `choice` of the same page has one of `values`."""
    return {"data-writing": "id", "data-writing-id": f"{choice}:{' '.join(sorted(values))}"}


def nobody(_answers: Mapping[str, str]) -> Mapping[str, str]:
    """Return no proposal."""
    return {}


class Goes(StrEnum):
    """Where an answer goes when the form is handed in; every blank says so."""

    SEALED = "sealed"
    """To the organ only: sealed before it is stored."""
    CLEAR = "clear"
    """Into the envelope, which the hub reads without a key."""
    DROPPED = "dropped"
    """Nowhere: it steers this terminal and is deleted with the form."""


class Sight(StrEnum):
    """Who sees an answer."""

    CHECK = "check"
    """The citizen, before handing in."""
    CONFIRM = "confirm"
    """The citizen with an assistant beside."""
    OVERVIEW = "overview"
    """An assistant."""
    SLIP = "slip"
    """Anybody who finds the paper; also what this terminal keeps."""


def whole(text: str) -> str:
    """Return the whole answer."""
    return text


def beginning(text: str) -> str:
    """Return as much of an answer as an overview has room for."""
    return text[:SHORT]


def hidden(_text: str) -> str:
    """Return a mask that shows nothing of an answer."""
    return ""


@dataclass(frozen=True)
class Masks:
    """How each viewer sees an answer."""

    check: Mask = whole
    confirm: Mask = whole
    overview: Mask = beginning
    slip: Mask = whole


@dataclass(frozen=True)
class Asking:
    """
    The context of a question: the answers so far, the day, the organs that receive submissions.

    takes_files: This place takes photographs or files. proposed: Returns the organs that may be meant, by their codes,
    each with the title of a document that it made like what is asked for, or an empty text.
    """

    answers: Answers
    today: date
    organs: Callable[[], Sequence[Organ]]
    takes_files: bool = False
    proposed: Callable[[Answers], Mapping[str, str]] = nobody


@dataclass(frozen=True)
class Option:
    """
    One answer to choose.

    words: On its question. listed: In the lists before handing in. brief: On paper and at the desk. Each defaults to
    the one before it. hint: Below the words on its question. is_closed: It is shown, but cannot be chosen now.
    """

    value: str
    words: Words
    listed: Words = ""
    brief: Words = ""
    hint: Words = ""
    is_closed: bool = False


Options = Sequence[Option] | Callable[[Asking], Sequence[Option]]


def always(_answers: Mapping[str, str]) -> bool:
    """Return True: the blank is for everybody."""
    return True


def never(_answers: Mapping[str, str]) -> bool:
    """Return False: for nobody."""
    return False


@dataclass(frozen=True)
class FromCard:
    """
    What of an identity card fills a blank where a reader is at hand.

    Args:
        shape: Of the part, how the blank wants it. when: Whom it is offered, by the answers so far.
    """

    part: CardPart
    shape: Callable[[str], str] = whole
    when: Callable[[Answers], bool] = always


@dataclass(frozen=True, kw_only=True, eq=False)
class Blank:
    """
    One thing to fill in.

    Args:
        label: On its question. short: Before its answer in all lists. formal: On a paper form, if it differs.
        slip: Before its answer on the slip; empty: the slip does not show it, and this terminal does not keep it.
        goes: Where its answer goes. clear_name: Its name in the envelope, if it differs.
        needed: The sentence for an empty answer; empty: it may be left out.
        options: The answers to choose from. default: The preselected one. offers: Those of them that are offered here.
        still_holds: The answer that was offered a moment ago, when options change by themselves; None: it does not.
        rows: Lines of a long text; 0: a line. limit: Characters.
        when: Whom it is asked, by the answers so far.
        names: The blank that it names: in lists its answer is shown before that one's, or as its label.
        from_card: What of an identity card fills it; None: it is always typed.
    """

    name: str
    label: Words
    short: Words
    goes: Goes
    clear_name: str = ""
    formal: Words = ""
    slip: Words = ""
    hint: Words = ""
    needed: Words = ""
    options: Options = ()
    default: str | None = None
    offers: Callable[[Asking], Container[str]] | None = None
    still_holds: Callable[[Asking, str], Option | None] | None = None
    rows: int = 0
    limit: int = TEXT_LIMIT
    checks: tuple[Check, ...] = ()
    writing: Writing = field(default_factory=dict)
    inputmode: str = ""
    masks: Masks = Masks()
    when: Callable[[Answers], bool] = always
    names: str = ""
    from_card: FromCard | None = None

    @property
    def is_choice(self) -> bool:
        """Return whether it is answered by choosing."""
        return bool(self.options)

    def offered(self, asking: Asking, chosen: str = "") -> Sequence[Option]:
        """Return the answers to choose from; among them the chosen one while it still holds."""
        known = self.options(asking) if callable(self.options) else self.options
        if chosen and self.still_holds and not _chosen(known, chosen):
            known = [*filter(None, [self.still_holds(asking, chosen)]), *known]
        if self.offers is None:
            return known
        offered = self.offers(asking)
        return [option for option in known if option.value in offered]

    def in_words(self, answers: Answers, asking: Asking) -> str:
        """Return the answer in words, before it is handed in."""
        value = answers.get(self.name, "")
        chosen = _chosen(self.offered(asking, value), value)
        return str(chosen.listed or chosen.words) if chosen else "" if self.is_choice else value

    def brief(self, value: str) -> str:
        """Return the answer in the words of paper and desk; an answer unknown to this version unchanged."""
        chosen = None if callable(self.options) else _chosen(self.options, value)
        return str(chosen.brief or chosen.listed or chosen.words) if chosen else value


def _chosen(options: Sequence[Option], value: str) -> Option | None:
    return next((option for option in options if option.value == value), None)
