"""Forms of the desk of accounts and terminals."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField, SelectChoice, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from kiosk.staff import rules, terminals
from kiosk.web.forms import TicksField
from kiosk.web.language.wording import lazy_gettext as _l


class SignInForm(FlaskForm):
    """Name and password; an error never says which of them is wrong."""

    name = StringField(_l("账号"), validators=[InputRequired(_l("请填写账号。")), Length(max=100)])
    password = PasswordField(
        _l("密码"),
        validators=[InputRequired(_l("请填写密码。")), Length(max=rules.PASSWORD_MOST)],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(FlaskForm):
    """A code of the second factor, or a recovery code."""

    code = StringField(_l("验证码"), validators=[InputRequired(_l("请填写验证码。")), Length(max=40)])


class AccountForm(FlaskForm):
    """The account that an act concerns."""

    name = StringField(validators=[InputRequired(), Length(max=32)])


class PasswordForm(FlaskForm):
    """A change of one's own password, with the old one."""

    old = PasswordField(
        _l("现在的密码"),
        validators=[InputRequired(_l("请填写现在的密码。")), Length(max=rules.PASSWORD_MOST)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("新密码"),
        validators=[InputRequired(_l("请填写新密码。"))],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("新密码，再输一遍"),
        validators=[EqualTo("new", message=_l("两次输的不一样，请都重新输。"))],
        render_kw={"autocomplete": "new-password"},
    )


class DeviceForm(FlaskForm):
    """Name and location of a terminal, new or moved."""

    name = StringField(
        _l("终端名称"),
        validators=[
            InputRequired(_l("请填写终端名称，比如：政务大厅1号机。")),
            Length(max=60, message=_l("名称最多60个字。")),
            Regexp(r"^[^\x00-\x1f\x7f]+$", message=_l("名称里有看不见的符号，请重新填写。")),
        ],
    )

    channel = RadioField(
        _l("做什么用"),
        choices=[
            SelectChoice(terminals.KIOSK, _l("一体机，放在大厅或者村里")),
            SelectChoice(terminals.WEB, _l("网站和手机页面")),
        ],
        validators=[InputRequired(_l("请选做什么用。"))],
    )
    townships = TicksField(_l("放在哪个乡镇（街道）"))


class DeviceActForm(FlaskForm):
    """The enrolled terminal that an act concerns."""

    device = StringField(validators=[InputRequired(), Length(max=64)])
