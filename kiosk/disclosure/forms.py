"""The questions of a request, one form a page, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wtforms import Field, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice

from kiosk.disclosure import rules
from kiosk.disclosure.rules import ApplicantType, DocumentType, ObtainWay, Paper, SupplyForm
from kiosk.intake.models import Organ
from kiosk.web.forms import QuestionForm
from kiosk.web.wording import gettext as _
from kiosk.web.wording import lazy_gettext as _l

Answers = dict[str, str]
BY_HAND = {"data-writing": "hand"}
"""Names are best written by hand: pinyin rarely finds three characters of a name at once."""
LETTERS_AND_DIGITS = {"data-writing": "latin"}
ID_PAD = {
    "data-writing": "id",
    "data-writing-id": "document:" + " ".join(sorted(kind.value for kind in rules.HAS_ID_CARD_NUMBER)),
}
"""Digits and X in groups 6-8-4 while a document with a resident number is chosen."""
Check = Callable[[Any, Field], None]


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _needed(sentence: Any) -> Check:
    def check(form: Any, field: Field) -> None:
        if not field.data:
            raise ValidationError(str(sentence))

    return check


def _at_most(limit: int) -> Check:
    def check(form: Any, field: Field) -> None:
        if len(field.data or "") > limit:
            raise ValidationError(
                _("最多%(limit)s个字，现在有%(count)s个字。", limit=limit, count=len(field.data))
            )

    return check


def _one_of_the_choices(sentence: Any) -> Check:
    def check(form: Any, field: Field) -> None:
        if all(choice.value != field.data for choice in field.choices):
            raise ValidationError(str(sentence))

    return check


def _text(label: Any, *checks: Check, writing: dict[str, str] | None = None) -> StringField:
    """`writing`: how the panel of a kiosk opens for this field."""
    return StringField(
        label, validators=[*checks, _at_most(rules.TEXT_LIMIT)], filters=[_stripped], render_kw=writing
    )


def _choice(
    label: Any, choices: list[tuple[str, Any]], sentence: Any, *, default: str | None = None
) -> RadioField:
    offered = [SelectChoice(value, words) for value, words in choices]
    checks = [_one_of_the_choices(sentence)]
    return RadioField(label, choices=offered, validators=checks, validate_choice=False, default=default)


class WhatForm(QuestionForm):
    """Art. 29(2): name, document number or another description."""

    wanted = TextAreaField(
        _l("您想要什么信息？"),
        filters=[_stripped],
        validators=[_needed(_l("请写下您想要的信息，用平常话写就行。")), _at_most(rules.WANTED_LIMIT)],
    )


class OrganForm(QuestionForm):
    """Art. 27: to whom the request goes; choices come from the catalogue's organ directory."""

    organ = _choice(_l("请哪个单位答复您？"), [], _l("请选一个单位；不知道就选第一项。"))


class SupplyQuestion(QuestionForm):
    """Art. 29(3): the form in which the information is supplied."""

    supply = _choice(
        _l("您想要纸的，还是电子的？"),
        [(SupplyForm.PAPER, _l("纸面")), (SupplyForm.ELECTRONIC, _l("电子文件"))],
        _l("请选一种。"),
    )


class ObtainForm(QuestionForm):
    """Art. 29(3): the way in which it reaches the applicant."""

    obtain = _choice(
        _l("您打算怎么拿到答复？"),
        [
            (ObtainWay.COLLECT, _l("自己到办理机关领取")),
            (ObtainWay.READ, _l("到办理机关当场阅读、抄录")),
            (ObtainWay.POST, _l("邮寄给我")),
            (ObtainWay.EMAIL, _l("发到我的电子邮箱")),
        ],
        _l("请选一种。"),
    )


