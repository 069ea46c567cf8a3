"""The questions of what a citizen adds to a request; a question that the county does not ask has no blanks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Field, ValidationError

from kiosk.disclosure import rules
from kiosk.intake.form.blanks import BY_HAND, LETTERS_AND_DIGITS, Blank, FromCard, Goes, Masks, hidden
from kiosk.intake.handover.answer_seal import LAST_PLACES, IdentityStep, last_places
from kiosk.intake.questions import Question
from kiosk.readers.cards.text_block import CardPart
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l


def _asks_identity(answers: Mapping[str, str]) -> bool:
    return answers.get("identity_step", IdentityStep.NAME) == IdentityStep.NAME


def _last_places(_form: Any, field: Field) -> None:
    """Refuse anything but four places."""
    field.data = rules.plain_number(field.data)
    if len(field.data) != LAST_PLACES or not field.data.isalnum():
        raise ValidationError(_("请填写证件号码的最后四位，最后一位可能是X。"))


IDENTITY = Question(
    name="person",
    heading=_l("您是申请人本人吗？"),
    hint=_l("光有回执还不够：和申请时填的对得上，才算数。"),
    short=_l("申请人"),
    blanks=(
        Blank(
            name="person_name",
            label=_l("姓名或者单位名称"),
            short=_l("姓名"),
            goes=Goes.SEALED,
            needed=_l("请填写姓名，和申请时填的一样。"),
            writing=BY_HAND,
            when=_asks_identity,
            from_card=FromCard(CardPart.NAME),
        ),
        Blank(
            name="person_end",
            label=_l("证件号码最后四位"),
            short=_l("证件尾号"),
            goes=Goes.SEALED,
            needed=_l("请填写证件号码的最后四位。"),
            checks=(_last_places,),
            writing=LETTERS_AND_DIGITS,
            inputmode="text",
            masks=Masks(check=hidden, confirm=hidden, overview=hidden),
            when=_asks_identity,
            from_card=FromCard(CardPart.NUMBER, shape=last_places),
        ),
    ),
)
CORRECTED = Question(
    name="corrected",
    blanks=(
        Blank(
            name="corrected",
            label=_l("请写下要补正的内容"),
            short=_l("补正的内容"),
            goes=Goes.SEALED,
            hint=_l(
                "补正通知里问什么，就写什么。写清楚名称、文号、时间，更好找。要交的照片、材料，核对的时候能附上。"
            ),
            needed=_l("请写下要补正的内容。"),
            rows=5,
            limit=rules.WANTED_LIMIT,
        ),
    ),
)
SUGGESTED = Question(
    name="suggested",
    blanks=(
        Blank(
            name="suggested",
            label=_l("您建议公开的是什么？"),
            short=_l("建议公开的信息"),
            goes=Goes.SEALED,
            hint=_l("比如：这件申请里的答复，大家都用得上。"),
            needed=_l("请写下您建议公开的信息。"),
            rows=4,
            limit=rules.WANTED_LIMIT,
        ),
    ),
)
