"""Forms of letters: the facts of a kind as fields, the text; service; the organ's head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from kiosk.disclosure.desk.letters.letter_words import STYLES, WAYS
from kiosk.disclosure.letters.drafting import DraftWords
from kiosk.disclosure.letters.kinds import KINDS, KindRow, LetterFact, Shape, To
from kiosk.disclosure.letters.page.letter_text import LONGEST_TEXT
from kiosk.web.desk_acts import TypedField
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import lazy_gettext as _l

LONGEST_LINE = 300
LONGEST_FACT = 20_000
FACT, WORD = "fact_", "word_"
"""Begin of the names of fields that are facts, and of those that are words in numbers."""


class LetterForm(FlaskForm):
    """What every letter asks for."""

    addressee = StringField(_l("收件人全称"), validators=[Length(max=LONGEST_LINE)])
    copies = StringField(_l("抄送（没有就不填）"), validators=[Length(max=LONGEST_LINE)])
    body = TextAreaField(_l("正文"), validators=[Length(max=LONGEST_TEXT)])

    @property
    def facts(self) -> list[Any]:
        """Return the fields of the facts, in the order of their kind."""
        return [each for each in self if each.name.startswith(FACT)]


@cache
def form_of(name: str) -> type[LetterForm]:
    """Return the form of a kind of letter."""
    fields = {FACT + fact.name: _field(fact) for fact in KINDS[name].facts}
    return type("LetterFormOf" + name, (LetterForm,), fields)


def _field(fact: LetterFact) -> Any:
    label = _l(fact.label)
    if fact.shape is Shape.DATE:
        return DateField(label, validators=[Optional()])
    if fact.shape is Shape.CHOICE:
        return RadioField(
            label, choices=[SelectChoice(each, each) for each in fact.choices], validators=[Optional()]
        )
    if fact.shape is Shape.LINE:
        return StringField(label, validators=[Length(max=LONGEST_LINE)])
    return TextAreaField(label, validators=[Length(max=LONGEST_FACT)])


def filled(row: KindRow, words: DraftWords) -> LetterForm:
    """Return the form of a kind with what a draft says."""
    data: dict[str, Any] = {"addressee": words.addressee, "copies": words.copies, "body": words.body}
    for fact in row.facts:
        value = words.facts.get(fact.name, "")
        is_day = fact.shape is Shape.DATE
        data[FACT + fact.name] = (date.fromisoformat(value) if value else None) if is_day else value
    return form_of(row.name)(formdata=None, data=data)


def words_of(row: KindRow, form: LetterForm) -> DraftWords:
    """Return what a form says."""
    facts = {}
    for fact in row.facts:
        value = form[FACT + fact.name].data
        facts[fact.name] = value.isoformat() if fact.shape is Shape.DATE and value else str(value or "")
    addressee = "" if row.to is To.FILE else (form.addressee.data or "").strip()
    return DraftWords(addressee, facts, form.body.data or "", (form.copies.data or "").strip())


def typed_fields() -> Mapping[str, TypedField]:
    """Return the labels of what a person types for any letter, for pages that show it again."""
    facts = {FACT + fact.name: TypedField(fact.label) for row in KINDS.values() for fact in row.facts}
    own = {
        "addressee": TypedField(N_("收件人全称")),
        "copies": TypedField(N_("抄送（没有就不填）")),
        "body": TypedField(N_("正文")),
    }
    return {**own, **facts}


class LetterServiceForm(FlaskForm):
    """How a letter was served."""

    way = RadioField(
        _l("送达方式"),
        choices=[SelectChoice(way.value, _l(words)) for way, words in WAYS.items()],
        validators=[InputRequired(_l("请选一种。"))],
    )
    on = DateField(
        _l("签收日期；邮寄的填交邮日期，电子邮件填发出日期"), validators=[InputRequired(_l("请选一个日期。"))]
    )
    proof = StringField(_l("邮件号码，或者签收人的身份（不写姓名）"), validators=[Length(max=LONGEST_LINE)])


class DeliveredForm(FlaskForm):
    """When a posted letter was signed for."""

    on = DateField(_l("签收日期"), validators=[InputRequired(_l("请选一个日期。"))])


class HeadForm(FlaskForm):
    """What the letters of an organ say of it."""

    sign = StringField(_l("机关代字，比如“某政办公开”"), validators=[Length(max=20)])
    contact = TextAreaField(
        _l("联系方式：单位、电话、地址，印在每份文书末尾"), validators=[Length(max=LONGEST_LINE)]
    )
    style = RadioField(
        _l("版头"), choices=[SelectChoice(style.value, _l(words)) for style, words in STYLES.items()]
    )
    needs_approval = BooleanField(_l("签发前要另一位审核"))
    review_organ = StringField(_l("行政复议机关"), validators=[Length(max=LONGEST_LINE)])
    review_address = StringField(_l("复议机关收件地址"), validators=[Length(max=LONGEST_LINE)])
    review_online = StringField(_l("网上提交复议申请的渠道"), validators=[Length(max=LONGEST_LINE)])
    court = StringField(_l("管辖法院"), validators=[Length(max=LONGEST_LINE)])
    court_address = StringField(_l("法院地址"), validators=[Length(max=LONGEST_LINE)])


def words_by_kind() -> Mapping[str, Sequence[KindRow]]:
    """Return the words in numbers as shipped, each with the kinds of letters that have it."""
    found: dict[str, list[KindRow]] = {}
    for row in KINDS.values():
        if row.word:
            found.setdefault(row.word, []).append(row)
    return found


@cache
def head_form() -> type[HeadForm]:
    """Return the form of a head with a field for each word in numbers."""
    fields = {
        WORD + rows[0].name: StringField(_l("“%(word)s”") % {"word": word}, validators=[Length(max=6)])
        for word, rows in words_by_kind().items()
    }
    return type("HeadFormWithWords", (HeadForm,), fields)


class ConfirmForm(FlaskForm):
    """Who confirmed the remedies, and when."""

    by_whom = StringField(_l("司法局确认人"), validators=[InputRequired(_l("请填写。")), Length(max=60)])
    on = DateField(_l("确认日期"), validators=[InputRequired(_l("请选一个日期。"))])
