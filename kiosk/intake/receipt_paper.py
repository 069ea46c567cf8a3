"""The last question of every form: whether to print the receipt; no paper is an equal choice."""

from __future__ import annotations

from enum import StrEnum

from kiosk.intake.form.blanks import Blank, Goes, Option
from kiosk.intake.questions import Question
from kiosk.web.language.wording import lazy_gettext as _l

NAME = "paper"


class ReceiptPaper(StrEnum):
    """The paper that the citizen wants for the receipt."""

    STANDARD = "standard"
    LARGE = "large"
    NONE = "none"


RECEIPT_PAPER = Question(
    name=NAME,
    blanks=(
        Blank(
            name=NAME,
            label=_l("回执怎么给您？"),
            short=_l("回执"),
            goes=Goes.DROPPED,
            needed=_l("请选一种。"),
            options=(
                Option(ReceiptPaper.STANDARD, _l("打印一张")),
                Option(ReceiptPaper.LARGE, _l("打印一张大字的")),
                Option(
                    ReceiptPaper.NONE,
                    _l("不要纸，我自己记下编号和查询码"),
                    hint=_l("编号和查询码会大大地显示在屏幕上。"),
                ),
            ),
        ),
    ),
)
