"""
A question of a form is one row: its text, how it is written on a kiosk, where its answers go, its words everywhere.

The form on the page, what is sealed and every list of answers derive from the rows; nothing else lists questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from kiosk.intake.form.asked_forms import filled
from kiosk.intake.form.blanks import Answers, Asking, Blank, FromCard, Goes, Sight, Words, always, never
from kiosk.web.forms import QuestionForm
from kiosk.web.language.wording import LazyText
from kiosk.web.language.wording import lazy_gettext as _l


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """
    One page of a form.

    Args:
        name: In its address.
        short: Before its answers in the lists of questions; empty: that of its first blank.
        heading, hint: Above its blanks; without a heading the label of the first blank is it.
        joint: Between several answers in one line.
        section: The section of the paper form with its answers; empty: none.
        beside: A template below its blanks.
        optional: Whether it may be left unanswered, by the answers so far; then it is reached from the check alone.
        listed: Whether its answer is in lists, by the answers so far; one that only leads on is not.
    """

    name: str
    blanks: tuple[Blank, ...]
    short: Words = ""
    heading: Words = ""
    hint: Words = ""
    joint: str = "，"
    section: str = ""
    beside: str = ""
    optional: Callable[[Mapping[str, str]], bool] = never
    listed: Callable[[Answers], bool] = always

    @property
    def is_long(self) -> bool:
        """Return whether its answer takes several lines."""
        return any(blank.rows for blank in self.blanks)

    def asked(self, answers: Answers) -> tuple[Blank, ...]:
        """Return the blanks that apply after these answers."""
        return tuple(blank for blank in self.blanks if blank.when(answers))

    def names_first(self, answers: Answers) -> list[Blank]:
        """Return the blanks that apply, each after the one that names it: the kind of a paper before its number."""
        return sorted(self.asked(answers), key=lambda blank: not blank.names)

    def label(self, answers: Answers) -> str:
        """Return the question in a word or two."""
        return str(self.short or self.asked(answers)[0].short)

    def in_words(self, asking: Asking, sight: Sight) -> str:
        """Return its answers in one line, as `sight` may see them."""
        blanks = self.names_first(asking.answers)
        shown = (getattr(blank.masks, sight)(blank.in_words(asking.answers, asking)) for blank in blanks)
        return self.joint.join(words for words in shown if words)

    def form(self, asking: Asking, **how: Any) -> QuestionForm:
        """Return the form of the page, filled with the request (`how`: or as given), else with the answers so far."""
        return filled(self.asked(asking.answers), asking, **how)

    def card_blanks(self, answers: Answers) -> dict[str, FromCard]:
        """Return what of an identity card fills its blanks after these answers, by their names."""
        return {
            blank.name: blank.from_card
            for blank in self.asked(answers)
            if blank.from_card and blank.from_card.when(answers)
        }

    def holds(self, asking: Asking) -> bool:
        """Return whether its answers are still valid after another one changed."""
        form = filled(self.asked(asking.answers), asking, formdata=None, meta={"csrf": False})
        return bool(form.validate())


def desk_form(questions: Sequence[Question], asking: Asking) -> QuestionForm:
    """
    Return all questions as one form in the words of the desk, where a person enters what came in another way.

    Args:
        asking: With the answers of the form itself: which blanks apply depends on them; empty ones are not given yet.
    """
    asking = replace(asking, answers={name: value for name, value in asking.answers.items() if value})
    blanks = tuple(
        _at_desk(blank, _is_named_alike(blank, question))
        for question in questions
        for blank in question.names_first(asking.answers)
    )
    return filled(blanks, asking, words=lambda one: one.brief or one.listed or one.words)


def _is_named_alike(blank: Blank, question: Question) -> bool:
    return any(other.short == blank.short for other in question.blanks if other.name != blank.name)


class LazyPair(LazyText):
    """Two texts as one, each looked up when it is shown."""

    def __init__(self, first: Words, second: LazyText) -> None:
        super().__init__(second.source)
        self._first = first

    def __str__(self) -> str:
        return f"{self._first}{super().__str__()}"

    __html__ = __str__


@cache
def _at_desk(blank: Blank, is_named_alike: bool) -> Blank:
    label = blank.formal or blank.short
    if is_named_alike:
        label = LazyPair(label, _l("种类") if blank.names else _l("号码"))
    return replace(blank, label=label, hint="", needed=_l("请填写。") if blank.needed else "")


def is_done(question: Question, answers: Answers) -> bool:
    """Return whether the question was answered."""
    return f"done:{question.name}" in answers


def first_unanswered(questions: Sequence[Question], answers: Answers) -> Question | None:
    """Return the first unanswered question that has to be answered; they are answered in order."""
    return next((one for one in walked(questions, answers) if not is_done(one, answers)), None)


def walked(questions: Sequence[Question], answers: Answers) -> list[Question]:
    """Return the questions on the way from the first one to the check, after these answers."""
    return [one for one in asked_of(questions, answers) if not one.optional(answers)]


def asked_of(questions: Sequence[Question], answers: Answers) -> list[Question]:
    """Return the questions that have something to ask after these answers."""
    return [question for question in questions if question.asked(answers)]


def answered(
    questions: Sequence[Question], question: Question, form: QuestionForm, asking: Asking
) -> Answers:
    """
    Return the answers with those of one page.

    A changed answer may change later questions: blanks that no longer apply lose their answers, and
    questions with other blanks, or with answers that are no longer valid, are asked again.
    """
    before = asking.answers
    after = {**before, **{blank.name: form[blank.name].data or "" for blank in question.asked(before)}}
    after[f"done:{question.name}"] = "yes"
    for later in questions[questions.index(question) + 1 :]:
        had, has = later.asked(before), later.asked(after)
        for name in {blank.name for blank in had if blank not in has}:
            after.pop(name, None)
        now = replace(asking, answers=after)
        if had != has or (is_done(later, after) and not later.holds(now)):
            after.pop(f"done:{later.name}", None)
    return after


def sealed_part(questions: Sequence[Question], answers: Answers) -> Answers:
    """Return the answers that only the organ may read, without empty ones."""
    sealed = (blank.name for blank in _blanks(questions, answers) if blank.goes is Goes.SEALED)
    return {name: answers[name] for name in sealed if answers.get(name)}


def clear_part(questions: Sequence[Question], answers: Answers) -> Answers:
    """Return the answers that the hub reads without a key, by their names in the envelope."""
    clear = (blank for blank in _blanks(questions, answers) if blank.goes is Goes.CLEAR)
    return {blank.clear_name or blank.name: answers[blank.name] for blank in clear if answers.get(blank.name)}


def kept_part(questions: Sequence[Question], answers: Answers) -> Answers:
    """Return the masked answers for the slip, which this terminal keeps."""
    shown = (blank for blank in _blanks(questions, answers) if blank.slip)
    return {blank.name: blank.masks.slip(answers.get(blank.name, "")) for blank in shown}


def slip_rows(questions: Sequence[Question], kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return label and words of each answer on the slip, from the kept part."""
    blanks = {blank.name: blank for question in questions for blank in question.blanks if blank.slip}
    return [(str(blank.slip), blank.brief(kept[name])) for name, blank in blanks.items() if kept.get(name)]


