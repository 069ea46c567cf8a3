"""
A question of a form is one row: its text, how it is written on a kiosk, where its answers go, its words everywhere.

The form on the page, what is sealed and every list of answers derive from the rows; nothing else lists questions.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from wtforms import Field, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice

from kiosk.intake.organs import Organ
from kiosk.web.forms import QuestionForm
from kiosk.web.language.wording import LazyText
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

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


def _words_of(option: Option) -> Words:
    return option.words


Options = Sequence[Option] | Callable[[Asking], Sequence[Option]]


def always(_answers: Mapping[str, str]) -> bool:
    """Return True: the blank is for everybody."""
    return True


def never(_answers: Mapping[str, str]) -> bool:
    """Return False: for nobody."""
    return False


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

    def label(self, answers: Answers) -> str:
        """Return the question in a word or two."""
        return str(self.short or self.asked(answers)[0].short)

    def in_words(self, asking: Asking, sight: Sight) -> str:
        """Return its answers in one line, as `sight` may see them."""
        blanks = sorted(self.asked(asking.answers), key=lambda blank: not blank.names)
        shown = (getattr(blank.masks, sight)(blank.in_words(asking.answers, asking)) for blank in blanks)
        return self.joint.join(words for words in shown if words)

    def form(self, asking: Asking) -> QuestionForm:
        """Return the form of the page, filled with the request, else with the answers so far."""
        return _filled(self.asked(asking.answers), asking)

    def holds(self, asking: Asking) -> bool:
        """Return whether its answers are still valid after another one changed."""
        form = _filled(self.asked(asking.answers), asking, formdata=None, meta={"csrf": False})
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
        for blank in question.asked(asking.answers)
    )
    return _filled(blanks, asking, words=lambda one: one.brief or one.listed or one.words)


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


def _filled(
    blanks: tuple[Blank, ...], asking: Asking, words: Callable[[Option], Words] = _words_of, **how: Any
) -> QuestionForm:
    form = _form_of(blanks)(data=asking.answers, **how)
    form.asking = asking
    for blank in blanks:
        if blank.is_choice:
            offered = blank.offered(asking, form[blank.name].data or "")
            form[blank.name].choices = [SelectChoice(one.value, words(one)) for one in offered]
            form[blank.name].hints = {one.value: one.hint for one in offered if one.hint}
            form[blank.name].closed = {one.value for one in offered if one.is_closed}
    return form


@cache
def _form_of(blanks: tuple[Blank, ...]) -> type[Any]:
    return type("AskedForm", (QuestionForm,), {blank.name: _field(blank) for blank in blanks})


def _field(blank: Blank) -> Any:
    if blank.is_choice:
        checks = [_one_of_the_choices(blank.needed), *blank.checks]
        return RadioField(blank.label, validators=checks, validate_choice=False, default=blank.default)
    needed = [_needed(blank.needed)] if blank.needed else []
    kind = TextAreaField if blank.rows else StringField
    return kind(
        blank.label,
        filters=[_stripped],
        validators=[*needed, _at_most(blank.limit), *blank.checks],
        render_kw=dict(blank.writing),
    )


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _needed(sentence: Words) -> Check:
    def check(form: Any, field: Field) -> None:
        if not field.data:
            raise ValidationError(str(sentence))

    return check


def _at_most(limit: int) -> Check:
    def check(form: Any, field: Field) -> None:
        if len(field.data or "") > limit:
            raise ValidationError(
                _("最多%(limit)s个字，现在有%(count)s个字。", limit=limit, count=len(field.data))
            )

    return check


def _one_of_the_choices(sentence: Words) -> Check:
    def check(form: Any, field: Field) -> None:
        known = {choice.value for choice in field.choices}
        if field.data not in known - getattr(field, "closed", set()):
            raise ValidationError(str(sentence))

    return check


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
