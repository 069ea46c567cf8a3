"""Forms of the desk for the hall's staff."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from kiosk.hall import accounts, pins
from kiosk.web.forms import TicksField
from kiosk.web.language.wording import lazy_gettext as _l


class WhoForm(FlaskForm):
    """Number and name of a member."""

    number = StringField(
        _l("工号"),
        validators=[
            InputRequired(_l("请填写工号。")),
            Regexp(pins.NUMBER_FORM.pattern + "$", message=_l("工号是2到8位数字，和工作牌上一样。")),
        ],
        filters=[lambda typed: pins.plain_digits(typed) if typed and typed.strip().isdecimal() else typed],
    )
    name = StringField(
        _l("姓名"),
        validators=[
            InputRequired(_l("请填写姓名。")),
            Length(max=20, message=_l("姓名最多20个字。")),
            Regexp(accounts.NAME_FORM.pattern + "$", message=_l("姓名里有看不见的符号，请重新填写。")),
        ],
    )


class PlacesForm(FlaskForm):
    """Terminals at which the PIN works; `places.choices` is set by the view."""

    places = TicksField(
        _l("可以在哪些终端上用"), validators=[InputRequired(_l("请至少选一台终端。"))], validate_choice=False
    )


class PinForm(FlaskForm):
    """The PIN, typed twice by its owner."""

    pin = PasswordField(_l("密码，6到12位数字"), validators=[InputRequired(_l("请输入密码。"))])
    again = PasswordField(
        _l("密码，再输一遍"), validators=[EqualTo("pin", message=_l("两次输的不一样，请都重新输。"))]
    )


class MemberForm(PinForm, PlacesForm, WhoForm):
    """A new account; its fields come in the order in which they were declared above."""


class UnlockForm(FlaskForm):
    """Digits that the caller reads out; `place.choices` is set by the view."""

    place = SelectField(_l("哪一台终端"), validate_choice=False, validators=[InputRequired(_l("请选终端。"))])
    number = StringField(_l("工号"), validators=[InputRequired(_l("请填写工号。")), Length(max=20)])
    challenge = StringField(
        _l("屏幕上的解锁码"), validators=[InputRequired(_l("请填写屏幕上的8位解锁码。")), Length(max=40)]
    )