class WhoForm(QuestionForm):
    """Art. 27: a citizen, a legal person or another organisation; the kinds of the annual report."""

    applicant = _choice(
        _l("是谁要申请？"),
        [
            (ApplicantType.CITIZEN, _l("我自己（公民）")),
            (ApplicantType.BUSINESS, _l("公司、个体户等商业企业")),
            (ApplicantType.RESEARCH, _l("学校、科研机构")),
            (ApplicantType.CHARITY, _l("社会公益组织")),
            (ApplicantType.LEGAL, _l("律师事务所等法律服务机构")),
            (ApplicantType.OTHER, _l("其他组织")),
        ],
        _l("请选是谁要申请。"),
    )


class NameForm(QuestionForm):
    """Art. 29(1): the name."""

    name = _text(_l("您叫什么名字？"), _needed(_l("请填写姓名，和证件上一样。")), writing=BY_HAND)


class OrganisationNameForm(QuestionForm):
    """Art. 29(1): an organisation's name."""

    name = _text(_l("单位的名称是什么？"), _needed(_l("请填写单位名称，和证照上一样。")))


class IdentityForm(QuestionForm):
    """Art. 29(1): proof of identity; `today` is set by the view, because a birth date is not in the future."""

    number = _text(_l("您的证件号码是多少？"), _needed(_l("请填写证件号码。")), writing=ID_PAD)
    document = _choice(
        _l("这是哪种证件？"),
        [
            (DocumentType.ID_CARD, _l("居民身份证")),
            (DocumentType.HK_MACAO_RESIDENCE, _l("港澳居民居住证")),
            (DocumentType.HK_MACAO_PERMIT, _l("港澳居民来往内地通行证")),
            (DocumentType.TAIWAN_RESIDENCE, _l("台湾居民居住证")),
            (DocumentType.TAIWAN_PERMIT, _l("台湾居民来往大陆通行证")),
            (DocumentType.PASSPORT, _l("护照")),
            (DocumentType.FOREIGN_RESIDENCE, _l("外国人永久居留身份证")),
            (DocumentType.OTHER, _l("其他证件")),
        ],
        _l("请选证件的种类。"),
        default=DocumentType.ID_CARD.value,
    )
    today: Any = None

    def validate_number(self, field: Field) -> None:
        """A resident number must be one; other documents are taken as they are written."""
        field.data = rules.plain_number(field.data)
        if self.document.data not in rules.HAS_ID_CARD_NUMBER:
            return
        fault = rules.id_number_fault(field.data, self.today)
        if fault:
            raise ValidationError(_id_sentence(fault, len(field.data)))


def _id_sentence(fault: str, length: int) -> str:
    sentences = {
        "length": _("身份证号码是18位，您填了%(length)s位。", length=length),
        "form": _("身份证号码只有数字，最后一位可能是X。请再对一遍。"),
        "birth": _("身份证号码第7到14位是出生日期，现在填的不是一个日期。请再对一遍。"),
        "check": _("身份证号码的最后一位对不上，多半是有一位填错了。请从头再对一遍。"),
    }
    return sentences[fault]


class OrganisationCodeForm(QuestionForm):
    """Art. 29(1): proof of identity of an organisation."""

    number = _text(
        _l("统一社会信用代码是什么？"), _needed(_l("请填写统一社会信用代码。")), writing=LETTERS_AND_DIGITS
    )

    def validate_number(self, field: Field) -> None:
        """18 places with the check character of GB 32100."""
        field.data = rules.plain_number(field.data)
        if rules.organisation_code_fault(field.data):
            raise ValidationError(
                _("统一社会信用代码是18位，在营业执照或登记证书上。现在填的对不上，请再对一遍。")
            )


