"""Forms of the hub's desk about an entry."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, StringField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from kiosk.catalogue.publishing.lifecycle import ENDINGS
from kiosk.catalogue.records.rules import DISCLOSURE, GROUNDS
from kiosk.catalogue.records.schema import day_of, read_day
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l


def _as_day(typed: str | None) -> str:
    return day_of((typed or "").strip())


def _is_a_day(_form: FlaskForm, field: Field) -> None:
    if field.data and read_day(field.data) is None:
        raise ValidationError(_("日期不对，应为 年-月-日。"))


class _DeskForm(FlaskForm):
    class Meta:
        locales = False


class NoteForm(_DeskForm):
    """The reason why an entry is sent back or a document withdrawn; its author reads this."""

    note = StringField(_l("理由"), validators=[DataRequired(_l("请写明理由。")), Length(max=500)])


class SettledForm(_DeskForm):
    """How feedback was settled, for later readers."""

    note = StringField(_l("怎么处理的"), validators=[DataRequired(_l("请写明怎么处理的。")), Length(max=200)])


class ApprovalForm(_DeskForm):
    """The terms of an approval: attribute, ground for withholding, day."""

    attribute = RadioField(
        _l("公开属性"), validators=[DataRequired(_l("请选定公开属性，没有公开属性不能发布。"))]
    )
    ground = RadioField(_l("不予公开的依据"), validate_choice=False)
    publish_on = StringField(_l("哪一天发布"), filters=[_as_day], validators=[Optional(), _is_a_day])

    def __init__(self, *, today: date, **given: Any) -> None:
        super().__init__(**given)
        self.today = today
        self.attribute.choices = [(key, _(words)) for key, words in DISCLOSURE.items()]
        self.ground.choices = [(key, _(words)) for key, words in GROUNDS.items()]

    def validate_ground(self, field: Field) -> None:
        """Refuse a withheld entry without a ground (Regulation art. 14 to 16)."""
        if self.attribute.data == "withheld" and field.data not in GROUNDS:
            raise ValidationError(_("不予公开要写明法律依据。"))

    def validate_publish_on(self, field: Field) -> None:
        """Refuse a planned day that is not in the future, or for an entry that does not become public."""
        day = read_day(field.data) if field.data else None
        if day is None:
            return
        if self.attribute.data != "proactive":
            raise ValidationError(_("只有主动公开的内容可以定时发布。"))
        if day < self.today:
            raise ValidationError(_("定时发布的日期已经过去。"))


class EndingForm(_DeskForm):
    """How, when and why a document ends, and its replacement."""

    how = RadioField(_l("怎样变化"), validators=[DataRequired(_l("请选择怎样变化。"))])
    on = StringField(
        _l("从哪一天起"), filters=[_as_day], validators=[DataRequired(_l("请填写日期。")), _is_a_day]
    )
    reason = StringField(_l("理由"), validators=[DataRequired(_l("请写明理由。")), Length(max=1000)])
    successor = StringField(_l("代替它的文件"), validators=[Optional(), Length(max=500)])
    no_successor = BooleanField(_l("没有文件代替它"))

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.how.choices = [(key, _(words)) for key, words in ENDINGS.items()]

    def validate_no_successor(self, field: Field) -> None:
        """Refuse neither or both of a successor and the statement that there is none."""
        named = bool((self.successor.data or "").strip())
        if named == bool(field.data):
            raise ValidationError(
                _("已经写了代替它的文件，就不要再选“没有”。")
                if named
                else _("请写代替它的文件，或者选“没有文件代替它”。")
            )