def rows(
    questions: Sequence[Question], answers: Answers, *, goes: Goes | None = None, formal: bool = False
) -> list[tuple[str, str]]:
    """
    Return label and whole words of each answer.

    Args:
        goes: Only those that go there.
        formal: With the labels of a paper form.
    """
    asked = [blank for blank in _blanks(questions, answers) if goes in (None, blank.goes)]
    labels = {blank.names: blank.brief(answers.get(blank.name, "")) for blank in asked if blank.names}
    return [
        (
            labels.get(blank.name) or str((formal and blank.formal) or blank.short),
            blank.brief(answers[blank.name]),
        )
        for blank in asked
        if not blank.names and answers.get(blank.name)
    ]


def opened(
    questions: Sequence[Question], personal: Mapping[str, Any], envelope: Mapping[str, Any]
) -> Answers:
    """Return the answers of a submission from its sealed part and its envelope."""
    given: Answers = {}
    for blank in (blank for question in questions for blank in question.blanks):
        name = blank.clear_name or blank.name
        value = envelope.get(name) if blank.goes is Goes.CLEAR else personal.get(blank.name)
        if isinstance(value, str):
            given[blank.name] = value
    return given


def _blanks(questions: Sequence[Question], answers: Answers) -> list[Blank]:
    return [blank for question in questions for blank in question.asked(answers)]
