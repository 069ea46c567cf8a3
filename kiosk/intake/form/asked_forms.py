"""The form of a page made from its blanks: fields, what they accept, the choices that are offered now."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from wtforms import Field, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice

from kiosk.intake.form.blanks import Asking, Blank, Check, Option, Words
from kiosk.web.forms import QuestionForm
from kiosk.web.language.wording import gettext as _


def _words_of(option: Option) -> Words:
    return option.words


def filled(
    blanks: tuple[Blank, ...], asking: Asking, words: Callable[[Option], Words] = _words_of, **how: Any
) -> QuestionForm:
    """Return the form of these blanks, filled with the request, else with the answers so far."""
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