class ContactForm(QuestionForm):
    """Art. 29(1): a way to be reached; one is enough."""

    phone = _text(_l("电话"))
    address = _text(_l("地址"), writing={**BY_HAND, "data-writing-words": "places"})
    email = _text(_l("电子邮箱"))
    obtain: str = ""

    def validate_phone(self, field: Field) -> None:
        """At least one way in all, and a telephone number that can be dialled."""
        field.data = rules.plain_phone(field.data)
        if field.data and not rules.PHONE_FORM.fullmatch(field.data):
            raise ValidationError(_("电话号码只有数字，带区号的也可以。请再对一遍。"))
        if not (field.data or self.address.data or self.email.data):
            raise ValidationError(_("电话、地址、电子邮箱，至少填写一样，不然联系不上您。"))

    def validate_address(self, field: Field) -> None:
        """Letters need an address."""
        if self.obtain == ObtainWay.POST and not field.data:
            raise ValidationError(_("您选了邮寄，请填写收信地址。"))

    def validate_email(self, field: Field) -> None:
        """Electronic mail needs an address that can be one."""
        if self.obtain == ObtainWay.EMAIL and not field.data:
            raise ValidationError(_("您选了发到电子邮箱，请填写邮箱地址。"))
        if field.data and not rules.EMAIL_FORM.fullmatch(field.data):
            raise ValidationError(_("邮箱地址里要有一个@，比如 name@example.cn。"))


class OrganisationContactForm(ContactForm):
    """The same for an organisation, with the person to ask for."""

    person = _text(_l("联系人"), _needed(_l("请填写联系人的姓名。")), writing=BY_HAND)


class PaperForm(QuestionForm):
    """How the receipt is given; no paper is an equal choice."""

    paper = _choice(
        _l("回执怎么给您？"),
        [
            (Paper.STANDARD, _l("打印一张")),
            (Paper.LARGE, _l("打印一张大字的")),
            (Paper.NONE, _l("不要纸，我自己记下编号和查询码")),
        ],
        _l("请选一种。"),
    )


@dataclass(frozen=True)
class Step:
    """One page: its name in the address, its form for persons and for organisations."""

    name: str
    person: type[QuestionForm]
    organisation: type[QuestionForm]

    def form(self, answers: Answers) -> type[QuestionForm]:
        """The form for whoever is asking."""
        return self.person if is_person(answers) else self.organisation


STEPS = (
    Step("what", WhatForm, WhatForm),
    Step("organ", OrganForm, OrganForm),
    Step("supply", SupplyQuestion, SupplyQuestion),
    Step("obtain", ObtainForm, ObtainForm),
    Step("who", WhoForm, WhoForm),
    Step("name", NameForm, OrganisationNameForm),
    Step("identity", IdentityForm, OrganisationCodeForm),
    Step("contact", ContactForm, OrganisationContactForm),
    Step("paper", PaperForm, PaperForm),
)
BY_NAME = {step.name: step for step in STEPS}


def is_person(answers: Answers) -> bool:
    """Whether a citizen asks; the questions differ for organisations."""
    return answers.get("applicant", ApplicantType.CITIZEN) == ApplicantType.CITIZEN


def is_reached(answers: Answers) -> bool:
    """Whether the contact that was given is what the way of obtaining needs."""
    needed = {ObtainWay.POST: "address", ObtainWay.EMAIL: "email"}
    return all(answers.get(name) for way, name in needed.items() if answers.get("obtain") == way)


def place_of(step: Step) -> int:
    """1 for the first page."""
    return STEPS.index(step) + 1


def after(step: Step) -> Step | None:
    """The next page, or None before the check of answers."""
    place = place_of(step)
    return STEPS[place] if place < len(STEPS) else None


def before(step: Step) -> Step | None:
    """The page before, or None at the first."""
    place = place_of(step)
    return STEPS[place - 2] if place > 1 else None


def first_unanswered(answers: Answers) -> Step | None:
    """The first page that was not answered yet; pages are answered in order."""
    for step in STEPS:
        if f"done:{step.name}" not in answers:
            return step
    return None


def organ_choices(organs: list[Organ]) -> list[SelectChoice]:
    """Choices of the organ page; the first is for those who do not know."""
    first, *others = organs
    unknown = SelectChoice(first.code, _("不知道找哪个单位，由%(name)s接收", name=first.name))
    return [unknown, *(SelectChoice(organ.code, organ.name) for organ in others)]


def chosen_words(field: Any) -> str:
    """The words of the choice that was made."""
    return next((str(choice.label) for choice in field.choices if choice.value == field.data), "")
