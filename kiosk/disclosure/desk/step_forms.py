"""The forms of the steps of a case: what a clerk says of each, one page a step."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, DecimalField, IntegerField, RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from kiosk.disclosure.clocks import EXTENSION_WORKDAYS
from kiosk.disclosure.events import OpinionAnswer, OpinionKind, ReviewKind, ReviewResult, ServiceWay
from kiosk.disclosure.outcomes import ANSWERS, OUTCOMES, Outcome
from kiosk.disclosure.rules import ReceivedBasis
from kiosk.web.language.wording import LazyText
from kiosk.web.language.wording import lazy_gettext as _l

_DAY = _l("请选一个日期。")
_CHOICE = _l("请选一项。")
_TEXT = _l("请填写。")
SHORT, LONG = 60, 200
"""Characters of a name, and of a reason."""
BASES = {
    ReceivedBasis.CONFIRMED: _l("互联网渠道、传真、电子邮件：双方确认之日"),
    ReceivedBasis.SIGNED: _l("邮寄、需要签收：签收之日"),
    ReceivedBasis.ORDINARY: _l("平常信函：与申请人确认之日"),
    ReceivedBasis.IN_PERSON: _l("当面提交：提交之日"),
}
"""The bases of a day of receipt, as art. 31 names them."""
KINDS = {
    OpinionKind.THIRD_PARTY: _l("第三方（条例第三十二条）：逾期不答复，由机关决定"),
    OpinionKind.CO_MAKER: _l("共同制作的机关（第三十四条）：逾期不答复，视为同意公开"),
    OpinionKind.OTHER_ORGAN: _l("其他机关（第三十三条第三款）"),
}
OPINIONS = {
    OpinionAnswer.AGREES: _l("同意公开"),
    OpinionAnswer.PARTLY: _l("部分同意"),
    OpinionAnswer.OBJECTS: _l("不同意公开"),
}
WAYS = {
    ServiceWay.DIRECT: _l("直接送达"),
    ServiceWay.ENTRUSTED: _l("委托其他机关送达"),
    ServiceWay.POST: _l("邮寄送达"),
    ServiceWay.EMAIL: _l("按申请人要求发电子邮件"),
    ServiceWay.CODE: _l("申请人凭编号和查询码领取"),
}
BY_HAND = {way: words for way, words in WAYS.items() if way is not ServiceWay.CODE}
"""What a clerk notes; an answer to be collected with a code is served by its letter, which is sealed for that."""
WAY_HINTS = {
    ServiceWay.DIRECT: _l("申请人或者法定代理人签收之日"),
    ServiceWay.ENTRUSTED: _l("签收之日"),
    ServiceWay.POST: _l("交邮之日；只能通过邮政企业，不得收件人付费"),
    ServiceWay.EMAIL: _l("发出之日，凭证里记下到达情况"),
}
"""The day that counts for each way of service (国办公开办函〔2016〕235号), and what it needs."""
REVIEWS = {
    ReviewKind.REVIEW: _l("行政复议"),
    ReviewKind.SUIT: _l("行政诉讼，未经复议直接起诉"),
    ReviewKind.SUIT_AFTER_REVIEW: _l("行政诉讼，复议后起诉"),
}
RESULTS = {
    ReviewResult.UPHELD: _l("结果维持"),
    ReviewResult.CORRECTED: _l("结果纠正"),
    ReviewResult.OTHER: _l("其他结果"),
}


def _choices(words: Mapping[Any, LazyText]) -> list[SelectChoice]:
    return [SelectChoice(str(each), said) for each, said in words.items()]


class StepForm(FlaskForm):
    """A step that needs nothing but its day."""

    on = DateField(_l("日期"), validators=[InputRequired(_DAY)])


class ReceiptForm(StepForm):
    """The day of receipt and its basis (art. 31)."""

    basis = RadioField(_l("按哪一种"), choices=_choices(BASES), validators=[InputRequired(_CHOICE)])


class ReceiptCorrectionForm(ReceiptForm):
    """Another day of receipt, with the reason for it."""

    reason = StringField(_l("为什么更正"), validators=[DataRequired(_TEXT), Length(max=LONG)])


class UntilForm(StepForm):
    """A notice with a last day."""

    until = DateField(_l("请申请人在哪一天以前"), validators=[InputRequired(_DAY)])


class CorrectedForm(StepForm):
    """A corrected request."""

    excused = BooleanField(_l("超过了期限，但有正当理由"))


class ExtensionForm(StepForm):
    """An extension of the answer."""

    workdays = IntegerField(
        _l("延长多少个工作日"),
        validators=[
            InputRequired(_TEXT),
            NumberRange(1, EXTENSION_WORKDAYS, _l("延长最多20个工作日（条例第三十三条第二款）。")),
        ],
        default=EXTENSION_WORKDAYS,
    )
    approved_by = StringField(
        _l("哪位政府信息公开工作机构负责人同意的"), validators=[DataRequired(_TEXT), Length(max=SHORT)]
    )
    reason = StringField(_l("延长的理由"), validators=[DataRequired(_TEXT), Length(max=LONG)])


class OpinionForm(StepForm):
    """A letter for an opinion."""

    kind = RadioField(_l("征求谁的意见"), choices=_choices(KINDS), validators=[InputRequired(_CHOICE)])
    organ = StringField(_l("机关名称"), validators=[Length(max=SHORT)])


class PartyForm(StepForm):
    """A fact of one of the parties that were asked."""

    party = RadioField(_l("哪一份征求意见书"), coerce=int, validators=[InputRequired(_CHOICE)])


class OpinionAnswerForm(PartyForm):
    """An opinion that came in."""

    answer = RadioField(_l("意见"), choices=_choices(OPINIONS), validators=[InputRequired(_CHOICE)])


class DelayForm(UntilForm):
    """A reasonable later day (art. 35)."""

    approved_by = StringField(
        _l("哪位政府信息公开工作机构负责人同意的"), validators=[DataRequired(_TEXT), Length(max=SHORT)]
    )


class FeeForm(StepForm):
    """A notice of a fee."""

    amount = DecimalField(
        _l("金额（元）"),
        places=2,
        validators=[InputRequired(_TEXT), NumberRange(Decimal("0.01"), 1_000_000, _l("金额要大于零。"))],
    )


class OutcomeForm(StepForm):
    """The answer."""

    outcome = RadioField(
        _l("答复的类型"),
        choices=_choices({each: OUTCOMES[each].words for each in ANSWERS}),
        validators=[InputRequired(_CHOICE)],
    )
    on_the_spot = BooleanField(_l("当场答复（条例第三十三条第一款）"))


class ServiceForm(StepForm):
    """How the answer was served."""

    way = RadioField(_l("怎样送达的"), choices=_choices(BY_HAND), validators=[InputRequired(_CHOICE)])
    proof = StringField(_l("凭证：挂号邮件号码，或者签收人与申请人的关系"), validators=[Length(max=LONG)])


class WithdrawalForm(StepForm):
    """A request that its applicant withdrew."""

    way = StringField(_l("以什么方式撤回"), validators=[DataRequired(_TEXT), Length(max=SHORT)])


class ReviewForm(StepForm):
    """A review or a suit."""

    kind = RadioField(_l("哪一种"), choices=_choices(REVIEWS), validators=[InputRequired(_CHOICE)])
    organ = StringField(_l("复议机关或者法院"), validators=[DataRequired(_TEXT), Length(max=SHORT)])
    file = StringField(_l("案号"), validators=[DataRequired(_TEXT), Length(max=SHORT)])


class ReviewResultForm(StepForm):
    """The result of a review or a suit."""

    file = RadioField(_l("哪一件"), validators=[InputRequired(_CHOICE)])
    result = RadioField(_l("结果"), choices=_choices(RESULTS), validators=[InputRequired(_CHOICE)])
    answer_again = BooleanField(_l("要求本机关重新答复（撤销答复，或者认定没有答复、责令答复）"))
    until = DateField(_l("决定或者判决要求在哪一天以前重新答复"), validators=[Optional()])


def hints() -> dict[str, Any]:
    """Return what is said beside a field, or beside each of its choices, by the field's name."""
    return {
        "outcome": {each.value: f"{OUTCOMES[each].hint}{_articles(each)}" for each in ANSWERS},
        "way": {each.value: words for each, words in WAY_HINTS.items()},
        "organ": _l("征求机关的意见才填。第三方是谁写在征求意见书里，这里不填。"),
        "proof": _l("不写签收人的姓名和住址。"),
        "review-decided-until": _l("没有写明日期的不填：从收到那天起重新计算20个工作日（条例第三十三条）。"),
    }


def _articles(outcome: Outcome) -> str:
    numbers = "、".join(OUTCOMES[outcome].articles)
    return str(_l("（条例第%(numbers)s条）") % {"numbers": numbers}) if numbers else ""
