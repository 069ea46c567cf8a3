"""The questions of an inquiry, a row each: topic, organ, the question itself, who asks, whether it may be published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field, ValidationError

from kiosk.consultation.inquiry import rules
from kiosk.consultation.library.consent import consent_question
from kiosk.consultation.supply import things
from kiosk.consultation.supply.things import Topic
from kiosk.intake.form.blanks import BY_HAND, Answers, Asking, Blank, Goes, Masks, Option
from kiosk.intake.questions import Question
from kiosk.intake.receipt_paper import RECEIPT_PAPER
from kiosk.privacy import masked_name, masked_phone
from kiosk.web import context
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

TOPIC, ORGAN, ROUTED = "topic", "organ", "routed"
"""Names of answers: the topic, the organ, and whether the topic alone says which organ answers."""
YES = "yes"


def _topics() -> list[Topic]:
    """Return the county's topics as this terminal has them."""
    return list(things.in_order(context.terminal().supply().topics.values()))


def _topic_options(asking: Asking) -> Sequence[Option]:
    """Return the county's topics; the organs where it has none."""
    known = [
        Option(each.code, each.name, hint="" if each.group in each.name else each.group) for each in _topics()
    ]
    return [*known, Option(rules.OTHER_MATTER, _l("别的事，或者说不准"))] if known else _organ_options(asking)


def _organ_options(asking: Asking) -> Sequence[Option]:
    first, *others = asking.organs()
    unsure = _("不知道，请%(name)s帮我找", name=first.name)
    return [Option(first.code, unsure), *(Option(each.code, each.name) for each in others)]


def _is_not_routed(answers: Mapping[str, str]) -> bool:
    return TOPIC in answers and answers.get(ROUTED) != YES


def routed(question: Question, answers: Answers, asking: Asking) -> Answers:
    """Return the answers with the organ that answers the chosen topic, where the directory has it."""
    if question.name != TOPIC:
        return answers
    kept = {name: value for name, value in answers.items() if name not in (ROUTED, ORGAN)}
    chosen = kept.get(TOPIC, "")
    department = next((each.department for each in _topics() if each.code == chosen), chosen)
    organ = next((each for each in asking.organs() if department in (each.code, each.name)), None)
    return {**kept, ORGAN: organ.code, ROUTED: YES} if organ else kept


def _phone(_form: Any, field: Field) -> None:
    """Refuse a telephone number that cannot be dialled; none at all is right too."""
    field.data = rules.plain_phone(field.data)
    if field.data and not rules.PHONE_FORM.fullmatch(field.data):
        raise ValidationError(_("电话号码只有数字，带区号的也可以。请再对一遍。"))


ASKED = Blank(
    name="asked",
    label=_l("您想问什么？"),
    short=_l("问题"),
    goes=Goes.SEALED,
    hint=_l("用平常话写就行，一次问一件事，答得更快。不用写姓名和证件号码。"),
    needed=_l("请写下您想问的，用平常话写就行。"),
    rows=6,
    limit=rules.ASKED_LIMIT,
)
QUESTIONS = (
    Question(
        name=TOPIC,
        blanks=(
            Blank(
                name=TOPIC,
                label=_l("您想问哪方面的事？"),
                short=_l("哪方面的事"),
                goes=Goes.CLEAR,
                needed=_l("请选一个；说不准就选最后一项。"),
                options=_topic_options,
            ),
        ),
    ),
    Question(
        name=ORGAN,
        blanks=(
            Blank(
                name=ORGAN,
                label=_l("请哪个单位回答您？"),
                short=_l("回答的单位"),
                goes=Goes.CLEAR,
                needed=_l("请选一个单位；不知道就选第一项。"),
                options=_organ_options,
                when=_is_not_routed,
            ),
        ),
    ),
    Question(name="asked", blanks=(ASKED,)),
    Question(
        name="caller",
        heading=_l("要留姓名和电话吗？"),
        hint=_l("不留也照样答复，凭编号和查询码在这里看。留了电话，有不清楚的好问您。"),
        short=_l("联系"),
        blanks=(
            Blank(
                name="name",
                label=_l("怎么称呼您（可以不填）"),
                short=_l("称呼"),
                goes=Goes.SEALED,
                writing=BY_HAND,
                masks=Masks(confirm=masked_name, overview=masked_name),
            ),
            Blank(
                name="phone",
                label=_l("电话（可以不填）"),
                short=_l("电话"),
                goes=Goes.SEALED,
                checks=(_phone,),
                inputmode="tel",
                masks=Masks(confirm=masked_phone, overview=masked_phone),
            ),
        ),
    ),
    consent_question(),
    RECEIPT_PAPER,
)
FURTHER_ASKED = Question(
    name="further",
    blanks=(
        Blank(
            name="asked",
            label=_l("还想接着问什么？"),
            short=_l("追问"),
            goes=Goes.SEALED,
            hint=_l("接着这次的答复问，可以再问一次。"),
            needed=_l("请写下您想接着问的。"),
            rows=5,
            limit=rules.ASKED_LIMIT,
        ),
    ),
)
