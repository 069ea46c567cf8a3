"""The questions of a request for disclosure, one page each, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field, ValidationError

from kiosk.disclosure import rules
from kiosk.disclosure.rules import ApplicantType, Behalf, DocumentType, ObtainWay, SupplyForm
from kiosk.intake.attached import brought
from kiosk.intake.form.blanks import (
    BY_HAND,
    LETTERS_AND_DIGITS,
    PLACES,
    Asking,
    Blank,
    FromCard,
    Goes,
    Masks,
    Option,
    hidden,
    id_pad,
)
from kiosk.intake.questions import Question
from kiosk.intake.receipt_paper import RECEIPT_PAPER
from kiosk.privacy import masked_address, masked_email, masked_id, masked_name, masked_phone
from kiosk.readers.cards.text_block import CardPart
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

SECTIONS = APPLICANT, MATTER = "applicant", "matter"
"""The two sections of the paper application form, in order."""
ID_END = 4
"""Characters of an identity number that an assistant may see (LAW.md §6.3)."""


GAP = "＿＿"
"""A blank in the words of a template."""
SHORTEST_NUMBER = 5
"""Characters of the shortest number of an identity document."""


def of_persons(answers: Mapping[str, str]) -> bool:
    """Return whether the applicant is a citizen; organisations get other questions."""
    return answers.get("applicant", ApplicantType.CITIZEN) == ApplicantType.CITIZEN


def of_organisations(answers: Mapping[str, str]) -> bool:
    """Return whether the applicant is an organisation."""
    return not of_persons(answers)


def for_another(answers: Mapping[str, str]) -> bool:
    """Return whether somebody asks in another's name and must show the mandate (LAW.md §2.1)."""
    return answers.get("behalf") == Behalf.ANOTHER


def for_oneself(answers: Mapping[str, str]) -> bool:
    """Return whether the applicant is the person at the screen: nobody's else card fills the form."""
    return not for_another(answers)


def by_post(answers: Mapping[str, str]) -> bool:
    """Return whether the answer is sent by post, and to the applicant's own address."""
    return for_oneself(answers) and answers.get("obtain") == ObtainWay.POST


def _organs(asking: Asking) -> Sequence[Option]:
    """Return the organs: first the one that receives requests of those who do not know, then the likeliest ones."""
    first, *others = asking.organs()
    proposed = asking.proposed(asking.answers)
    rank = {code: at for at, code in enumerate(proposed)}
    others.sort(key=lambda organ: rank.get(organ.code, len(rank)))
    words = (
        _("由%(name)s统一接收，再转给承办的单位", name=first.name)
        if first.receives_for_all
        else _("不知道找哪个单位，由%(name)s接收", name=first.name)
    )
    unknown = Option(first.code, words, listed=first.name)
    return [
        unknown,
        *(Option(organ.code, organ.name, hint=_why(proposed.get(organ.code))) for organ in others),
    ]


def _why(title: str | None) -> str:
    """Return why an organ is proposed: the title of a document that it made; None: it is not."""
    if title is None:
        return ""
    return _("可能是这个单位：它制作过《%(title)s》", title=title) if title else _("可能是这个单位")


def _no_gap(_form: Any, field: Field) -> None:
    """Refuse the blanks of a template."""
    if GAP in (field.data or ""):
        raise ValidationError(_("还有空没填：请把＿＿换成您要的，比如地名、年份；不要的删掉。"))


def _resident_number(form: Any, field: Field) -> None:
    """Refuse a resident number that is none; other documents are taken as written."""
    field.data = rules.plain_number(field.data)
    if form.document.data not in rules.HAS_ID_CARD_NUMBER:
        return
    fault = rules.id_number_fault(field.data, form.asking.today)
    if fault:
        raise ValidationError(_id_sentence(fault, len(field.data)))


def _agent_number(form: Any, field: Field) -> None:
    """Refuse a number that has the length of a resident number and is none."""
    field.data = rules.plain_number(field.data)
    fault = rules.id_number_fault(field.data, form.asking.today)
    if fault and fault != "length":
        raise ValidationError(_id_sentence(fault, len(field.data)))
    if len(field.data) < SHORTEST_NUMBER:
        raise ValidationError(_("请填写完整的证件号码。"))


