"""
Question and answer as the public may read them: written by a clerk, compared with what the citizen wrote.

What identifies is found and shown; what must never be published no confirmation lets through.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from kiosk.identifying import Trace, TraceKind, traces
from kiosk.intake.sealed import OpenedSubmission
from kiosk.web.language import typography
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import lazy_gettext as _l

LONGEST_QUESTION, LONGEST_ANSWER = 500, 20_000
LONG = 60
"""Characters from which an answer of the applicant is a description, not a fact about them."""
TRACES = {
    TraceKind.OWN: N_("申请人自己的信息"),
    TraceKind.ID_NUMBER: N_("身份证号码"),
    TraceKind.CARD: N_("卡号"),
    TraceKind.MOBILE: N_("手机号码"),
    TraceKind.LANDLINE: N_("电话号码"),
    TraceKind.EMAIL: N_("电子邮箱"),
    TraceKind.ACCOUNT: N_("网上账号"),
    TraceKind.PLATE: N_("车牌"),
    TraceKind.ADDRESS: N_("住址"),
    TraceKind.NAME: N_("可能是姓名"),
    TraceKind.VERBATIM: N_("申请人的原话"),
}
STATES = {
    "": N_("没有提交"),
    "waiting": N_("等另一人审核"),
    "refused": N_("审核退回"),
    "approved": N_("已审核"),
    "published": N_("已公开"),
    "withdrawn": N_("已撤下"),
}


class PublicForm(FlaskForm):
    """Question and answer as the public reads them."""

    question = TextAreaField(
        _l("问题（概括，不写人）"),
        validators=[InputRequired(_l("请写问题。")), Length(max=LONGEST_QUESTION, message=_l("太长了。"))],
    )
    answer = TextAreaField(
        _l("答复（概括，不写人）"),
        validators=[InputRequired(_l("请写答复。")), Length(max=LONGEST_ANSWER, message=_l("太长了。"))],
    )


class TakeBackForm(FlaskForm):
    """The reason for taking an answer back."""

    reason = StringField(
        _l("收回的理由"),
        validators=[InputRequired(_l("请写理由。")), Length(max=200, message=_l("太长了。"))],
    )


@dataclass(frozen=True)
class LookedAt:
    """What was found in question and answer; digest: of these very texts, so that a confirmation is of them."""

    question: list[Trace]
    answer: list[Trace]
    digest: str

    @property
    def found(self) -> list[Trace]:
        """Return all of it."""
        return [*self.question, *self.answer]

    @property
    def is_barred(self) -> bool:
        """Return whether something must not be published whatever a clerk confirms."""
        return any(each.is_barred for each in self.found)


def looked_at(
    form: PublicForm, opened: OpenedSubmission, not_about: frozenset[str], quoted: str = ""
) -> LookedAt:
    """
    Return what in question and answer may identify the person who asked.

    Args:
        not_about: Names of sealed answers that say nothing about the person.
        quoted: What they wrote themselves, which is not published word for word.
    """
    about = {
        name: value
        for name, value in opened.personal.items()
        if name not in not_about and isinstance(value, str) and len(value) < LONG
    }
    question, answer = form.question.data, form.answer.data
    return LookedAt(
        traces(question, about, typography.words, quoted),
        traces(answer, about, typography.words, quoted),
        hashlib.sha256(f"{question}\0{answer}".encode()).hexdigest(),
    )


def marked(text: str, found: list[Trace]) -> list[tuple[str, Trace | None]]:
    """Return a text in pieces, those that were found with what they are."""
    pieces: list[tuple[str, Trace | None]] = []
    at = 0
    for each in found:
        if each.start >= at:
            pieces += [(text[at : each.start], None), (each.text, each)]
            at = each.end
    return [*pieces, (text[at:], None)]
