"""What is typed at the desk of accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from kiosk.staff import rules


class SignInForm(FlaskForm):
    """Name and password; what is wrong with them is never told apart."""

    name = StringField(_l("账号"), validators=[InputRequired(_l("请填写账号。")), Length(max=100)])
    password = PasswordField(
        _l("密码"), validators=[InputRequired(_l("请填写密码。")), Length(max=rules.PASSWORD_MOST)]
    )


class AccountForm(FlaskForm):
    """The account that an act is about."""

    name = StringField(validators=[InputRequired(), Length(max=32)])


class DeviceForm(FlaskForm):
    """A terminal that is to be enrolled."""

    name = StringField(
        _l("终端名称"),
        validators=[
            InputRequired(_l("请填写终端名称，比如：清泉街道1号机。")),
            Length(max=60, message=_l("名称最多60个字。")),
            Regexp(r"^[^\x00-\x1f\x7f]+$", message=_l("名称里有看不见的符号，请重新填写。")),
        ],
    )


class DeviceActForm(FlaskForm):
    """The enrolled terminal that an act is about."""

    device = StringField(validators=[InputRequired(), Length(max=64)])