def _id_sentence(fault: str, length: int) -> str:
    sentences = {
        "length": _("身份证号码是18位，您填了%(length)s位。", length=length),
        "form": _("身份证号码只有数字，最后一位可能是X。请再对一遍。"),
        "birth": _("身份证号码第7到14位是出生日期，现在填的不是一个日期。请再对一遍。"),
        "check": _("身份证号码的最后一位对不上，多半是有一位填错了。请从头再对一遍。"),
    }
    return sentences[fault]


def _organisation_code(_form: Any, field: Field) -> None:
    """Refuse a code that is not 18 characters with the check character of GB 32100."""
    field.data = rules.plain_number(field.data)
    if rules.organisation_code_fault(field.data):
        raise ValidationError(
            _("统一社会信用代码是18位，在营业执照或登记证书上。现在填的对不上，请再对一遍。")
        )


def _phone(form: Any, field: Field) -> None:
    """Refuse no contact at all, and a telephone number that cannot be dialled."""
    field.data = rules.plain_phone(field.data)
    if field.data and not rules.PHONE_FORM.fullmatch(field.data):
        raise ValidationError(_("电话号码只有数字，带区号的也可以。请再对一遍。"))
    if not (field.data or form.address.data or form.email.data):
        raise ValidationError(_("电话、地址、电子邮箱，至少填写一样，不然联系不上您。"))


def _address(form: Any, field: Field) -> None:
    """Refuse delivery by post without an address."""
    if form.asking.answers.get("obtain") == ObtainWay.POST and not field.data:
        raise ValidationError(_("您选了邮寄，请填写收信地址。"))


def _email(form: Any, field: Field) -> None:
    """Refuse delivery by e-mail without a possible address."""
    if form.asking.answers.get("obtain") == ObtainWay.EMAIL and not field.data:
        raise ValidationError(_("您选了发到电子邮箱，请填写邮箱地址。"))
    if field.data and not rules.EMAIL_FORM.fullmatch(field.data):
        raise ValidationError(_("邮箱地址里要有一个@，比如 name@example.cn。"))


def _last_places(number: str) -> str:
    return _("尾号%(end)s", end=number[-ID_END:]) if len(number) > ID_END else ""


