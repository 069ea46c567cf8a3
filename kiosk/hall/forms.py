"""Forms that the hall's staff types at a terminal: number and PIN, and the digits from the telephone."""

from __future__ import annotations

from wtforms import StringField

from kiosk.hall.pin_tries import PinOutcome, Verdict
from kiosk.web.forms import QuestionForm
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l


class StaffForm(QuestionForm):
    """Number and PIN of a named account."""

    number = StringField(_l("工号"))
    pin = StringField(_l("密码"))


class HallPinForm(QuestionForm):
    """The one PIN of a terminal without named accounts."""

    pin = StringField(_l("大厅密码"))


class AnswerForm(QuestionForm):
    """The digits that the hub's staff gives by telephone."""

    answer = StringField(_l("对方念的8位开锁码"))


def staff_sentence(outcome: PinOutcome) -> str:
    """Return the sentence for a number and PIN that were refused."""
    if outcome.wait_s:
        return _("工号或密码不对，或者试得太快，请等%(seconds)s秒再试。", seconds=outcome.wait_s)
    return _("工号或密码不对，请再试一次。")


def hall_sentence(outcome: PinOutcome) -> str:
    """Return the sentence for a terminal's own PIN that was refused."""
    if outcome.verdict is Verdict.CLOSED:
        return _("错的次数太多，这一页已经锁上。请管理员重新设置大厅密码。")
    if outcome.wait_s:
        return _("密码不对或者试得太快，请等%(seconds)s秒再试。", seconds=outcome.wait_s)
    return _("密码不对，请再试一次。")


def answer_sentence(outcome: PinOutcome) -> str:
    """Return the sentence for digits from the telephone that were refused."""
    if outcome.verdict is Verdict.CLOSED:
        return _("开锁码错的次数太多。请县里的管理员给这个工号换一个密码。")
    if outcome.wait_s:
        return _("开锁码不对，或者试得太快，请等%(seconds)s秒再试。", seconds=outcome.wait_s)
    return _("开锁码不对，请对方再念一遍。")