QUESTIONS = (
    # Art. 29(2): name, document number or another description.
    Question(
        name="what",
        section=MATTER,
        beside="disclosure/_already.html",
        blanks=(
            Blank(
                name="wanted",
                label=_l("您想要什么信息？"),
                short=_l("想要的信息"),
                formal=_l("所需的政府信息"),
                goes=Goes.SEALED,
                hint=_l("用平常话写就行。知道文件名称、文号更好。一次写一件事，办得更快。"),
                needed=_l("请写下您想要的信息，用平常话写就行。"),
                rows=5,
                limit=rules.WANTED_LIMIT,
                checks=(_no_gap,),
            ),
        ),
    ),
    # Art. 27: to whom the request goes; choices come from the catalogue's organ directory.
    Question(
        name="organ",
        blanks=(
            Blank(
                name="organ",
                label=_l("请哪个单位答复您？"),
                short=_l("办理机关"),
                goes=Goes.CLEAR,
                hint=_l("谁制作、谁保存这条信息，就由谁答复。"),
                needed=_l("请选一个单位；不知道就选第一项。"),
                options=_organs,
            ),
        ),
    ),
    # Art. 29(3): the form in which the information is supplied.
    Question(
        name="supply",
        section=MATTER,
        blanks=(
            Blank(
                name="supply",
                label=_l("您想要纸的，还是电子的？"),
                short=_l("提供形式"),
                goes=Goes.SEALED,
                needed=_l("请选一种。"),
                options=(
                    Option(SupplyForm.PAPER, _l("纸面")),
                    Option(SupplyForm.ELECTRONIC, _l("电子文件")),
                ),
            ),
        ),
    ),
    # Art. 29(3): the way in which it reaches the applicant.
    Question(
        name="obtain",
        section=MATTER,
        blanks=(
            Blank(
                name="obtain",
                label=_l("您打算怎么拿到答复？"),
                short=_l("获取方式"),
                goes=Goes.SEALED,
                slip=_l("获取方式"),
                needed=_l("请选一种。"),
                options=(
                    Option(ObtainWay.COLLECT, _l("自己到办理机关领取"), brief=_l("到办理机关领取")),
                    Option(ObtainWay.READ, _l("到办理机关当场阅读、抄录")),
                    Option(ObtainWay.POST, _l("邮寄给我"), brief=_l("邮寄")),
                    Option(ObtainWay.EMAIL, _l("发到我的电子邮箱"), brief=_l("电子邮件")),
                ),
            ),
        ),
    ),
    # Art. 27: a citizen, a legal person or another organisation; the kinds of the annual report.
    Question(
        name="who",
        section=APPLICANT,
        blanks=(
            Blank(
                name="applicant",
                label=_l("是谁要申请？"),
                short=_l("申请人"),
                goes=Goes.CLEAR,
                clear_name="applicant_type",
                hint=_l("单位要申请，请选单位的种类。"),
                needed=_l("请选是谁要申请。"),
                options=(
                    Option(ApplicantType.CITIZEN, _l("个人（公民）"), brief=_l("公民")),
                    Option(ApplicantType.BUSINESS, _l("公司、个体户等商业企业"), brief=_l("商业企业")),
                    Option(ApplicantType.RESEARCH, _l("学校、科研机构"), brief=_l("科研机构")),
                    Option(ApplicantType.CHARITY, _l("社会公益组织")),
                    Option(ApplicantType.LEGAL, _l("律师事务所等法律服务机构"), brief=_l("法律服务机构")),
                    Option(ApplicantType.OTHER, _l("其他组织")),
                ),
            ),
            # LAW.md §2.1: an agent shows a mandate and who the agent is.
            Blank(
                name="behalf",
                label=_l("您是替别人来申请的吗？"),
                short=_l("替谁申请"),
                goes=Goes.CLEAR,
                needed=_l("请选一种。"),
                default=Behalf.SELF,
                options=(
                    Option(Behalf.SELF, _l("不是，本人或者本单位申请"), listed=_l("本人申请")),
                    Option(
                        Behalf.ANOTHER,
                        _l("是，受别人委托"),
                        listed=_l("受委托代为申请"),
                        hint=_l("要有委托书。后面问的姓名、证件、电话，填委托您的人的。"),
                    ),
                ),
            ),
        ),
    ),
    Question(
        name="agent",
        section=APPLICANT,
        heading=_l("您是谁？（受托人）"),
        hint=_l("办理机关凭委托书核对您的身份。"),
        short=_l("受托人"),
        blanks=(
            Blank(
                name="agent_name",
                label=_l("您的姓名"),
                short=_l("受托人姓名"),
                goes=Goes.SEALED,
                needed=_l("请填写您的姓名，和证件上一样。"),
                writing=BY_HAND,
                masks=Masks(overview=masked_name),
                when=for_another,
                from_card=FromCard(CardPart.NAME),
            ),
            Blank(
                name="agent_number",
                label=_l("您的身份证件号码"),
                short=_l("受托人证件号码"),
                goes=Goes.SEALED,
                needed=_l("请填写您的证件号码。"),
                checks=(_agent_number,),
                writing=LETTERS_AND_DIGITS,
                masks=Masks(check=masked_id, confirm=masked_id, overview=_last_places),
                when=for_another,
                from_card=FromCard(CardPart.NUMBER),
            ),
        ),
    ),
    # Art. 29(1): the name.
    Question(
        name="name",
        section=APPLICANT,
        blanks=(
            Blank(
                name="name",
                label=_l("您叫什么名字？"),
                short=_l("姓名"),
                goes=Goes.SEALED,
                slip=_l("申请人"),
                needed=_l("请填写姓名，和证件上一样。"),
                writing=BY_HAND,
                masks=Masks(overview=masked_name, slip=masked_name),
                when=of_persons,
                from_card=FromCard(CardPart.NAME, when=for_oneself),
            ),
            Blank(
                name="name",
                label=_l("单位的名称是什么？"),
                short=_l("单位名称"),
                goes=Goes.SEALED,
                slip=_l("申请人"),
                needed=_l("请填写单位名称，和证照上一样。"),
                when=of_organisations,
            ),
        ),
    ),
    # Art. 29(1): proof of identity.
    Question(
        name="identity",
        short=_l("证件"),
        joint=" ",
        section=APPLICANT,
        blanks=(
            Blank(
                name="number",
                label=_l("您的证件号码是多少？"),
                short=_l("证件"),
                goes=Goes.SEALED,
                hint=_l("条例第二十九条要求写明身份证明。号码不会印在回执上。"),
                needed=_l("请填写证件号码。"),
                checks=(_resident_number,),
                writing=id_pad("document", (kind.value for kind in rules.HAS_ID_CARD_NUMBER)),
                inputmode="text",
                masks=Masks(check=masked_id, confirm=masked_id, overview=_last_places),
                when=of_persons,
                from_card=FromCard(CardPart.NUMBER, when=for_oneself),
            ),
            Blank(
                name="document",
                label=_l("这是哪种证件？"),
                short=_l("证件"),
                goes=Goes.SEALED,
                needed=_l("请选证件的种类。"),
                default=DocumentType.ID_CARD.value,
                options=(
                    Option(DocumentType.ID_CARD, _l("居民身份证")),
                    Option(DocumentType.HK_MACAO_RESIDENCE, _l("港澳居民居住证")),
                    Option(DocumentType.HK_MACAO_PERMIT, _l("港澳居民来往内地通行证")),
                    Option(DocumentType.TAIWAN_RESIDENCE, _l("台湾居民居住证")),
                    Option(DocumentType.TAIWAN_PERMIT, _l("台湾居民来往大陆通行证")),
                    Option(DocumentType.PASSPORT, _l("护照")),
                    Option(DocumentType.FOREIGN_RESIDENCE, _l("外国人永久居留身份证")),
                    Option(DocumentType.OTHER, _l("其他证件")),
                ),
                masks=Masks(overview=hidden),
                when=of_persons,
                names="number",
                from_card=FromCard(CardPart.KIND, when=for_oneself),
            ),
            Blank(
                name="number",
                label=_l("统一社会信用代码是什么？"),
                short=_l("统一社会信用代码"),
                goes=Goes.SEALED,
                hint=_l("18位，在营业执照或者登记证书上。"),
                needed=_l("请填写统一社会信用代码。"),
                checks=(_organisation_code,),
                writing=LETTERS_AND_DIGITS,
                masks=Masks(overview=_last_places),
                when=of_organisations,
            ),
        ),
    ),
    # Art. 29(1): a way to be reached; one is enough.
    Question(
        name="contact",
        short=_l("联系方式"),
        heading=_l("怎么联系您？"),
        hint=_l("填一样就行。有不清楚的，办理机关会找您。"),
        section=APPLICANT,
        blanks=(
            Blank(
                name="person",
                label=_l("联系人"),
                short=_l("联系人"),
                goes=Goes.SEALED,
                needed=_l("请填写联系人的姓名。"),
                writing=BY_HAND,
                when=of_organisations,
            ),
            Blank(
                name="phone",
                label=_l("电话"),
                short=_l("电话"),
                goes=Goes.SEALED,
                checks=(_phone,),
                inputmode="tel",
                masks=Masks(confirm=masked_phone, overview=masked_phone),
            ),
            Blank(
                name="address",
                label=_l("地址"),
                short=_l("地址"),
                goes=Goes.SEALED,
                checks=(_address,),
                writing=PLACES,
                masks=Masks(confirm=masked_address, overview=masked_address),
                from_card=FromCard(CardPart.ADDRESS, when=by_post),
            ),
            Blank(
                name="email",
                label=_l("电子邮箱"),
                short=_l("电子邮箱"),
                goes=Goes.SEALED,
                checks=(_email,),
                inputmode="email",
                masks=Masks(confirm=masked_email, overview=masked_email),
            ),
        ),
    ),
    brought.question(for_another, paper=_l("委托书怎么交？")),
    RECEIPT_PAPER,
)
